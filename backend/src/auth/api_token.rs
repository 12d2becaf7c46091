//! API tokens: shown once, stored hashed. The secret has full entropy, so a plain SHA-256 is enough.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use super::{random_bytes, sha256_hex};
use crate::error::Error;

/// How every token begins, so that secret scanners know one.
pub(crate) const PREFIX: &str = "tdk_";
/// Characters of a token that lists may show.
const SHOWN_CHARS: usize = 10;

/// A token just made.
pub(crate) struct FreshToken {
    /// The whole secret, shown once.
    pub secret: String,
    /// What lists show.
    pub prefix: String,
    /// What is stored.
    pub hash: String,
}

/// Makes a token.
pub(crate) fn make() -> Result<FreshToken, Error> {
    let secret =
        format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(random_bytes::<32>().map_err(Error::internal)?));
    Ok(FreshToken { prefix: secret.chars().take(SHOWN_CHARS).collect(), hash: sha256_hex(&secret), secret })
}

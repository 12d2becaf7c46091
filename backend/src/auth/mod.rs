//! Who is asking: passwords, sessions, tokens, and the scope that every store function takes.

pub(crate) mod api_token;
pub(crate) mod download_link;
pub(crate) mod identity;
pub(crate) mod jwt;
pub(crate) mod password;
pub(crate) mod refresh;
pub(crate) mod scope;
pub(crate) mod sealed;
pub(crate) mod secrets;
pub(crate) mod signing;

/// Random bytes from the operating system.
pub(crate) fn random_bytes<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0_u8; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// SHA-256 as hexadecimal digits: how secrets of full entropy (tokens) are stored.
pub(crate) fn sha256_hex(text: &str) -> String {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

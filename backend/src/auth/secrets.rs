//! The process's own secrets: made once, kept in the data directory with mode 0600, never printed.

use std::{
    fmt,
    fs::OpenOptions,
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use base64::{Engine, prelude::BASE64_STANDARD};

use super::random_bytes;

/// Bytes of the key that signs access tokens.
const JWT_KEY_BYTES: usize = 32;
/// The file in the data directory.
const JWT_KEY_FILE: &str = "jwt.key";

/// Keys that never leave the process.
#[derive(Clone)]
pub(crate) struct Secrets {
    /// Signs access tokens (HMAC-SHA-256).
    pub jwt_key: Vec<u8>,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secrets(hidden)")
    }
}

impl Secrets {
    /// Reads the secrets, or makes them.
    pub(crate) fn load_or_make(data_dir: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(data_dir)?;
        let file = data_dir.join(JWT_KEY_FILE);
        let fresh = BASE64_STANDARD.encode(random_bytes::<JWT_KEY_BYTES>().map_err(io::Error::other)?);
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file) {
            Ok(mut made) => {
                made.write_all(fresh.as_bytes())?;
                made.sync_all()?;
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        let mut text = String::new();
        OpenOptions::new().read(true).open(&file)?.read_to_string(&mut text)?;
        let jwt_key = BASE64_STANDARD.decode(text.trim()).map_err(io::Error::other)?;
        if jwt_key.len() < JWT_KEY_BYTES {
            return Err(io::Error::other(format!("{} is too short to be a key", file.display())));
        }
        Ok(Self { jwt_key })
    }
}

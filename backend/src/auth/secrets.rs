//! The process's own secrets: made once, kept in the data directory with mode 0600, never printed.

use std::{
    fmt,
    fs::OpenOptions,
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use uuid::Uuid;

use super::random_bytes;

/// Bytes of a key.
const KEY_BYTES: usize = 32;
/// The file of the key that signs access tokens.
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
        Ok(Self { jwt_key: load_or_make_key(data_dir, JWT_KEY_FILE)? })
    }
}

/// A key in a file of the data directory, in base64; made once, for its owner alone, and never replaced. It comes into
/// being whole under another name first, so that a command beside a starting server never reads half of one.
pub(super) fn load_or_make_key(data_dir: &Path, name: &str) -> io::Result<Vec<u8>> {
    std::fs::create_dir_all(data_dir)?;
    let file = data_dir.join(name);
    if !file.try_exists()? {
        let fresh = random_bytes::<KEY_BYTES>().map_err(io::Error::other)?;
        let draft = data_dir.join(format!("{name}.{}", Uuid::now_v7()));
        let mut made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        made.write_all(BASE64_STANDARD.encode(fresh).as_bytes())?;
        made.sync_all()?;
        let placed = std::fs::hard_link(&draft, &file);
        std::fs::remove_file(&draft)?;
        match placed {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    let mut text = String::new();
    OpenOptions::new().read(true).open(&file)?.read_to_string(&mut text)?;
    let key = BASE64_STANDARD.decode(text.trim()).map_err(io::Error::other)?;
    if key.len() < KEY_BYTES {
        return Err(io::Error::other(format!("{} is too short to be a key", file.display())));
    }
    Ok(key)
}

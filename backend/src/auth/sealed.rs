//! Secrets that the database keeps: encrypted, so that a copy of the database alone tells none of them.
//!
//! XChaCha20-Poly1305, a random nonce for each sealing, and the place the text belongs to as associated data: what
//! was sealed for one place opens at no other. Knows no table, and prints nothing that it opens.

use std::{fmt, io, path::Path};

use base64::{Engine, prelude::BASE64_STANDARD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};

use super::{random_bytes, secrets};
use crate::{config::SecretKey, error::Error};

/// The file in the data directory, where no key was given by a setting.
const KEY_FILE: &str = "secret.key";
/// Bytes of a nonce: long enough to be drawn at random without ever meeting twice.
const NONCE_BYTES: usize = 24;
/// How this way of sealing is told from later ones.
const VERSION: &str = "v1:";

/// A secret in the clear. Shows itself only to who asks for it by name.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SecretText(String);

impl SecretText {
    /// A secret.
    pub(crate) const fn new(text: String) -> Self {
        Self(text)
    }

    /// The secret itself.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SecretText(hidden)")
    }
}

/// Why a sealed text does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unopenable {
    /// Not a sealed text of a way that this version knows.
    #[error("not a sealed text that this version can read")]
    Unknown,
    /// Sealed with another key, for another place, or changed since.
    #[error("sealed with another key (see TODOKE_SECRET_KEY), for another place, or changed since")]
    Refused,
}

/// Seals and opens with the process's key.
#[derive(Clone)]
pub(crate) struct Sealer(XChaCha20Poly1305);

impl fmt::Debug for Sealer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Sealer(hidden)")
    }
}

impl Sealer {
    /// With the key that was given, or with the data directory's own, which is made once.
    ///
    /// # Errors
    /// The data directory cannot be read or written, or the file holds no key.
    pub(crate) fn load_or_make(data_dir: &Path, given: Option<&SecretKey>) -> io::Result<Self> {
        let key = match given {
            Some(key) => key.bytes().to_vec(),
            None => secrets::load_or_make_key(data_dir, KEY_FILE)?,
        };
        XChaCha20Poly1305::new_from_slice(&key)
            .map(Self)
            .map_err(|_| io::Error::other(format!("{KEY_FILE} must hold 32 bytes in base64")))
    }

    /// Seals a secret for its place, for example `shop-pass/2012000123`: a fixed word and the row's own key.
    pub(crate) fn seal(&self, place: &str, secret: &SecretText) -> Result<String, Error> {
        let nonce = random_bytes::<NONCE_BYTES>().map_err(Error::internal)?;
        let payload = Payload { msg: secret.reveal().as_bytes(), aad: place.as_bytes() };
        let closed = self.0.encrypt(&XNonce::from(nonce), payload).map_err(Error::internal)?;
        let bytes = [nonce.as_slice(), &closed].concat();
        Ok(format!("{VERSION}{}", BASE64_STANDARD.encode(bytes)))
    }

    /// Opens what was sealed for this place.
    pub(crate) fn open(&self, place: &str, sealed: &str) -> Result<SecretText, Unopenable> {
        let text = sealed.strip_prefix(VERSION).ok_or(Unopenable::Unknown)?;
        let bytes = BASE64_STANDARD.decode(text).map_err(|_| Unopenable::Unknown)?;
        let (nonce, closed) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or(Unopenable::Unknown)?;
        let payload = Payload { msg: closed, aad: place.as_bytes() };
        let opened = self.0.decrypt(&XNonce::from(*nonce), payload).map_err(|_| Unopenable::Refused)?;
        String::from_utf8(opened).map(SecretText).map_err(|_| Unopenable::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn sealer(key: u8) -> Sealer {
        let key: SecretKey = BASE64_STANDARD.encode([key; 32]).parse().unwrap();
        Sealer::load_or_make(Path::new("/nowhere"), Some(&key)).unwrap()
    }

    fn secret(text: &str) -> SecretText {
        SecretText::new(text.to_owned())
    }

    #[test]
    fn what_is_sealed_opens_at_its_place_with_its_key_and_nowhere_else() {
        let sealed = sealer(1).seal("shop-pass/20120", &secret("合言葉")).unwrap();
        assert_eq!(sealer(1).open("shop-pass/20120", &sealed).unwrap().reveal(), "合言葉");
        assert_eq!(sealer(1).open("shop-pass/20121", &sealed), Err(Unopenable::Refused));
        assert_eq!(sealer(2).open("shop-pass/20120", &sealed), Err(Unopenable::Refused));
    }

    #[test]
    fn a_changed_or_foreign_text_does_not_open() {
        let sealed = sealer(1).seal("x", &secret("password")).unwrap();
        let mut bytes = BASE64_STANDARD.decode(sealed.strip_prefix(VERSION).unwrap()).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        let changed = format!("{VERSION}{}", BASE64_STANDARD.encode(bytes));
        assert_eq!(sealer(1).open("x", &changed), Err(Unopenable::Refused));
        for foreign in ["", "password", "v1:", "v1:AAAA", "v1:***", "v2:AAAA"] {
            assert_eq!(sealer(1).open("x", foreign), Err(Unopenable::Unknown), "{foreign:?}");
        }
    }

    #[test]
    fn the_same_secret_never_looks_the_same_and_never_shows() {
        let (first, second) =
            (sealer(1).seal("x", &secret("abc")).unwrap(), sealer(1).seal("x", &secret("abc")).unwrap());
        assert_ne!(first, second);
        assert!(!format!("{:?} {:?}", secret("abc"), sealer(1)).contains("abc"));
    }

    #[test]
    fn the_key_is_made_once_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let first = Sealer::load_or_make(folder.path(), None).unwrap();
        let sealed = first.seal("x", &secret("abc")).unwrap();
        let second = Sealer::load_or_make(folder.path(), None).unwrap();
        assert_eq!(second.open("x", &sealed).unwrap().reveal(), "abc");
        let mode = std::fs::metadata(folder.path().join(KEY_FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_broken_key_file_is_refused_and_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(KEY_FILE), "AAAA").unwrap();
        assert!(Sealer::load_or_make(folder.path(), None).is_err());
        assert_eq!(std::fs::read_to_string(folder.path().join(KEY_FILE)).unwrap(), "AAAA");
    }
}

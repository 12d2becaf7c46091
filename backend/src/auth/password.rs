//! Passwords: argon2id with the crate's recommended cost. Runs off the request threads.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};

use crate::error::Error;

/// Shortest password.
pub(crate) const PASSWORD_CHARS_MIN: usize = 10;
/// Longest password: hashing is costly, and a megabyte of password would be an attack.
pub(crate) const PASSWORD_CHARS_MAX: usize = 256;

/// Against which a password is checked when the login does not exist, so that the time taken does not tell.
const DUMMY_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$6ZJ1rtFVTuQWSVSoUk2jAOqKUxYHhZ6qgHqIR5v2yTA";

/// Hashes a password for storage.
pub(crate) async fn hash(password: String) -> Result<String, Error> {
    let hashing = tokio::task::spawn_blocking(move || {
        Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string())
    });
    hashing.await.map_err(Error::internal)?.map_err(Error::internal)
}

/// Whether a password fits a stored hash; without a hash the same work is done and the answer is no.
pub(crate) async fn verify(password: String, stored: Option<String>) -> Result<bool, Error> {
    if password.chars().count() > PASSWORD_CHARS_MAX {
        return Ok(false);
    }
    let checking = tokio::task::spawn_blocking(move || {
        let known = stored.is_some();
        let text = stored.unwrap_or_else(|| DUMMY_HASH.to_owned());
        let fits = PasswordHash::new(&text)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        known && fits
    });
    checking.await.map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let stored = hash("correct horse".to_owned()).await.unwrap();
        assert!(stored.starts_with("$argon2id$"));
        assert!(verify("correct horse".to_owned(), Some(stored.clone())).await.unwrap());
        assert!(!verify("wrong horse".to_owned(), Some(stored)).await.unwrap());
        assert!(!verify("correct horse".to_owned(), None).await.unwrap());
    }

    #[test]
    fn the_dummy_hash_is_a_real_one() {
        assert!(PasswordHash::new(DUMMY_HASH).is_ok());
    }
}

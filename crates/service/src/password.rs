//! Passwords: argon2id with OWASP's parameters (19 MiB, 2 passes, 1 lane: Password Storage Cheat Sheet).

use crate::{Fault, Result};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use domain::user::Password;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Hashes that are computed at once: each takes 19 MiB and a core.
const AT_ONCE: usize = 2;

/// Hashes and checks passwords, away from the threads that serve requests.
pub(crate) struct Passwords {
    slots: Arc<Semaphore>,
    /// What the password of an unknown address is checked against, so that the answer takes as long.
    decoy: String,
}

fn hasher() -> Result<Argon2<'static>, Fault> {
    let params = Params::new(19_456, 2, 1, None)
        .map_err(|error| Fault::new("the parameters of argon2", error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &[u8], salt: [u8; 16]) -> Result<String, Fault> {
    let hash: PasswordHash = hasher()?
        .hash_password_with_salt(password, &salt)
        .map_err(|error| Fault::new("hashing a password", error.to_string()))?;
    Ok(hash.to_string())
}

impl Passwords {
    pub(crate) fn new() -> Result<Self> {
        let decoy = hash(b"nobody's password", [0; 16])?;
        Ok(Self { slots: Arc::new(Semaphore::new(AT_ONCE)), decoy })
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
    ) -> Result<T> {
        let slot = Arc::clone(&self.slots).acquire_owned().await;
        let done = tokio::task::spawn_blocking(move || {
            let _slot = slot;
            work()
        });
        Ok(done.await.map_err(|error| Fault::new("hashing a password", error))??)
    }

    /// The PHC string of a new password.
    pub(crate) async fn hash(&self, password: Password, salt: [u8; 16]) -> Result<String> {
        self.work(move || hash(password.bytes(), salt)).await
    }

    /// Whether the password is the one of `stored`; without a stored hash it takes as long, and is not.
    pub(crate) async fn matches(&self, password: Password, stored: Option<String>) -> Result<bool> {
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.decoy.clone());
        let good = self
            .work(move || {
                let parsed = PasswordHash::new(&stored)
                    .map_err(|error| Fault::new("reading a password hash", error.to_string()))?;
                Ok(hasher()?.verify_password(password.bytes(), &parsed).is_ok())
            })
            .await?;
        Ok(good && known)
    }
}

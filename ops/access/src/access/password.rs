//! Passwords at rest: Argon2id, as OWASP recommends it, a few at a time.
//!
//! Hashing takes 19 MiB and a good part of a core for some tens of milliseconds, on purpose. So it runs on the
//! blocking pool, [`AT_ONCE`] at a time; whoever finds a place waits, and one more is told that the door is busy.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use duban_actors::person::Hidden;
use tokio::sync::Semaphore;

use super::Failure;
use super::queue::{Places, Whose};
use super::secret::Secret;
use duban_base::aside;

/// Memory of one hash, in KiB.
pub const MEMORY_KIB: u32 = 19 * 1_024;
/// Passes over that memory.
pub const PASSES: u32 = 2;
/// Lanes of one hash.
pub const LANES: u32 = 1;
/// Hashes under way at a time: so much memory, and so many cores, sign-ins may take.
pub const AT_ONCE: usize = 4;
/// When whoever found no room may ask again.
pub const RETRY_AFTER: Duration = Duration::from_secs(2);
/// Characters of a password at least.
pub const CHARS_MIN: usize = 10;
/// Characters of a password at most.
pub const CHARS_MAX: usize = 128;

/// Why a password cannot be one, in words for whoever chose it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("密码至少 {CHARS_MIN} 个字符")]
    TooShort,
    #[error("密码至多 {CHARS_MAX} 个字符")]
    TooLong,
    /// The login name, whatever its letters' case.
    #[error("密码不能与登录名相同")]
    IsLogin,
}

impl Unfit {
    /// Stable, for programs.
    pub fn code(self) -> &'static str {
        match self {
            Unfit::TooShort => "password-too-short",
            Unfit::TooLong => "password-too-long",
            Unfit::IsLogin => "password-is-login",
        }
    }
}

/// Whether `login` may choose `password`.
pub fn check(password: &str, login: &str) -> Result<(), Unfit> {
    let chars = password.chars().count();
    if chars < CHARS_MIN {
        Err(Unfit::TooShort)
    } else if chars > CHARS_MAX {
        Err(Unfit::TooLong)
    } else if password.eq_ignore_ascii_case(login) {
        Err(Unfit::IsLogin)
    } else {
        Ok(())
    }
}

/// Whether a password is the one that was hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    Right,
    /// It is another one, or there was none.
    Wrong,
}

/// Hashes passwords and looks at them, a few at a time.
#[derive(Debug)]
pub struct Hasher {
    hashing: Arc<Semaphore>,
    places: Places,
    /// The hash of a password that nobody knows.
    nobodys: Hidden,
}

impl Hasher {
    /// A hasher with all its room. Hashes once, for whoever does not exist.
    pub fn start() -> Result<Hasher, Failure> {
        let nobodys = hashed(Secret::random()?.digest().expose())?;
        let (hashing, places) = (Arc::new(Semaphore::new(AT_ONCE)), Places::free());
        Ok(Hasher { hashing, places, nobodys })
    }

    /// The PHC string of `password`, for somebody who has come in.
    ///
    /// # Errors
    /// [`Failure::Busy`], and when it cannot be hashed.
    pub async fn hash(&self, password: &str) -> Result<Hidden, Failure> {
        let password = password.to_owned();
        self.run(Whose::Known, move || hashed(&password)).await
    }

    /// Whether `password` is the one of `phc`, for somebody who has come in.
    ///
    /// # Errors
    /// As [`Hasher::hash`], and when the hash cannot be read.
    pub async fn verify(&self, password: &str, phc: Option<&Hidden>) -> Result<Match, Failure> {
        self.verify_for(password, phc, Whose::Known).await
    }

    /// Whether `password` is the one of `phc`. Nobody's takes as long as somebody's, and is always wrong.
    ///
    /// # Errors
    /// [`Failure::Busy`], and when the hash cannot be read.
    pub(super) async fn verify_for(
        &self,
        password: &str,
        phc: Option<&Hidden>,
        whose: Whose,
    ) -> Result<Match, Failure> {
        let known = if phc.is_some() { Match::Right } else { Match::Wrong };
        let phc = phc.unwrap_or(&self.nobodys).clone();
        let password = password.to_owned();
        let found = self.run(whose, move || verified(&password, &phc)).await?;
        Ok(if found == Match::Right { known } else { Match::Wrong })
    }

    async fn run<T: Send + 'static>(
        &self,
        whose: Whose,
        work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let _place = self.places.take(whose)?;
        let permit = Arc::clone(&self.hashing).acquire_owned().await;
        let permit = permit.map_err(|closed| Failure::Hash(closed.to_string()))?;
        // The permit goes along: whoever gives up waiting does not make room for one hash more than there may be.
        let working = aside::done(move || {
            let done = work();
            drop(permit);
            done
        });
        working.await?
    }
}

fn hashed(password: &str) -> Result<Hidden, Failure> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(in_words)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let phc = argon2.hash_password(password.as_bytes()).map_err(in_words)?;
    Ok(Hidden::new(phc.to_string()))
}

fn verified(password: &str, phc: &Hidden) -> Result<Match, Failure> {
    match Argon2::default().verify_password(password.as_bytes(), phc.expose()) {
        Ok(()) => Ok(Match::Right),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(Match::Wrong),
        Err(unreadable) => Err(in_words(unreadable)),
    }
}

fn in_words(error: impl std::fmt::Display) -> Failure {
    Failure::Hash(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::queue::KNOWN_MAX;
    use super::*;

    #[test]
    fn a_password_is_long_enough_not_endless_and_not_the_login() {
        assert_eq!(check("九个字符也是太短的", "zhao"), Err(Unfit::TooShort));
        assert_eq!(check("十个汉字可以作为密码", "zhao"), Ok(()));
        assert_eq!(check(&"x".repeat(CHARS_MAX), "zhao"), Ok(()));
        assert_eq!(check(&"x".repeat(CHARS_MAX + 1), "zhao"), Err(Unfit::TooLong));
        assert_eq!(check("Zhao.Min-2026", "zhao.min-2026"), Err(Unfit::IsLogin));
    }

    #[test]
    fn a_password_is_known_again_and_nobodys_is_always_wrong() {
        let hasher = Hasher::start().unwrap();
        actix::System::new().block_on(async {
            let phc = hasher.hash("correct horse").await.unwrap();
            assert!(
                phc.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
                "{}",
                phc.expose()
            );
            assert_ne!(hasher.hash("correct horse").await.unwrap(), phc, "salted");
            let verify = async |password, phc| hasher.verify(password, phc).await;
            assert_eq!(verify("correct horse", Some(&phc)).await.unwrap(), Match::Right);
            assert_eq!(verify("battery staple", Some(&phc)).await.unwrap(), Match::Wrong);
            assert_eq!(verify("correct horse", None).await.unwrap(), Match::Wrong);
            assert!(verify("correct horse", Some(&Hidden::new("?"))).await.is_err());
        });
    }

    #[test]
    fn whoever_finds_no_room_is_told_so_before_anything_is_hashed() {
        let hasher = Hasher::start().unwrap();
        let held: Vec<_> = (0..KNOWN_MAX).map(|_| hasher.places.take(Whose::Known)).collect();
        actix::System::new().block_on(async {
            assert!(matches!(hasher.hash("correct horse").await, Err(Failure::Busy)));
            drop(held);
            assert!(hasher.hash("correct horse").await.is_ok());
        });
    }
}

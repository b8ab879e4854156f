//! Names that nobody has here, and the passwords tried for them: the door shuts on them as on a person's, so that a
//! lock-out tells nobody which names there are (article 12 keeps posts and their holders inside the centre).
//!
//! In memory alone: a restart forgets them, and more names than can be remembered are forgotten together.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use duban_actors::person::Lockout;
use duban_runtime::clock::Timestamp;

/// Names that are remembered.
const NAMES_MAX: usize = 4_096;

/// What was tried under names that nobody has.
#[derive(Debug, Default)]
pub(super) struct Strangers(Mutex<HashMap<[u8; 32], Lockout>>);

impl Strangers {
    /// Until when the door is shut on this name, if it is at `at`.
    pub(super) fn shut(&self, login: &str, at: Timestamp) -> Option<Timestamp> {
        let names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        names.get(&key(login)).and_then(|lockout| lockout.shut(at))
    }

    /// One more password was tried at `at`. Gives until when the door is shut, if another one shut it meanwhile: then
    /// this one does not count.
    pub(super) fn tried(&self, login: &str, at: Timestamp) -> Option<Timestamp> {
        let (mut names, key) = (self.0.lock().unwrap_or_else(PoisonError::into_inner), key(login));
        if names.len() >= NAMES_MAX && !names.contains_key(&key) {
            names.clear();
        }
        let lockout = names.entry(key).or_default();
        let shut = lockout.shut(at);
        if shut.is_none() {
            *lockout = lockout.after_wrong(at);
        }
        shut
    }
}

/// What people try as a name may be long, or a password typed into the wrong field: neither is kept.
fn key(login: &str) -> [u8; 32] {
    *blake3::hash(login.as_bytes()).as_bytes()
}

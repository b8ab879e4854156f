//! Guessed accounts: those for which strangers are slowed down, so that the operator is told.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use compact_str::CompactString;
use duban_runtime::clock::Timestamp;

/// Accounts that are remembered; with more, those that are there are enough to be told of.
const ACCOUNTS_MAX: usize = 32;
/// For how long an account counts as guessed after the last try of a stranger beyond the usual.
const RECENTLY: Duration = Duration::from_mins(15);

/// Accounts that somebody has, with the last such try.
#[derive(Debug, Default)]
pub(super) struct Guessed(Mutex<BTreeMap<CompactString, Timestamp>>);

impl Guessed {
    /// Strangers tried too many passwords for `login` at `at`.
    pub(super) fn note(&self, login: &str, at: Timestamp) {
        let mut accounts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        accounts.retain(|_, last| at.since(*last) < RECENTLY);
        if accounts.len() < ACCOUNTS_MAX || accounts.contains_key(login) {
            accounts.insert(login.into(), at);
        }
    }

    /// Those at `now`, by their login names.
    pub(super) fn at(&self, now: Timestamp) -> Vec<CompactString> {
        let accounts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = accounts.iter().filter(|(_, last)| now.since(**last) < RECENTLY);
        recent.map(|(login, _)| login.clone()).collect()
    }
}

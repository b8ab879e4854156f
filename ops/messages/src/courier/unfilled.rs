//! Templates that could not be filled in: what was told in plain words, so that somebody mends the template.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use compact_str::CompactString;

/// Templates remembered at most; further ones are in the log alone.
const REMEMBERED_MAX: usize = 64;

/// Which failed under which rules, and why.
#[derive(Debug, Default)]
pub struct Unfilled(Mutex<BTreeMap<String, (u64, CompactString)>>);

impl Unfilled {
    /// `template` failed under these rules, for this reason.
    pub fn note(&self, template: &str, rules: u64, why: &CompactString) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() < REMEMBERED_MAX || known.contains_key(template) {
            known.insert(template.to_owned(), (rules, why.clone()));
        }
    }

    /// Those that failed under these rules, each with its reason; others are forgotten.
    pub fn under(&self, rules: u64) -> Vec<(String, CompactString)> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (under, _)| *under == rules);
        known.iter().map(|(name, (_, why))| (name.clone(), why.clone())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_remembered_until_other_rules_are_in_force() {
        let unfilled = Unfilled::default();
        unfilled.note("dispatched", 1, &"no filter".into());
        assert_eq!(unfilled.under(1), [("dispatched".to_owned(), "no filter".into())]);
        assert_eq!(unfilled.under(2), []);
        assert_eq!(unfilled.under(1), []);
    }
}

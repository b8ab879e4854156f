//! Handbooks that were in force, by the rules they stood in.
//!
//! Asked only for cases whose event of filing, of an older form, does not say what the handbook said (article 11).

use std::collections::BTreeMap;
use std::sync::Arc;

use duban_rules::book::handbook::Handbook;

/// Handbooks by the first eight bytes of the hash of their rules. Rules of one handbook share it.
#[derive(Clone, Debug, Default)]
pub struct Handbooks(Arc<BTreeMap<u64, Arc<Handbook>>>);

impl Handbooks {
    /// The handbook that stood in these rules; none where nobody has them any more.
    pub fn of(&self, rules: u64) -> Option<&Handbook> {
        self.0.get(&rules).map(AsRef::as_ref)
    }
}

impl FromIterator<(u64, Arc<Handbook>)> for Handbooks {
    fn from_iter<I: IntoIterator<Item = (u64, Arc<Handbook>)>>(known: I) -> Handbooks {
        Handbooks(Arc::new(known.into_iter().collect()))
    }
}

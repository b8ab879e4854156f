//! Terms: a limit and what it was extended by (article 27).

use crate::vocabulary::TimeLimit;

/// A limit with what was granted on top of it. Shares of it are of both together; what is counted from the due instant on
/// is of the limit alone, so that whoever has more time is not left in peace for longer when it is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    pub limit: TimeLimit,
    /// In the limit's unit; none where nothing was granted.
    pub extension: Option<TimeLimit>,
}

impl From<TimeLimit> for Term {
    fn from(limit: TimeLimit) -> Term {
        Term { limit, extension: None }
    }
}

impl Term {
    /// Limit and extension together. One in another unit than the limit's cannot be added and counts nothing.
    pub fn whole(&self) -> TimeLimit {
        let whole = self.extension.and_then(|extension| self.limit.checked_add(extension));
        whole.unwrap_or(self.limit)
    }
}

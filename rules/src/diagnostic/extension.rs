//! Diagnostics of `extension.toml` (article 27). Codes R1001 and following.

use super::Diagnostic;
use crate::source::Spot;

impl Diagnostic {
    /// A share that is nothing or more than the whole.
    pub(crate) fn share_range(spot: &Spot, found: i64) -> Diagnostic {
        Diagnostic::error("R1001", spot, &[("found", &found)])
    }

    /// A quota beyond what the ordinance calls usual.
    pub(crate) fn quota_large(spot: &Spot, found: u32, usual: u32) -> Diagnostic {
        Diagnostic::warning("R1002", spot, &[("found", &found), ("usual", &usual)])
    }

    /// A least number of extensions that is none.
    pub(crate) fn at_least_range(spot: &Spot, found: i64, most: i64) -> Diagnostic {
        Diagnostic::error("R1003", spot, &[("found", &found), ("most", &most)])
    }
}

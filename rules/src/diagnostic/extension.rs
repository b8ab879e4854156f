//! Diagnostics of `extension.toml` (article 27). Codes R1001 and following.

use super::Diagnostic;
use crate::source::Spot;

impl Diagnostic {
    /// A share that is nothing or more than the whole.
    pub(crate) fn share_range(spot: &Spot, found: &str) -> Diagnostic {
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

    /// A span of a deferral that is nothing, or too long.
    pub(crate) fn deferral_range(spot: &Spot, found: i64, most: u32) -> Diagnostic {
        Diagnostic::error("R1004", spot, &[("found", &found), ("most", &most)])
    }

    /// The second word before a review that comes no later than the first.
    pub(crate) fn announced_again_earlier(spot: &Spot, found: u32, first: u32) -> Diagnostic {
        Diagnostic::error("R1005", spot, &[("found", &found), ("first", &first)])
    }
}

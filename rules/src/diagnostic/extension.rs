//! Diagnostics of `extension.toml` (article 27). Codes R1001 and following.

use super::Diagnostic;
use crate::source::Spot;

impl Diagnostic {
    /// A share that is nothing or more than the whole.
    pub(crate) fn share_range(spot: &Spot, found: i64) -> Diagnostic {
        Diagnostic::error("R1001", spot, &[("found", &found)])
    }
}

//! What people read of a share.

/// A share in tenths of a percent, e.g. `90.9%`.
pub fn percent(permille: u64) -> String {
    format!("{}.{}%", permille / 10, permille % 10)
}

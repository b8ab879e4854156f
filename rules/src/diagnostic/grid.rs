//! What can be wrong with grid. See `file` for the pattern.

use super::Page;

/// The pages of this file's codes.
pub(super) const PAGES: &[Page] = &[];

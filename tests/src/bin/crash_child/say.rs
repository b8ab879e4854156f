//! What the town says: one line in one write, so that a kill never leaves half of one behind another.

use std::fmt::Display;
use std::io::Write as _;

use anyhow::Result;

/// Says `line`.
pub(crate) fn say(line: &dyn Display) -> Result<()> {
    let text = format!("{line}\n");
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

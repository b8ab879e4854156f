//! Reads the table `[desk]`: when the centre's desks are manned.

use super::hours;
use crate::book::calendar::{DeskHours, Plan};
use crate::diagnostic::Findings;
use crate::source::document::Table;

/// The desks' hours, where the file has any; a day of theirs may be as long as it likes.
pub(super) fn read(plan: &mut Plan, root: &mut Table<'_>, findings: &mut Findings) {
    let Some(mut table) = root.table_if("desk", findings) else { return };
    if let Some((hours, _)) = hours::slots(&mut table, findings) {
        plan.desk = DeskHours::new(hours);
    }
    table.close(findings);
}

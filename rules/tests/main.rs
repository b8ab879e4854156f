//! Rules files as admins leave them: read, checked, compared, printed; and the arithmetic of deadlines over them.

mod given {
    pub(crate) mod edited;
    pub(crate) mod golden;
}

mod blanks;
mod briefs;
mod broken;
mod calendar_slips;
mod catalogue;
mod deadlines;
mod differences;
mod editions;
mod edits;
mod files;
mod fuzz;
mod heads;
mod much;
mod numbers;
mod places;
mod retired;
mod schedules;
mod senseless;
mod shipped;
mod spreadsheets;

//! A history of cases through the real actors, journal, timers and outbox, under virtual time.
//!
//! ```text
//! CSV(.gz) + profile ──history──► rows ──drive──► Adopt / Conclude, timers between them ──report──► totals
//! ```
//! What the file says enters by one command, `Adopt`, and leaves by one, `Conclude`; everything else is decided by the
//! case itself. The same history on the same store goes on where it was killed, because commands carry ids that are
//! derived from the row.

mod deliver;
mod drive;
mod history;
mod profile;
mod report;
mod rows;

pub use self::drive::{Options, Progress, run};
pub use self::history::{History, Problem, Request, Why, read};
pub use self::profile::{CalendarName, PAGES, Profile, Unfit};
pub use self::report::{Report, Totals};

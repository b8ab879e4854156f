//! A seeded town under virtual time: reports come in, people act or fail to, timers do the rest.
//!
//! ```text
//! agenda (what people will do) ─┐
//!                               ├─► the earlier one ─► node ─► cases, collectors, units, desks, meetings, centre
//! node.next_due (timers) ───────┘                       └────► courier: letters and SMS in a folder
//! ```
//! People live by chance, and by a script of what happens seldom: every outcome of a dispute, a meeting of the committee, a
//! quota that is used up, a deferral, a leader who forgets to look. A month has room for all of it, fewer days for what fits.
//!
//! The same seed gives the same town, whatever the speed: virtual time waits for everything that was asked, tells and
//! messages included, before it moves on. Nothing here knows more than people would; what becomes of a case is decided
//! by its actor.

mod agenda;
mod committee;
mod desks;
mod enrolment;
mod happenings;
mod options;
mod people;
mod reporting;
mod reviewing;
mod run;
mod summary;
mod visited;
mod watching;

pub use self::options::{Afterwards, Going, Open, Options};
pub use self::people::Temper;
pub use self::run::run;
pub use self::summary::{Applications, Disputes, Lived, Summary, UnitLine};
pub use self::visited::WayIn;
pub use self::watching::{Seen, Watcher};

//! The rules in force: which they are, how others come into force, and what follows from that for units, briefs and cases.

pub mod absences;
pub mod accounts;
pub mod edition;
pub mod establishment;
pub mod handbooks;
pub mod recalculation;
pub mod reckoning;
pub mod shifts;

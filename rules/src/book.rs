//! The rule book: what every rules file of one edition says, as types (articles 6–11).
//!
//! Each file has a reader of its own beside this one; what only two files together can contradict is for
//! [`crate::check`].

pub mod calendar;
pub mod extension;
pub mod grid;
pub mod handbook;
pub mod ladder;
pub mod notices;
pub mod officials;
pub mod stages;
pub mod units;

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Findings};
use crate::source::Sources;

/// The rules of one edition.
#[derive(Debug, Clone)]
pub struct RuleBook {
    /// Conditions and their limits (指挥手册, article 11).
    pub handbook: handbook::Handbook,
    /// Terminal units (articles 6–9).
    pub units: units::Units,
    /// Cells, grids and collectors (article 10).
    pub grid: grid::Grid,
    /// Office hours and holidays.
    pub calendar: calendar::Calendar,
    /// The centre's own limits (articles 13–18).
    pub stages: stages::Stages,
    /// How much may be granted on top of a limit (article 27).
    pub extensions: extension::Extensions,
    /// The escalation ladders (article 3).
    pub ladder: ladder::Ladders,
    /// Templates of every message.
    pub notices: notices::Notices,
    /// People of the centre and the county (articles 2–5).
    pub officials: officials::Officials,
    /// Files that could not be read, or not to their end: what is here of them is a part.
    pub cut_short: BTreeSet<&'static str>,
    /// What these files are known by: names and bytes, hashed.
    pub hash: [u8; 32],
}

/// Reads and checks the rules: whatever can be used, and everything that is wrong.
pub fn parse(sources: &Sources) -> (RuleBook, Vec<Diagnostic>) {
    let mut findings = Findings::default();
    let handbook = handbook::read(sources, &mut findings);
    let units = units::read(sources, &mut findings);
    let mut book = RuleBook {
        handbook,
        grid: grid::read(sources, &mut findings),
        calendar: calendar::read(sources, &mut findings),
        stages: stages::read(sources, &mut findings),
        extensions: extension::read(sources, &mut findings),
        ladder: ladder::read(sources, &mut findings),
        notices: notices::read(sources, &mut findings),
        officials: officials::read(sources, &units, &mut findings),
        units,
        cut_short: BTreeSet::new(),
        hash: sources.hash(),
    };
    book.cut_short = Sources::NAMES.into_iter().filter(|name| findings.is_unread(name)).collect();
    crate::check::check(&book, sources, &mut findings);
    (book, findings.into_diagnostics())
}

//! The allocator of a year's case numbers (案卷号, article 14): without a gap, each to one case.
//!
//! One entity per year; its key is the year. A case that has been filed asks by a tell and is told its number. The
//! number counts what was given out, never what was asked: numbers that a closed or withdrawn case holds stay with it.

mod lifecycle;

use compact_str::{CompactString, format_compact};
use duban_core::entity::Kind;
use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantNames};

use crate::refusal::{self, Common};
use crate::tells::{self, CaseId, ToNumbers};

/// Number allocators on disk.
pub const KIND: Kind = tells::NUMBERS;
/// What stands before the year on paper.
pub const PREFIX: &str = "肃城管";
/// How many cases it remembers: one of them that asks again is told the same number. No case has two numbers, however
/// late it would ask: it is filed once and asks then, a tell counts once, and a case keeps the first number it is told.
pub const RECENT_MAX: usize = 32;

/// A year's numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbers {
    /// The year, as its key says it.
    pub year: CompactString,
    /// How many numbers were given out.
    pub given: u64,
    /// The last cases that got one, with it; at most [`RECENT_MAX`], oldest first.
    pub recent: Vec<(CaseId, u64)>,
}

impl Numbers {
    /// The `ordinal`-th number of the year as it stands on paper, e.g. 肃城管〔2026〕000001.
    pub fn on_paper(&self, ordinal: u64) -> CompactString {
        format_compact!("{PREFIX}〔{}〕{ordinal:06}", self.year)
    }

    fn ordinal_of(&self, case: &CaseId) -> Option<u64> {
        self.recent.iter().find(|(known, _)| known == case).map(|(_, ordinal)| *ordinal)
    }
}

/// What can be asked of an allocator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Give this case a number.
    Assign {
        /// The case, which is told.
        case: CaseId,
    },
}

impl From<ToNumbers> for Command {
    fn from(told: ToNumbers) -> Command {
        let ToNumbers::Assign { case } = told;
        Command::Assign { case }
    }
}

/// What happened to an allocator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A case got the next number.
    Assigned {
        case: CaseId,
        /// Which number of the year.
        ordinal: u64,
        /// The number on paper.
        number: CompactString,
    },
    /// A case asked again and is told the number it has.
    ToldAgain {
        case: CaseId,
        /// Its number on paper.
        number: CompactString,
    },
}

/// Why an allocator says no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, IntoStaticStr, VariantNames)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case", prefix = "numbers-")]
pub enum Refusal {
    /// The key is not a year of four digits.
    NotAYear { key: CompactString },
    /// What any entity may say.
    #[serde(untagged)]
    #[strum(transparent)]
    Common(Common),
}

refusal::of_kind!(Refusal);

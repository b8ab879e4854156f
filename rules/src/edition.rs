//! Editions told apart: which content stands under which number, of the handbook and of the calendar (article 11).
//!
//! `number` covers `handbook.csv` and `handbook.toml`, the calendar's `version` covers `calendar.toml` and
//! `holidays.csv`; no other file has one. What is compared is what the files say: other line ends, quotation marks,
//! comments or an order of keys are no other content. A number stands for one content for ever, and the next one is higher; the
//! very same content may come back under its own number.

mod number;

use std::fmt::Debug;

use crate::book::{RuleBook, calendar, handbook};
use crate::diagnostic::{Diagnostic, Findings};
use crate::source::document::Document;
use crate::source::{Sources, Spot};

/// What has a number of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The handbook, by its `number`.
    Handbook,
    /// The calendar, by its `version`.
    Calendar,
}

impl Part {
    /// Both of them.
    pub const ALL: [Part; 2] = [Part::Handbook, Part::Calendar];

    /// The key for machines.
    pub fn key(self) -> &'static str {
        match self {
            Part::Handbook => "handbook",
            Part::Calendar => "calendar",
        }
    }

    /// The word for people.
    pub fn chinese(self) -> &'static str {
        match self {
            Part::Handbook => "手册",
            Part::Calendar => "日历",
        }
    }

    /// Where its number stands: the file, and the key in it.
    pub(crate) fn place(self) -> (&'static str, &'static str) {
        match self {
            Part::Handbook => (handbook::EDITION_FILE, "number"),
            Part::Calendar => (calendar::FILE, "version"),
        }
    }

    fn spot(self, sources: &Sources) -> Spot {
        let (file, key) = self.place();
        let mut unheard = Findings::default();
        let Some(document) = Document::read(sources, file, &mut unheard) else {
            return Spot::of_file(file);
        };
        let number = document.root().text(key, &mut unheard);
        number.map_or_else(|| Spot::of_file(file), |number| number.spot)
    }
}

/// A content under its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbered {
    pub number: String,
    /// What the content is known by, among contents that this program has read.
    pub content: [u8; 32],
}

impl Numbered {
    fn of(number: &str, content: &impl Debug) -> Numbered {
        // A field that a later program adds is in it by itself; nothing of it is ever stored.
        let content = blake3::hash(format!("{content:?}").as_bytes());
        Numbered { number: number.to_owned(), content: *content.as_bytes() }
    }
}

/// What a rules set is by its numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    handbook: Numbered,
    calendar: Numbered,
}

impl Identity {
    /// What `sources` are, as far as they can be read, with their calendar; no more of them is read.
    pub fn read(sources: &Sources) -> (Identity, calendar::Calendar) {
        let mut unheard = Findings::default();
        let handbook = handbook::read(sources, &mut unheard);
        let calendar = calendar::read(sources, &mut unheard);
        (Identity::from(&handbook, &calendar), calendar)
    }

    /// What a book is that has been read.
    pub fn of_book(book: &RuleBook) -> Identity {
        Identity::from(&book.handbook, &book.calendar)
    }

    fn from(handbook: &handbook::Handbook, calendar: &calendar::Calendar) -> Identity {
        let handbook::Handbook { number, approved, effective, conditions, .. } = handbook;
        Identity {
            handbook: Numbered::of(number, &(number, approved, effective, conditions)),
            calendar: Numbered::of(calendar.version(), &calendar.content()),
        }
    }

    /// The content of a part, with its number.
    pub fn part(&self, part: Part) -> &Numbered {
        match part {
            Part::Handbook => &self.handbook,
            Part::Calendar => &self.calendar,
        }
    }
}

/// A rules set that was in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// What it is by its numbers.
    pub identity: Identity,
    /// What people know it by: the first digits of its hash.
    pub hash: String,
    /// Since when it was in force, in words.
    pub since: String,
}

/// Why `sources`, read as `book`, may not come into force beside those that were: a number that stands for something
/// else, or one that goes back. `hash` is what people know them by.
pub fn clashes(
    sources: &Sources,
    book: &RuleBook,
    (hash, known): (&str, &[Known]),
) -> Vec<Diagnostic> {
    let fresh = Identity::of_book(book);
    Part::ALL
        .into_iter()
        .filter_map(|part| clash(sources, part, (fresh.part(part), hash, known)))
        .collect()
}

fn clash(
    sources: &Sources,
    part: Part,
    (fresh, hash, known): (&Numbered, &str, &[Known]),
) -> Option<Diagnostic> {
    if known.iter().any(|one| one.identity.part(part) == fresh) {
        return None;
    }
    let numbers: Vec<&str> =
        known.iter().map(|one| one.identity.part(part).number.as_str()).collect();
    let next = || number::next(&fresh.number, &numbers);
    let of = |one: &&Known| one.identity.part(part).number == fresh.number;
    if let Some(taken) = known.iter().rev().find(of) {
        let spot = part.spot(sources);
        return Some(Diagnostic::number_taken(
            (part, &spot),
            (&fresh.number, hash),
            taken,
            &next(),
        ));
    }
    let is_above = |one: &&Known| number::is_lower(&fresh.number, &one.identity.part(part).number);
    let above = known.iter().rev().find(is_above)?;
    let spot = part.spot(sources);
    Some(Diagnostic::number_back((part, &spot), &fresh.number, above, &next()))
}

/// Whether the handbook of `book` was in force before: its day does not matter any more.
pub fn is_known(book: &RuleBook, known: &[Known]) -> bool {
    let fresh = Identity::of_book(book);
    known.iter().any(|one| one.identity.handbook == fresh.handbook)
}

/// Of each of `known` the parts whose number stands for more than one content among them.
pub fn reused(known: &[Known]) -> Vec<Vec<Part>> {
    let is_reused = |one: &Known, part: Part| {
        let own = one.identity.part(part);
        let mut others = known.iter().map(|other| other.identity.part(part));
        others.any(|other| other.number == own.number && other.content != own.content)
    };
    let of = |one: &Known| Part::ALL.into_iter().filter(|part| is_reused(one, *part)).collect();
    known.iter().map(of).collect()
}

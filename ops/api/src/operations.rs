//! Operations: everything that can be asked of duban over HTTP, and of entities on the command line, in one list.
//!
//! ```text
//! ALL ─► Resource ─► Row ─┬► route ─► one handler, generic over the operation      (http/api/operation.rs)
//!                         ├► what the API's document says of it                    (http/api/described.rs)
//!                         └► verb of the command line                              (verbs/listed.rs)
//! ```
//! Routes, document, verbs and words of refusals walk `ALL`, and the test of permissions walks the document: a route
//! without a document, or one that nobody has tested, cannot exist.

mod attachments;
pub(crate) mod cases;
pub(crate) mod collectors;
mod committee;
mod deferrals;
pub(crate) mod exposed;
pub(crate) mod meetings;
mod persons;
mod photos;
mod precedents;
pub(crate) mod readable;
pub(crate) mod row;
mod session;
pub(crate) mod shifts;
mod system;
pub mod units;

use exposed::Exposed;
use row::Row;

use crate::http::api::Told;
use crate::verbs::listed::Verb;

/// Every resource.
pub(crate) const ALL: &[&Resource] = &[
    &session::SESSION,
    &cases::CASES,
    &persons::PERSONS,
    &persons::TOKENS,
    &units::UNITS,
    &collectors::COLLECTORS,
    &committee::COMMITTEE,
    &meetings::MEETINGS,
    &precedents::PRECEDENTS,
    &deferrals::DEFERRALS,
    &shifts::SHIFTS,
    &photos::PHOTOS,
    &attachments::ATTACHMENTS,
    &system::EVENTS,
    &system::OUTBOX,
    &system::MUTED,
    &system::TIMERS,
    &system::CLOCK,
    &system::RULES,
    &system::DOCUMENT,
];

/// The entities of one kind, or a part of the system, as seen from outside.
#[derive(Debug)]
pub(crate) struct Resource {
    /// Under which path, e.g. `/collectors`.
    pub(crate) path: &'static str,
    /// What the key of one is called in paths and for people.
    pub(crate) key: Naming,
    /// Under which heading the document lists them.
    pub(crate) tag: &'static str,
    /// What they are called on the command line; none for what is asked over HTTP alone, or by verbs of its own.
    pub(crate) noun: Option<Noun>,
    /// How their refusals are told.
    pub(crate) words: &'static [Told],
    /// What can be read and asked.
    pub(crate) rows: &'static [Row],
}

/// What a resource is called on the command line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Noun {
    /// E.g. `collector`.
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
}

/// What the key of an entity is called.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Naming {
    /// In a path, e.g. `id`.
    pub(crate) parameter: &'static str,
    /// For people, e.g. 采集员编号.
    pub(crate) words: &'static str,
}

impl Resource {
    /// The entities of type `E`.
    pub(crate) const fn of<E: Exposed>(rows: &'static [Row]) -> Resource {
        Resource {
            path: E::PATH,
            key: E::KEY,
            tag: E::TAG,
            noun: Some(Noun { name: E::KIND.name, about: E::ABOUT }),
            words: E::WORDS,
            rows,
        }
    }

    /// Something that is no entity, with a key in the paths behind it or without.
    pub(crate) const fn system(
        (path, tag): (&'static str, &'static str),
        key: Option<Naming>,
        rows: &'static [Row],
    ) -> Resource {
        let key = match key {
            Some(key) => key,
            None => Naming { parameter: "", words: "" },
        };
        Resource { path, key, tag, noun: None, words: &[], rows }
    }

    /// What is on the command line of it.
    pub(crate) fn verbs(&self) -> impl Iterator<Item = Verb> {
        self.rows.iter().filter_map(|row| row.verb)
    }

    /// The rows that can be asked over HTTP, each with its path under `/api/v1`.
    pub(crate) fn routed(&self) -> impl Iterator<Item = (String, row::Http)> {
        self.rows.iter().filter_map(|row| {
            let http = row.http?;
            Some((http.at.path(self), http))
        })
    }
}

//! The course of editions: which were in force since when, which waits for its day, which never came.
//!
//! All of it is read from the centre's history, where it stands once; whoever scheduled a set is named for it when it
//! comes into force, and not the machine that put it there.

use chrono::NaiveDate;
use compact_str::CompactString;
use duban_actors::centre::{self, Day, GivenUp, RulesEdition, Stage, Waiting};
use duban_rules::edition::{self as numbers, Part};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Asked, Corrupt};
use duban_runtime::journal::{Failure, Journal};
use serde::Serialize;

use super::{centre_id, known};
use crate::state;

/// A rules set that came into force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Edition {
    #[serde(flatten)]
    pub edition: RulesEdition,
    pub since: Timestamp,
    /// Put there by whom, or made to wait by them.
    pub by: CompactString,
    pub role: CompactString,
    /// The day it waited for, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective: Option<NaiveDate>,
}

/// A rules set that waits for its day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ahead {
    #[serde(flatten)]
    pub edition: RulesEdition,
    /// On which local day it comes into force.
    pub effective: NaiveDate,
    pub from: Timestamp,
    pub stage: Stage,
    pub at: Timestamp,
    pub by: CompactString,
    pub role: CompactString,
}

/// A rules set that waited and was never in force by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dropped {
    #[serde(flatten)]
    pub edition: RulesEdition,
    /// On which local day it was to come into force.
    pub effective: NaiveDate,
    /// Since when it waits no longer.
    pub at: Timestamp,
    pub by: CompactString,
    pub role: CompactString,
    pub why: GivenUp,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Course {
    /// Those that came into force, the first one first.
    pub editions: Vec<Edition>,
    pub waiting: Option<Ahead>,
    /// Those that were given up, the first one first.
    pub dropped: Vec<Dropped>,
}

impl Course {
    fn take(&mut self, event: centre::Event, asked: &Asked) {
        let (by, role) = (asked.by.clone(), asked.role.clone());
        match event {
            centre::Event::RulesPutInForce { at: since, edition } => {
                let waited = self.waiting.take_if(|ahead| ahead.edition.hash == edition.hash);
                self.editions.push(match waited {
                    Some(Ahead { by, role, effective, .. }) => {
                        Edition { edition, since, by, role, effective: Some(effective) }
                    }
                    None => Edition { edition, since, by, role, effective: None },
                });
            }
            centre::Event::RulesScheduled { at, edition, day } => {
                let Day { effective, from, .. } = day;
                let stage = Stage::Ahead;
                self.waiting = Some(Ahead { edition, effective, from, stage, at, by, role });
            }
            centre::Event::RulesGivenUp { at, why, .. } => {
                if let Some(Ahead { edition, effective, .. }) = self.waiting.take() {
                    self.dropped.push(Dropped { edition, effective, at, by, role, why });
                }
            }
            centre::Event::RulesForetold { .. } => self.reach(Stage::Foretold),
            centre::Event::RulesDayCome { .. } => self.reach(Stage::Come),
            centre::Event::Established { .. }
            | centre::Event::Rescheduled { .. }
            | centre::Event::BriefDue(_)
            | centre::Event::AlarmRaised(_)
            | centre::Event::AlarmCleared(_) => {}
        }
    }

    fn reach(&mut self, stage: Stage) {
        if let Some(waiting) = &mut self.waiting {
            waiting.stage = stage;
        }
    }
}

/// All editions of a store.
pub fn course(journal: &Journal) -> Result<Course, Failure> {
    let id = centre_id();
    let mut course = Course::default();
    for record in journal.history(&id)? {
        let events: Result<Vec<centre::Event>, _> = serde_json::from_str(&record.events);
        let events = events.map_err(|error| state::unreadable(&id, Corrupt(error.to_string())))?;
        for event in events {
            course.take(event, &record.asked);
        }
    }
    Ok(course)
}

/// The course as it is shown, with what was numbered twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listing {
    /// Those that came into force, the first one first.
    pub editions: Vec<Listed>,
    pub waiting: Option<Ahead>,
    /// Those that were given up, the first one first.
    pub dropped: Vec<Dropped>,
}

/// An edition, and what of it has a number that stands for something else as well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listed {
    #[serde(flatten)]
    pub edition: Edition,
    /// Parts whose number was used twice.
    #[serde(serialize_with = "keys")]
    pub reused: Vec<Part>,
}

fn keys<S: serde::Serializer>(parts: &[Part], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(parts.iter().map(|part| part.key()))
}

/// All editions of a store, as they are shown. Reads the files of each.
pub fn listing(journal: &Journal) -> Result<Listing, Failure> {
    let Course { editions, waiting, dropped } = course(journal)?;
    let marks = reused(journal, &editions);
    let listed = editions.into_iter().zip(marks);
    let editions = listed.map(|(edition, reused)| Listed { edition, reused }).collect();
    Ok(Listing { editions, waiting, dropped })
}

/// Every rules set that came into force, the first one first.
pub fn history(journal: &Journal) -> Result<Vec<Edition>, Failure> {
    Ok(course(journal)?.editions)
}

/// Of each of `editions` the parts whose number stands for more than one content among them; nothing of those whose
/// files are lost.
fn reused(journal: &Journal, editions: &[Edition]) -> Vec<Vec<Part>> {
    let known = known::of(journal, editions);
    let of_known: Vec<numbers::Known> = known.iter().map(|(_, known)| known.clone()).collect();
    let marks = numbers::reused(&of_known);
    let of = |edition: &Edition| {
        let mut found = known.iter().zip(&marks);
        let found = found.find(|((hash, _), _)| *hash == edition.edition.hash);
        found.map(|(_, parts)| parts.clone()).unwrap_or_default()
    };
    editions.iter().map(of).collect()
}

/// The rules that wait, as the centre has them.
pub fn waiting(journal: &Journal) -> Result<Option<Waiting>, Failure> {
    Ok(super::centre(journal)?.and_then(|centre| centre.waiting))
}

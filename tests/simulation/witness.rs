//! The witness of the county: hears every record from the beginning, works out anew what follows from it, by other code
//! than that which decided it, and holds it against what the entities say of themselves.

mod agreement;
mod case_deeds;
mod once;
mod posts;
mod quota;
mod stretches;

use std::collections::BTreeMap;
use std::fmt;

use compact_str::CompactString;
use duban_actors::case::{self, Case};
use duban_actors::case_numbers::{self, Numbers};
use duban_actors::meeting::{self, Meeting};
use duban_actors::shift::{self, Shift};
use duban_actors::unit::{self, Unit};
use duban_core::entity::{Entity, EntityId};
use duban_core::record::{Record, Stored};
use duban_runtime::simulator::{Said, Witness};
use serde::de::DeserializeOwned;

pub(crate) use self::case_deeds::ALL as DEEDS;
use self::once::Once;
use self::posts::Posts;
use self::quota::Quotas;
use self::stretches::Stretches;
use super::deeds::{Counts, Deeds};

/// What was worked out from the records.
pub(crate) struct Ear {
    deeds: Deeds,
    counts: Counts,
    cases: BTreeMap<CompactString, Heard>,
    quotas: Quotas,
    posts: Posts,
    /// The cases that have a number, in the order of numbers, by year.
    numbers: BTreeMap<CompactString, Vec<CompactString>>,
}

/// What was worked out of a case.
#[derive(Debug, Default)]
struct Heard {
    stretches: Stretches,
    once: Once,
}

impl Ear {
    pub(crate) fn new(deeds: &Deeds) -> Ear {
        Ear {
            deeds: deeds.clone(),
            counts: Counts::new(),
            cases: BTreeMap::new(),
            quotas: Quotas::default(),
            posts: Posts::default(),
            numbers: BTreeMap::new(),
        }
    }

    fn happened(&mut self, deed: &'static str) {
        *self.counts.entry(deed).or_insert(0) += 1;
    }

    fn case(&mut self, record: &Record) -> Result<(), String> {
        let key = &record.entity.key;
        for event in events::<Case>(record)? {
            for deed in case_deeds::of(&event) {
                self.happened(deed);
            }
            let heard = self.cases.entry(key.clone()).or_default();
            heard.once.hears(&event)?;
            heard.stretches.hears(&event)?;
            self.quotas.asked(key, &heard.stretches, &event);
        }
        Ok(())
    }

    fn unit(&mut self, record: &Record) -> Result<(), String> {
        for event in events::<Unit>(record)? {
            if matches!(event, unit::Event::QuotaUsedUp(_)) {
                self.happened("quota used up");
            }
            if matches!(event, unit::Event::Reserved(_)) {
                self.happened("quota reserved");
            }
            self.quotas.answered(&record.entity.key, &event)?;
        }
        Ok(())
    }

    fn shift(&mut self, record: &Record) -> Result<(), String> {
        for event in events::<Shift>(record)? {
            let deed = self.posts.hears(&record.entity.key, &event)?;
            self.happened(deed);
        }
        Ok(())
    }

    fn meeting(&mut self, record: &Record) -> Result<(), String> {
        for event in events::<Meeting>(record)? {
            if let meeting::Event::DecisionTaken { .. } = event {
                self.happened("the committee decided");
            } else if let meeting::Event::Cancelled { .. } = event {
                self.happened("a meeting was called off");
            } else if let meeting::Event::Minuted(_) = event {
                self.happened("a meeting was minuted");
            } else if let meeting::Event::Reminded { .. } = event {
                self.happened("the head was reminded of a meeting");
            }
        }
        Ok(())
    }

    /// Numbers have no gap, and nobody has two.
    fn numbers(&mut self, record: &Record) -> Result<(), String> {
        let given = self.numbers.entry(record.entity.key.clone()).or_default();
        for event in events::<Numbers>(record)? {
            let case_numbers::Event::Assigned { case, ordinal, .. } = event else { continue };
            given.push(case.0.clone());
            let has_one = given.iter().filter(|other| **other == case.0).count();
            if u64::try_from(given.len()) != Ok(ordinal) || has_one != 1 {
                return Err(format!("{case:?} got number {ordinal} after {given:?}"));
            }
        }
        Ok(())
    }
}

impl Witness for Ear {
    fn hears(&mut self, record: &Record, _: &Stored) -> Result<(), String> {
        let kind = record.entity.kind;
        if kind == case::KIND.number {
            self.case(record)
        } else if kind == unit::KIND.number {
            self.unit(record)
        } else if kind == shift::KIND.number {
            self.shift(record)
        } else if kind == meeting::KIND.number {
            self.meeting(record)
        } else if kind == case_numbers::KIND.number {
            self.numbers(record)
        } else {
            Ok(())
        }
    }

    fn may_be_set_aside(&self, _: &Stored) -> bool {
        false
    }

    fn holds(&self, said: Said<'_>) -> Result<(), String> {
        for (id, stored) in said.entities {
            if id.kind == case::KIND.number {
                let case = state::<Case>(id, stored)?;
                let heard = self.cases.get(&id.key).ok_or_else(|| format!("{id} said nothing"))?;
                let agrees = heard.stretches.agree(&case);
                agrees.map_err(|wrong| format!("{id}: {wrong}"))?;
            }
            if id.kind == shift::KIND.number {
                self.posts.agree(&state::<Shift>(id, stored)?)?;
            }
            if id.kind == unit::KIND.number {
                self.quotas.agree(&state::<Unit>(id, stored)?)?;
            }
        }
        Ok(())
    }

    fn has_ended(&self, said: Said<'_>) -> Result<(), String> {
        if let Some(parked) = said.parked.first() {
            return Err(format!("nobody could take {parked:?}"));
        }
        self.quotas.recounted()?;
        agreement::of_all(said)?;
        self.deeds.add(&self.counts);
        Ok(())
    }
}

/// The events of a record.
fn events<E: Entity<Event: DeserializeOwned>>(record: &Record) -> Result<Vec<E::Event>, String> {
    serde_json::from_str(&record.events).map_err(|error| format!("events: {error}"))
}

/// What an entity says of itself.
fn state<E: Entity>(id: &EntityId, stored: &Stored) -> Result<E, String> {
    E::from_stored(id, &stored.state).map_err(|corrupt| corrupt.to_string())
}

/// Two things that ought to be one.
fn same<T: PartialEq + fmt::Debug>(what: &str, expected: &T, found: &T) -> Result<(), String> {
    if expected == found {
        return Ok(());
    }
    Err(format!("{what} is {found:?}, and follows as {expected:?}"))
}

//! A county in the simulator: the real kinds under the shipped rules, three units, a few cases, a crowd that has to do with
//! them, and somebody who keeps the context of all up to date.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use duban_actors::case::{Case, CaseId};
use duban_actors::case_numbers::Numbers;
use duban_actors::collector::Collector;
use duban_actors::context::Context;
use duban_actors::desks::{Desk, Desks};
use duban_actors::meeting::Meeting;
use duban_actors::person::Person;
use duban_actors::roster::Roster;
use duban_actors::shift::Shift;
use duban_actors::unit::Unit;
use duban_core::clock::Timestamp;
use duban_core::entity::{Asked, CommandId, Entity, EntityId};
use duban_core::record::Stored;
use duban_core::registry::{AnyCommand, ContextCell, Registry};
use duban_runtime::simulator::{Days, Dice, Eyes, Habits, Request, Town, Witness};
use duban_tests::case_path::{self, MONDAY_9AM, Who};

use super::deeds::Deeds;
use super::mutations::{BoundlessUnit, CaseWithoutChargeBack};
use super::people::{self, Turn};
use super::witness::Ear;

/// A safeguard of the domain that is taken out: somebody must notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    Nothing,
    /// A unit's quota gives a place to whoever asks.
    QuotaBound,
    /// A dispute without reason wins the time it took.
    ChargeBack,
}

/// The cell in which all entities find what they decide by.
type Cell = Arc<ContextCell<Context>>;

/// What was asked, to be asked once more.
#[derive(Clone)]
struct Past {
    to: EntityId,
    command: Rc<dyn Fn() -> AnyCommand>,
    asked: Asked,
}

/// Questions that somebody may ask once more.
const PAST_MAX: usize = 16;

pub(crate) struct County {
    habits: Habits,
    missing: Missing,
    context: Cell,
    cases: Vec<CaseId>,
    past: Vec<Past>,
    deeds: Deeds,
}

impl County {
    /// The county of a seed.
    pub(crate) fn of(seed: u64, missing: Missing, deeds: &Deeds) -> County {
        // Its own dice: what happens to it does not hang on what it is.
        let mut dice = Dice::of(seed ^ 0x5eed_0f70_3a2e);
        let days = u32::try_from(dice.between(0, 30)).unwrap_or(0);
        let habits = Habits {
            founded: MONDAY_9AM - Duration::from_hours(1) + Duration::from_hours(24) * days,
            pace: u32::try_from(dice.between(2, 12)).unwrap_or(2) * 5_000,
            skew: u32::try_from(dice.between(0, 4)).unwrap_or(0) * 10,
            requests: (15, 40),
            weight: 8,
            days: Days::Endless,
        };
        let cases = (1..=dice.between(2, 5)).map(people::case_id).collect();
        let context = Arc::new(ContextCell::new(case_path::town().clone(), 1));
        County { habits, missing, context, cases, past: Vec::new(), deeds: deeds.clone() }
    }
}

impl Town for County {
    fn habits(&self) -> Habits {
        self.habits
    }

    fn registry(&self) -> Arc<Registry> {
        let all = Registry::new()
            .with::<Collector>(&self.context)
            .with::<Numbers>(&self.context)
            .with::<Person>(&self.context)
            .with::<Shift>(&self.context)
            .with::<Meeting>(&self.context);
        Arc::new(match self.missing {
            Missing::Nothing => all.with::<Case>(&self.context).with::<Unit>(&self.context),
            Missing::QuotaBound => {
                all.with::<Case>(&self.context).with::<BoundlessUnit>(&self.context)
            }
            Missing::ChargeBack => {
                all.with::<CaseWithoutChargeBack>(&self.context).with::<Unit>(&self.context)
            }
        })
    }

    fn next(&mut self, dice: &mut Dice, now: Timestamp, eyes: Eyes<'_>) -> Request {
        if dice.once_in(3) {
            self.look_around(eyes);
        }
        let at = dice.place(self.past.len());
        let past = if let Some(past) = self.past.get(at).filter(|_| dice.once_in(14)) {
            past.clone()
        } else {
            let mut turn = Turn { dice, now, town: Looks { eyes, cases: &self.cases } };
            let said = people::next(&mut turn);
            self.remember(dice, said, now)
        };
        let Past { to, command, asked } = past;
        let asked = move |at| Asked { at, ..asked.clone() };
        Request { to, command: Box::new(move || command()), asked: Box::new(asked) }
    }

    fn change_rules(&mut self, _: &mut Dice, eyes: Option<Eyes<'_>>) {
        if let Some(eyes) = eyes {
            self.look_around(eyes);
        }
    }

    fn witness(&self) -> Box<dyn Witness> {
        Box::new(Ear::new(&self.deeds))
    }
}

impl County {
    fn remember(&mut self, dice: &mut Dice, said: Saying, now: Timestamp) -> Past {
        let Saying { to, command, who, expected } = said;
        let id = CommandId(dice.id());
        let asked = Asked { id, expected, ..case_path::asked(now, &who) };
        let past = Past { to, command, asked };
        if self.past.len() >= PAST_MAX {
            self.past.remove(0);
        }
        self.past.push(past.clone());
        past
    }

    /// Who keeps the desks, and what the units have said of themselves, stands in the context of all.
    fn look_around(&self, eyes: Eyes<'_>) {
        let shift = |desk: &Desk| Some((*desk, look::<Shift>(eyes, desk.as_str())?.1));
        let shifts: Vec<(Desk, Shift)> = Desk::ALL.iter().filter_map(shift).collect();
        let keepers = shifts.iter().map(|(desk, shift)| (*desk, shift.keeper()));
        let allowed = shifts.iter().flat_map(|(_, shift)| shift.allowed.iter().cloned());
        let desks = Desks::of(keepers, allowed);
        let units = people::UNITS.iter().filter_map(|(id, _)| Some(look::<Unit>(eyes, id)?.1));
        let units: Vec<Unit> = units.collect();
        let roster = Roster::of(&units);
        let (before, hash) = &*self.context.current();
        if before.desks != desks || before.roster != roster {
            self.context.replace(before.kept_by(desks).with(roster), hash + 1);
        }
    }
}

/// What somebody says to an entity.
pub(crate) struct Saying {
    to: EntityId,
    command: Rc<dyn Fn() -> AnyCommand>,
    who: Who,
    /// The sequence that they have seen, where they mind.
    expected: Option<u64>,
}

impl Saying {
    pub(crate) fn to<E: Entity>(key: &str, command: E::Command, who: Who) -> Saying {
        let make = move || AnyCommand::new(command.clone());
        let (to, command) = (EntityId::new(E::KIND, key), Rc::new(make));
        Saying { to, command, who, expected: None }
    }

    /// The same by somebody who minds that nothing has happened since.
    pub(crate) fn expecting(self, sequence: u64) -> Saying {
        Saying { expected: Some(sequence), ..self }
    }
}

/// What people see of the county.
#[derive(Clone, Copy)]
pub(crate) struct Looks<'a> {
    eyes: Eyes<'a>,
    pub(crate) cases: &'a [CaseId],
}

impl Looks<'_> {
    /// An entity with how much has happened to it; a fresh one where nothing has.
    pub(crate) fn at<E: Entity>(self, key: &str) -> (u64, E) {
        let fresh = || (0, E::initial(&EntityId::new(E::KIND, key)));
        look::<E>(self.eyes, key).unwrap_or_else(fresh)
    }
}

fn look<E: Entity>(eyes: Eyes<'_>, key: &str) -> Option<(u64, E)> {
    let id = EntityId::new(E::KIND, key);
    let stored = eyes.entity(&id)?;
    Some((stored.sequence, parsed(&id, &stored)?))
}

fn parsed<E: Entity>(id: &EntityId, stored: &Stored) -> Option<E> {
    E::from_stored(id, &stored.state).ok()
}

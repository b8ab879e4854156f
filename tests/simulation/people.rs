//! The people of the county: who they are, and what somebody says next, by chance and by what they see.
//!
//! Mostly they do what there is to be done; now and then they say anything at all, as anybody, which must be refused and
//! break nothing.

mod applications;
mod asides;
mod disputes;
mod stages;
mod wrong;

use std::time::Duration;

use compact_str::CompactString;
use duban_actors::case::{Case, CaseId, Command, State};
use duban_actors::role::Role;
use duban_core::clock::Timestamp;
use duban_rules::vocabulary::{CollectorId, UnitId};
use duban_runtime::simulator::Dice;
use duban_tests::case_path::{self, Who};

use super::county::{Looks, Saying};

/// The units of the county, each with its head.
pub(crate) const UNITS: [(&str, &str); 3] = [("SW", "贺示例"), ("DL", "章示例"), ("YL", "邹示例")];
/// Conditions of each of them, ordinary and urgent.
const CONDITIONS: [(&str, &str); 7] = [
    ("SW", "part-01-01-2"),
    ("SW", "part-01-01-1"),
    ("SW", "part-05-06-1"),
    ("DL", "part-01-05-2"),
    ("DL", "part-01-05-1"),
    ("YL", "part-04-01-1"),
    ("YL", "event-01-17-1"),
];
/// Where every report comes from.
const SOURCE: &str = "town";

/// What somebody who is about to say something has.
pub(crate) struct Turn<'a, 'b> {
    pub(crate) dice: &'a mut Dice,
    pub(crate) now: Timestamp,
    pub(crate) town: Looks<'b>,
}

/// The `n`th case.
pub(crate) fn case_id(n: u64) -> CaseId {
    CaseId::from_intake(SOURCE, &n.to_string())
}

/// What somebody says next.
pub(crate) fn next(turn: &mut Turn<'_, '_>) -> Saying {
    match turn.dice.between(0, 19) {
        0 | 1 => asides::at_a_desk(turn),
        2 => asides::of_a_collector(turn),
        3 => asides::of_a_unit(turn),
        4 => wrong::anything(turn),
        5 if turn.dice.once_in(2) => asides::of_a_person(turn),
        _ => of_a_case(turn),
    }
}

/// What there is to be done with one of the cases that have not ended.
fn of_a_case(turn: &mut Turn<'_, '_>) -> Saying {
    let cases = turn.town.cases;
    let first = turn.dice.place(cases.len());
    let numbered = cases.iter().enumerate();
    for (n, id) in numbered.clone().skip(first).chain(numbered.take(first)) {
        let (sequence, case) = turn.town.at::<Case>(id.as_str());
        if let Some(said) = disputes::at_the_meeting(turn, &case) {
            return said;
        }
        let Some((command, who)) = stages::next(turn, &case, n) else { continue };
        let said = Saying::to::<Case>(id.as_str(), command, who);
        return if turn.dice.once_in(10) { said.expecting(sequence) } else { said };
    }
    wrong::anything(turn)
}

impl Turn<'_, '_> {
    /// One of several.
    #[track_caller]
    pub(crate) fn one_of<T: Clone>(&mut self, all: &[T]) -> T {
        all.get(self.dice.place(all.len())).cloned().expect("one of several")
    }

    /// A unit of the county.
    pub(crate) fn unit(&mut self) -> UnitId {
        UnitId::new(self.one_of(&UNITS).0)
    }

    /// A unit of the county that is not this one.
    pub(crate) fn other_unit(&mut self, than: &UnitId) -> UnitId {
        let others: Vec<UnitId> =
            UNITS.iter().map(|(id, _)| UnitId::new(*id)).filter(|id| id != than).collect();
        self.one_of(&others)
    }

    /// So long from now.
    pub(crate) fn in_hours(&mut self, from: u64, to: u64) -> Timestamp {
        self.now + Duration::from_hours(self.dice.between(from, to))
    }

    /// Somebody of the centre in this role: one of two, where there are two.
    pub(crate) fn centre(&mut self, role: Role) -> Who {
        let people: &[(&str, &str)] = match role {
            Role::Intake => &[("cheng", "成示例"), ("cheng-2", "成二示例")],
            Role::Dispatcher => &[("dai", "戴示例"), ("dai-2", "戴二示例")],
            Role::DutyChief => &[("ji", "计示例"), ("fu", "伏示例")],
            Role::CentreHead => &[("zang", "臧示例")],
            Role::CountyLeader => &[("bei", "贝示例")],
            Role::CommitteeChair => &[("mi", "米示例")],
            Role::Collector
            | Role::UnitStaff
            | Role::UnitHead
            | Role::Operator
            | Role::Importer
            | Role::Canary
            | Role::Timer
            | Role::Entity
            | Role::Door => &[("xi", "系示例")],
        };
        let (login, name) = self.one_of(people);
        Who::of_the_centre(role, login, name)
    }

    /// Whoever acts for this unit: its own people, or the desk that enters for it.
    pub(crate) fn of_unit(&mut self, unit: &UnitId) -> Who {
        if self.dice.once_in(10) {
            return self.centre(Role::Dispatcher).on_behalf_of(unit.as_str());
        }
        unit_staff(unit)
    }
}

/// Somebody of a unit.
pub(crate) fn unit_staff(unit: &UnitId) -> Who {
    let (by, speaks_for) = (unit.as_str().to_lowercase(), Some(unit.to_string()));
    Who { role: Role::UnitStaff, by, name: None, speaks_for, on_behalf_of: None }
}

/// A collector of the rules.
pub(crate) fn collector(id: &CollectorId) -> Who {
    let (by, speaks_for) = (id.as_str().to_lowercase(), Some(id.to_string()));
    Who { role: Role::Collector, by, name: None, speaks_for, on_behalf_of: None }
}

/// Everybody who is posted where the cases are.
pub(crate) fn collectors() -> Vec<CollectorId> {
    let rules = &case_path::town().rules;
    let grid = rules.grid.locate(case_path::place()).map(|(_, grid)| grid.collectors.clone());
    grid.unwrap_or_default()
}

/// A case before anybody has done anything to it.
fn is_fresh(state: &State) -> bool {
    matches!(state, State::Unreported)
}

/// What somebody says, and who they are.
type Word = (Command, Who);

fn why() -> String {
    "现场情况".to_owned()
}

fn blob() -> CompactString {
    CompactString::const_new("blob-9")
}

//! What is done beside the cases: desks are taken over and handed over, people of the centre and collectors come and go,
//! units are established and looked after.

use duban_actors::collector::{self, Collector};
use duban_actors::desks::Desk;
use duban_actors::person::{self, Person, Profile};
use duban_actors::role::Role;
use duban_actors::shift::{self, Named, Open, Post, Shift};
use duban_actors::unit::views::Seen;
use duban_actors::unit::{self, Unit};
use duban_tests::case_path::Who;

use super::{Turn, UNITS, collectors, unit_staff, why};
use crate::county::Saying;

/// A desk is taken over, handed over, or left.
pub(super) fn at_a_desk(turn: &mut Turn<'_, '_>) -> Saying {
    // One desk is busier than the others.
    let busy = [Desk::DutyChief, Desk::DutyChief, Desk::Dispatch, Desk::Intake];
    let desk = turn.one_of(&busy);
    let (_, shift) = turn.town.at::<Shift>(desk.as_str());
    let somebody = turn.centre(desk.role());
    let on = shift.standing.stint().map(|stint| Who {
        by: stint.login.to_string(),
        name: Some(stint.name.to_string()),
        ..somebody.clone()
    });
    let other = turn.centre(desk.role());
    let named = Named { login: other.by.as_str().into(), post: Post::Held };
    let (command, who) = match (turn.dice.between(0, 9), on) {
        (0, _) if desk == Desk::DutyChief => {
            let (until, reason) = (turn.in_hours(1, 24 * 8), why());
            let allowed = shift::Command::AllowClosing { chief: named, until, reason };
            (allowed, turn.centre(Role::CentreHead))
        }
        (1, _) | (_, None) => {
            let reason = turn.dice.once_in(2).then(why);
            (shift::Command::TakeOver { reason }, somebody)
        }
        (2, Some(on)) => (shift::Command::Note { text: why() }, on),
        (3..=5, Some(on)) => {
            let to = (!turn.dice.once_in(4)).then_some(named);
            (shift::Command::HandOver { to, note: why(), open: Open::default() }, on)
        }
        (6, Some(_)) => (shift::Command::Note { text: why() }, somebody),
        (_, Some(_)) => (shift::Command::TakeOver { reason: None }, other),
    };
    Saying::to::<Shift>(desk.as_str(), command, who)
}

/// A collector signs on or off, goes away or comes back.
pub(super) fn of_a_collector(turn: &mut Turn<'_, '_>) -> Saying {
    let id = turn.one_of(&collectors());
    let (_, collector) = turn.town.at::<Collector>(id.as_str());
    let own = super::collector(&id);
    let head = turn.centre(Role::CentreHead);
    let (command, who) = match (&collector.standing, turn.dice.between(0, 5)) {
        (collector::State::Unknown | collector::State::Dismissed, _) => {
            (collector::Command::Appoint, head)
        }
        (_, 0) => (collector::Command::Dismiss { reason: why() }, head),
        (collector::State::OnLeave(..), _) => (collector::Command::EndLeave, own),
        (_, 1 | 2) => (collector::Command::TakeLeave { until: turn.in_hours(1, 30) }, own),
        (collector::State::OffDuty(_), _) => (collector::Command::SignOn, own),
        (collector::State::OnDuty(_), _) => (collector::Command::SignOff, own),
    };
    Saying::to::<Collector>(id.as_str(), command, who)
}

/// Somebody of the centre is enrolled, or dismissed and loses the shift that they keep.
pub(super) fn of_a_person(turn: &mut Turn<'_, '_>) -> Saying {
    let role = turn.one_of(Desk::ALL).role();
    let who = turn.centre(role);
    let (_, person) = turn.town.at::<Person>(&who.by);
    let command = match person.standing {
        person::State::Unknown | person::State::Dismissed(_) => {
            let (name, roles) = (who.name.clone().unwrap_or_default().into(), vec![role]);
            person::Command::Enrol(Profile { name, roles, unit: None, collector: None })
        }
        person::State::Active(_) => person::Command::Dismiss { reason: why(), release: None },
    };
    Saying::to::<Person>(&who.by, command, turn.centre(Role::CentreHead))
}

/// A unit is established, its head looks, somebody is away.
pub(super) fn of_a_unit(turn: &mut Turn<'_, '_>) -> Saying {
    let id = turn.unit();
    let head = UNITS.iter().find(|(unit, _)| *unit == id.as_str()).map_or("", |(_, head)| *head);
    let (_, unit) = turn.town.at::<Unit>(id.as_str());
    let own = unit_staff(&id);
    let (command, who) = match (&unit.standing, turn.dice.between(0, 9)) {
        (unit::State::Unknown | unit::State::Deactivated, _) => {
            (unit::Command::Establish, turn.centre(Role::CentreHead))
        }
        (unit::State::Active(_), 0) => {
            let open_cases = u32::from(turn.dice.once_in(3));
            let gone = unit::Command::Deactivate { reason: why(), open_cases, as_of: turn.now };
            (gone, turn.centre(Role::CentreHead))
        }
        (unit::State::Active(_), 1 | 2) => {
            let until = turn.in_hours(1, 48);
            (unit::Command::TakeLeave { name: head.into(), from: None, until, deputy: None }, own)
        }
        (unit::State::Active(_), 3) => (unit::Command::EndLeave { name: head.into() }, own),
        (unit::State::Active(_), _) => {
            let name = Some(head.to_owned());
            let head = Who { role: Role::UnitHead, by: "head".to_owned(), name, ..own };
            (unit::Command::View { seen: Seen::Cases }, head)
        }
    };
    Saying::to::<Unit>(id.as_str(), command, who)
}

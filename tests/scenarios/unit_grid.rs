//! The unit's states and commands (articles 6 to 9 and 27): what each asks of each, in a golden table, and every form of its
//! events.

use duban_actors::brief::Next;
use duban_actors::role::Role;
use duban_actors::tells::{Became, Booking, CaseId};
use duban_actors::unit::quota::Reckoned;
use duban_actors::unit::views::Seen;
use duban_actors::unit::{Command, Event, Unit};
use duban_runtime::entity::Fired;
use duban_tests::given::{DAY, HOUR, MONDAY_8AM, given};
use duban_tests::laws::{asked, asked_for, laws};

use crate::briefs::{HEAD, UNIT, away, brief_due, deactivated, established};
use crate::views;

#[test]
fn the_laws_of_entities_hold_for_the_unit() {
    let state = |events: &[Event]| (UNIT, given::<Unit>(UNIT, events).state);
    let until = MONDAY_8AM + DAY;
    let standings = [
        ("unknown", state(&[])),
        ("active", state(&[established()])),
        ("head away", state(&[established(), away(until)])),
        ("deactivated", state(&[established(), deactivated()])),
        ("view awaited", state(&[established(), views::awaited()])),
        ("view reminded", state(&[established(), views::reminded()])),
    ];
    let operator = || asked(MONDAY_8AM - HOUR, Role::Operator, "op");
    let by_head = |at| asked_for(at, (Role::UnitHead, UNIT), "zhou");
    let fired = |name: &str, due| (until, Fired { name: name.into(), due });
    let deactivate = |open_cases| Command::Deactivate {
        reason: "机构改革".into(),
        open_cases,
        as_of: MONDAY_8AM,
    };
    let leave = Command::TakeLeave { name: HEAD.into(), from: None, until, deputy: None };
    let case = asked(MONDAY_8AM, Role::Entity, "case");
    let commands = [
        ("Establish", operator(), Command::Establish),
        ("Establish (staff)", asked(MONDAY_8AM, Role::UnitStaff, UNIT), Command::Establish),
        ("FollowRules", operator(), Command::FollowRules),
        ("FollowRules (staff)", asked(MONDAY_8AM, Role::UnitStaff, UNIT), Command::FollowRules),
        ("Deactivate", operator(), deactivate(0)),
        ("Deactivate, open", operator(), deactivate(3)),
        ("TakeLeave", operator(), leave),
        ("EndLeave", operator(), Command::EndLeave { name: HEAD.into() }),
        ("Reserve", case.clone(), Command::Reserve(reckoned().booking)),
        ("Reserve (operator)", operator(), Command::Reserve(reckoned().booking)),
        (
            "Settle",
            case.clone(),
            Command::Settle { case: CaseId("c1".into()), no: 1, became: Became::Granted },
        ),
        ("Release", case.clone(), Command::Release { case: CaseId("c1".into()), no: 1 }),
        ("View (head)", by_head(until), Command::View { seen: Seen::Cases }),
        ("View (chief)", asked(until, Role::DutyChief, "ji"), Command::View { seen: Seen::Cases }),
    ];
    let timers = [
        ("Fired brief", fired("brief", MONDAY_8AM)),
        ("Fired brief, stale", fired("brief", MONDAY_8AM - DAY)),
        ("Fired leave", fired("leave-ends/周示例", until)),
        ("Fired unknown", fired("tea", until)),
        ("Fired reminder", fired("view-reminder", MONDAY_8AM + 8 * HOUR)),
        ("Fired night", fired("view-day-ends", MONDAY_8AM + 16 * HOUR)),
    ];
    laws(&standings, &commands, &timers, (17, &every_event_of_units()));
}

/// One of each form.
fn every_event_of_units() -> Vec<Event> {
    let rescheduled = Next::At(MONDAY_8AM - HOUR);
    let mut events = vec![
        established(),
        Event::Established { next: Next::Never },
        Event::Rescheduled { next: rescheduled },
        brief_due(MONDAY_8AM + DAY, &[MONDAY_8AM], MONDAY_8AM + 2 * DAY),
        away(MONDAY_8AM + DAY),
        Event::LeaveEnded { name: HEAD.into() },
        deactivated(),
        Event::Reserved(reckoned()),
        Event::QuotaUsedUp(reckoned()),
        Event::Settled { case: CaseId("c1".into()), no: 1, became: Became::Refused },
        Event::Released { case: CaseId("c1".into()), no: 1 },
    ];
    events.extend(views::every_event_of_views());
    events
}

fn reckoned() -> Reckoned {
    let (case, month, at) = (CaseId("c1".into()), "2026-03".into(), MONDAY_8AM);
    let booking = Booking { case, no: 1, month, n: 20, as_of: at };
    Reckoned { at, booking, allowed: 2, used: 1 }
}

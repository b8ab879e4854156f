//! The grid of meetings, and a sample of each event and of each letter.

use std::collections::BTreeMap;

use duban_actors::meeting::{Answer, Command, Event};
use duban_actors::role::Role;
use duban_core::entity::{Effect, Entity, Fired};
use duban_tests::case_path::{MONDAY_9AM, town};
use duban_tests::given::{DAY, HOUR};
use duban_tests::laws::{asked, asked_for, laws};
use duban_tests::samples::assert_samples;
use serde_json::Value;

use super::{
    NO, TUESDAY, after, call, called, cancel, carried_out, case, decide, head, held, hold, minute,
    motion, moves, proposed, steps, withdraw,
};

#[test]
fn every_standing_answers_every_command_as_the_grid_says() {
    let at = TUESDAY + DAY + HOUR;
    let off = [steps(2), vec![(head(TUESDAY), cancel())]].concat();
    let unproposed = after(&[]).0;
    let standings = [
        ("unproposed", (NO, unproposed)),
        ("proposed", (NO, proposed())),
        ("called", (NO, called())),
        ("held", (NO, held())),
        ("decided", (NO, after(&steps(4)).0)),
        ("minuted", (NO, after(&steps(6)).0)),
        ("cancelled", (NO, after(&off).0)),
    ];
    let comes = || Command::Answer { name: None, answer: Answer::Comes };
    let water = || asked_for(at, (Role::UnitHead, "SW"), "shuiwu");
    let chair = || asked(at, Role::CommitteeChair, "mi");
    let commands = [
        ("Propose", case(at), Command::Propose(motion())),
        ("Withdraw", case(at), withdraw()),
        ("CarriedOut", case(at), carried_out()),
        ("Call (head)", head(at), call(at + DAY)),
        ("Call (chair)", chair(), call(at + DAY)),
        ("Call (unit)", water(), call(at + DAY)),
        ("Answer (unit)", water(), comes()),
        ("Answer (member)", asked_for(at, (Role::UnitHead, "CT"), "chengtou"), comes()),
        ("Answer (chief)", asked(at, Role::DutyChief, "ji"), comes()),
        ("Cancel (head)", head(at), cancel()),
        ("Cancel (chair)", chair(), cancel()),
        ("Hold (head)", head(at), hold()),
        ("Hold (chair)", chair(), hold()),
        ("Decide (head)", head(at), decide(moves())),
        ("Minute (head)", head(at), minute()),
        ("Minute (chair)", chair(), minute()),
    ];
    let monday = MONDAY_9AM + DAY * 7;
    let timers = [
        ("head", (monday, Fired { name: "head".into(), due: monday })),
        ("chair", (monday + DAY * 7, Fired { name: "chair".into(), due: monday + DAY * 7 })),
        ("any", (monday, Fired { name: "any".into(), due: monday })),
    ];
    laws(&standings, &commands, &timers, (13, &every_event()));
}

/// One of each form.
fn every_event() -> Vec<Event> {
    let (at, by) = (MONDAY_9AM + HOUR * 2, || "zhuren".into());
    let mut events = after(&steps(6)).1;
    let again = called().decide(&call(TUESDAY + DAY * 2), &head(at), town()).unwrap();
    events.extend(again);
    let answer = |answer| Event::Answered { at, by: by(), name: "贺示例".into(), answer };
    events.extend([
        answer(Answer::Comes),
        answer(Answer::Sends { deputy: "雷示例".into() }),
        answer(Answer::StaysAway { reason: "外出".into() }),
        Event::Withdrawn { at, case: motion().case },
        Event::Cancelled { at, by: by(), reason: "两单位已协商一致".into() },
        Event::Reminded { at, due: at, next: at + DAY },
        Event::NotHeld { at, due: at },
    ]);
    events
}

#[test]
fn letters_of_every_form_ever_shipped_are_read() {
    let meetings = [proposed(), called(), held()];
    let off = after(&[steps(2), vec![(head(TUESDAY), cancel())]].concat()).0;
    let meetings = meetings.into_iter().chain([off]);
    let mut letters: Vec<BTreeMap<String, Value>> = Vec::new();
    for meeting in meetings {
        for event in every_event() {
            // A letter is written where the event leads, which is one of these.
            for effect in meeting.effects(&event, town()) {
                let Effect::Send(message) = effect else { continue };
                let data = serde_json::from_str(&message.data).unwrap();
                let letter = BTreeMap::from([(message.template.to_string(), data)]);
                if !letters.contains(&letter) {
                    letters.push(letter);
                }
            }
        }
    }
    letters.sort_by_key(|letter| serde_json::to_string(letter).unwrap());
    assert_samples("notices/meeting", 0, &letters);
}

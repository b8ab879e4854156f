//! The grid of a desk's shifts and a sample of each of its events.

use duban_actors::role::Role;
use duban_actors::shift::{Command, Event, Note, Shift, Taking};
use duban_runtime::entity::Fired;
use duban_tests::given::{DAY, HOUR, MONDAY_8AM, given};
use duban_tests::laws::{asked, laws};

use super::{CHIEF, FU, JI, allowance, hand_over, handover, held, on, open, take_over, who};

#[test]
fn every_standing_answers_every_command_as_the_grid_says() {
    let handed = Event::HandedOver(handover(Some("fu"), open(1)));
    let state = |key, events: &[Event]| (key, given::<Shift>(key, events).state);
    let taken = || on(JI, Taking::Vacant);
    let standings = [
        ("unkept", state(CHIEF, &[])),
        ("vacant", state(CHIEF, &[taken(), Event::HandedOver(handover(None, open(0)))])),
        ("manned", state(CHIEF, &[taken()])),
        ("handing-over", state(CHIEF, &[taken(), handed])),
        ("no desk", state("kitchen", &[])),
    ];
    let by = |one| who(Role::DutyChief, one, MONDAY_8AM + HOUR);
    let head = || asked(MONDAY_8AM + HOUR, Role::CentreHead, "zang");
    let why = || Command::TakeOver { reason: Some("突发疾病".into()) };
    let note = || Command::Note { text: "无事".into() };
    let allow = || Command::AllowClosing {
        chief: held("fu"),
        until: MONDAY_8AM + DAY,
        reason: "外出开会".into(),
    };
    let leave = |login: &str| Command::Leave { login: login.into() };
    let entity = || asked(MONDAY_8AM + HOUR, Role::Entity, "person");
    let commands = [
        ("TakeOver (ji)", by(JI), take_over()),
        ("TakeOver (fu)", by(FU), take_over()),
        ("TakeOver (li)", by(("li", "李某")), take_over()),
        ("TakeOver (li, why)", by(("li", "李某")), why()),
        ("TakeOver (head)", head(), take_over()),
        ("HandOver (ji)", by(JI), hand_over(Some("fu"))),
        ("HandOver (nobody)", by(JI), hand_over(None)),
        ("HandOver (fu)", by(FU), hand_over(Some("ji"))),
        ("Note (ji)", by(JI), note()),
        ("Note (fu)", by(FU), note()),
        ("AllowClosing (head)", head(), allow()),
        ("AllowClosing (ji)", by(JI), allow()),
        ("Leave (ji)", entity(), leave("ji")),
        ("Leave (fu)", entity(), leave("fu")),
        ("Leave (chief)", by(JI), leave("ji")),
    ];
    let timers = [("Fired", (MONDAY_8AM, Fired { name: "any".into(), due: MONDAY_8AM }))];
    laws(&standings, &commands, &timers, (8, &every_event()));
}

/// One of each form.
fn every_event() -> Vec<Event> {
    let reason = || "突发疾病".to_owned();
    vec![
        on(JI, Taking::Vacant),
        on(FU, Taking::Signed { from: "ji".into(), handed: MONDAY_8AM, open: 2 }),
        on(FU, Taking::Unasked { from: "ji".into(), reason: reason() }),
        Event::HandedOver(handover(Some("fu"), open(2))),
        Event::HandedOver(handover(None, open(0))),
        Event::Noted(Note { at: MONDAY_8AM, by: "ji".into(), text: "无事".into() }),
        Event::ClosingAllowed {
            allowance: allowance("fu", MONDAY_8AM + DAY),
            by: "zang".into(),
            reason: reason(),
        },
        Event::Left { login: "ji".into() },
    ]
}

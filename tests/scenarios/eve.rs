//! Rules that wait for their day, as the centre has them; and what its operators are told on the eve.

use chrono::NaiveDate;
use duban_actors::centre::{self, Centre};
use duban_runtime::outbox::Message;
use duban_tests::given::{DAY, HOUR, MONDAY_8AM, given};
use serde_json::json;

use crate::briefs::{edition, put_in_force};

#[test]
fn operators_are_told_on_the_eve_of_the_day_of_rules_and_not_on_the_day_itself() {
    let data = json!({
        "result": "预告", "reason": "rules-eve", "date": "2026-03-04 00:00:00",
        "text": "手册 2026-2(散列 cccccccccccccccc)将于 2026-03-04 零时起生效;要取消,请在此前用 duban rules cancel",
    });
    let (template, not_before) = ("operator-alarm".into(), day().eve);
    let told = Message { template, data: data.to_string(), not_before };
    given::<Centre>(centre::KEY, &[put_in_force(), scheduled()])
        .when_fired(day().eve)
        .then(&[foretold()])
        .sends(std::slice::from_ref(&told));
    given::<Centre>(centre::KEY, &[put_in_force(), scheduled()])
        .when_fired(day().from)
        .then(&[centre::Event::RulesDayCome { hash: ahead().hash }])
        .sends(&[]);
}

/// Rules that come into force on a day ahead.
pub(crate) fn ahead() -> centre::RulesEdition {
    centre::RulesEdition { hash: "c".repeat(64).into(), number: "2026-2".into(), ..edition() }
}

pub(crate) fn day() -> centre::Day {
    let from = MONDAY_8AM + 2 * DAY - 8 * HOUR;
    let effective = NaiveDate::from_ymd_opt(2026, 3, 4).unwrap();
    centre::Day { effective, eve: MONDAY_8AM + DAY + HOUR, from }
}

pub(crate) fn scheduled() -> centre::Event {
    centre::Event::RulesScheduled { at: MONDAY_8AM, edition: ahead(), day: day() }
}

pub(crate) fn foretold() -> centre::Event {
    let centre::RulesEdition { hash, number, .. } = ahead();
    centre::Event::RulesForetold { at: day().eve, hash, number, from: day().from }
}

pub(crate) fn given_up(why: centre::GivenUp) -> centre::Event {
    centre::Event::RulesGivenUp { at: MONDAY_8AM, hash: ahead().hash, why }
}

pub(crate) fn cancel(digit: &str, reason: &str) -> centre::Command {
    centre::Command::CancelRules { hash: digit.repeat(64).into(), reason: reason.into() }
}

pub(crate) fn put_waiting() -> centre::Command {
    centre::Command::PutWaitingInForce { hash: ahead().hash }
}

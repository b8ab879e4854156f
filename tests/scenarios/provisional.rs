//! Notices say of a due instant that it is provisional when its year's holidays are not known (article 11).

use std::sync::LazyLock;

use duban_actors::case::provisional::{mark, stage_mark};
use duban_actors::context::Context;
use duban_rules::{Sources, parse};
use duban_runtime::entity::{Effect, Entity};
use duban_runtime::outbox::Claim;
use duban_tests::case_path::{CasePath, MISSING_COVER, closed, dispatched, dispatched_as, town};

/// The shipped rules without a holiday of 2026.
static UNPUBLISHED: LazyLock<Context> = LazyLock::new(|| {
    let shipped = Sources::shipped();
    let days = shipped.text("holidays.csv").unwrap_or_default();
    let known = days.lines().filter(|line| !line.contains(",2026,"));
    let known = known.collect::<Vec<_>>().join("\n");
    Context::new(parse(&shipped.with("holidays.csv", known)).0)
});

/// When the last notice of a road says the case is due.
#[track_caller]
fn told(road: &CasePath, cx: &Context) -> String {
    let effects = road.events.iter().flat_map(|event| road.case.effects(event, town()));
    let mut notices = effects.filter_map(|effect| match effect {
        Effect::Send(message) => Some(message),
        Effect::Tell(_) => None,
    });
    let last = notices.next_back().unwrap();
    let Claim::Deliver(_, data) = road.case.claim(&last, last.not_before, cx) else {
        panic!("withdrawn");
    };
    let data: serde_json::Value = serde_json::from_str(&data).unwrap();
    data.get("due").and_then(|due| due.as_str()).unwrap().to_owned()
}

#[test]
fn a_dispatch_says_that_its_due_instant_is_provisional() {
    assert_eq!(told(&dispatched(), &UNPUBLISHED), "2026-03-04 09:15(暂定)");
    assert_eq!(told(&dispatched(), town()), "2026-03-04 09:15");
}

#[test]
fn a_limit_that_runs_through_holidays_is_never_provisional() {
    let urgent = told(&dispatched_as(MISSING_COVER), &UNPUBLISHED);
    assert!(!urgent.contains("暂定"), "{urgent}");
}

#[test]
fn the_stage_is_provisional_too_and_a_closed_case_no_more() {
    let life = &dispatched().case.state;
    assert_eq!(
        (mark(life, &UNPUBLISHED.rules), stage_mark(life, &UNPUBLISHED.rules)),
        ("(暂定)", "(暂定)")
    );
    assert_eq!((mark(life, &town().rules), stage_mark(life, &town().rules)), ("", ""));
    assert_eq!(mark(&closed().case.state, &UNPUBLISHED.rules), "");
}

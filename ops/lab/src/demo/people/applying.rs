//! What the people of a town apply for, and how it is answered.

use std::time::Duration;

use rand::{Rng, RngExt};

use duban_actors::case::application::{Begun, Pending, Wish};
use duban_actors::case::assignment::Assignment;
use duban_actors::case::command::{Finding, Opinion, Ruling};
use duban_actors::case::returns::Lane;
use duban_actors::case::{Command, Filing};
use duban_actors::context::Context;
use duban_rules::vocabulary::Recipient;

use super::{Step, by_chief, by_collector, by_dispatcher, by_unit, chance, minutes, seen};

/// A unit that will take most of its time asks for half as much again, now and then, and once; and of a few cases that
/// nobody has looked at since a unit says that they are not so.
pub(super) fn asks(
    case: &str,
    (filing, held): (&Filing, &Assignment),
    (seed, done): (u64, Duration),
    cx: &Context,
) -> Option<Step> {
    let mut chance = chance(seed, &[b"extension", case.as_bytes(), &held.no.to_le_bytes()]);
    let limit = filing.limit.filter(|limit| !limit.is_urgent())?;
    let has_asked = filing.returns.iter().any(|asked| asked.lane == Lane::Application);
    let span = held.due?.since(held.start);
    if has_asked {
        return None;
    }
    let (wish, reason) = if done >= span * 8 / 10 && chance.random_ratio(1, 4) {
        (Wish::Extension(limit.percent(50)), "配件未到,需外购")
    } else if is_not_so(case, (seed, held.no)) {
        (Wish::Mismatch, "现场未发现所报问题")
    } else {
        return None;
    };
    let head = cx.rules.units.contacts(&held.unit, Recipient::UnitHead).into_iter().next()?;
    let command = Command::Apply {
        wish,
        reason: reason.to_owned(),
        form: Some("form.jpg".into()),
        signer: head.name.as_str().into(),
        begun: Begun::default(),
    };
    Some(by_unit(&held.unit, minutes(&mut chance, 10, 60), command))
}

/// Whether there is nothing to be seen of a case any more.
fn is_not_so(case: &str, (seed, assignment): (u64, u16)) -> bool {
    let of = [&b"mismatch"[..], case.as_bytes(), &assignment.to_le_bytes()];
    chance(seed, &of).random_ratio(1, 60)
}

/// Somebody looks again where that is asked, the desk says what it thinks of an application, and then the chief decides.
pub(super) fn answered(
    (filing, asked): (&Filing, &Pending),
    desk: Duration,
    chance: &mut impl Rng,
) -> Option<Step> {
    if let Some(task) = asked.task() {
        let finding = if chance.random_ratio(3, 4) { Finding::Refuted } else { Finding::Confirmed };
        let command = Command::GiveValidation { finding, seen: seen(filing.report.place) };
        return by_collector(task, chance, command);
    }
    if asked.opinion.is_some() {
        let grants = asked.may_be_granted() && chance.random_ratio(2, 3);
        let ruling = if grants { Ruling::Grant } else { Ruling::Refuse };
        let command = Command::DecideApplication { ruling, reason: "查看现场".to_owned() };
        return Some(by_chief(desk, command));
    }
    let reason = "情况属实".to_owned();
    Some(by_dispatcher(desk, Command::GiveOpinion { opinion: Opinion::Agree, reason }))
}

//! What the people of a town apply for, and how it is answered.

use std::time::Duration;

use chrono::Days;
use rand::{Rng, RngExt};

use duban_actors::case::application::{Before, Begun, Pending, Wish};
use duban_actors::case::assignment::Assignment;
use duban_actors::case::command::{Finding, Opinion, Resumption, Ruling};
use duban_actors::case::returns::Lane;
use duban_actors::case::{Command, Filing};
use duban_actors::context::Context;
use duban_rules::vocabulary::Recipient;
use duban_runtime::clock::Timestamp;

use super::{
    Step, by_chief, by_collector, by_dispatcher, by_head, by_leader, by_unit, chance, minutes, seen,
};

/// A unit that will take most of its time asks for half as much again, now and then, and once; and of a few cases that
/// nobody has looked at since a unit says that they are not so.
pub(super) fn asks(
    case: &str,
    (filing, held): (&Filing, &Assignment),
    (seed, done, now): (u64, Duration, Timestamp),
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
    } else if is_one_in(60, b"mismatch", case, (seed, held.no)) {
        (Wish::Mismatch, "现场未发现所报问题")
    } else if is_one_in(80, b"deferral", case, (seed, held.no)) {
        let today = cx.rules.calendar.local(now.into()).date();
        (Wish::Deferral(today.checked_add_days(Days::new(45))?), "须待材料到货后统一施工")
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

/// Whether this is one of so many cases of which a unit asks such a thing.
fn is_one_in(many: u32, what: &[u8], case: &str, (seed, assignment): (u64, u16)) -> bool {
    let of = [what, case.as_bytes(), &assignment.to_le_bytes()];
    chance(seed, &of).random_ratio(1, many)
}

/// What was deferred goes on after some days, with the rest of its limit.
pub(super) fn resumed(chance: &mut impl Rng) -> Step {
    let reason = "材料已到货".to_owned();
    let command = Command::Resume { how: Resumption::Rest, reason };
    by_chief(minutes(chance, 3 * 1_440, 6 * 1_440), command)
}

/// Somebody looks again where that is asked, the desk says what it thinks of an application, and then chief or head
/// decides; the county leader consents to what is deferred.
pub(super) fn answered(
    (filing, asked): (&Filing, &Pending),
    desk: Duration,
    chance: &mut impl Rng,
) -> Option<Step> {
    if asked.before == Before::CountyLeader {
        let command =
            Command::Consent { ruling: Ruling::Grant, reason: String::new(), signed: None };
        return Some(by_leader(desk * 4, command));
    }
    if let Some(task) = asked.task() {
        let finding = if chance.random_ratio(3, 4) { Finding::Refuted } else { Finding::Confirmed };
        let command = Command::GiveValidation { finding, seen: seen(filing.report.place) };
        return by_collector(task, chance, command);
    }
    if asked.opinion.is_some() {
        let grants = asked.may_be_granted() && chance.random_ratio(2, 3);
        let ruling = if grants { Ruling::Grant } else { Ruling::Refuse };
        let command = Command::DecideApplication { ruling, reason: "查看现场".to_owned() };
        let is_deferral = matches!(asked.wish, Wish::Deferral(_));
        let by = if is_deferral { by_head } else { by_chief };
        return Some(by(desk, command));
    }
    let reason = "情况属实".to_owned();
    Some(by_dispatcher(desk, Command::GiveOpinion { opinion: Opinion::Agree, reason }))
}

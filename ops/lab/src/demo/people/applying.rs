//! What the people of a town apply for, and how it is answered.

use std::time::Duration;

use chrono::Days;
use rand::{Rng, RngExt};

use duban_actors::case::application::{Before, Begun, Pending, Wish};
use duban_actors::case::assignment::Assignment;
use duban_actors::case::command::{Finding, Opinion, Resumption, Ruling};
use duban_actors::case::returns::Lane;
use duban_actors::case::{Command, Filing};
use duban_actors::desks::Desk;
use duban_actors::role::Role;
use duban_rules::vocabulary::Recipient;

use super::{Sight, Step, chance, minutes, on_site, seen};
use crate::demo::happenings::Happening;

/// A unit that will take most of its time asks for half as much again, now and then, and once; of a few cases that
/// nobody has looked at since it says that they are not so; and some wait for what has to come. What is meant to happen is
/// asked whatever the time.
pub(super) fn asks(
    case: &str,
    (filing, held): (&Filing, &Assignment),
    done: Duration,
    sight: &Sight<'_>,
) -> Option<Step> {
    let mut chance = chance(sight.seed, &[b"extension", case.as_bytes(), &held.no.to_le_bytes()]);
    let limit = filing.limit.filter(|limit| !limit.is_urgent())?;
    let has_asked = filing.returns.iter().any(|asked| asked.lane == Lane::Application);
    let (span, left) = (held.due?.since(held.start), held.due?.since(sight.now));
    if has_asked {
        return None;
    }
    let extension = (Wish::Extension(limit.percent(50)), "配件未到,需外购");
    let mismatch = (Wish::Mismatch, "现场未发现所报问题");
    let today = sight.cx.rules.calendar.local(sight.now.into()).date();
    let review_on = today.checked_add_days(Days::new(60))?;
    let deferral = (Wish::Deferral(review_on), "须待材料到货后统一施工");
    let after = minutes(&mut chance, 10, 60);
    let of = |many, what| is_one_in(many, what, case, (sight.seed, held.no));
    let (wish, reason) = match sight.meant {
        Some(Happening::Mismatch) => mismatch,
        Some(Happening::Deferral | Happening::ConsentOpen) => deferral,
        Some(Happening::Quota | Happening::ApplicationOpen) if after < left => extension,
        Some(_) => return None,
        None if done >= span * 8 / 10 && chance.random_ratio(1, 4) => extension,
        None if of(60, b"mismatch") => mismatch,
        None if of(80, b"deferral") => deferral,
        None => return None,
    };
    let rules = &sight.cx.rules;
    let head = rules.units.contacts(&held.unit, Recipient::UnitHead).into_iter().next()?;
    let command = Command::Apply {
        wish,
        reason: reason.to_owned(),
        form: Some("form.jpg".into()),
        signer: head.name.as_str().into(),
        begun: Begun::default(),
    };
    Some(sight.by_unit(&held.unit, after, command))
}

/// Whether this is one of so many cases of which a unit asks such a thing.
fn is_one_in(many: u32, what: &[u8], case: &str, (seed, assignment): (u64, u16)) -> bool {
    let of = [what, case.as_bytes(), &assignment.to_le_bytes()];
    chance(seed, &of).random_ratio(1, many)
}

/// What was deferred goes on after some days, with the rest of its limit; some waits for its day.
pub(super) fn resumed(chance: &mut impl Rng, sight: &Sight<'_>) -> Option<Step> {
    if sight.meant == Some(Happening::Deferral) {
        return None;
    }
    let reason = "材料已到货".to_owned();
    let command = Command::Resume { how: Resumption::Rest, reason };
    let after = minutes(chance, 3 * 1_440, 6 * 1_440);
    Some(sight.at_desk(Desk::DutyChief, after, command))
}

/// Somebody looks again where that is asked, the desk says what it thinks of an application, and then chief or head
/// decides; the county leader consents to what is deferred. None of what is to hang open.
pub(super) fn answered(
    (filing, asked): (&Filing, &Pending),
    desk: Duration,
    chance: &mut impl Rng,
    sight: &Sight<'_>,
) -> Option<Step> {
    if sight.meant == Some(Happening::ApplicationOpen) {
        return None;
    }
    if asked.before == Before::CountyLeader {
        if sight.meant == Some(Happening::ConsentOpen) {
            return None;
        }
        let command =
            Command::Consent { ruling: Ruling::Grant, reason: String::new(), signed: None };
        return Some(sight.by(Role::CountyLeader, desk * 4, command));
    }
    let is_meant = matches!(
        sight.meant,
        Some(Happening::Mismatch | Happening::Deferral | Happening::ConsentOpen)
    );
    if let Some(task) = asked.task() {
        let is_not_so = is_meant || chance.random_ratio(3, 4);
        let finding = if is_not_so { Finding::Refuted } else { Finding::Confirmed };
        let command = Command::GiveValidation { finding, seen: seen(filing.report.place) };
        return on_site(task, chance, command, sight);
    }
    if asked.opinion.is_some() {
        let is_refused = sight.meant == Some(Happening::Refused) || !asked.may_be_granted();
        let grants = !is_refused && (is_meant || chance.random_ratio(2, 3));
        let ruling = if grants { Ruling::Grant } else { Ruling::Refuse };
        let command = Command::DecideApplication { ruling, reason: "查看现场".to_owned() };
        return Some(if matches!(asked.wish, Wish::Deferral(_)) {
            sight.by(Role::CentreHead, desk, command)
        } else {
            sight.at_desk(Desk::DutyChief, desk, command)
        });
    }
    let reason = "情况属实".to_owned();
    let command = Command::GiveOpinion { opinion: Opinion::Agree, reason };
    Some(sight.at_desk(Desk::Dispatch, desk, command))
}

/// Beyond the quota the head of the centre answers for it, where that is to happen.
pub(super) fn beyond(desk: Duration, sight: &Sight<'_>) -> Option<Step> {
    let reason = "确需外购配件,由中心担责".to_owned();
    let command = Command::DecideApplication { ruling: Ruling::Grant, reason };
    let is_meant = sight.meant == Some(Happening::Beyond);
    is_meant.then(|| sight.by(Role::CentreHead, desk * 4, command))
}

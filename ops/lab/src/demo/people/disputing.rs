//! What the people of a town dispute, how it is found whose a case is, and how other units help with it (article 19).

use std::time::Duration;

use duban_actors::case::Command;
use duban_actors::case::assignment::Assignment;
use duban_actors::case::command::{Determination, Ground};
use duban_actors::case::disputes::{Committee, Dispute, SiteMeeting};
use duban_actors::desks::Desk;
use duban_rules::deadline::due;
use duban_rules::vocabulary::{LimitUnit, TimeLimit, UnitId};
use duban_runtime::clock::Timestamp;
use rand::{Rng, RngExt};

use super::{Sight, Step, minutes};
use crate::demo::happenings::{Happening, is_department};

/// How far ahead all are called to the place.
const NOTICE: TimeLimit = TimeLimit::new(2_000, LimitUnit::WorkHour);

/// A unit says that a case is not its own, and whose it is if it knows.
pub(super) fn asked(proposes: Option<UnitId>) -> Command {
    Command::Dispute {
        ground: Ground::Boundary,
        reason: "不在本单位管辖范围".to_owned(),
        proposes,
        form: Some("form.jpg".into()),
    }
}

/// What `unit` says of a case to which this is to happen; none where that is nothing to dispute.
pub(super) fn meant(
    (unit, meant): (&UnitId, Happening),
    chance: &mut impl Rng,
    sight: &Sight<'_>,
) -> Option<Command> {
    match meant {
        Happening::Unfounded | Happening::Credited => Some(asked(None)),
        Happening::Moved | Happening::Joint | Happening::Committee | Happening::DisputeOpen => {
            Some(asked(another(unit, chance, sight)))
        }
        Happening::Quota
        | Happening::Refused
        | Happening::Beyond
        | Happening::Mismatch
        | Happening::Deferral
        | Happening::Forgotten
        | Happening::ApplicationOpen
        | Happening::ConsentOpen => None,
    }
}

/// A department that is not this one.
fn another(than: &UnitId, chance: &mut impl Rng, sight: &Sight<'_>) -> Option<UnitId> {
    let rules = &sight.cx.rules;
    let others = rules.units.iter().map(|unit| &unit.id);
    let others: Vec<&UnitId> =
        others.filter(|unit| *unit != than && is_department(unit, rules)).collect();
    others.get(chance.random_range(0..others.len().max(1))).map(|unit| (*unit).clone())
}

/// How it is found whose a case is: by the chief, after a meeting on site or without, or by the committee.
pub(super) fn found(
    (held, dispute): (&Assignment, &Dispute),
    desk: Duration,
    chance: &mut impl Rng,
    sight: &Sight<'_>,
) -> Option<Step> {
    let units: Vec<UnitId> = dispute.proposes.iter().cloned().collect();
    let finding = match (sight.meant, &dispute.proposes) {
        (Some(Happening::DisputeOpen), _) => return None,
        (Some(Happening::Committee), _) => match &dispute.committee {
            Committee::NotAsked => {
                let reason = "双方意见不一,提请城管委协调".to_owned();
                let command = Command::Refer { units, reason };
                return Some(sight.at_desk(Desk::DutyChief, desk * 4, command));
            }
            // The meeting finds it.
            Committee::Asked { .. } => return None,
            Committee::CalledOff => Determination::StaysCredited,
        },
        (Some(Happening::Moved), Some(unit)) => {
            if let Some(step) = met((dispute, units, Came::TheApplicant), desk, sight) {
                return Some(step);
            }
            Determination::MovesTo(unit.clone())
        }
        (Some(Happening::Joint), Some(_)) => {
            if let Some(step) = met((dispute, units.clone(), Came::All), desk, sight) {
                return Some(step);
            }
            Determination::Joint { lead: held.unit.clone(), helpers: units }
        }
        (Some(Happening::Unfounded), _) => Determination::Stays,
        (Some(Happening::Credited), _) => Determination::StaysCredited,
        (_, proposes) => match (proposes, chance.random_range(0..10_u32)) {
            (Some(unit), 0..5) => Determination::MovesTo(unit.clone()),
            (Some(_) | None, 0..8) => Determination::Stays,
            (Some(_) | None, _) => Determination::StaysCredited,
        },
    };
    let command = Command::Determine { finding, reason: "现场确认".to_owned() };
    Some(sight.at_desk(Desk::DutyChief, desk * 4, command))
}

/// Who comes to a meeting on site.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Came {
    All,
    /// The other unit stays away.
    TheApplicant,
}

/// All concerned are called to the place, and it is recorded who came; none once that is done.
fn met(
    (dispute, units, came): (&Dispute, Vec<UnitId>, Came),
    desk: Duration,
    sight: &Sight<'_>,
) -> Option<Step> {
    let Some(meeting) = &dispute.meeting else {
        let calendar = &sight.cx.rules.calendar;
        let at: Timestamp = due(NOTICE, sight.now.into(), calendar, &[]).into();
        let command = Command::CallSiteMeeting { at, place: None, units };
        return Some(sight.at_desk(Desk::Dispatch, desk, command));
    };
    if meeting.absent.is_some() {
        return None;
    }
    let SiteMeeting { units, when, .. } = meeting;
    let present = match came {
        Came::All => units.to_vec(),
        Came::TheApplicant => units.iter().take(1).cloned().collect(),
    };
    let record = "到现场查看权属边界,各方签字".to_owned();
    let command = Command::RecordSiteMeeting { present, record, photos: vec!["site.jpg".into()] };
    Some(sight.at_desk(Desk::Dispatch, when.since(sight.now) + desk, command))
}

/// A helper does its part; now and then the lead of what the committee decided goes on without it.
pub(super) fn helped(
    (lead, helper): (&UnitId, &UnitId),
    chance: &mut impl Rng,
    sight: &Sight<'_>,
) -> Step {
    let after = minutes(chance, 60, 240);
    if sight.meant != Some(Happening::Joint) && chance.random_ratio(1, 8) {
        let reason = "协办部分不影响主体工程".to_owned();
        return sight.by_unit(lead, after, Command::WaiveHelp { reason });
    }
    let (result, photos) = ("协办部分已完成".to_owned(), vec!["after.jpg".into()]);
    sight.by_unit(helper, after, Command::GiveHelp { result, photos })
}

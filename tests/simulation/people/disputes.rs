//! Disputes: what the unit says, how chief and head find it, the meeting on site, and the committee's.

use duban_actors::case::assignment::Assignment;
use duban_actors::case::command::Determination;
use duban_actors::case::disputes::Dispute;
use duban_actors::case::{Case, CaseId, Command};
use duban_actors::meeting::{self, Answer, Meeting};
use duban_actors::role::Role;
use duban_rules::vocabulary::UnitId;

use super::stages::{any_ground, decides, feedback, in_time};
use super::{Turn, Word, why};
use crate::county::Saying;

/// The unit says that it is not its own.
pub(super) fn asked(turn: &mut Turn<'_, '_>, held: &Assignment) -> Word {
    let (ground, reason) = (any_ground(turn), why());
    let proposes = turn.dice.once_in(2).then(|| turn.other_unit(&held.unit));
    let form = (!turn.dice.once_in(3)).then(super::blob);
    let who = in_time(turn, held.dispute_until, held);
    (Command::Dispute { ground, reason, proposes, form }, who)
}

/// What is done about it.
pub(super) fn next(turn: &mut Turn<'_, '_>, held: &Assignment, dispute: &Dispute) -> Word {
    let unit = &held.unit;
    let waits = dispute.meeting.as_ref().filter(|meeting| meeting.absent.is_none());
    if let Some(meeting) = waits.filter(|_| turn.dice.once_in(2)) {
        let present: Vec<UnitId> =
            meeting.units.iter().filter(|_| turn.dice.once_in(2)).cloned().collect();
        let photos = vec![super::blob()];
        let record = Command::RecordSiteMeeting { present, record: why(), photos };
        return (record, turn.centre(Role::Dispatcher));
    }
    match turn.dice.between(0, 11) {
        0 => (Command::TakeBack { reason: why() }, turn.of_unit(unit)),
        1 => feedback(turn, unit),
        2..=4 => {
            let (at, units) = (turn.in_hours(3, 9), vec![turn.other_unit(unit)]);
            let who = turn.centre(Role::Dispatcher);
            (Command::CallSiteMeeting { at, place: None, units }, who)
        }
        5..=7 => {
            let units = vec![turn.other_unit(unit)];
            (Command::Refer { units, reason: why() }, decides(turn))
        }
        _ => (Command::Determine { finding: finding(turn, unit), reason: why() }, decides(turn)),
    }
}

fn finding(turn: &mut Turn<'_, '_>, unit: &UnitId) -> Determination {
    match turn.dice.between(0, 7) {
        0..=2 => Determination::Stays,
        3 => Determination::StaysCredited,
        4 | 5 => Determination::MovesTo(turn.other_unit(unit)),
        6 => Determination::Joint { lead: unit.clone(), helpers: vec![turn.other_unit(unit)] },
        _ => {
            let lead = turn.other_unit(unit);
            let helpers = vec![turn.other_unit(&lead)];
            Determination::Joint { lead, helpers }
        }
    }
}

/// What is said of the meeting that is to find whose the case is, where there is one.
pub(super) fn at_the_meeting(turn: &mut Turn<'_, '_>, case: &Case) -> Option<Saying> {
    let (_, dispute) = case.state.dispute()?;
    let no = dispute.committee.meeting()?;
    if turn.dice.once_in(5) {
        return None;
    }
    let (_, meeting) = turn.town.at::<Meeting>(no);
    let (command, role) = said(turn, &meeting, &CaseId(case.id.clone()))?;
    let who = turn.centre(role);
    Some(Saying::to::<Meeting>(no, command, who))
}

fn said(
    turn: &mut Turn<'_, '_>,
    meeting: &Meeting,
    case: &CaseId,
) -> Option<(meeting::Command, Role)> {
    let (call, sitting, _) = meeting.standing.papers();
    let convenes = if turn.dice.once_in(3) { Role::CommitteeChair } else { Role::CentreHead };
    if turn.dice.once_in(10) {
        return Some((meeting::Command::Cancel { reason: why() }, convenes));
    }
    let Some(call) = call else {
        let (at, place) = (turn.in_hours(1, 9), "县政府会议室".to_owned());
        return Some((meeting::Command::Call { at, place }, convenes));
    };
    let invited: Vec<_> = call.invited.iter().map(|one| one.name.clone()).collect();
    if sitting.is_none() && turn.dice.once_in(4) {
        let answer = Answer::Comes;
        let name = Some(turn.one_of(&invited));
        return Some((meeting::Command::Answer { name, answer }, Role::CentreHead));
    }
    if sitting.is_none() {
        let present = invited.into_iter().take(3).collect();
        return Some((
            meeting::Command::Hold { chair: "米示例".into(), present },
            Role::CentreHead,
        ));
    }
    if meeting.undecided().next().is_none() {
        return Some((meeting::Command::Minute { record: why() }, Role::CentreHead));
    }
    let applicant = meeting.item(case).map(|item| item.motion.applicant.clone())?;
    let finding = finding(turn, &applicant);
    let (case, reason) = (case.clone(), why());
    Some((meeting::Command::Decide { case, finding, reason }, Role::CentreHead))
}

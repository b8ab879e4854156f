//! The committee decides: a dispute is put to it, and what its meeting decides is done and binds (城管委协调, article 19).
//!
//! The applicant holds the case until then, as it does while chief or head find whose the case is; their clock ends, and
//! the meeting reminds of itself. A meeting that is called off gives the dispute back to them.

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_core::entity::{Asked, Corrupt};
use duban_rules::deadline::due;
use duban_rules::vocabulary::UnitId;

use super::disputing::{self, Found};
use super::{corrupt, out_of_order};
use crate::case::assignment::Assignment;
use crate::case::clock::StageClock;
use crate::case::disputes::{CALLED_MAX, Committee, Dispute};
use crate::case::event::{ByCommittee, Referred};
use crate::case::{Command, Event, Filing, Holder, Phase, Refusal, State};
use crate::context::Context;
use crate::refusal::reason;
use crate::tells::{Resolution, meeting_of};

pub(super) fn decide(
    (id, state): (&str, &State),
    command: &Command,
    asked: &Asked,
    cx: &Context,
) -> Result<Vec<Event>, Refusal> {
    let at = asked.at;
    match (state, command) {
        (
            State::Filed(filing, Phase::Held(held, Holder::Disputed { dispute, .. })),
            Command::Refer { units, reason: why },
        ) => {
            let named = named((held, dispute), units, cx)?;
            Ok(vec![refer((id, filing, dispute), (named, why), asked, cx)?])
        }
        (
            State::Filed(filing, Phase::Held(held, Holder::Disputed { since, dispute })),
            Command::Resolved(resolution),
        ) if dispute.committee.meeting() == Some(&resolution.meeting) => {
            resolved((filing, held), (*since, dispute), resolution, asked, cx)
        }
        (
            State::Filed(filing, Phase::Held(_, Holder::Disputed { dispute, .. })),
            Command::CalledOff { meeting, reason },
        ) if dispute.committee.meeting() == Some(meeting) => {
            let clock = filing.clock(&cx.rules.stages.dispute, at, cx);
            let (meeting, reason) = (meeting.clone(), reason.clone());
            Ok(vec![Event::CommitteeCalledOff { at, meeting, reason, clock }])
        }
        // The unit has fed back or taken its dispute back meanwhile; it stands on record.
        (
            State::Filed(..) | State::Closed(_) | State::Withdrawn(_),
            Command::Resolved(Resolution { meeting, .. }) | Command::CalledOff { meeting, .. },
        ) => Ok(vec![Event::CommitteeLate { at, meeting: meeting.clone() }]),

        _ => Err(out_of_order(state)),
    }
}

/// The units named beside the applicant: by whoever puts it to the committee, by the applicant, and by the call to the
/// meeting on site.
fn named(
    (held, dispute): (&Assignment, &Dispute),
    others: &[UnitId],
    cx: &Context,
) -> Result<Vec<UnitId>, Refusal> {
    let met = dispute.meeting.as_ref().into_iter().flat_map(|meeting| &meeting.units);
    if others.contains(&held.unit) {
        return Err(Refusal::AlreadyWithUnit { unit: held.unit.clone() });
    }
    let mut named: Vec<UnitId> = Vec::new();
    for unit in others.iter().chain(&dispute.proposes).chain(met) {
        if cx.rules.units.get(unit).is_none() {
            return Err(Refusal::UnknownUnit { unit: unit.clone() });
        }
        if *unit != held.unit && !named.contains(unit) {
            named.push(unit.clone());
        }
    }
    if named.len() < CALLED_MAX {
        Ok(named)
    } else {
        Err(Refusal::MeetingUnits { most: CALLED_MAX })
    }
}

fn refer(
    (id, filing, dispute): (&str, &Filing, &Dispute),
    (units, why): (Vec<UnitId>, &str),
    asked: &Asked,
    cx: &Context,
) -> Result<Event, Refusal> {
    match &dispute.committee {
        Committee::NotAsked => {}
        Committee::Asked { meeting } => {
            return Err(Refusal::BeforeCommittee { meeting: meeting.clone() });
        }
        Committee::CalledOff => return Err(Refusal::CommitteeCalledOff),
    }
    let at = asked.at;
    let until =
        due(cx.rules.officials.meetings.held_within, at.into(), &cx.rules.calendar, &[]).into();
    let request = filing.returns.last().map_or(0, |request| request.no);
    let entry = filing.entry(cx);
    let about = entry.as_ref().map_or("", |entry| entry.small_class.as_str());
    Ok(Event::Referred(Box::new(Referred {
        at,
        reason: reason(why)?,
        by: asked.by.clone(),
        meeting: meeting_of(id, request),
        subject: format!("{} {about} {}", filing.called(id), filing.report.address),
        units,
        clock: StageClock { start: at, due: until, steps: Box::default() },
    })))
}

/// What was decided is done as whoever entered it: also where the unit cannot be dispatched to at this moment, which is then
/// the desk's to see to.
fn resolved(
    of: (&Filing, &Assignment),
    under: (Timestamp, &Dispute),
    resolution: &Resolution,
    asked: &Asked,
    cx: &Context,
) -> Result<Vec<Event>, Refusal> {
    let Resolution { meeting, finding, reason, chair, by } = resolution;
    let asked = Asked { by: by.clone(), ..asked.clone() };
    let committee = ByCommittee { meeting: meeting.clone(), chair: chair.clone() };
    let found = Found { finding, reason, committee: Some(committee) };
    disputing::determine(of, under, found, &asked, cx)
}

/// What is decided while the committee has the dispute, with the word that it need not decide it any more where the case
/// goes on without it: the unit has fed back, or has taken the dispute back.
pub(super) fn spared(state: &State, mut events: Vec<Event>, at: Timestamp) -> Vec<Event> {
    let Some(meeting) = asked_of(state).cloned() else { return events };
    let is_the_meetings = |event: &Event| {
        let decided =
            if let Event::Determined(found) = event { found.committee.is_some() } else { false };
        decided || matches!(event, Event::CommitteeCalledOff { .. })
    };
    if events.iter().any(is_the_meetings) {
        return events;
    }
    let after = events.iter().try_fold(state.clone(), super::evolve);
    if after.is_ok_and(|after| asked_of(&after).is_none()) {
        events.insert(0, Event::CommitteeSpared { at, meeting });
    }
    events
}

/// The meeting that is to find whose the case is.
fn asked_of(state: &State) -> Option<&CompactString> {
    let (_, dispute) = state.dispute()?;
    dispute.committee.meeting()
}

pub(super) fn evolve(mut state: State, event: &Event) -> Result<State, Corrupt> {
    if let Event::CommitteeLate { .. } = event {
        return Ok(state);
    }
    let Some((_, _, Holder::Disputed { dispute, .. })) = state.held_mut() else {
        return Err(corrupt(&state, event));
    };
    if let Event::Referred(referred) = event {
        dispute.clock = referred.clock.clone();
        dispute.committee = Committee::Asked { meeting: referred.meeting.clone() };
        return Ok(state);
    }
    if let Event::CommitteeSpared { .. } = event {
        dispute.committee = Committee::NotAsked;
        return Ok(state);
    }
    if let Event::CommitteeCalledOff { clock, .. } = event {
        dispute.clock = clock.clone();
        dispute.committee = Committee::CalledOff;
        return Ok(state);
    }
    Err(corrupt(&state, event))
}

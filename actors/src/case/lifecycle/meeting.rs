//! Meetings on site (现场确认, article 19): everybody concerned is called to the place, and it is recorded who came.
//!
//! A unit that was called and stayed away is bound by the finding like the others, a working day later.

use duban_core::clock::Timestamp;
use duban_core::entity::{Asked, Corrupt};
use duban_rules::book::stages::Urgency;
use duban_rules::deadline::due;
use duban_rules::line;
use duban_rules::vocabulary::UnitId;

use super::dispatch::at_work;
use super::{corrupt, out_of_order};
use crate::case::assignment::Assignment;
use crate::case::disputes::{CALLED_MAX, Dispute, SiteMeeting};
use crate::case::event::{MeetingOff, SiteMeetingCalled, SiteMeetingHeld};
use crate::case::{Command, Event, Filing, Holder, Phase, Refusal, State};
use crate::context::Context;
use crate::refusal::reason;

pub(super) fn decide(
    state: &State,
    command: &Command,
    asked: &Asked,
    cx: &Context,
) -> Result<Vec<Event>, Refusal> {
    Ok(vec![match (state, command) {
        (
            State::Filed(filing, Phase::Held(held, Holder::Disputed { since, dispute })),
            Command::CallSiteMeeting { at, place, units },
        ) => {
            let place = place.clone().filter(|place| !line::is_blank(place));
            call((filing, held, dispute), (*since, *at), (place, units), asked, cx)?
        }
        (
            State::Filed(_, Phase::Held(_, Holder::Disputed { dispute, .. })),
            Command::RecordSiteMeeting { present, record, photos },
        ) => {
            let meeting = dispute.meeting.as_ref().filter(|meeting| meeting.absent.is_none());
            let meeting = meeting.ok_or(Refusal::NoMeetingCalled)?;
            let (record, photos) = (reason(record)?, photos.clone());
            let held = recorded(meeting, present, asked.at)?;
            Event::SiteMeetingHeld(Box::new(SiteMeetingHeld { record, photos, ..held }))
        }

        _ => return Err(out_of_order(state)),
    }])
}

/// It is called for an instant far enough ahead, within the days in which a dispute is to be found; the applicant always is.
fn call(
    (filing, held, dispute): (&Filing, &Assignment, &Dispute),
    (since, when): (Timestamp, Timestamp),
    (place, others): (Option<String>, &[UnitId]),
    asked: &Asked,
    cx: &Context,
) -> Result<Event, Refusal> {
    let rule = &cx.rules.stages.disputes;
    let span = |limit, from: Timestamp| due(limit, from.into(), &cx.rules.calendar, &[]).into();
    let until = span(rule.meeting, since);
    // Whoever is called can come, or send word; to an emergency they come at once.
    let from = match filing.urgency() {
        Urgency::Ordinary => span(rule.notice, asked.at),
        Urgency::Urgent => asked.at,
    };
    if when <= asked.at || when < from || when > until {
        return Err(Refusal::MeetingAt { from, until });
    }
    let mut units = vec![held.unit.clone()];
    for unit in others {
        at_work(unit, cx)?;
        if !units.contains(unit) {
            units.push(unit.clone());
        }
    }
    if !(2..=CALLED_MAX).contains(&units.len()) {
        return Err(Refusal::MeetingUnits { most: CALLED_MAX });
    }
    let no = dispute.meeting.as_ref().map_or(0, |meeting| meeting.no).saturating_add(1);
    let ahead = dispute.meeting.as_ref().filter(|meeting| meeting.absent.is_none());
    let is_so = |one: &SiteMeeting| {
        let there = |unit: &UnitId| units.contains(unit);
        (one.when, one.place.as_deref()) == (when, place.as_deref())
            && one.units.len() == units.len()
            && one.units.iter().all(there)
    };
    if ahead.is_some_and(is_so) {
        return Err(Refusal::SiteMeetingUnchanged);
    }
    let was = ahead.into_iter().flat_map(|meeting| &meeting.units);
    let dropped = was.filter(|unit| !units.contains(unit)).cloned().collect();
    let before = ahead.map(|meeting| meeting.when);
    let called = SiteMeetingCalled { at: asked.at, no, when, place, units, before, dropped };
    Ok(Event::SiteMeetingCalled(Box::new(called)))
}

/// The meeting that was called and need not be any more, if its hour lies ahead.
pub(super) fn off(
    (since, dispute): (Timestamp, &Dispute),
    at: Timestamp,
) -> Option<Box<MeetingOff>> {
    let called = dispute.meeting.as_ref();
    let ahead = called.filter(|meeting| meeting.absent.is_none() && meeting.when > at)?;
    let SiteMeeting { no, when, place, units, .. } = ahead.clone();
    Some(Box::new(MeetingOff { no, when, since, place, units }))
}

/// Who came and who did not; what was said stands beside it.
fn recorded(
    meeting: &SiteMeeting,
    came: &[UnitId],
    at: Timestamp,
) -> Result<SiteMeetingHeld, Refusal> {
    if at < meeting.when {
        return Err(Refusal::MeetingAhead { at: meeting.when });
    }
    if let Some(unit) = came.iter().find(|unit| !meeting.units.contains(unit)) {
        return Err(Refusal::NotCalled { unit: unit.clone() });
    }
    let (present, absent) = meeting.units.iter().cloned().partition(|unit| came.contains(unit));
    let (record, photos) = (String::new(), Vec::new());
    Ok(SiteMeetingHeld { at, no: meeting.no, present, absent, record, photos })
}

pub(super) fn evolve(mut state: State, event: &Event) -> Result<State, Corrupt> {
    let Some((_, _, Holder::Disputed { dispute, .. })) = state.held_mut() else {
        return Err(corrupt(&state, event));
    };
    if let Event::SiteMeetingCalled(called) = event {
        dispute.meeting = Some(SiteMeeting {
            no: called.no,
            when: called.when,
            place: called.place.as_deref().map(Into::into),
            units: called.units.clone().into_boxed_slice(),
            absent: None,
        });
        return Ok(state);
    }
    let held = if let Event::SiteMeetingHeld(held) = event { Some(held) } else { None };
    let meeting =
        dispute.meeting.as_mut().zip(held).filter(|(meeting, held)| meeting.no == held.no);
    let Some((meeting, held)) = meeting else { return Err(corrupt(&state, event)) };
    meeting.absent = Some(held.absent.clone().into_boxed_slice());
    Ok(state)
}

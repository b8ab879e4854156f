//! Notices of disputes: desk and chief hear that a unit disputes a case, all units concerned when they meet on site, the
//! unit and the desk what was found (article 19).

use duban_core::clock::Timestamp;
use duban_core::entity::Effect;
use duban_rules::vocabulary::{Recipient, UnitId};

use super::{note, send};
use crate::case::event::{MeetingOff, Referred, SiteMeetingCalled};
use crate::case::note::{About, Entry, Note};
use crate::case::{Case, Event};
use crate::tells::{CaseId, Motion, ToMeeting};

/// Each unit that is called hears it for itself, and so does each that is called no more.
pub(super) fn called(case: &Case, called: &SiteMeetingCalled) -> Vec<Effect> {
    let before = called.before.filter(|before| *before != called.when);
    let meeting = About::SiteMeeting { no: called.no, when: called.when, before };
    let place = || called.place.as_deref().map(Into::into);
    let entry =
        case.state.dispute().map(|(since, _)| Entry { since, sequence: called.no, place: place() });
    let off = About::MeetingOff { when: called.before.unwrap_or(called.when), entry };
    let to =
        |template, unit: &UnitId, about: &About| each(case, (template, unit, about), called.at);
    let come = called.units.iter().map(|unit| to("site-meeting", unit, &meeting));
    come.chain(called.dropped.iter().map(|unit| to("site-meeting-off", unit, &off))).collect()
}

/// A meeting of the committee is proposed, with the case on its agenda.
fn proposed(case: &Case, referred: &Referred) -> Option<Effect> {
    let motion = Motion {
        case: CaseId(case.id.clone()),
        subject: referred.subject.clone(),
        applicant: case.state.unit()?.clone(),
        units: referred.units.clone(),
        reason: referred.reason.clone(),
        by: referred.by.clone(),
    };
    Some(ToMeeting::Propose(motion).tell(&referred.meeting))
}

/// Everybody who was called to a meeting hears that it is not held.
fn off(case: &Case, meeting: Option<&MeetingOff>, at: Timestamp) -> Vec<Effect> {
    let Some(MeetingOff { no, when, since, place, units }) = meeting else { return Vec::new() };
    let entry = Entry { since: *since, sequence: no.saturating_add(1), place: place.clone() };
    let off = About::MeetingOff { when: *when, entry: Some(entry) };
    units.iter().map(|unit| each(case, ("site-meeting-off", unit, &off), at)).collect()
}

/// What the people of one unit hear of a meeting.
fn each(case: &Case, (template, unit, about): (&str, &UnitId, &About), at: Timestamp) -> Effect {
    let tell = vec![Recipient::Informant, Recipient::HandlingOffice, Recipient::UnitHead];
    let (unit, about) = (Some(unit.clone()), about.clone());
    send(template, Note { tell, unit, assignment: 0, ..note(case, about) }, at)
}

/// What is said of `event`, if it is one of a dispute; `case` is the state after it.
pub(super) fn said(case: &Case, event: &Event) -> Vec<Effect> {
    if let Event::Disputed(asked) = event {
        let tell = vec![Recipient::DispatchDesk, Recipient::DutyChief];
        let (text, about) = (asked.reason.clone(), About::Dispute { due: asked.clock.due });
        vec![send("disputed", Note { tell, text, ..note(case, about) }, asked.at)]
    } else if let Event::Determined(found) = event {
        let tell = vec![Recipient::Informant, Recipient::HandlingOffice, Recipient::DispatchDesk];
        let determined = case.state.filing().and_then(|filing| filing.disputes.last());
        let (unit, text) = (determined.map(|of| of.unit.clone()), found.reason.clone());
        let note = Note { tell, unit, text, assignment: 0, ..note(case, About::Determined) };
        // Whoever was not heard hears until when it may answer.
        let unheard = determined.filter(|_| found.binds_at.is_some()).map(|determined| {
            let tell = vec![Recipient::Informant, Recipient::HandlingOffice];
            Note { tell, unit: Some(determined.owner().clone()), ..note.clone() }
        });
        let done = found
            .committee
            .as_ref()
            .map(|by| ToMeeting::CarriedOut { case: CaseId(case.id.clone()) }.tell(&by.meeting));
        let notes = [Some(note), unheard].into_iter().flatten();
        notes
            .map(|note| send("determined", note, found.at))
            .chain(off(case, found.meeting_off.as_deref(), found.at))
            .chain(done)
            .collect()
    } else if let Event::Referred(referred) = event {
        proposed(case, referred).into_iter().collect()
    } else if let Event::CommitteeSpared { meeting, .. } = event {
        vec![ToMeeting::Withdraw { case: CaseId(case.id.clone()) }.tell(meeting)]
    } else if let Event::TakenBack { at, meeting_off, .. } = event {
        off(case, meeting_off.as_deref(), *at)
    } else {
        Vec::new()
    }
}

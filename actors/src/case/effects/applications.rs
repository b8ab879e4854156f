//! Notices of applications: desk and chief hear that a unit asks for more time and has a place for it, the chief what the desk thinks of it, and
//! the unit what became of it; with it all who had heard of a step that is taken back (articles 21 and 27).

use duban_core::clock::Timestamp;
use duban_core::entity::Effect;
use duban_rules::vocabulary::Recipient;

use super::{note, send};
use crate::case::application::Wish;
use crate::case::event::Charge;
use crate::case::note::{About, Note};
use crate::case::returns::Lane;
use crate::case::{Case, Event};
use crate::tells::{Became, Booking, CaseId, ToUnit};

/// What follows from `event`, if it is one of an application; `case` is the state after it.
pub(super) fn follows(case: &Case, event: &Event) -> Vec<Effect> {
    told(case, event).into_iter().chain(said(case, event)).collect()
}

fn said(case: &Case, event: &Event) -> Option<Effect> {
    if let Event::QuotaReserved(answered) = event {
        // Taken back meanwhile, its place is nothing to anybody.
        let pending = case.state.assignment()?.application.pending()?;
        let tell = vec![Recipient::DispatchDesk, Recipient::DutyChief];
        let Wish::Extension(asked_for) = pending.wish;
        let about = About::Application { asked_for, due: pending.clock.due };
        let note = Note { tell, text: pending.reason.to_string(), ..note(case, about) };
        (pending.no == answered.answer.no).then(|| send("application-due", note, answered.at))
    } else if let Event::OpinionGiven { at, reason, .. } = event {
        let pending = case.state.assignment()?.application.pending()?;
        let Wish::Extension(asked_for) = pending.wish;
        let about = About::Application { asked_for, due: pending.clock.due };
        let tell = vec![Recipient::DutyChief];
        Some(send("application-due", Note { tell, text: reason.clone(), ..note(case, about) }, *at))
    } else if let Event::Extended(granted) = event {
        let (asked_for, moved) = (granted.by, &granted.moved);
        let (before, settled) = (Some(moved.due_before), moved.orders.clone());
        // The desk waits for the replies to orders.
        let desk = moved.orders.first().map(|_| Recipient::DispatchDesk);
        let also: Vec<Recipient> = moved.tell.iter().copied().chain(desk).collect();
        let about = About::Applied { asked_for, before, settled };
        Some(decided(case, about, (&granted.reason, &also), granted.at))
    } else if let Event::ApplicationRefused { at, reason, wish } = event {
        let Wish::Extension(asked_for) = *wish;
        let about = About::Applied { asked_for, before: None, settled: Vec::new() };
        Some(decided(case, about, (reason, &[]), *at))
    } else if let Event::QuotaRefused(refused) = event {
        let (asked, answer) = case.state.assignment()?.application.over_quota()?;
        let Wish::Extension(asked_for) = asked.wish;
        let (allowed, used) = (answer.allowed, answer.used);
        let about = About::OverQuota { asked_for, allowed, used };
        let also = [Recipient::DispatchDesk, Recipient::CentreHead];
        Some(decided(case, about, ("", &also), refused.at))
    } else {
        None
    }
}

/// The unit's quota hears that something was asked, and what became of it.
fn told(case: &Case, event: &Event) -> Option<Effect> {
    let (filing, held) = case.state.filing().zip(case.state.assignment())?;
    let no = filing.returns.iter().rfind(|asked| asked.lane == Lane::Application)?.no;
    let id = || CaseId(case.id.clone());
    let settle = |became| ToUnit::Settle { case: id(), no, became };
    let word = if let Event::Applied(asked) = event {
        let (month, n, as_of) = (asked.month.clone(), asked.n, asked.as_of);
        ToUnit::Reserve(Booking { case: id(), no, month, n, as_of })
    } else if let Event::Extended(granted) = event {
        settle(match granted.quota {
            Charge::Within => Became::Granted,
            Charge::Beyond => Became::Beyond,
        })
    } else if let Event::ApplicationRefused { .. } = event {
        settle(Became::Refused)
    } else if let Event::TakenBack { .. } = event {
        ToUnit::Release { case: id(), no }
    } else {
        return None;
    };
    Some(word.tell(&held.unit))
}

/// The unit hears what became of it, whoever has the case by now; `also` are told with it.
fn decided(
    case: &Case,
    about: About,
    (reason, also): (&str, &[Recipient]),
    at: Timestamp,
) -> Effect {
    let mut tell = vec![Recipient::Informant, Recipient::HandlingOffice];
    tell.extend(also.iter().filter(|role| !tell.contains(role)).copied().collect::<Vec<_>>());
    let text = reason.to_owned();
    send("application-result", Note { tell, text, assignment: 0, ..note(case, about) }, at)
}

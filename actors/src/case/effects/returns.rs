//! Notices of returns: the desk and the chief hear that one is asked, the chief what the desk thinks of it, the unit what
//! became of it, and that a dispatch was recalled (articles 15 and 19).

use duban_core::entity::Effect;
use duban_rules::vocabulary::Recipient;

use super::{note, send};
use crate::case::note::{About, Note};
use crate::case::{Case, Event, timers};

/// What is said of `event`, if it is one of a return; `case` is the state after it.
pub(super) fn said(case: &Case, event: &Event) -> Option<Effect> {
    if let Event::ReturnAsked { at, reason, clock, .. } = event {
        let tell = vec![Recipient::DispatchDesk, Recipient::DutyChief];
        let (text, about) = (reason.clone(), About::Return { due: Some(clock.due) });
        Some(send("returned", Note { tell, text, ..note(case, about) }, *at))
    } else if let Event::OpinionGiven { at, reason, .. } = event {
        let (tell, text) = (vec![Recipient::DutyChief], reason.clone());
        let about = About::Return { due: timers::stage(&case.state).map(|(.., clock)| clock.due) };
        Some(send("returned", Note { tell, text, ..note(case, about) }, *at))
    } else if let Event::ReturnAccepted { at, reason, .. } = event {
        let tell = vec![Recipient::Informant, Recipient::HandlingOffice, Recipient::DispatchDesk];
        let asked = case.state.filing().and_then(|filing| filing.returns.last());
        let about = About::Returned { no: asked.map_or(0, |asked| asked.no) };
        let (unit, text) = (asked.map(|asked| asked.unit.clone()), reason.clone());
        Some(send("return-accepted", Note { tell, unit, text, ..note(case, about) }, *at))
    } else if let Event::ReturnRefused { at, reason, .. } = event {
        let tell = vec![Recipient::Informant, Recipient::HandlingOffice];
        let note = Note { tell, text: reason.clone(), ..note(case, About::Plain) };
        Some(send("return-refused", note, *at))
    } else if let Event::Recalled { at, unit, reason, .. } = event {
        let (tell, unit) = (vec![Recipient::Informant], Some(unit.clone()));
        let note = Note { tell, unit, text: reason.clone(), ..note(case, About::Plain) };
        Some(send("recalled", note, *at))
    } else {
        None
    }
}

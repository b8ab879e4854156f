//! Notices of disputes: desk and chief hear that a unit disputes a case, the unit and the desk what was found
//! (article 19).

use duban_core::entity::Effect;
use duban_rules::vocabulary::Recipient;

use super::{note, send};
use crate::case::note::{About, Note};
use crate::case::{Case, Event};

/// What is said of `event`, if it is one of a dispute; `case` is the state after it.
pub(super) fn said(case: &Case, event: &Event) -> Option<Effect> {
    if let Event::Disputed(asked) = event {
        let tell = vec![Recipient::DispatchDesk, Recipient::DutyChief];
        let (text, about) = (asked.reason.clone(), About::Dispute { due: asked.clock.due });
        Some(send("disputed", Note { tell, text, ..note(case, about) }, asked.at))
    } else if let Event::Determined(found) = event {
        let tell = vec![Recipient::Informant, Recipient::HandlingOffice, Recipient::DispatchDesk];
        let applicant = case.state.filing().and_then(|filing| filing.disputes.last());
        let (unit, text) = (applicant.map(|found| found.unit.clone()), found.reason.clone());
        let note = Note { tell, unit, text, assignment: 0, ..note(case, About::Determined) };
        Some(send("determined", note, found.at))
    } else {
        None
    }
}

//! Notices of help: each helper hears what it is asked, or that it need not do it any more, and the lead what was
//! done, or the desk while no unit has the case (article 19).

use duban_core::clock::Timestamp;
use duban_core::entity::Effect;
use duban_rules::vocabulary::{Recipient, UnitId};

use super::{note, send};
use crate::case::help::HelpStanding;
use crate::case::note::{About, Note};
use crate::case::{Case, Event};

/// What is said of `event`, if it is one of help; `case` is the state after it.
pub(super) fn said(case: &Case, event: &Event) -> Vec<Effect> {
    let to = |template, (unit, about): (Option<UnitId>, About), text: &str, at: Timestamp| {
        // Of a case that nobody has, the desk hears, which is to dispatch it.
        let tell = match unit {
            Some(_) => vec![Recipient::Informant, Recipient::HandlingOffice],
            None => vec![Recipient::DispatchDesk],
        };
        let text = text.to_owned();
        send(template, Note { tell, unit, text, assignment: 0, ..note(case, about) }, at)
    };
    if let Event::HelpAsked(asked) = event {
        let about = About::HelpAsked { no: asked.no, due: asked.clock.due };
        vec![to("help-asked", (Some(asked.unit.clone()), about), &asked.reason, asked.at)]
    } else if let Event::HelpGiven(given) = event {
        let about = About::HelpGiven { no: given.no };
        let lead = case.state.unit().cloned();
        vec![to("help-given", (lead, about), &given.result, given.at)]
    } else if let (Event::HelpWaived { at, reason }, Some(filing)) = (event, case.state.filing()) {
        let waived = filing.help.iter().filter(|help| help.standing == HelpStanding::Waived);
        let told = waived.map(|help| (Some(help.unit.clone()), About::HelpWaived));
        told.map(|whom| to("help-waived", whom, reason, *at)).collect()
    } else {
        Vec::new()
    }
}

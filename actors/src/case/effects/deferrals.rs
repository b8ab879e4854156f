//! Notices of deferrals: the county leader hears that a consent is wanted, and unit and centre that a case is deferred and
//! that it goes on (article 27).

use duban_core::entity::Effect;
use duban_rules::vocabulary::Recipient;

use super::applications::submitted;
use super::{note, send};
use crate::case::note::{About, Note};
use crate::case::{Case, Event};

/// What is said of `event`, if it is one of a deferral; `case` is the state after it.
pub(super) fn said(case: &Case, event: &Event) -> Option<Effect> {
    let (template, about, tell, text, at) = if let Event::ConsentWanted(wanted) = event {
        let said = case.state.pending().map(|pending| submitted(pending, &wanted.reason));
        let (review_on, due) = (wanted.review_on, wanted.clock.due);
        let about = About::Consent { review_on, due, said };
        let tell = vec![Recipient::CountyLeader];
        ("consent-wanted", about, tell, &wanted.reason, wanted.at)
    } else if let Event::Deferred(deferred) = event {
        let (leader, review_on) = (deferred.leader.clone(), deferred.review_on);
        let about = About::Deferred { leader, review_on };
        ("deferred", about, concerned(), &deferred.reason, deferred.at)
    } else if let Event::Resumed(resumed) = event {
        let moved = resumed.moved.as_ref();
        let about = About::Resumed { before: moved.map(|moved| moved.due_before) };
        let mut tell = concerned();
        for role in moved.iter().flat_map(|moved| &moved.tell) {
            if !tell.contains(role) {
                tell.push(*role);
            }
        }
        ("resumed", about, tell, &resumed.reason, resumed.at)
    } else {
        return None;
    };
    Some(send(template, Note { tell, text: text.clone(), ..note(case, about) }, at))
}

fn concerned() -> Vec<Recipient> {
    vec![
        Recipient::Informant,
        Recipient::HandlingOffice,
        Recipient::DispatchDesk,
        Recipient::CentreHead,
    ]
}

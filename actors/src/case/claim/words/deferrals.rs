//! Words of notices about deferrals: until when, by whose consent, and since when (article 27).

use serde_json::{Value, json};

use super::local;
use crate::case::State;
use crate::case::note::About;
use crate::context::Context;

/// What is said of a deferral that is asked for, under way, or over.
pub(super) fn said(state: &State, about: &About, cx: &Context, say: &mut impl FnMut(&str, Value)) {
    if let Some((since, deferral)) = state.deferral() {
        say("deferred_at", json!(local(since, cx)));
        say("leader", json!(deferral.leader));
        say("review_on", json!(deferral.review_on(&cx.rules.calendar).to_string()));
    }
    if let About::Consent { review_on, .. } | About::ConsentOff { review_on } = about {
        say("review_on", json!(review_on.to_string()));
    } else if let About::Deferred { leader, review_on } = about {
        say("leader", json!(leader));
        say("review_on", json!(review_on.to_string()));
    } else if let About::Resumed { before: Some(before) } = about {
        say("due_before", json!(local(*before, cx)));
    }
}

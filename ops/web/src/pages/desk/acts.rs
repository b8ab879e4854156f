//! What somebody may do at the desks they keep: take a shift over, hand it over, note (article 3).

use duban_actors::desks::Desk;
use duban_actors::shift::{KIND, Shift};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Entity as _, EntityId};
use serde::Serialize;

use crate::pages::sent::{After, Forms};
use duban_api::forms::{self, At};
use duban_base::asking::Asker;
use duban_base::labels::shift::desk_word;
use duban_base::state;
use duban_base::store::Store;

/// The forms of a desk.
#[derive(Serialize)]
pub(super) struct Acts {
    name: &'static str,
    #[serde(flatten)]
    forms: Forms,
}

/// Those of `desks`, for `askers`, after what became of a form of the desk `at`.
pub(super) fn read(
    store: &Store,
    (desks, askers): (&[Desk], &[Asker]),
    (at, after): (&str, After),
    now: Timestamp,
) -> anyhow::Result<Vec<Acts>> {
    let rules = store.rules.current();
    let (cx, mut after) = (At { journal: &store.journal, cx: &rules.0, now }, Some(after));
    let mut acts = Vec::with_capacity(desks.len());
    for desk in desks {
        let key = desk.as_str();
        let shift = state::read::<Shift>(&store.journal, key)?.map(|(shift, _)| shift);
        let shift = shift.unwrap_or_else(|| Shift::initial(&EntityId::new(KIND, key)));
        let forms = forms::of_shift((*desk, &shift), askers, cx)?;
        let after = after.take_if(|_| at == key).unwrap_or(After::Nothing);
        let forms = Forms::shown((format!("/desk/{key}"), &format!("{key}-")), forms, after)?;
        acts.push(Acts { name: desk_word(*desk), forms });
    }
    Ok(acts)
}

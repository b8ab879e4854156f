//! The page of a case for a unit that helps with it: what its part needs, the form for that, and nothing else (article 19).

use actix_web::HttpResponse;
use duban_actors::case::Filing;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::EntityId;
use serde::Serialize;

use crate::pages::Pages;
use crate::pages::layout::{self, Frame, Keep};
use crate::pages::refused::Refused;
use crate::pages::sent::{After, Forms};
use duban_api::http::api::help::{self, HelpShown};
use duban_base::asking::Asker;
use duban_base::labels::instant;
use duban_base::store::Store;

/// What the page is filled in with.
#[derive(Serialize)]
pub(super) struct Helping {
    help: HelpShown,
    /// The lead unit, by name.
    lead: String,
    /// Until when their part is to be done; empty where it is.
    due: String,
    acts: Forms,
    at: String,
}

/// What a helper among `askers` is shown.
///
/// # Errors
/// Nothing, for whoever does not help.
pub(super) fn read(
    store: &Store,
    askers: &[Asker],
    (id, now): (&EntityId, Timestamp),
    after: After,
) -> Result<Helping, Refused> {
    let found = askers.iter().find_map(|asker| Some((asker, help::to(store, asker, id).ok()?)));
    let (asker, (help, case)) = found.ok_or(Refused::NotFound)?;
    let rules = store.rules.current();
    let (cx, calendar) = (&rules.0, &rules.0.rules.calendar);
    let mut asked = case.state.filing().into_iter().flat_map(Filing::help_asked);
    let own = asked.find(|(help, _)| asker.unit.as_ref() == Some(&help.unit));
    let due = own.map(|(_, clock)| instant::minute(clock.due, calendar));
    let lead = case.state.unit().map(|unit| cx.rules.units.name_of(unit).to_owned());
    Ok(Helping {
        help,
        lead: lead.unwrap_or_default(),
        due: due.unwrap_or_default(),
        acts: super::acts(store, &case, askers, (now, after))?,
        at: instant::minute(now, calendar),
    })
}

impl Helping {
    pub(super) fn shown(
        self,
        pages: &Pages,
        (frame, status): (&Frame, actix_web::http::StatusCode),
    ) -> HttpResponse {
        layout::page(pages, (status, Keep::Private), "helping.html", frame, self)
    }
}

//! One case: how it stands, what happened to it, and why it is due when it is.

use std::slice;

use actix_web::HttpResponse;
use actix_web::http::header::ETAG;
use actix_web::web::{Data, Path};
use duban_actors::case::view::view_under;
use duban_actors::case::{Case, CaseId, KIND, Reporter};
use duban_actors::unit::views::Seen;
use duban_runtime::entity::EntityId;
use duban_runtime::record::{Record, Stored};
use serde_json::{Value, json};

use super::answer::etag;
use super::asker::InRole;
use super::files::papers;
use super::page::Named;
use super::visibility::find;
use crate::http::problem::Problem;
use duban_access::seals::Field;
use duban_base::asking::Asker;
use duban_base::labels::case::{light, stage_due};
use duban_base::labels::history::Papers;
use duban_base::names::Names;
use duban_base::rules_in_force::reckoning;
use duban_base::store::Store;
use duban_server::server::Server;

/// Shows a case.
pub(crate) async fn one(
    server: Data<Server>,
    asker: InRole,
    named: Path<Named>,
) -> Result<HttpResponse, Problem> {
    let shown = |found: &Found<'_>| {
        let Found { server, store, asker, case, stored } = found;
        let now = server.now();
        let mut shown = view_under(case, &store.rules.current().0);
        if let Some(fields) = shown.as_object_mut() {
            fields.insert("light".to_owned(), json!(light(case, stage_due(case), now)));
            fields.insert("at".to_owned(), json!(now));
            fields.insert("sequence".to_owned(), json!(stored.sequence));
            if asker.role.is_of_the_centre() {
                let reporter = case.state.report().and_then(|report| report.reporter.as_deref());
                let reporter = reporter.map(|reporter| read(server, &case.id, reporter));
                fields.insert("reporter".to_owned(), json!(reporter));
            }
        }
        Ok(shown)
    };
    looked_at(server, asker, named, shown).await
}

/// Shows what happened to a case.
pub(crate) async fn history(
    server: Data<Server>,
    asker: InRole,
    named: Path<Named>,
) -> Result<HttpResponse, Problem> {
    let shown = |found: &Found<'_>| {
        let Found { server, store, asker, case, .. } = found;
        let records = store.journal.history(&EntityId::new(KIND, &case.id))?;
        let names = Names::of(&store.journal);
        let cx = &store.rules.current().0;
        let told = records.iter().map(|record| {
            let papers = papers(record, slice::from_ref(*asker), cx);
            told((record, papers), &names, asker, server)
        });
        Ok(json!({ "case": case.id, "history": told.collect::<Result<Vec<Value>, Problem>>()? }))
    };
    looked_at(server, asker, named, shown).await
}

/// Shows how the due instants of a case come about.
pub(crate) async fn explanation(
    server: Data<Server>,
    asker: InRole,
    named: Path<Named>,
) -> Result<HttpResponse, Problem> {
    let shown = |found: &Found<'_>| {
        let Found { server, store, case, .. } = found;
        let now = server.now();
        let explained = reckoning::explained(&store.journal, &store.rules, case, now);
        let mut explained = serde_json::to_value(explained).unwrap_or_default();
        if let Some(fields) = explained.as_object_mut() {
            fields.insert("case".to_owned(), json!(case.id));
            fields.insert("stands".to_owned(), json!(case.state.name()));
            fields.insert("at".to_owned(), json!(now));
        }
        Ok(explained)
    };
    looked_at(server, asker, named, shown).await
}

/// A case that is there for whoever asks.
struct Found<'a> {
    server: &'a Server,
    store: &'a Store,
    asker: &'a Asker,
    case: Case,
    stored: Stored,
}

/// What `show` makes of the case.
async fn looked_at(
    server: Data<Server>,
    asker: InRole,
    named: Path<Named>,
    show: impl FnOnce(&Found<'_>) -> Result<Value, Problem> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    let id = EntityId::new(KIND, named.as_str());
    let (at, whose) = (Data::clone(&server), asker.clone());
    let look = server.read(move |store| {
        let (case, stored) = find(store, &asker, &id)?;
        let found = Found { server: &at, store, asker: &asker, case, stored };
        let shown = show(&found)?;
        let unit = found.case.state.unit().cloned();
        Ok::<_, Problem>((shown, found.stored.sequence, unit, found.case.id))
    });
    let (shown, sequence, unit, case) = look.await?;
    if let Some(unit) = unit {
        server.looked(&whose, &unit, Seen::Case(CaseId(case)));
    }
    Ok(HttpResponse::Ok().insert_header((ETAG, etag(sequence))).json(shown))
}

/// A record, with the reporter's name and number only for the centre, and what is said of an attachment for whoever sees it.
fn told(
    (record, papers): (&Record, Papers),
    names: &Names<'_>,
    asker: &Asker,
    server: &Server,
) -> Result<Value, Problem> {
    let mut events: Value = serde_json::from_str(&record.events).unwrap_or_default();
    for event in events.as_array_mut().into_iter().flatten() {
        if let Some(report) = event.get_mut("Registered").and_then(Value::as_object_mut)
            && let Some(sealed) = report.remove("reporter")
            && asker.role.is_of_the_centre()
            && let Ok(Some(sealed)) = serde_json::from_value::<Option<Reporter>>(sealed)
        {
            let reporter = read(server, &record.entity.key, &sealed);
            report.insert("reporter".to_owned(), json!(reporter));
        }
    }
    for event in events.as_array_mut().into_iter().flatten() {
        let attached = event.get_mut("Attached").and_then(Value::as_object_mut);
        if let Some(attached) = attached.filter(|_| papers == Papers::Hidden) {
            attached.retain(|field, _| field == "at");
        }
    }
    let asked = &record.asked;
    Ok(json!({
        "sequence": record.sequence, "at": asked.at, "by": asked.by,
        "name": names.name(asked)?, "role": asked.role, "speaks_for": asked.speaks_for,
        "on_behalf_of": asked.on_behalf_of, "events": events,
    }))
}

/// A reporter as they said who they are. What cannot be read is empty, and `unreadable` says why.
fn read(server: &Server, case: &str, sealed: &Reporter) -> Value {
    let case = CaseId(case.into());
    let read = |field, text: &str| server.seals.read(&case, field, text);
    let parts = read(Field::Name, &sealed.name)
        .and_then(|name| Ok((name, read(Field::Phone, &sealed.phone)?)));
    match parts {
        Ok((name, phone)) => json!({ "name": name, "phone": phone, "reply": sealed.reply }),
        Err(failure) => {
            let why = failure.in_a_word();
            json!({ "name": "", "phone": "", "reply": sealed.reply, "unreadable": why })
        }
    }
}

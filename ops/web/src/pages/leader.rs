//! `GET /leader`: how the county stands for whoever leads it: the share in time first, what is on the third level, and what
//! waits for a signature, with the form to sign (articles 3, 26 and 27).

use actix_web::{HttpRequest, HttpResponse, web};
use duban_actors::case::application::Pending;
use duban_actors::case::{Case, listing};
use duban_actors::context::Context;
use duban_runtime::clock::Timestamp;
use serde::Serialize;

use super::Pages;
use super::layout::{self, Frame, Keep, in_address};
use super::refused::{self, Refused};
use super::sent::{After, Forms, ToldOf};
use super::session;
use super::waiting::{Waiting, places};
use duban_api::forms::{self, At, filled};
use duban_base::asking::Asker;
use duban_base::labels::instant;
use duban_base::month;
use duban_base::state::readable;
use duban_base::store::Store;
use duban_server::server::Server;

/// Cases of each list on the page.
const LISTED_MAX: usize = 50;
/// The form that signs.
const SIGNING: &str = "consent";

/// What the page is filled in with.
#[derive(Serialize)]
struct Shown {
    rate: String,
    due: u64,
    on_time: u64,
    late: u64,
    overdue: u64,
    /// Cases on the third level.
    highest: Vec<Waiting>,
    /// Those that are not shown.
    more: usize,
    signing: Vec<Signing>,
    /// What became of a form whose case waits no more.
    told: Option<Forms>,
    at: String,
}

/// A case that waits for a signature.
#[derive(Serialize)]
struct Signing {
    #[serde(flatten)]
    case: Waiting,
    reason: String,
    acts: Forms,
}

pub(super) async fn page(
    request: HttpRequest,
    pages: web::Data<Pages>,
    server: web::Data<Server>,
    sent: web::Query<ToldOf>,
) -> HttpResponse {
    let after = sent.into_inner().after(filled::of_case);
    let shown = shown(&request, &pages, &server, after).await;
    refused::settled(&pages, &request, shown).await
}

/// The page, after what became of a form of the case that is named.
pub(super) async fn shown(
    request: &HttpRequest,
    pages: &Pages,
    server: &Server,
    (of, after): (String, After),
) -> Result<HttpResponse, Refused> {
    let stay = session::needed_who_sees_all(request, server).await?;
    let (now, status, frame) = (server.now(), after.status(), Frame::around("leader", Some(&stay)));
    let shown = server.read(move |store| {
        let askers: Vec<Asker> = stay.askers().collect();
        Ok::<_, Refused>(read(store, &askers, (&of, after), now)?)
    });
    let shown = shown.await?;
    Ok(layout::page(pages, (status, Keep::Private), "leader.html", &frame, shown))
}

fn read(
    store: &Store,
    askers: &[Asker],
    (of, after): (&str, After),
    now: Timestamp,
) -> anyhow::Result<Shown> {
    let rules = store.rules.current();
    let (cx, mut after) = (&rules.0, Some(after));
    let month = month::so_far(&store.journal, cx, now)?;
    let mut signing = Vec::new();
    for (order, id) in places(&store.journal, &listing::CONSENT)?.iter().take(LISTED_MAX) {
        let Some(case) = readable::<Case>(&store.journal, id)? else { continue };
        let after = after.take_if(|_| of == case.id.as_str()).unwrap_or(After::Nothing);
        let due = listing::instant(order).unwrap_or(Timestamp::NEVER);
        signing.push(to_sign(store, &case, (askers, after), (due, now, cx))?);
    }
    // It waits no more: it is told at the head of the page.
    let told = after.filter(|after| !matches!(after, After::Nothing));
    let told =
        told.map(|after| Forms::shown((String::new(), ""), Vec::new(), after)).transpose()?;
    let rate = month.on_time_permille();
    let rate = rate.map(|rate| format!("{}.{} %", rate / 10, rate % 10));
    let highest = month.level_3.iter().take(LISTED_MAX).map(|case| {
        let due = case.state.assignment().and_then(|held| held.due);
        Waiting::of(case, due.unwrap_or(Timestamp::NEVER), (now, cx))
    });
    Ok(Shown {
        rate: rate.unwrap_or_else(|| "—".to_owned()),
        due: month.due(),
        on_time: month.on_time,
        late: month.late,
        overdue: month.overdue,
        highest: highest.collect(),
        more: month.level_3.len().saturating_sub(LISTED_MAX),
        signing,
        told,
        at: instant::minute(now, &cx.rules.calendar),
    })
}

fn to_sign(
    store: &Store,
    case: &Case,
    (askers, after): (&[Asker], After),
    (due, now, cx): (Timestamp, Timestamp, &Context),
) -> anyhow::Result<Signing> {
    let at = At { journal: &store.journal, cx, now };
    let forms = forms::one_of_case(SIGNING, case, askers, at)?.into_iter().collect();
    let address = format!("/leader/{}", in_address(&case.id));
    let pending = case.state.pending();
    Ok(Signing {
        case: Waiting::of(case, due, (now, cx)),
        reason: pending.map(|Pending { reason, .. }| reason.to_string()).unwrap_or_default(),
        acts: Forms::shown((address, &format!("{}-", case.id)), forms, after)?,
    })
}

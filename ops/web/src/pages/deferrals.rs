//! `GET /deferrals`: the ledger of deferrals (缓办台账, article 27), for those who see all.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::NaiveDate;
use duban_actors::context::Context;
use duban_rules::line;
use duban_runtime::clock::Timestamp;
use serde::Serialize;

use super::Pages;
use super::overview;
use super::refused::Refused;
use duban_base::deferrals::{self, Line};
use duban_base::labels::instant;
use duban_base::store::Store;
use duban_server::server::Server;

/// Deferrals on the page.
const LISTED_MAX: usize = 200;

/// What the page is filled in with.
#[derive(Serialize)]
struct Shown {
    rows: Vec<Row>,
    /// Whether there are more.
    more: bool,
    at: String,
}

/// A deferral.
#[derive(Serialize)]
struct Row {
    id: String,
    called: String,
    address: String,
    unit: String,
    standing: &'static str,
    asked: String,
    since: Option<String>,
    leader: Option<String>,
    review_on: String,
    /// Whether that day has come.
    late: bool,
    before: u16,
}

pub(super) async fn page(
    request: HttpRequest,
    pages: web::Data<Pages>,
    server: web::Data<Server>,
) -> HttpResponse {
    let place = ("deferrals", "deferrals.html");
    overview::page(&request, (&pages, &server), place, read).await
}

fn read(store: &Store, now: Timestamp) -> Result<Shown, Refused> {
    let rules = store.rules.current();
    let calendar = &rules.0.rules.calendar;
    let mut lines = deferrals::ledger(&store.journal, &rules.0, LISTED_MAX + 1)?;
    let more = lines.len() > LISTED_MAX;
    lines.truncate(LISTED_MAX);
    let today = calendar.local(now.into()).date();
    let rows = lines.into_iter().map(|line| row(line, today, &rules.0)).collect();
    Ok(Shown { rows, more, at: instant::minute(now, calendar) })
}

fn row(of: Line, today: NaiveDate, cx: &Context) -> Row {
    let minute = |at| instant::minute(at, &cx.rules.calendar);
    Row {
        called: of.number.unwrap_or_else(|| of.case.clone()),
        id: of.case,
        address: line::one(&of.address),
        unit: cx.rules.units.name_of(&of.unit).to_owned(),
        standing: of.standing.chinese(),
        asked: minute(of.asked),
        since: of.since.map(minute),
        leader: of.leader,
        review_on: of.review_on.to_string(),
        late: of.since.is_some() && of.review_on <= today,
        before: of.before,
    }
}

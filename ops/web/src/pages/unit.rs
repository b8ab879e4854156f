//! `GET /units/{unit}`: what a unit has to do, what is due first on top (articles 7 and 16).

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use compact_str::CompactString;
use duban_actors::case::{Case, listing};
use duban_actors::context::Context;
use duban_actors::unit::views::Seen;
use duban_rules::vocabulary::UnitId;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::List;
use serde::{Deserialize, Serialize};

use super::Pages;
use super::layout::{self, Frame, Keep};
use super::refused::{self, Refused};
use super::waiting::address;
use super::{session, visibility};
use duban_base::labels::case::{level_word, stage_word};
use duban_base::labels::instant;
use duban_base::labels::row::Row;
use duban_base::labels::unit::class_word;
use duban_base::store::Store;
use duban_base::store::place::Place;
use duban_server::server::Server;

/// Cases on one page.
const PAGE: usize = 50;
/// Cases of others that are listed; what is due later is read by the command line.
const HELPS_MAX: usize = 50;

/// Which page.
#[derive(Deserialize)]
pub(super) struct Wanted {
    after: Option<String>,
}

/// What the page is filled in with.
#[derive(Serialize)]
struct Shown {
    id: String,
    name: String,
    class: &'static str,
    organisation: String,
    open: u64,
    soon: u64,
    overdue: u64,
    /// Those of others with which it is to help, on the first page.
    helps: Vec<HelpLine>,
    cases: Vec<Line>,
    /// Where the next page begins; empty on the last one.
    next: String,
    /// Whether this is the first page.
    first: bool,
    at: String,
}

/// A case.
#[derive(Serialize)]
struct Line {
    id: String,
    called: String,
    matter: String,
    address: String,
    stage: String,
    due: String,
    left: Left,
    light: &'static str,
    light_word: &'static str,
    level: u8,
    level_word: &'static str,
    reworks: u16,
}

/// A case of another unit with which this one is to help.
#[derive(Serialize)]
struct HelpLine {
    id: String,
    called: String,
    matter: String,
    address: String,
    lead: String,
    due: String,
    left: Left,
}

/// How much time is left.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case", tag = "how", content = "span")]
enum Left {
    Ahead(String),
    /// Gone, for so long.
    Over(String),
    /// The unit's clock stands still.
    Stopped,
    /// No limit.
    Free,
}

pub(super) async fn page(
    request: HttpRequest,
    pages: web::Data<Pages>,
    server: web::Data<Server>,
    unit: web::Path<String>,
    wanted: web::Query<Wanted>,
) -> HttpResponse {
    let unit = UnitId::new(unit.into_inner());
    let shown = shown(&request, &pages, &server, &unit, wanted.into_inner()).await;
    refused::settled(&pages, &request, shown).await
}

async fn shown(
    request: &HttpRequest,
    pages: &Pages,
    server: &Server,
    unit: &UnitId,
    wanted: Wanted,
) -> Result<HttpResponse, Refused> {
    let stay = session::needed(request, server).await?;
    let rules = server.rules.current();
    let counts = pages.figures.borrow().each.get(unit).copied();
    if !visibility::sees_unit(&stay, unit, &rules.0) {
        return Err(Refused::Forbidden(
            "只能查看本单位的案件;单位主要领导可以查看本机构各终端的案件。",
        ));
    }
    let known = rules.0.rules.units.get(unit);
    if known.is_none() && counts.is_none() {
        return Err(Refused::NotFound);
    }
    let after = wanted.after.as_deref().map(str::parse::<Place>).transpose();
    let after = after.map_err(|_| Refused::NotFound)?;
    let (now, list, helper) = (server.now(), listing::open_of(unit), unit.clone());
    let first = after.is_none();
    let lists = server.read(move |store| {
        let helps = if first { helps(store, &helper, now)? } else { Vec::new() };
        let (cases, next) = read(store, &list, after, now)?;
        Ok::<_, Refused>((helps, cases, next))
    });
    let (helps, cases, next) = lists.await?;
    for asker in stay.askers() {
        server.looked(&asker, unit, Seen::Cases);
    }
    let counts = counts.unwrap_or_default();
    let shown = Shown {
        id: unit.to_string(),
        name: known.map_or_else(|| unit.to_string(), |unit| unit.name.clone()),
        class: known.map_or("—", class_word),
        organisation: known.map_or_else(String::new, |unit| unit.organisation.clone()),
        open: counts.open,
        soon: counts.soon,
        overdue: counts.overdue,
        helps,
        cases,
        next,
        first,
        at: instant::minute(now, &rules.0.rules.calendar),
    };
    let frame = Frame::around("units", Some(&stay));
    Ok(layout::page(pages, (StatusCode::OK, Keep::Private), "unit.html", &frame, shown))
}

/// The cases of others with which `unit` is to help, the first due on top.
fn helps(store: &Store, unit: &UnitId, now: Timestamp) -> anyhow::Result<Vec<HelpLine>> {
    let rules = store.rules.current();
    let cx = &rules.0;
    let mut helps = Vec::new();
    for (_, id) in store.journal.list(&listing::help_of(unit), None, HELPS_MAX)? {
        let Some(stored) = store.journal.entity(&id)? else { continue };
        let case = store.case(&id, &stored)?;
        let Some(row) = Row::of_help(&case, unit, now, cx) else { continue };
        let due = row.stage_due.unwrap_or(Timestamp::NEVER);
        let left = if now > due {
            Left::Over(instant::span(due, now))
        } else {
            Left::Ahead(instant::span(now, due))
        };
        let lead = case.state.unit().map_or("—", |lead| cx.rules.units.name_of(lead));
        helps.push(HelpLine {
            called: row.number.unwrap_or_else(|| row.id.clone()),
            id: row.id,
            matter: row.matter,
            address: address(&case),
            lead: lead.to_owned(),
            due: instant::minute(due, &cx.rules.calendar),
            left,
        });
    }
    Ok(helps)
}

/// A page of the list, and where the next one begins.
fn read(
    store: &Store,
    list: &List,
    after: Option<Place>,
    now: Timestamp,
) -> anyhow::Result<(Vec<Line>, String)> {
    let after = after.map(|place| (place.order, place.id));
    let mut places: Vec<(CompactString, _)> = store.journal.list(list, after, PAGE + 1)?;
    let more = places.len() > PAGE;
    places.truncate(PAGE);
    let rules = store.rules.current();
    let mut cases = Vec::with_capacity(places.len());
    for (_, id) in &places {
        let Some(stored) = store.journal.entity(id)? else { continue };
        cases.push(line(&store.case(id, &stored)?, now, &rules.0));
    }
    let last = places.pop().filter(|_| more);
    let next = last.map(|(order, id)| Place { order, id }.word()).unwrap_or_default();
    Ok((cases, next))
}

fn line(case: &Case, now: Timestamp, cx: &Context) -> Line {
    let row = Row::of(case, now, cx);
    let due = row.due.filter(|due| *due != Timestamp::NEVER);
    let left = match due {
        None => Left::Free,
        Some(_) if case.state.stands_still().is_some() => Left::Stopped,
        Some(due) if case.state.is_overdue(now) => Left::Over(instant::span(due, now)),
        Some(due) => Left::Ahead(instant::span(now, due)),
    };
    let shown = due.map(|due| instant::minute(due, &cx.rules.calendar) + row.mark());
    Line {
        called: row.number.unwrap_or_else(|| row.id.clone()),
        id: row.id,
        matter: row.matter,
        address: address(case),
        stage: stage_word(row.stage).to_owned(),
        due: shown.unwrap_or_else(|| "—".to_owned()),
        left,
        light: row.light.as_str(),
        light_word: row.light.chinese(),
        level: row.level,
        level_word: level_word(row.level),
        reworks: row.reworks,
    }
}

//! `GET /desk`: what waits for whoever keeps a desk of the centre, who is on shift, and whom to call (articles 3, 7 and 12).

mod on_shift;
mod orders;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use duban_actors::case::listing::{self, APPLIED, CALLS, order};
use duban_actors::context::Context;
use duban_actors::desks::Desk;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::List;
use duban_runtime::journal::{Failure, Journal};
use serde::Serialize;

use super::Pages;
use super::layout::{self, Frame, Keep};
use super::refused::{self, Refused};
use super::session;
use super::waiting::{self, Listed};
use duban_base::duty::Day;
use duban_base::labels::case::{OPEN, stage_word};
use duban_base::labels::instant;
use duban_base::labels::shift::desk_word;
use duban_base::store::Store;
use duban_server::server::Server;

/// Cases of one list on the page.
const LISTED_MAX: usize = 20;

/// What the page is filled in with.
#[derive(Serialize)]
struct Shown {
    mine: Vec<Pile>,
    /// How every stage stands.
    stages: Vec<Stage>,
    /// Cases that are late elsewhere, the longest first.
    elsewhere: Listed,
    orders: orders::Unanswered,
    on_shift: on_shift::OnShift,
    at: String,
}

/// What waits at one stage, or beside the stages.
#[derive(Serialize)]
struct Pile {
    key: &'static str,
    /// The desk, and the stage.
    name: String,
    #[serde(flatten)]
    listed: Listed,
}

/// A stage, in numbers.
#[derive(Serialize)]
struct Stage {
    name: &'static str,
    waiting: usize,
    late: usize,
    uncounted: bool,
}

pub(super) async fn page(
    request: HttpRequest,
    pages: web::Data<Pages>,
    server: web::Data<Server>,
) -> HttpResponse {
    let shown = shown(&request, &pages, &server).await;
    refused::settled(&pages, &request, shown).await
}

async fn shown(
    request: &HttpRequest,
    pages: &Pages,
    server: &Server,
) -> Result<HttpResponse, Refused> {
    let stay = session::needed(request, server).await?;
    let desks = stay.desks();
    if desks.is_empty() {
        return Err(Refused::Forbidden("只有监督中心、指挥中心、值班长和中心主任可以查看值班台。"));
    }
    let now = server.now();
    let shown = server.read(move |store| Ok::<_, Refused>(read(store, &desks, now)?)).await?;
    let frame = Frame::around("desk", Some(&stay));
    Ok(layout::page(pages, (StatusCode::OK, Keep::Private), "desk.html", &frame, shown))
}

fn read(store: &Store, desks: &[Desk], now: Timestamp) -> Result<Shown, Failure> {
    let (journal, rules) = (&store.journal, store.rules.current());
    let cx = &rules.0;
    let calendar = &cx.rules.calendar;
    Ok(Shown {
        mine: mine(journal, desks, (now, cx))?,
        stages: stages(journal, now)?,
        elsewhere: elsewhere(journal, desks, (now, cx))?,
        orders: orders::unanswered(journal, LISTED_MAX, (now, cx))?,
        on_shift: on_shift::read(journal, cx, &Day::around(now, calendar))?,
        at: instant::minute(now, calendar),
    })
}

/// What waits for these desks, list by list; those where nothing waits are left out.
fn mine(
    journal: &Journal,
    desks: &[Desk],
    (now, cx): (Timestamp, &Context),
) -> Result<Vec<Pile>, Failure> {
    let mut lists: Vec<(&'static str, &'static str, List)> = Vec::new();
    for desk in desks {
        let staged = desk.stages().iter().map(|stage| (*stage, listing::at_stage(stage)));
        lists.extend(staged.map(|(stage, list)| (stage, desk_word(*desk), list)));
        if *desk == Desk::Dispatch {
            lists.push((listing::CALLS_NAME, desk_word(*desk), CALLS));
        }
    }
    if desks.iter().any(|desk| *desk != Desk::Intake) {
        lists.push((listing::APPLIED_NAME, "初审和审核", APPLIED));
    }
    let mut piles = Vec::with_capacity(lists.len());
    for (key, whose, list) in lists {
        let listed = Listed::of(journal, &list, LISTED_MAX, (now, cx))?;
        if !listed.cases.is_empty() {
            piles.push(Pile { key, name: format!("{whose} · {}", stage_word(key)), listed });
        }
    }
    Ok(piles)
}

fn stages(journal: &Journal, now: Timestamp) -> Result<Vec<Stage>, Failure> {
    let stage = |name: &&'static str| {
        let there = waiting::places(journal, &listing::at_stage(name))?;
        let (waiting, late) = (there.len(), waiting::late(&there, now));
        Ok(Stage { name: stage_word(name), waiting, late, uncounted: waiting::is_full(&there) })
    };
    OPEN.iter().map(stage).collect()
}

/// What is late at the stages of nobody among `desks`.
fn elsewhere(
    journal: &Journal,
    desks: &[Desk],
    (now, cx): (Timestamp, &Context),
) -> Result<Listed, Failure> {
    let is_mine = |stage: &str| desks.iter().any(|desk| desk.stages().contains(&stage));
    let (mut late, until) = (Vec::new(), order(now));
    for stage in OPEN.iter().filter(|stage| !is_mine(stage)) {
        let there = waiting::places(journal, &listing::at_stage(stage))?;
        late.extend(there.into_iter().take_while(|(order, _)| *order < until));
    }
    late.sort();
    Listed::at(journal, late, LISTED_MAX, (now, cx))
}

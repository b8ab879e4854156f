//! `GET /units/{unit}/quota`: a unit's quota of extensions of a month, for those who see its cases (延期名额, article 27).

use std::collections::BTreeSet;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use duban_rules::book::calendar::Calendar;
use duban_rules::vocabulary::UnitId;
use serde::{Deserialize, Serialize};

use super::Pages;
use super::layout::{self, Frame, Keep};
use super::refused::{self, Refused};
use super::{session, visibility};
use duban_api::operations::units::quota::{self, AskedShown, OpenShown, QuotaShown};
use duban_base::labels::instant;
use duban_server::server::Server;

/// What is to be written in the address.
const WANTED: &str = "月份(month)写成 2026-03,不晚于本月。";
/// Applications on the page, the latest ones.
const ASKED_MAX: usize = 100;

/// Which month.
#[derive(Deserialize)]
pub(super) struct Wanted {
    /// As `2026-03`; none for the one that runs.
    month: Option<String>,
}

/// What the page is filled in with.
#[derive(Serialize)]
struct Shown {
    unit: String,
    name: String,
    month: String,
    /// What the month is called: 本月, or 当月 of one that is over.
    which: &'static str,
    is_kept: bool,
    /// Those to which it leads, the last first: the one that runs, and those of which applications are on record.
    months: Vec<Other>,
    n: u32,
    allowed: u32,
    used: u32,
    approved: u32,
    over: u32,
    asked: Vec<Line>,
    /// Earlier applications that are left out.
    more: usize,
    /// Of a month that is over nothing is told of today's cases.
    open: Option<Vec<Extendable>>,
    at: String,
}

/// A month that has a page.
#[derive(Serialize)]
struct Other {
    month: String,
    is_here: bool,
}

/// An application.
#[derive(Serialize)]
struct Line {
    case: String,
    called: String,
    no: u16,
    at: String,
    standing: &'static str,
}

/// An open case, and how much more time it may still be granted.
#[derive(Serialize)]
struct Extendable {
    case: String,
    called: String,
    most: String,
}

pub(super) async fn page(
    request: HttpRequest,
    pages: web::Data<Pages>,
    server: web::Data<Server>,
    unit: web::Path<String>,
    wanted: web::Query<Wanted>,
) -> HttpResponse {
    let unit = UnitId::new(unit.into_inner());
    let shown = shown(&request, (&pages, &server), unit, wanted.into_inner()).await;
    refused::settled(&pages, &request, shown).await
}

async fn shown(
    request: &HttpRequest,
    (pages, server): (&Pages, &Server),
    unit: UnitId,
    wanted: Wanted,
) -> Result<HttpResponse, Refused> {
    let stay = session::needed(request, server).await?;
    if !visibility::sees_unit(&stay, &unit, &server.rules.current().0) {
        return Err(Refused::Forbidden("只能查看本单位的延期名额。"));
    }
    let now = server.now();
    let read = server.read(move |store| {
        let rules = store.rules.current();
        let calendar = &rules.0.rules.calendar;
        let as_of = quota::counted_until(wanted.month.as_deref(), now, calendar);
        let as_of = as_of.ok_or(Refused::Unfit(WANTED))?;
        let quota = quota::up_to::<anyhow::Error>(store, &unit, as_of)?.ok_or(Refused::NotFound)?;
        let name = rules.0.rules.units.name_of(&unit).to_owned();
        let running = calendar.local(now.into()).format("%Y-%m").to_string();
        Ok::<_, Refused>(filled(quota, name, running, calendar))
    });
    let (shown, frame) = (read.await?, Frame::around("units", Some(&stay)));
    Ok(layout::page(pages, (StatusCode::OK, Keep::Private), "quota.html", &frame, shown))
}

fn filled(quota: QuotaShown, name: String, running: String, calendar: &Calendar) -> Shown {
    let line = |one: &AskedShown| Line {
        case: one.case.clone(),
        called: one.number.clone().unwrap_or_else(|| one.case.clone()),
        no: one.no,
        at: instant::minute(one.at, calendar),
        standing: quota::chinese(one.standing),
    };
    let extendable = |one: OpenShown| Extendable {
        called: one.number.unwrap_or_else(|| one.case.clone()),
        case: one.case,
        most: one.most.to_string(),
    };
    let is_running = quota.month == running;
    let months: BTreeSet<String> = quota.months.into_iter().chain([running]).collect();
    let other = |month: String| Other { is_here: month == quota.month, month };
    Shown {
        name,
        which: if is_running { "本月" } else { "当月" },
        is_kept: quota.is_kept,
        months: months.into_iter().rev().map(other).collect(),
        asked: quota.asked.iter().rev().take(ASKED_MAX).map(line).collect(),
        more: quota.asked.len().saturating_sub(ASKED_MAX),
        at: instant::minute(quota.as_of, calendar),
        unit: quota.unit,
        month: quota.month,
        n: quota.n,
        allowed: quota.allowed,
        used: quota.used,
        approved: quota.approved,
        over: quota.over,
        open: is_running.then(|| quota.open.into_iter().map(extendable).collect()),
    }
}

//! `GET /units/{unit}/quota`: a unit's quota of extensions of this month, for those who see its cases (延期名额, article 27).

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use duban_rules::book::calendar::Calendar;
use duban_rules::vocabulary::UnitId;
use serde::Serialize;

use super::Pages;
use super::layout::{self, Frame, Keep};
use super::refused::{self, Refused};
use super::{session, visibility};
use duban_api::operations::units::quota::{self, AskedShown, OpenShown, QuotaShown};
use duban_base::labels::instant;
use duban_server::server::Server;

/// Applications on the page, the latest ones.
const ASKED_MAX: usize = 100;

/// What the page is filled in with.
#[derive(Serialize)]
struct Shown {
    unit: String,
    name: String,
    month: String,
    n: u32,
    allowed: u32,
    used: u32,
    approved: u32,
    over: u32,
    asked: Vec<Line>,
    /// Earlier applications that are left out.
    more: usize,
    open: Vec<Extendable>,
    at: String,
}

/// An application.
#[derive(Serialize)]
struct Line {
    case: String,
    no: u16,
    at: String,
    standing: &'static str,
}

/// An open case, and how much more time it may still be granted.
#[derive(Serialize)]
struct Extendable {
    case: String,
    most: String,
}

pub(super) async fn page(
    request: HttpRequest,
    pages: web::Data<Pages>,
    server: web::Data<Server>,
    unit: web::Path<String>,
) -> HttpResponse {
    let unit = UnitId::new(unit.into_inner());
    let shown = shown(&request, &pages, &server, unit).await;
    refused::settled(&pages, &request, shown).await
}

async fn shown(
    request: &HttpRequest,
    pages: &Pages,
    server: &Server,
    unit: UnitId,
) -> Result<HttpResponse, Refused> {
    let stay = session::needed(request, server).await?;
    if !visibility::sees_unit(&stay, &unit, &server.rules.current().0) {
        return Err(Refused::Forbidden("只能查看本单位的延期名额。"));
    }
    let now = server.now();
    let read = server.read(move |store| {
        let rules = store.rules.current();
        let quota = quota::this_month(store, &unit, now)?.ok_or(Refused::NotFound)?;
        let name = rules.0.rules.units.name_of(&unit).to_owned();
        Ok::<_, Refused>(filled(quota, name, &rules.0.rules.calendar))
    });
    let (shown, frame) = (read.await?, Frame::around("units", Some(&stay)));
    Ok(layout::page(pages, (StatusCode::OK, Keep::Private), "quota.html", &frame, shown))
}

fn filled(quota: QuotaShown, name: String, calendar: &Calendar) -> Shown {
    let line = |one: &AskedShown| Line {
        case: one.case.clone(),
        no: one.no,
        at: instant::minute(one.at, calendar),
        standing: quota::chinese(one.standing),
    };
    let extendable = |one: OpenShown| Extendable { case: one.case, most: one.most.to_string() };
    Shown {
        name,
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
        open: quota.open.into_iter().map(extendable).collect(),
    }
}

//! `GET /tasks`: what a collector has to look at on site, the first due on top (articles 10 and 17).

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use duban_actors::case::listing;
use serde::Serialize;

use super::Pages;
use super::layout::{self, Frame, Keep};
use super::refused::{self, Refused};
use super::session;
use super::waiting::Listed;
use duban_base::labels::instant;
use duban_server::server::Server;

/// Tasks on the page.
const LISTED_MAX: usize = 50;

/// What the page is filled in with.
#[derive(Serialize)]
struct Shown {
    tasks: Listed,
    at: String,
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
    let collector = stay.askers().find_map(|asker| asker.collector);
    let collector = collector.ok_or(Refused::Forbidden("只有信息采集员有现场任务。"))?;
    let (now, frame) = (server.now(), Frame::around("tasks", Some(&stay)));
    let shown = server.read(move |store| {
        let rules = store.rules.current();
        let list = listing::on_site_of(&collector);
        let tasks = Listed::of(&store.journal, &list, LISTED_MAX, (now, &rules.0))?;
        Ok::<_, Refused>(Shown { tasks, at: instant::minute(now, &rules.0.rules.calendar) })
    });
    let shown = shown.await?;
    Ok(layout::page(pages, (StatusCode::OK, Keep::Private), "tasks.html", &frame, shown))
}

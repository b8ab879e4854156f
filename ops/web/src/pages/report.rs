//! `GET /report`: the form by which a collector reports, and desk and duty chief register what came in (articles 13 and 14).

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;

use super::Pages;
use super::layout::{self, Frame, Keep};
use super::refused::{self, Refused};
use super::sent::{After, Forms};
use super::session;
use duban_api::forms::{self, At};
use duban_base::asking::Asker;
use duban_server::server::Server;

/// What the page is filled in with.
#[derive(Serialize)]
struct Shown {
    acts: Forms,
}

pub(super) async fn page(
    request: HttpRequest,
    pages: web::Data<Pages>,
    server: web::Data<Server>,
) -> HttpResponse {
    let shown = shown(&request, &pages, &server, After::Nothing).await;
    refused::settled(&pages, &request, shown).await
}

/// The page, after what became of its form.
pub(super) async fn shown(
    request: &HttpRequest,
    pages: &Pages,
    server: &Server,
    after: After,
) -> Result<HttpResponse, Refused> {
    let stay = session::needed(request, server).await?;
    let (now, status, frame) = (server.now(), after.status(), Frame::around("report", Some(&stay)));
    let shown = server.read(move |store| {
        let askers: Vec<Asker> = stay.askers().collect();
        let rules = store.rules.current();
        let at = At { journal: &store.journal, cx: &rules.0, now };
        let form = forms::of_report(&askers, at)?;
        let form = form.ok_or(Refused::Forbidden("上报由信息采集员和监督中心登记。"))?;
        let acts = Forms::shown(("/report".to_owned(), ""), vec![form], after)?;
        Ok::<_, Refused>(Shown { acts })
    });
    let shown = shown.await?;
    Ok(layout::page(pages, (status, Keep::Private), "report.html", &frame, shown))
}

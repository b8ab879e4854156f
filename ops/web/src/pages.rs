//! Pages for people: the dashboard at `/` for everybody, and behind the login what units and the centre look at daily
//! (article 7).
//!
//! One file per page; how pages look is in `ops/web/templates` and `ops/web/static`, and nothing is fetched from elsewhere.
//! Every page is whole without JavaScript. What somebody may do now stands as forms on the page of what it is done to, made
//! from the list of operations; to do anything else, people use the API or the command line.

mod applications;
mod assets;
mod case;
mod clock;
mod deferrals;
mod desk;
mod disputes;
mod form;
mod front;
mod interrupted;
mod layout;
mod leader;
mod live;
mod login;
mod meeting;
mod outbox;
mod overview;
mod parts;
mod password;
mod quota;
mod refused;
mod report;
mod sent;
mod session;
mod tasks;
mod unit;
mod units;
mod visibility;
mod waiting;

use std::future::{Ready, ready};
use std::sync::{Arc, Weak};

use actix_web::middleware::from_fn;
use actix_web::web;
use actix_web::{HttpRequest, HttpResponse};
use anyhow::{Context, Result};
use duban_runtime::loops::Kept;
use futures_util::FutureExt as _;
use minijinja::Environment;
use tokio::sync::watch;

use crate::dashboard::{Dashboard, Figures};
use duban_base::labels;
use duban_base::registry::Rules;
use duban_messages::courier::channels::Channels;
use duban_server::server::Server;

use duban_api::http::seats::Seats;
use duban_api::http::{Beside, rate_limit};

use assets::Assets;
use live::VIEWERS_OF_ONE_MAX;
use parts::Parts;

pub use live::VIEWERS_MAX;

/// What all pages share.
pub struct Pages {
    templates: Environment<'static>,
    assets: Assets,
    /// The moving parts of the front page.
    parts: watch::Receiver<Arc<Parts>>,
    /// The figures of each unit.
    figures: watch::Receiver<Arc<Figures>>,
    /// Room for those who watch them.
    room: Seats,
    /// Whether letters leave, and by whose clock it is said since when they do not.
    channels: Arc<Channels>,
    rules: Rules,
    /// Not held: whoever stops it waits until nobody has it.
    server: Weak<Server>,
}

impl Pages {
    /// Pages that show `dashboard`, and whoever makes what moves on the front page: on the caller's actix system, once for
    /// everybody.
    ///
    /// # Errors
    /// When a template, which is part of the program, cannot be read.
    pub fn of(server: &Arc<Server>, dashboard: &Dashboard) -> Result<(Pages, Kept)> {
        let assets = Assets::load();
        let templates = layout::templates(&assets).context("网页模板无法读取")?;
        let (parts, front) = parts::follow(server, dashboard.figures())?;
        let (figures, room) = (dashboard.figures(), Seats::new(VIEWERS_MAX, VIEWERS_OF_ONE_MAX));
        let (channels, rules) = (Arc::clone(&server.channels), Arc::clone(&server.rules));
        let server = Arc::downgrade(server);
        Ok((Pages { templates, assets, parts, figures, room, channels, rules, server }, front))
    }

    /// What stands above every page while this machine may lack what others know.
    fn cut_off(&self) -> Option<String> {
        let since = self.server.upgrade()?.as_of()?;
        Some(labels::node::cut_off(since, &self.rules.current().0.rules.calendar))
    }

    /// What stands above every page while nothing is sent.
    fn silence(&self) -> Option<String> {
        let mark = self.channels.muted().mark()?;
        Some(labels::muted::banner(&mark, &self.rules.current().0.rules.calendar))
    }
}

/// Opens the pages of `server` and counts what they show, to be served beside the API.
///
/// # Errors
/// When a template, which is part of the program, cannot be read.
pub fn open(server: &Arc<Server>) -> Result<Beside> {
    let dashboard = Dashboard::open(server);
    let (pages, front) = Pages::of(server, &dashboard)?;
    let pages = web::Data::new(pages);
    let served = move |app: &mut web::ServiceConfig| {
        let scope = web::scope("").wrap(from_fn(rate_limit::few_enough)).configure(routes);
        let scope = scope.default_service(web::to(refused::no_such_page));
        app.app_data(pages.clone()).service(scope);
    };
    let close = async move || {
        // Whoever watches it would be waited for otherwise.
        front.close().await;
        dashboard.close().await;
    };
    Ok(Beside { routes: Arc::new(served), close: Box::new(move || close().boxed_local()) })
}

fn routes(app: &mut web::ServiceConfig) {
    app.route("/", web::get().to(front::page))
        .route("/live", web::get().to(live::stream))
        .route("/static/{name}", web::get().to(assets::file))
        .service(
            web::resource("/login")
                .app_data(web::FormConfig::default().limit(login::BYTES_MAX))
                .route(web::get().to(login::form))
                .route(web::post().to(login::enter)),
        )
        .route("/logout", web::post().to(login::leave))
        .service(
            web::resource("/password")
                .app_data(web::FormConfig::default().limit(login::BYTES_MAX))
                .route(web::get().to(password::form))
                .route(web::post().to(password::change)),
        )
        .route("/everywhere", web::post().to(password::leave_everywhere))
        .route("/desk", web::get().to(desk::page))
        .route("/leader", web::get().to(leader::page))
        .route(
            "/leader/{case}/{form}",
            web::get().to(|request: HttpRequest| back(&request, "/leader")),
        )
        .route("/leader/{case}/{form}", web::post().to(sent::of_leader))
        .route("/report", web::get().to(report::page))
        .route("/report/report", web::get().to(|request: HttpRequest| back(&request, "/report")))
        .route("/report/report", web::post().to(sent::of_report))
        .route("/tasks", web::get().to(tasks::page))
        .route("/applications", web::get().to(applications::page))
        .route("/deferrals", web::get().to(deferrals::page))
        .route("/disputes", web::get().to(disputes::page))
        .route("/meetings/{no}", web::get().to(meeting::page))
        .route("/meetings/{no}/{form}", web::get().to(sent::look_at_meeting))
        .route("/meetings/{no}/{form}", web::post().to(sent::of_meeting))
        .route("/units", web::get().to(units::page))
        .route("/units/{unit}", web::get().to(unit::page))
        .route("/units/{unit}/quota", web::get().to(quota::page))
        .route("/cases/{case}", web::get().to(case::page))
        .route("/cases/{case}/photos/{photo}", web::get().to(case::photo))
        .route("/cases/{case}/{form}", web::get().to(sent::look))
        .route("/cases/{case}/{form}", web::post().to(sent::of_case))
        .route("/desk/{desk}/{form}", web::get().to(|request: HttpRequest| back(&request, "/desk")))
        .route("/desk/{desk}/{form}", web::post().to(sent::of_desk))
        .route("/outbox", web::get().to(outbox::page))
        .route("/clock", web::post().to(clock::trust));
}

/// Whoever looks at where a form is sent is led to the page it stands on.
fn back(request: &HttpRequest, page: &'static str) -> Ready<HttpResponse> {
    ready(sent::led(request, (page, "")))
}

//! `GET /outbox`: the alarms that are up, ways that are closed and messages that were given up; to look at, for the
//! operator. `duban outbox retry` tries again.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use duban_rules::book::calendar::Calendar;
use duban_rules::vocabulary::TemplateName;
use duban_runtime::clock::trusted::ClockSeen;
use duban_runtime::outbox::{MessageId, Row};
use serde::Serialize;

use super::Pages;
use super::layout::{self, Frame, Keep};
use super::refused::{self, Refused};
use super::session;
use crate::dashboard::Health;
use duban_base::dead_letters;
use duban_base::labels::outbox::{standing, state_word};
use duban_base::labels::{clock, instant};
use duban_base::store::Store;
use duban_server::health::alarm::Alarm;
use duban_server::server::Server;

/// Dead letters that are listed at most.
const LETTERS_MAX: usize = 200;

/// What the page is filled in with.
#[derive(Serialize)]
struct Shown {
    health: Health,
    alarms: Vec<Up>,
    /// How the clock stands, while it is in doubt.
    clock: Option<String>,
    letters: Vec<Letter>,
    more: bool,
}

/// An alarm that is up.
#[derive(Serialize)]
struct Up {
    text: String,
    since: String,
}

/// A dead letter.
#[derive(Serialize)]
struct Letter {
    id: String,
    title: String,
    state: String,
    to: Vec<String>,
    attempts: u32,
    reason: String,
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
    if !stay.operates() {
        return Err(Refused::Forbidden("只有系统管理员可以查看未送达的消息。"));
    }
    let (letters, more) = server.read(read).await?;
    let rules = server.rules.current();
    let up = |alarm: Alarm| {
        let since = instant::minute(alarm.since, &rules.0.rules.calendar);
        Up { text: alarm.text, since }
    };
    let alarms = server.alarms().into_iter().map(up).collect();
    let health = pages.figures.borrow().health.clone();
    let seen = server.node.clock_seen();
    let clock = clock::is_in_doubt(&seen).then(|| clock_words(&seen, &rules.0.rules.calendar));
    let shown = Shown { health, alarms, clock, letters, more };
    let frame = Frame::around("outbox", Some(&stay));
    Ok(layout::page(pages, (StatusCode::OK, Keep::Private), "letters.html", &frame, shown))
}

fn clock_words(seen: &ClockSeen, calendar: &Calendar) -> String {
    let at = |instant| instant::second(instant, calendar);
    format!("系统时间 {},采信时间 {}。", at(seen.wall), at(seen.believed))
}

fn read(store: &Store) -> anyhow::Result<(Vec<Letter>, bool)> {
    let mut found = dead_letters::letters(&store.journal, LETTERS_MAX + 1)?;
    let more = found.len() > LETTERS_MAX;
    found.truncate(LETTERS_MAX);
    Ok((found.iter().map(|(id, row)| letter(store, id, row)).collect(), more))
}

fn letter(store: &Store, id: &MessageId, row: &Row) -> Letter {
    let rules = store.rules.current();
    let template = TemplateName::new(&row.message.template);
    let title = rules.0.rules.notices.get(&template).map(|notice| notice.title.clone());
    let (state, addresses, reason) = standing(row);
    Letter {
        id: id.to_string(),
        title: title.unwrap_or_else(|| row.message.template.to_string()),
        state: state_word(state).to_owned(),
        to: addresses.iter().map(|to| format!("{} {}", to.name, to.address)).collect(),
        attempts: row.attempts,
        reason: reason.unwrap_or_default().to_owned(),
    }
}

//! `GET /cases/{case}`: how a case stands, what whoever looks may do with it now, why it is due when it is, what was done and
//! what will be (articles 11, 12).

mod account;
mod helping;
mod photo;

use actix_web::{HttpRequest, HttpResponse, web};
use compact_str::CompactString;
use duban_actors::case::supervision::{Order, OrderStanding};
use duban_actors::case::{Case, CaseId, KIND};
use duban_actors::context::Context;
use duban_actors::role::Role;
use duban_actors::unit::views;
use duban_rules::vocabulary::UnitId;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::EntityId;
use duban_runtime::journal::Failure;
use duban_runtime::record::Record;
use serde::Serialize;

use super::Pages;
use super::layout::{self, Frame, Keep};
use super::refused::{self, Refused};
use super::sent::{After, Forms, Told as Sent};
use super::session::{self, Stay};
use super::visibility;
use duban_api::forms::filled;
use duban_api::forms::{self, At};
use duban_api::http::api::files::papers;
use duban_base::asking::Asker;
use duban_base::labels::account::due_words;
use duban_base::labels::case::{level_word, light, stage_due, stage_word};
use duban_base::labels::events::order_word;
use duban_base::labels::history::{Papers, Told, facts, told};
use duban_base::labels::instant;
use duban_base::names::Names;
use duban_base::store::Store;
use duban_server::server::Server;

pub(super) use photo::photo;

/// Records of a history on the page, the latest ones; more are read by the command line.
const RECORDS_MAX: usize = 500;

/// What the page is filled in with.
#[derive(Serialize)]
struct Shown {
    id: String,
    called: String,
    matter: String,
    stage: String,
    light: &'static str,
    light_word: &'static str,
    level: u8,
    level_word: &'static str,
    unit: Option<Unit>,
    quarantine: Option<String>,
    acts: Forms,
    facts: Vec<(&'static str, String)>,
    orders: Vec<OrderLine>,
    account: account::Account,
    photos: Vec<photo::File>,
    /// Signed forms, scans and attachments that whoever looks may see.
    papers: Vec<photo::File>,
    history: Vec<Entry>,
    /// Earlier records that are left out.
    left_out: usize,
    at: String,
}

#[derive(Serialize)]
struct Unit {
    id: String,
    name: String,
}

/// A supervision order.
#[derive(Serialize)]
struct OrderLine {
    no: u16,
    kind: &'static str,
    level: &'static str,
    standing: &'static str,
    when: String,
}

/// A record of the history.
#[derive(Serialize)]
struct Entry {
    no: u64,
    at: String,
    by: String,
    role: String,
    what: Vec<String>,
}

pub(super) async fn page(
    request: HttpRequest,
    pages: web::Data<Pages>,
    server: web::Data<Server>,
    case: web::Path<String>,
    sent: web::Query<Sent>,
) -> HttpResponse {
    let after = sent.after(filled::of_case);
    let shown = shown(&request, &pages, &server, &case, after).await;
    refused::settled(&pages, &request, shown).await
}

/// The page of a case, after what became of a form on it.
pub(super) async fn shown(
    request: &HttpRequest,
    pages: &Pages,
    server: &Server,
    case: &str,
    after: After,
) -> Result<HttpResponse, Refused> {
    let stay = session::needed(request, server).await?;
    let id = EntityId::new(KIND, case);
    let (frame, now, status) = (Frame::around("units", Some(&stay)), server.now(), after.status());
    let askers: Vec<Asker> = stay.askers().collect();
    let read_by = askers.clone();
    let shown = server.read(move |store| {
        let case = match visibility::case(&stay, store, &id) {
            Ok(case) => case,
            // A unit that helps sees its part.
            Err(Refused::NotFound) => {
                let unsent = after.unsent().cloned();
                return match helping::read(store, &read_by, (&id, now), after) {
                    Ok(part) => Ok(Seen::Part(Box::new(part))),
                    Err(Refused::NotFound) => Err(match unsent {
                        None => Refused::NotFound,
                        Some(unsent) if visibility::saw(&stay, store, &id)? => {
                            Refused::Moved(unsent)
                        }
                        Some(unsent) => Refused::NothingFor(unsent),
                    }),
                    Err(refused) => Err(refused),
                };
            }
            Err(refused) => return Err(refused),
        };
        let acts = acts(store, &case, &read_by, (now, after))?;
        let shown = read(store, (&id, &case), (&stay, acts), now)?;
        Ok(Seen::Whole(Box::new(shown), case.state.unit().cloned(), case.id))
    });
    match shown.await? {
        Seen::Part(helping) => Ok(helping.shown(pages, (&frame, status))),
        Seen::Whole(shown, unit, case) => {
            for (asker, unit) in askers.iter().zip(unit.iter().cycle()) {
                server.looked(asker, unit, views::Seen::Case(CaseId(case.clone())));
            }
            Ok(layout::page(pages, (status, Keep::Private), "case.html", &frame, shown))
        }
    }
}

/// What somebody sees of a case.
enum Seen {
    Whole(Box<Shown>, Option<UnitId>, CompactString),
    Part(Box<helping::Helping>),
}

/// What `askers` may do with the case now.
fn acts(
    store: &Store,
    case: &Case,
    askers: &[Asker],
    (now, after): (Timestamp, After),
) -> anyhow::Result<Forms> {
    let rules = store.rules.current();
    let at = At { journal: &store.journal, cx: &rules.0, now };
    let forms = forms::of_case(case, askers, at)?;
    Forms::shown((format!("/cases/{}", layout::in_address(&case.id)), ""), forms, after)
}

fn read(
    store: &Store,
    (id, case): (&EntityId, &Case),
    (stay, acts): (&Stay, Forms),
    now: Timestamp,
) -> anyhow::Result<Shown> {
    let records = store.journal.history(id)?;
    let rules = store.rules.current();
    let cx = &rules.0;
    let (life, filing) = (&case.state, case.state.filing());
    let held = filing.zip(life.assignment());
    let level = held.map_or(0, |(filing, assignment)| assignment.level(&filing.ladder));
    let light = light(case, stage_due(case), now);
    let orders = filing.map(|filing| &*filing.orders).unwrap_or_default();
    let left_out = records.len().saturating_sub(RECORDS_MAX);
    let names = Names::of(&store.journal);
    let askers: Vec<Asker> = stay.askers().collect();
    let history = records.iter().skip(left_out).rev();
    let history = history.map(|record| entry(record, papers(record, &askers, cx), &names, cx));
    let history = history.collect::<Result<_, _>>()?;
    let (photos, papers) = photo::of(&records, stay, cx);
    Ok(Shown {
        id: case.id.to_string(),
        called: filing.map_or(case.id.as_str(), |filing| filing.called(&case.id)).to_owned(),
        matter: duban_base::labels::row::Row::of(case, now, cx).matter,
        stage: stage_word(life.name()).to_owned(),
        light: light.as_str(),
        light_word: light.chinese(),
        level,
        level_word: level_word(level),
        unit: life
            .unit()
            .map(|id| Unit { id: id.to_string(), name: cx.rules.units.name_of(id).to_owned() }),
        quarantine: store.journal.quarantine(id)?.map(|reason| reason.to_string()),
        acts,
        facts: facts(case, cx, now),
        orders: orders.iter().map(|order| order_line(order, now, cx)).collect(),
        account: account::of(case, now, store),
        photos,
        papers,
        history,
        left_out,
        at: instant::minute(now, &cx.rules.calendar),
    })
}

fn order_line(order: &Order, now: Timestamp, cx: &Context) -> OrderLine {
    let calendar = &cx.rules.calendar;
    let (standing, when) = match &order.standing {
        OrderStanding::Open(clock) => ("待答复", due_words(clock.due, now, calendar)),
        OrderStanding::Answered(at) => ("已答复", instant::minute(*at, calendar)),
        OrderStanding::Settled(at) => ("已了结", instant::minute(*at, calendar)),
    };
    let (kind, level) = (order_word(order.kind), level_word(order.level));
    OrderLine { no: order.no, kind, level, standing, when }
}

fn entry(
    record: &Record,
    papers: Papers,
    names: &Names<'_>,
    cx: &Context,
) -> Result<Entry, Failure> {
    let Told { by, role, what } = told(record, papers, names, cx)?;
    let at = instant::second(record.asked.at, &cx.rules.calendar);
    // Nobody in particular: the role says it.
    let by = match record.asked.role.parse() {
        Ok(Role::Timer | Role::Entity) => String::new(),
        _ => by,
    };
    Ok(Entry { no: record.sequence, at, by, role, what })
}

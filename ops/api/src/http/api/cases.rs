//! Cases: registering one, and lists of them, the soonest due first.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, LOCATION};
use actix_web::web::{Data, Query};
use compact_str::CompactString;
use duban_actors::case::command::NewReport;
use duban_actors::case::event::Event;
use duban_actors::case::files::Use;
use duban_actors::case::{Case, CaseId, Command, KIND, Reporter, listing};
use duban_rules::vocabulary::{self, UnitId};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{EntityId, List};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::located;
use super::asker::{InRole, not_permitted};
use super::body::{Body, BodyText};
use super::changed::{self, Changed, path};
use super::files;
use super::page::{Paging, cursor, unfit};
use super::permission;
use super::preconditions::{Terms, used_before};
use super::refused;
use super::text::Key;
use super::visibility::sees_unit;
use crate::http::problem::Problem;
use crate::operations::cases::report::ReportBody;
use crate::operations::exposed::{Backend, Request};
use duban_access::seals::{self, Field, Seals};
use duban_base::aside::{self, Undone};
use duban_base::asking::Asker;
use duban_base::asking::{self, Done};
use duban_base::known;
use duban_base::labels::case::{OPEN, stage as stage_of, stands_at};
use duban_base::labels::row::Row;
use duban_base::store::Store;
use duban_messages::courier::outcome::chain;
use duban_runtime::seldom::Seldom;
use duban_server::server::Server;

/// "a report cannot be sealed".
static NOT_SEALED: Seldom = Seldom::new();

/// The record that registers a case.
const FIRST: u64 = 1;

/// Cases of a unit that are looked through for those at one stage, for one page; a page may therefore be short, and
/// yet be followed by another.
const LOOKED_THROUGH_MAX: usize = 1_000;

/// Registers a report.
pub(crate) async fn register(
    server: Data<Server>,
    asker: InRole,
    terms: Terms,
    body: Body<ReportBody>,
) -> Result<HttpResponse, Problem> {
    let Body(body, said) = body;
    registered(&server, (&asker, &terms), (body, said.but_for("reporter"))).await
}

/// Registers a report, and says what became of it.
///
/// # Errors
/// Why it is not registered.
pub(crate) async fn registered(
    server: &Data<Server>,
    (asker, terms): (&Asker, &Terms),
    (body, said): (ReportBody, BodyText),
) -> Result<HttpResponse, Problem> {
    let report = body.report(asker.collector.as_ref())?;
    let id = CaseId::from_intake(&report.source, &report.external_id).entity();
    let held = terms.hold(server, asker, &said)?;
    // Of a case that is there the first record tells whether it was this report, whoever has forgotten it.
    let (at, terms) = (Backend::of(server), asking::Terms { looked: None, ..held.terms(None) });
    let request = Request { asker, key: &id.key, terms: &terms };
    let prepared = prepared(&at, &request, report.clone()).await;
    let asking = held.asking();
    let (answer, outcome) = match prepared {
        Ok(command) => {
            let terms = terms.clone();
            let outcome = asking::ask::<Case>(at.node, asker, terms, &id.key, command).await;
            (outcome.clone().map_err(Problem::from), Some(outcome))
        }
        Err(problem) => (Err(problem), None),
    };
    let done = settled(&at, &id, report, answer).await;
    match (&done, &outcome) {
        // Its key stands for this report from now on, whoever sent it first.
        (Ok(_), _) => asking.keep(),
        (Err(_), Some(outcome)) => asking.settle(outcome),
        (Err(_), None) => asking.let_go(),
    }
    let done = done?;
    if done.is_again() {
        let mut told = changed::told(&at, asker, &done).await?;
        // Whoever did not hear the first answer finds the case by this one.
        if let Ok(path) = HeaderValue::from_str(&path(&id.key)) {
            told.headers_mut().insert(LOCATION, path);
        }
        return Ok(told);
    }
    Ok(Changed::of(&done.state()?, &done).answer(StatusCode::CREATED))
}

/// What became of a report, by what the case answered: whoever sends the same once more is told so, and whoever sends
/// another one under its number what it is called.
pub(crate) async fn settled(
    at: &Backend<'_>,
    id: &EntityId,
    report: NewReport,
    answer: Result<Done<Case>, Problem>,
) -> Result<Done<Case>, Problem> {
    match answer {
        Ok(done) if done.is_again() => match once_more(at, id, report).await? {
            Known::Same => Ok(done),
            Known::Other => Err(used_before()),
        },
        Err(problem) if problem.code == "already-registered" => {
            match once_more(at, id, report).await? {
                Known::Same => {
                    let case = id.clone();
                    let read = move |store: &Store| Ok::<_, Problem>(store.journal.entity(&case)?);
                    let state = at.read(read).await?.ok_or_else(Problem::not_found)?.state;
                    Ok(Done::before(id.clone(), FIRST, state))
                }
                Known::Other => {
                    let which = format!("{},案件号 {}", problem.detail, id.key);
                    Err(located(problem.detail(which), &path(&id.key)))
                }
            }
        }
        answer => answer,
    }
}

/// The command of a report, once it is known that the case would take it: only then is anything kept for it.
pub(crate) async fn prepared(
    at: &Backend<'_>,
    request: &Request<'_>,
    mut report: NewReport,
) -> Result<Command, Problem> {
    let at_hand = files::at_hand(at, request.asker, (Use::Photo, &report.photos));
    // Where nothing is looked for or kept before, the case itself refuses what it would not take.
    if !at_hand || report.reporter.is_some() || report.collector.is_some() {
        let command = Command::Register(Box::new(report.clone()));
        permission::would_take(at, request, &command).await?;
    }
    some_collector(at, &report).await?;
    report.clock_ahead_s = at.node.clock_jump().map(|ahead| ahead.as_secs());
    if !at_hand {
        files::all_kept(at, request, (Use::Photo, &report.photos)).await?;
    }
    if let Some(reporter) = report.reporter.take() {
        let case = CaseId::from_intake(&report.source, &report.external_id);
        report.reporter = Some(sealed(at.seals(), case, reporter).await?);
    }
    Ok(Command::Register(Box::new(report)))
}

/// What a reporter says of themselves, as the ledger may know it. The key is safe on disk first.
async fn sealed(seals: Seals, case: CaseId, reporter: Reporter) -> Result<Reporter, Problem> {
    let sealed = aside::done(move || seals.sealed(&case, &reporter)).await;
    match sealed {
        Ok(Ok(sealed)) => Ok(sealed),
        Ok(Err(failure)) => {
            if let Some(n_left_out) = NOT_SEALED.turn() {
                tracing::error!(failure = %chain(&failure), n_left_out, "a report cannot be sealed");
            }
            Err(Problem::unavailable("unsealed"))
        }
        Err(Undone) => Err(Problem::unavailable("unsealed")),
    }
}

/// What is known of a report that was registered before.
enum Known {
    Same,
    /// It was another under the same number.
    Other,
}

/// The same report once more is no mistake; another one under the same number is.
async fn once_more(at: &Backend<'_>, id: &EntityId, report: NewReport) -> Result<Known, Problem> {
    let (seals, id) = (at.seals(), id.clone());
    let found = at.read(move |store| {
        let history = store.journal.history(&id)?;
        let is_same = history.first().is_some_and(|first| says(&seals, &first.events, &report));
        Ok::<_, Problem>(if is_same { Known::Same } else { Known::Other })
    });
    found.await
}

fn says(seals: &Seals, events: &str, report: &NewReport) -> bool {
    let case = CaseId::from_intake(&report.source, &report.external_id);
    // Sealed twice, the same words look different.
    let read = |reporter: &Option<Reporter>| {
        let reporter = reporter.as_ref()?;
        let read = |field, text: &str| seals.read(&case, field, text).ok();
        let (name, phone) =
            (read(Field::Name, &reporter.name), read(Field::Phone, &reporter.phone));
        Some((name, phone, reporter.reply))
    };
    // Whoever was erased is compared with nobody.
    let is_erased = matches!(seals.standing(&case), Ok(seals::Key::Erased));
    let events: Vec<Event> = serde_json::from_str(events).unwrap_or_default();
    events.iter().any(|event| {
        matches!(event, Event::Registered(known) if known.channel == report.channel
                && known.text == report.text
                && known.address == report.address
                && known.location.as_ref().map(|found| found.place) == report.place.map(vocabulary::Place::rounded)
                && (is_erased || read(&known.reporter) == read(&report.reporter))
                && known.photos == report.photos
                && known.collector == report.collector)
    })
}

/// Which cases.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// 环节,如 handling;applied 为有申请待审核的,call 为待打电话的,help 为待协办的(单位的则为由它协办的,只写它的部分);不写则为全部未结案件
    stage: Option<String>,
    /// 单位
    unit: Option<Key>,
    /// 列已结的案件(与 unit 同用)
    #[param(required = false)]
    closed: Option<bool>,
    /// 只列已停用的单位手中的未结案件,须改派;不与其他条件同用
    #[param(required = false)]
    closed_units: Option<bool>,
    /// 上一页给出的 next;不写则为第一页
    #[param(max_length = 200, required = false)]
    cursor: Option<String>,
    /// 每页行数
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<usize>,
}

/// A page of cases.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CasePage {
    /// 案件,最先到期的在前
    #[schema(inline = false)]
    cases: Vec<Row>,
    /// 下一页的 cursor;没有下一页则为 null
    next: Option<String>,
}

/// Lists cases.
///
/// # Errors
/// What cannot be listed so, or not for this asker.
pub(crate) async fn list(
    server: Data<Server>,
    asker: InRole,
    which: Query<Which>,
) -> Result<HttpResponse, Problem> {
    let Which { stage, unit, closed, closed_units, cursor, limit } = which.into_inner();
    let unit = unit.map(|unit| UnitId::new(unit.as_str()));
    let paging = Paging { cursor, limit };
    let lists = if closed_units != Some(true) {
        Lists::of(&server, &asker, (stage.as_deref(), unit), closed).await?
    } else if stage.is_none() && unit.is_none() && closed != Some(true) {
        Lists::with_closed_units(&server, &asker)?
    } else {
        return Err(unfit("closed_units").detail("closed_units 不与 stage、unit、closed 同用"));
    };
    page(server, lists, paging).await
}

/// From which lists a page is made.
#[derive(Clone, Debug)]
pub(super) enum Lists {
    One(List),
    /// Of one, and only those at a stage.
    At(List, &'static str),
    /// Of several, merged.
    Several(Vec<List>),
    /// Those with a task on site.
    Tasks(List),
    /// Those with which this unit is to help, of which its part alone is shown.
    Help(UnitId),
}

impl Lists {
    async fn of(
        server: &Server,
        asker: &Asker,
        (stage, unit): (Option<&str>, Option<UnitId>),
        closed: Option<bool>,
    ) -> Result<Lists, Problem> {
        let stage = stage.map(|word| stage_of(word).map_err(|words| unfit("stage").detail(words)));
        let stage = stage.transpose()?;
        if let Some(collector) = asker.collector.as_ref() {
            let (None, None | Some(false)) = (&unit, closed) else { return Err(not_permitted()) };
            let list = listing::on_site_of(collector);
            return Ok(stage.map_or(Lists::Tasks(list.clone()), |stage| Lists::At(list, stage)));
        }
        if let Some(named) = &unit {
            some_unit(server, asker, named).await?;
        }
        match unit.or_else(|| asker.unit.clone()) {
            Some(unit) => Lists::of_unit(server, asker, &unit, (stage, closed)),
            None if closed == Some(true) => {
                Err(unfit("closed").detail("已结的案件按单位列出,须同时写 unit"))
            }
            None => Ok(match stage {
                Some(stage) => Lists::One(listing::at_stage(stage)),
                None => Lists::Several(OPEN.map(listing::at_stage).to_vec()),
            }),
        }
    }

    /// Those with units that take no cases any more, for whoever may dispatch them to others.
    fn with_closed_units(server: &Server, asker: &Asker) -> Result<Lists, Problem> {
        if !asker.sees_all() {
            return Err(not_permitted());
        }
        let units = server.rules.current().0.closed_units();
        Ok(Lists::Several(units.iter().map(listing::open_of).collect()))
    }

    /// Those of a unit.
    ///
    /// # Errors
    /// 404 for a unit whose cases `asker` does not see.
    pub(super) fn of_unit(
        server: &Server,
        asker: &Asker,
        unit: &UnitId,
        (stage, closed): (Option<&'static str>, Option<bool>),
    ) -> Result<Lists, Problem> {
        if !sees_unit(asker, unit, &server.rules.current().0) {
            return Err(Problem::not_found());
        }
        Ok(match (closed, stage) {
            (Some(true), Some(_)) => {
                return Err(unfit("stage").detail("已结的案件不再分环节"));
            }
            (Some(true), None) => Lists::One(listing::closed_of(unit)),
            (Some(false) | None, Some(listing::HELP_NAME)) => Lists::Help(unit.clone()),
            (Some(false) | None, Some(stage)) => Lists::At(listing::open_of(unit), stage),
            (Some(false) | None, None) => Lists::One(listing::open_of(unit)),
        })
    }
}

/// A report names a collector whom somebody knows.
async fn some_collector(at: &Backend<'_>, report: &NewReport) -> Result<(), Problem> {
    let Some(id) = &report.collector else { return Ok(()) };
    let named = id.clone();
    let is_known = at.read(move |store| {
        Ok::<_, Problem>(known::collector(&store.journal, &store.rules.current().0.rules, &named)?)
    });
    if is_known.await? {
        return Ok(());
    }
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Err(Problem::new(status, "unknown-collector", "没有这个采集员")
        .detail(format!("没有采集员 {id}(办法第十条)")))
}

/// Whoever sees every unit is told when there is none of this name; to others it is not there anyhow.
async fn some_unit(server: &Server, asker: &Asker, unit: &UnitId) -> Result<(), Problem> {
    if !asker.sees_all() {
        return Ok(());
    }
    let named = unit.clone();
    let is_known = server.read(move |store| {
        Ok::<_, Problem>(known::unit(&store.journal, &store.rules.current().0.rules, &named)?)
    });
    if is_known.await? {
        return Ok(());
    }
    let refusal = serde_json::json!({ "UnknownUnit": { "unit": unit } });
    Err(refused::problem("unknown-unit", &refusal.to_string()))
}

/// A page of these lists.
pub(super) async fn page(
    server: Data<Server>,
    lists: Lists,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    let now = server.now();
    let page = server.read(move |store| read(store, now, &lists, &paging)).await?;
    Ok(HttpResponse::Ok().json(page))
}

type Place = (CompactString, EntityId);

fn read(
    store: &Store,
    now: Timestamp,
    lists: &Lists,
    paging: &Paging,
) -> Result<CasePage, Problem> {
    let (limit, after) = (paging.limit()?, paging.place(KIND)?);
    let rules = store.rules.current();
    let wanted = match lists {
        Lists::At(..) => LOOKED_THROUGH_MAX,
        Lists::One(_) | Lists::Tasks(_) | Lists::Several(_) | Lists::Help(_) => limit + 1,
    };
    let mut places: Vec<Place> = Vec::new();
    match lists {
        Lists::One(list) | Lists::Tasks(list) | Lists::At(list, _) => {
            places.extend(store.journal.list(list, after, wanted)?);
        }
        Lists::Help(unit) => {
            places.extend(store.journal.list(&listing::help_of(unit), after, wanted)?);
        }
        Lists::Several(lists) => {
            for list in lists {
                places.extend(store.journal.list(list, after.clone(), wanted)?);
            }
            // Each list is in order, so the first of all are among the first of each.
            places.sort_unstable();
            places.truncate(wanted);
        }
    }
    let full = places.len() >= wanted;
    let (mut cases, mut last) = (Vec::with_capacity(limit), None);
    for (n, place) in places.iter().enumerate() {
        if cases.len() == limit {
            return Ok(CasePage { cases, next: last.map(cursor) });
        }
        last = Some(place);
        let Some(stored) = store.journal.entity(&place.1)? else { continue };
        let case = store.case(&place.1, &stored).map_err(|error| {
            tracing::error!(%error, n, "a case of a list cannot be read");
            Problem::unavailable("unreadable")
        })?;
        match lists {
            Lists::At(_, stage) if !stands_at(&case, stage) => {}
            Lists::Help(unit) => cases.extend(Row::of_help(&case, unit, now, &rules.0)),
            Lists::Tasks(_) => cases.push(Row::of_task(&case, now, &rules.0)),
            Lists::One(_) | Lists::At(..) | Lists::Several(_) => {
                cases.push(Row::of(&case, now, &rules.0));
            }
        }
    }
    Ok(CasePage { cases, next: last.filter(|_| full).map(cursor) })
}

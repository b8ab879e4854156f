//! `GET /desk`: what waits for whoever keeps a desk of the centre, who is on shift, and whom to call; with forms to take a
//! shift over, hand it over and note (articles 3, 7 and 12).

mod acts;
mod on_shift;
mod orders;

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
use super::sent::{After, ToldOf};
use super::session;
use super::waiting::{self, Listed, Place};
use duban_api::forms::filled;
use duban_base::asking::Asker;
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
    acts: Vec<acts::Acts>,
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
    sent: web::Query<ToldOf>,
) -> HttpResponse {
    let after = sent.into_inner().after(filled::of_shift);
    let shown = shown(&request, &pages, &server, after).await;
    refused::settled(&pages, &request, shown).await
}

/// The page, after what became of a form of the desk that is named.
pub(super) async fn shown(
    request: &HttpRequest,
    pages: &Pages,
    server: &Server,
    (at, after): (String, After),
) -> Result<HttpResponse, Refused> {
    let stay = session::needed(request, server).await?;
    let desks = stay.desks();
    if desks.is_empty() {
        return Err(Refused::Forbidden("只有监督中心、指挥中心、值班长和中心主任可以查看值班台。"));
    }
    let (now, status, frame) = (server.now(), after.status(), Frame::around("desk", Some(&stay)));
    let shown = server.read(move |store| {
        let askers: Vec<Asker> = stay.askers().collect();
        let acts = acts::read(store, (&desks, &askers), (&at, after), now)?;
        Ok::<_, Refused>(read(store, &desks, acts, now)?)
    });
    let shown = shown.await?;
    Ok(layout::page(pages, (status, Keep::Private), "desk.html", &frame, shown))
}

fn read(
    store: &Store,
    desks: &[Desk],
    acts: Vec<acts::Acts>,
    now: Timestamp,
) -> Result<Shown, Failure> {
    let (journal, rules) = (&store.journal, store.rules.current());
    let (cx, calendar) = (&rules.0, &rules.0.rules.calendar);
    let stages = Stages::read(journal)?;
    Ok(Shown {
        mine: mine(journal, desks, &stages, (now, cx))?,
        stages: stages.in_numbers(now),
        elsewhere: stages.late_elsewhere(journal, desks, (now, cx))?,
        orders: orders::unanswered(journal, LISTED_MAX, (now, cx))?,
        on_shift: on_shift::read(journal, cx, &Day::around(now, calendar))?,
        acts,
        at: instant::minute(now, calendar),
    })
}

/// What waits for these desks, list by list; those where nothing waits are left out.
fn mine(
    journal: &Journal,
    desks: &[Desk],
    stages: &Stages,
    (now, cx): (Timestamp, &Context),
) -> Result<Vec<Pile>, Failure> {
    let mut piles = Vec::new();
    let mut add = |key, whose: &str, listed: Listed| {
        if !listed.cases.is_empty() {
            piles.push(Pile { key, name: format!("{whose} · {}", stage_word(key)), listed });
        }
    };
    let beside = |list: &List| Listed::of(journal, list, LISTED_MAX, (now, cx));
    for desk in desks {
        for (stage, there) in stages.of(*desk) {
            let listed = Listed::all(journal, there, LISTED_MAX, (now, cx))?;
            add(stage, desk_word(*desk), listed);
        }
        if *desk == Desk::Dispatch {
            add(listing::CALLS_NAME, desk_word(*desk), beside(&CALLS)?);
        }
    }
    if desks.iter().any(|desk| *desk != Desk::Intake) {
        add(listing::APPLIED_NAME, "初审和审核", beside(&APPLIED)?);
    }
    Ok(piles)
}

/// The cases of every stage in which somebody still has to do something, by their places.
struct Stages(Vec<(&'static str, Vec<Place>)>);

impl Stages {
    fn read(journal: &Journal) -> Result<Stages, Failure> {
        let read = |stage: &&'static str| {
            Ok((*stage, waiting::places(journal, &listing::at_stage(stage))?))
        };
        OPEN.iter().map(read).collect::<Result<_, Failure>>().map(Stages)
    }

    /// Those of a desk.
    fn of(&self, desk: Desk) -> impl Iterator<Item = (&'static str, &[Place])> {
        let own = self.0.iter().filter(move |(stage, _)| desk.stages().contains(stage));
        own.map(|(stage, there)| (*stage, &**there))
    }

    fn in_numbers(&self, now: Timestamp) -> Vec<Stage> {
        let stage = |(name, there): &(&'static str, Vec<Place>)| {
            let (waiting, late) = (there.len(), waiting::late(there, now));
            Stage { name: stage_word(name), waiting, late, uncounted: waiting::is_full(there) }
        };
        self.0.iter().map(stage).collect()
    }

    /// What is late at the stages of nobody among `desks`.
    fn late_elsewhere(
        &self,
        journal: &Journal,
        desks: &[Desk],
        (now, cx): (Timestamp, &Context),
    ) -> Result<Listed, Failure> {
        let is_mine = |stage: &str| desks.iter().any(|desk| desk.stages().contains(&stage));
        let elsewhere = self.0.iter().filter(|(stage, _)| !is_mine(stage));
        let until = order(now);
        let late =
            elsewhere.flat_map(|(_, there)| there.iter().take_while(|(due, _)| *due < until));
        let mut late: Vec<Place> = late.cloned().collect();
        late.sort();
        Listed::at(journal, &late, LISTED_MAX, (now, cx))
    }
}

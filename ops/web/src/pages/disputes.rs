//! `GET /disputes`: the cases of which it is disputed whose they are, with the meetings that are to find it, for those who see
//! all (article 19).

use std::cmp::Reverse;

use actix_web::{HttpRequest, HttpResponse, web};
use duban_actors::case::{Case, listing};
use duban_actors::context::Context;
use duban_actors::meeting::{DONE, Meeting, OPEN};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::List;
use duban_runtime::journal::{Failure, Journal};
use serde::Serialize;

use super::Pages;
use super::overview;
use super::refused::Refused;
use super::waiting::Waiting;
use duban_base::disputes::{self, OfUnit};
use duban_base::labels::instant;
use duban_base::labels::meeting::standing_word;
use duban_base::period::Period;
use duban_base::proposals::{self, Proposal};
use duban_base::state::{read, readable};
use duban_base::store::Store;
use duban_server::server::Server;

/// Disputes on the page.
const LISTED_MAX: usize = 100;
/// Proposals for the handbook on the page.
const PROPOSALS_MAX: usize = 50;
/// Meetings of a list on the page.
const MEETINGS_MAX: usize = 50;
/// Ended ones that are read to find the latest: their list is in the order of their numbers, which says nothing of time. A
/// county has some ten in a year.
const ENDED_MAX: usize = 2_048;

/// What the page is filled in with.
#[derive(Serialize)]
struct Shown {
    disputes: Vec<Line>,
    /// Whether there are more.
    more: bool,
    /// The committee's meetings that are ahead or not minuted.
    meetings: Vec<Convened>,
    more_meetings: bool,
    /// Those that are minuted or called off, the latest first.
    ended: Vec<Convened>,
    more_ended: bool,
    /// What was found in the last twelve months, by unit that asked.
    report: Vec<Reported>,
    /// What was found in them and does not stand in the handbook, the most found first.
    proposals: Vec<Proposed>,
    at: String,
}

/// A unit that the handbook does not name for a condition, and was found.
#[derive(Serialize)]
struct Proposed {
    #[serde(flatten)]
    proposal: Proposal,
    at: String,
}

/// What was found of a unit's disputes.
#[derive(Serialize)]
struct Reported {
    unit: String,
    found: u32,
    unfounded: u32,
    share: String,
    mean: String,
}

/// A dispute.
#[derive(Serialize)]
struct Line {
    ground: &'static str,
    /// Whose the applicant says it is.
    proposes: Option<String>,
    meeting: Option<Convened>,
    #[serde(flatten)]
    case: Waiting,
}

/// A meeting of the committee.
#[derive(Serialize)]
struct Convened {
    no: String,
    standing: String,
    when: Option<String>,
    subjects: Vec<String>,
}

pub(super) async fn page(
    request: HttpRequest,
    pages: web::Data<Pages>,
    server: web::Data<Server>,
) -> HttpResponse {
    let place = ("disputes", "disputes.html");
    overview::page(&request, (&pages, &server), place, shown).await
}

fn shown(store: &Store, now: Timestamp) -> Result<Shown, Refused> {
    let rules = store.rules.current();
    let (disputes, more) = waiting(&store.journal, (now, &rules.0))?;
    let (ahead, more_meetings) = meetings_in((&OPEN, MEETINGS_MAX), &store.journal)?;
    let (mut ended, _) = meetings_in((&DONE, ENDED_MAX), &store.journal)?;
    let more_ended = ended.len() > MEETINGS_MAX;
    ended.sort_by_cached_key(|meeting| Reverse((meeting.standing.ended(), meeting.no.clone())));
    let shown = |meetings: Vec<Meeting>| {
        let meetings = meetings.iter().take(MEETINGS_MAX);
        meetings.map(|meeting| convened(meeting, &rules.0)).collect()
    };
    let (meetings, ended) = (shown(ahead), shown(ended));
    let at = instant::minute(now, &rules.0.rules.calendar);
    let year = Period::of(None, now, &rules.0.rules.calendar);
    let report = year.map(|year| reported(&store.journal, year, &rules.0)).transpose()?;
    let found = year.map(|year| proposals::of(&store.journal, year, &rules.0)).transpose()?;
    let (report, found) = (report.unwrap_or_default(), found.unwrap_or_default());
    let proposed = |proposal: Proposal| {
        let at = instant::minute(proposal.last, &rules.0.rules.calendar);
        Proposed { proposal, at }
    };
    let proposals = found.into_iter().take(PROPOSALS_MAX).map(proposed).collect();
    Ok(Shown { disputes, more, meetings, more_meetings, ended, more_ended, report, proposals, at })
}

fn reported(journal: &Journal, period: Period, cx: &Context) -> Result<Vec<Reported>, Failure> {
    let report = disputes::report(journal, period, &cx.rules.calendar)?;
    let row = |of: OfUnit| Reported {
        unit: cx.rules.units.name_of(&of.unit.as_str().into()).to_owned(),
        found: of.found,
        unfounded: of.unfounded,
        share: of.unfounded_share(),
        mean: of.mean_work_days(),
    };
    Ok(report.into_iter().map(row).collect())
}

fn waiting(
    journal: &Journal,
    (now, cx): (Timestamp, &Context),
) -> Result<(Vec<Line>, bool), Failure> {
    let there = journal.list(&listing::at_stage("disputing"), None, LISTED_MAX + 1)?;
    let (more, mut lines) = (there.len() > LISTED_MAX, Vec::new());
    for (order, id) in there.iter().take(LISTED_MAX) {
        let Some(case) = readable::<Case>(journal, id)? else { continue };
        let Some((_, dispute)) = case.state.dispute() else { continue };
        let due = listing::instant(order).unwrap_or(Timestamp::NEVER);
        let meeting = dispute.committee.meeting().map(|no| read::<Meeting>(journal, no));
        let meeting = meeting.transpose()?.flatten().map(|(meeting, _)| convened(&meeting, cx));
        let proposes = dispute.proposes.as_ref().map(|unit| cx.rules.units.name_of(unit));
        lines.push(Line {
            ground: dispute.ground.chinese(),
            proposes: proposes.map(str::to_owned),
            meeting,
            case: Waiting::of(&case, due, (now, cx)),
        });
    }
    Ok((lines, more))
}

/// The first `most` meetings of a list, and whether there are more.
fn meetings_in(
    (list, most): (&List, usize),
    journal: &Journal,
) -> Result<(Vec<Meeting>, bool), Failure> {
    let there = journal.list(list, None, most + 1)?;
    let (more, mut meetings) = (there.len() > most, Vec::new());
    for (_, id) in there.iter().take(most) {
        meetings.extend(readable::<Meeting>(journal, id)?);
    }
    Ok((meetings, more))
}

fn convened(meeting: &Meeting, cx: &Context) -> Convened {
    let (call, ..) = meeting.standing.papers();
    let when = call.map(|call| instant::minute(call.when, &cx.rules.calendar));
    Convened {
        no: meeting.no.to_string(),
        standing: standing_word(meeting.standing.name()).to_owned(),
        when,
        subjects: meeting.agenda.iter().map(|item| item.motion.subject.clone()).collect(),
    }
}

//! Visibility of cases and meetings: who sees what (articles 8 and 12).
//!
//! The centre's people and the operator see every case. A unit's people see the cases their unit holds or has closed,
//! and those of the frontage stewards it watches over (article 9); its head also those of the other terminals of the
//! same organisation. A collector sees cases with a task of theirs and their own reports. What somebody may not see is
//! not there for them: the answer is the same as for nothing.

use actix_web::http::StatusCode;
use duban_actors::case::event::Event;
use duban_actors::case::help::HelpStanding;
use duban_actors::case::{Case, KIND};
use duban_actors::context::Context;
use duban_actors::meeting::Meeting;
use duban_actors::role::Role;
use duban_rules::vocabulary::UnitId;
use duban_runtime::entity::EntityId;
use duban_runtime::record::{Record, Stored};

use crate::http::problem::Problem;
use crate::operations::exposed::{Backend, Request};
use duban_base::asking::Asker;
use duban_base::store::{self, Store};

/// Whether somebody sees a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    Clear,
    /// They do if they reported it, which only its history tells.
    IfTheirReport,
    None,
}

/// What `asker` sees of `case`.
pub(super) fn sight(asker: &Asker, case: &Case, cx: &Context) -> Sight {
    if asker.sees_all() {
        return Sight::Clear;
    }
    if let Some(collector) = asker.collector.as_ref() {
        let tasked = case.state.task().and_then(|task| task.collector.as_ref()) == Some(collector);
        return if tasked { Sight::Clear } else { Sight::IfTheirReport };
    }
    match case.state.unit() {
        Some(unit) if sees_unit(asker, unit, cx) => Sight::Clear,
        Some(_) | None => Sight::None,
    }
}

/// Whether `asker`'s unit is asked to help with `case`, or has helped: it sees what its part needs, and not the case.
pub(super) fn helps(asker: &Asker, case: &Case) -> bool {
    let of = |unit: &UnitId| {
        let help = case.state.filing().into_iter().flat_map(|filing| &filing.help);
        help.filter(|help| help.standing != HelpStanding::Waived).any(|help| help.unit == *unit)
    };
    asker.unit.as_ref().is_some_and(of)
}

/// Whether `asker` sees the cases of `unit`.
pub fn sees_unit(asker: &Asker, unit: &UnitId, cx: &Context) -> bool {
    let Some(own) = asker.unit.as_ref() else { return asker.sees_all() };
    let organisation = |id| cx.rules.units.get(id).map(|unit| unit.organisation.as_str());
    let watched = cx.rules.units.get(unit).and_then(|unit| unit.supervising.as_ref());
    own == unit
        || watched == Some(own)
        || (asker.role == Role::UnitHead && same(organisation(own), organisation(unit)))
}

/// Whether `asker` sees a meeting: whoever sees all does, whoever is invited, and the unit whose case it is (article 19).
pub fn sees_meeting(asker: &Asker, meeting: &Meeting, cx: &Context) -> bool {
    let concerned = || meeting.units().any(|unit| sees_unit(asker, unit, cx));
    asker.sees_all() || (asker.unit.is_some() && concerned())
}

fn same(one: Option<&str>, other: Option<&str>) -> bool {
    one.is_some_and(|one| !one.is_empty() && other == Some(one))
}

/// Whether the first record of a case is a report of `asker`'s.
pub(super) fn is_their_report(asker: &Asker, first: Option<&Record>) -> bool {
    let (Some(collector), Some(record)) = (asker.collector.as_ref(), first) else { return false };
    let events: Vec<Event> = serde_json::from_str(&record.events).unwrap_or_default();
    events.iter().any(|event| {
        matches!(event, Event::Registered(report) if report.collector.as_ref() == Some(collector))
    })
}

/// The case of this id, if it is there for `asker`. Reads the disk only for a collector's own report.
pub fn find(store: &Store, asker: &Asker, id: &EntityId) -> Result<(Case, Stored), Problem> {
    let stored = store.journal.entity(id)?.ok_or_else(Problem::not_found)?;
    let case = read(id, &stored)?;
    if sees(store, asker, &case)? { Ok((case, stored)) } else { Err(Problem::not_found()) }
}

/// Whether `asker` saw a case that is with somebody else by now: a unit whose cases they see had it, or theirs helped.
pub fn saw(store: &Store, asker: &Asker, id: &EntityId) -> Result<bool, Problem> {
    let Some(own) = asker.unit.as_ref() else { return Ok(false) };
    let Some(stored) = store.journal.entity(id)? else { return Ok(false) };
    let (case, rules) = (read(id, &stored)?, store.rules.current());
    Ok(case.state.filing().is_some_and(|filing| {
        filing.help.iter().any(|help| help.unit == *own)
            || filing.facts.iter().any(|fact| sees_unit(asker, &fact.unit, &rules.0))
    }))
}

/// The case in a stored value.
pub(super) fn read(id: &EntityId, stored: &Stored) -> Result<Case, Problem> {
    store::case(id, stored).map_err(|error| {
        tracing::error!(%error, "a case cannot be read");
        Problem::unavailable("unreadable")
    })
}

/// Whether `case` is there for `asker`. Reads the disk only for a collector's own report.
///
/// # Errors
/// What keeps its history from being read.
pub(super) fn sees(store: &Store, asker: &Asker, case: &Case) -> Result<bool, Problem> {
    Ok(match sight(asker, case, &store.rules.current().0) {
        Sight::Clear => true,
        Sight::IfTheirReport => {
            let id = EntityId::new(KIND, &case.id);
            is_their_report(asker, store.journal.history(&id)?.first())
        }
        Sight::None => false,
    })
}

/// What a problem tells of a case is told only to whoever sees it; to others, nothing is there.
pub(crate) async fn disclosed(
    at: &Backend<'_>,
    request: &Request<'_>,
    problem: Problem,
) -> Problem {
    let of_the_entity = matches!(
        problem.status,
        StatusCode::FORBIDDEN
            | StatusCode::CONFLICT
            | StatusCode::UNPROCESSABLE_ENTITY
            | StatusCode::PRECONDITION_FAILED
    );
    if !of_the_entity {
        return problem;
    }
    let (asker, id) = (request.asker.clone(), EntityId::new(KIND, request.key));
    let sees = move |store: &Store| {
        let stored = store.journal.entity(&id)?.ok_or_else(Problem::not_found)?;
        let case = read(&id, &stored)?;
        let is_there = helps(&asker, &case) || sees(store, &asker, &case)?;
        if is_there { Ok(()) } else { Err(Problem::not_found()) }
    };
    match at.read(sees).await {
        Ok(()) => problem,
        // Whoever may never ask this hears so, whatever is there.
        Err(_) if problem.code == "not-permitted" => problem,
        Err(hidden) => hidden,
    }
}

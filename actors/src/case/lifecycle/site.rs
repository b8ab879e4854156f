//! Looks on site: where it is, who goes, and whether a look counts (articles 10, 14 and 17).

use duban_core::clock::Timestamp;
use duban_core::entity::Asked;
use duban_rules::book::stages::{StageRule, Urgency};
use duban_rules::vocabulary::{CollectorId, GridId, Place, whole_metres};

use crate::case::clock::StageClock;
use crate::case::command::Seen;
use crate::case::event::{Location, Sight, TaskGiven};
use crate::case::{Refusal, Report, SiteTask};
use crate::context::Context;
use crate::refusal::reason;
use crate::role::{Role, collector_of, role_of};

/// A place and what lies around it.
pub(super) fn locate(place: Place, cx: &Context) -> Location {
    let place = place.rounded();
    let found = cx.rules.grid.locate(place);
    let (cell, grid) = found.map(|(cell, grid)| (cell.id.clone(), grid.id.clone())).unzip();
    Location { place, cell, grid }
}

/// The task of going there, for a collector of the grid other than `avoid` if it has another.
pub(super) fn give(
    report: &Report,
    avoid: Option<&CollectorId>,
    (rule, urgency): (&StageRule, Urgency),
    at: Timestamp,
    cx: &Context,
) -> TaskGiven {
    let posted = collectors(report.grid.as_ref(), cx);
    let collector = posted.iter().find(|id| Some(*id) != avoid).or(posted.first()).cloned();
    let clock = StageClock::set(rule, urgency, at, &[], &cx.rules.calendar);
    TaskGiven { task: report.tasks.saturating_add(1), at, collector, clock }
}

/// Who comes after `current` in the grid's list; nobody after the last, so that a task does not go round in circles.
pub(super) fn next(
    report: &Report,
    current: Option<&CollectorId>,
    cx: &Context,
) -> Option<CollectorId> {
    let posted = collectors(report.grid.as_ref(), cx);
    let place = current.and_then(|current| posted.iter().position(|id| id == current));
    posted.get(place.map_or(0, |place| place + 1)).cloned()
}

fn collectors<'a>(grid: Option<&GridId>, cx: &'a Context) -> &'a [CollectorId] {
    grid.map_or(&[], |grid| cx.rules.grid.collectors(grid))
}

/// What was seen, if it counts: by a collector of the grid or the stand-in, with a photo, near enough; or by the duty
/// chief, who says why not.
pub(super) fn sight(
    report: &Report,
    task: &SiteTask,
    seen: &Seen,
    asked: &Asked,
    cx: &Context,
) -> Result<Sight, Refusal> {
    // Rounded up, so that a hundred and a bit is too far.
    let up = |(case, here): (Place, Place)| whole_metres(case.metres_to(&here).ceil());
    let metres = report.place.zip(seen.place).map(up);
    let most = cx.rules.stages.within_metres;
    if role_of(asked) == Some(Role::Collector) {
        let is_theirs = |id: &CollectorId| collector_of(asked) == Some(id.as_str());
        let is_posted = collectors(report.grid.as_ref(), cx).iter().any(is_theirs);
        if !is_posted && !task.collector.as_ref().is_some_and(is_theirs) {
            return Err(Refusal::NotOfThisGrid);
        }
        if seen.waiver.is_some() {
            return Err(Refusal::WaiverNotPermitted);
        }
        if seen.photo.is_none() {
            return Err(Refusal::PhotoMissing);
        }
        if report.place.is_some() && seen.place.is_none() {
            return Err(Refusal::NoCell);
        }
        if let Some(metres) = metres.filter(|metres| *metres > most) {
            return Err(Refusal::TooFar { metres, most });
        }
    } else {
        reason(seen.waiver.as_deref().unwrap_or_default())?;
    }
    Ok(Sight {
        by: asked.by.clone(),
        carrier: task.collector.clone(),
        photo: seen.photo.clone(),
        metres,
        within: metres.map(|_| most),
        note: seen.note.clone(),
        waiver: seen.waiver.clone(),
    })
}

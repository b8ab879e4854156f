//! `duban case list`: pages of a list, or of several lists merged by their due instants.

use anyhow::{Result, bail};
use duban_actors::case::listing;
use duban_rules::vocabulary::UnitId;
use duban_runtime::entity;
use serde_json::json;

use super::List;
use crate::verbs::print::Call;
use duban_base::known;
use duban_base::labels::case::{OPEN, stands_at};
use duban_base::labels::row::Row;
use duban_base::labels::typed::or_now;
use duban_base::store::Store;
use duban_base::store::place::Place;

/// Rows read from one list at a time.
const PAGE: usize = 512;

/// Prints a page.
pub(super) fn list(call: &mut Call<'_>, store: &Store, asked: &List) -> Result<()> {
    let rules = store.rules.current();
    if let Some(unit) = &asked.unit
        && !known::unit(&store.journal, &rules.0.rules, &UnitId::new(unit))?
    {
        bail!("没有单位 `{unit}`;`duban unit list` 列出全部单位");
    }
    let now = or_now(asked.at, &rules.0.rules.calendar, call.now());
    let limit = call.rows(asked.limit);
    let (places, more) = page(store, asked, limit.max(1))?;
    let mut found = Vec::with_capacity(places.len());
    for place in &places {
        let Some(stored) = store.journal.entity(&place.id)? else { continue };
        let case = store.case(&place.id, &stored)?;
        match asked.helper() {
            Some(helper) => found.extend(Row::of_help(&case, &helper, now, &rules.0)),
            None => found.push(Row::of(&case, now, &rules.0)),
        }
    }
    let next = places.last().filter(|_| more).map(Place::word);
    if call.is_for_programs() {
        let rows: Vec<_> = found.iter().map(Row::json).collect();
        return call.json(&json!({"at": now, "cases": rows, "next": next}));
    }
    if found.is_empty() {
        return call.line("没有符合条件的案件。");
    }
    let n = found.len();
    call.table(&Row::HEADINGS, found.iter().map(|row| row.cells(&rules.0)).collect())?;
    match next {
        Some(next) => call.line(format!("{n} 个案件,后面还有;下一页加 --after {next}")),
        None => call.line(format!("{n} 个案件。")),
    }
}

impl List {
    /// The unit whose parts in the cases of others are asked for.
    fn helper(&self) -> Option<UnitId> {
        let of_help = !self.closed && self.stage == Some(listing::HELP_NAME);
        self.unit.as_ref().filter(|_| of_help).map(UnitId::new)
    }
}

/// Up to `limit` places, and whether there are more.
fn page(store: &Store, asked: &List, limit: usize) -> Result<(Vec<Place>, bool)> {
    let wanted = limit.saturating_add(1);
    let mut places = match (&asked.unit, asked.stage) {
        (Some(unit), _) if asked.closed => {
            places(store, &listing::closed_of(&UnitId::new(unit)), asked, wanted)?
        }
        (Some(unit), Some(listing::HELP_NAME)) => {
            places(store, &listing::help_of(&UnitId::new(unit)), asked, wanted)?
        }
        (Some(unit), stage) => {
            of_unit_at(store, &listing::open_of(&UnitId::new(unit)), stage, asked, wanted)?
        }
        (None, Some(stage)) => places(store, &listing::at_stage(stage), asked, wanted)?,
        (None, None) if asked.closed_units => {
            let units = store.rules.current().0.closed_units();
            of_all(store, units.iter().map(listing::open_of), asked, wanted)?
        }
        (None, None) => {
            of_all(store, OPEN.iter().map(|stage| listing::at_stage(stage)), asked, wanted)?
        }
    };
    let more = places.len() > limit;
    places.truncate(limit);
    Ok((places, more))
}

fn of_all(
    store: &Store,
    lists: impl Iterator<Item = entity::List>,
    asked: &List,
    limit: usize,
) -> Result<Vec<Place>> {
    let mut all = Vec::new();
    for list in lists {
        all.extend(places(store, &list, asked, limit)?);
    }
    // Each list is in order, so the first of all are among the first of each.
    all.sort_unstable();
    Ok(all)
}

fn places(store: &Store, list: &entity::List, asked: &List, limit: usize) -> Result<Vec<Place>> {
    let after = asked.after.clone().map(|place| (place.order, place.id));
    let rows = store.journal.list(list, after, limit)?;
    Ok(rows.into_iter().map(|(order, id)| Place { order, id }).collect())
}

/// Of a unit's open cases those at one stage: read through, because no list is kept of both.
fn of_unit_at(
    store: &Store,
    list: &entity::List,
    stage: Option<&str>,
    asked: &List,
    limit: usize,
) -> Result<Vec<Place>> {
    let Some(stage) = stage else { return places(store, list, asked, limit) };
    let mut after = asked.after.clone().map(|place| (place.order, place.id));
    let mut found = Vec::new();
    loop {
        let rows = store.journal.list(list, after, PAGE)?;
        let Some(last) = rows.last().cloned() else { return Ok(found) };
        after = Some(last);
        for (order, id) in rows {
            let Some(stored) = store.journal.entity(&id)? else { continue };
            if stands_at(&store.case(&id, &stored)?, stage) {
                found.push(Place { order, id });
                if found.len() >= limit {
                    return Ok(found);
                }
            }
        }
    }
}

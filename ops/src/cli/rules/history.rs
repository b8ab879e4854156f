//! `duban rules history`: every rules set that was in force, since when and put there by whom; the one that waits for
//! its day, and those that never came.

use anyhow::Result;
use duban_actors::centre::GivenUp;
use duban_rules::book::calendar::Calendar;
use duban_rules::edition::Part;
use duban_runtime::journal::Failure;

use crate::cli::{Call, Exit};
use duban_base::labels::instant;
use duban_base::names::Names;
use duban_base::rules_in_force::edition::course::{Dropped, Listed};
use duban_base::rules_in_force::edition::known::digits;
use duban_base::rules_in_force::edition::{self, Edition, Listing};

/// Prints the editions, the first one first.
pub(super) fn history(call: &mut Call<'_>) -> Result<Exit> {
    let store = call.open()?;
    let listing = edition::listing(&store.journal)?;
    let waiting = edition::waiting(&store.journal)?;
    let rules = store.rules.current();
    if call.is_for_programs() {
        call.json(&serde_json::to_value(&listing)?)?;
    } else {
        let (calendar, names) = (&rules.0.rules.calendar, Names::of(&store.journal));
        in_words(call, &listing, &names, calendar)?;
        if let Some(waiting) = waiting {
            let by = listing.waiting.map(|ahead| names.called(&ahead.by)).transpose()?;
            let by = by.map(|by| format!(",操作人 {by}"));
            call.line(format!("{}{}。", edition::words::waits(&waiting), by.unwrap_or_default()))?;
        }
    }
    store.close()?;
    Ok(Exit::Done)
}

fn in_words(
    call: &mut Call<'_>,
    listing: &Listing,
    names: &Names<'_>,
    calendar: &Calendar,
) -> Result<()> {
    let Listing { editions, dropped, .. } = listing;
    if editions.is_empty() {
        return call.line("还没有规则生效的记录。");
    }
    let rows = editions.iter().map(|one| {
        let Edition { edition, since, by, role, .. } = &one.edition;
        Ok(vec![
            instant::second(*since, calendar),
            edition.number.to_string(),
            digits(&edition.hash),
            names.called(by)?.into(),
            role.to_string(),
            note(one),
        ])
    });
    let rows = rows.collect::<Result<_, Failure>>()?;
    call.table(&["生效时间", "手册版本", "散列", "操作人", "角色", "说明"], rows)?;
    for Dropped { edition, effective, at, by, why, .. } in dropped {
        let why = match why {
            GivenUp::Superseded => "由后来的一版取代".to_owned(),
            GivenUp::Cancelled(reason) => format!("取消:{reason}"),
        };
        let (number, hash) = (&edition.number, digits(&edition.hash));
        let (at, by) = (instant::second(*at, calendar), names.called(by)?);
        call.line(format!(
            "没有生效:手册 {number}(散列 {hash}),原定 {effective} 零时起;{at} {by} {why}。"
        ))?;
    }
    Ok(())
}

/// What is to be known of an edition beside its name: the day it waited for, a number that is not its alone.
fn note(one: &Listed) -> String {
    let waited = one.edition.effective.map(|day| format!("定于 {day}"));
    let reused = one.reused.iter().map(|part| match part {
        Part::Handbook => "手册编号用过两次".to_owned(),
        Part::Calendar => "日历版本用过两次".to_owned(),
    });
    waited.into_iter().chain(reused).collect::<Vec<_>>().join(",")
}

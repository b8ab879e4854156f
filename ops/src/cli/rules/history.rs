//! `duban rules history`: every rules set that was in force, since when and put there by whom.

use anyhow::Result;
use serde_json::json;

use crate::cli::{Call, Exit};
use crate::edition;
use crate::words::instant;

/// Digits of a hash that are shown to people.
const DIGITS: usize = 16;

/// Prints the editions, the first one first.
pub(super) fn history(call: &mut Call<'_>) -> Result<Exit> {
    let store = call.open()?;
    let editions = edition::history(&store.journal)?;
    if call.is_for_programs() {
        call.json(&json!({ "editions": editions }))?;
    } else if editions.is_empty() {
        call.line("还没有规则生效的记录。")?;
    } else {
        let rules = store.rules.current();
        let calendar = &rules.0.rules.calendar;
        let rows = editions.iter().map(|one| {
            let hash = one.edition.hash.chars().take(DIGITS).collect();
            let since = instant::second(one.since, calendar);
            vec![
                since,
                one.edition.number.to_string(),
                hash,
                one.by.to_string(),
                one.role.to_string(),
            ]
        });
        call.table(&["生效时间", "手册版本", "散列", "操作人", "角色"], rows.collect())?;
    }
    store.close()?;
    Ok(Exit::Done)
}

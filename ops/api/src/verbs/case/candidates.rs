//! `duban case candidates`: who may get a case, as rows.

use anyhow::Result;
use duban_base::candidates::{self, Candidate};
use duban_base::store::Store;
use serde_json::json;

use super::{CandidatesOf, find};
use crate::verbs::print::Call;

/// Lists them.
pub(super) fn list(call: &mut Call<'_>, store: &Store, asked: &CandidatesOf) -> Result<()> {
    let (id, stored) = find(&store.journal, &asked.id)?;
    let case = store.case(&id, &stored)?;
    let rules = store.rules.current();
    let found = candidates::of(&store.journal, &case, call.now(), &rules.0)?;
    if call.is_for_programs() {
        return call.json(&json!({ "case": case.id, "candidates": found }));
    }
    let row = |one: &Candidate| {
        let closed = if one.closed { "(已停用)" } else { "" };
        let precedent = one.precedent.as_ref().map(|found| {
            let metres = found.metres.map(|metres| format!(",相距 {metres} 米"));
            let called = found.number.as_deref().unwrap_or(&found.case);
            format!("先例 {called}{}", metres.unwrap_or_default())
        });
        let handbook = one.by_handbook.then(|| "手册".to_owned());
        let from: Vec<String> = handbook.into_iter().chain(precedent).collect();
        vec![
            one.unit.to_string(),
            format!("{}{closed}", one.name),
            from.join(";"),
            one.open.to_string(),
            one.overdue.to_string(),
        ]
    };
    call.table(&["单位", "名称", "依据", "在办", "其中超期"], found.iter().map(row).collect())
}

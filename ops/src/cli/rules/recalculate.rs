//! `duban rules recalculate`: open cases follow the calendar in force, or are shown how they would (article 11).

use anyhow::Result;
use clap::Args;
use duban_actors::role::Role;
use duban_rules::book::calendar::Calendar;
use serde_json::json;

use crate::cli::{Call, Exit};
use duban_api::http::api::text::Reason;
use duban_base::asking::Asker;
use duban_base::labels::instant;
use duban_base::rules_in_force::recalculation::{self, Outcome, Row, Tally};
use duban_server::offline::{self, Absent};

#[derive(Debug, Args)]
pub(in crate::cli) struct Recalculate {
    /// 只列出将如何变动,不改动任何案件
    #[arg(long)]
    dry_run: bool,
    /// 变更原因,写入每个案件的记录,并告知收到过作废通知的人
    #[arg(long, value_name = "TEXT", default_value = "工作日历已更新")]
    reason: Reason,
    /// 操作人,写入记录
    #[arg(long, value_name = "NAME", default_value = "系统管理员")]
    by: String,
}

impl Recalculate {
    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        let site = call.site();
        let now = call.now();
        let mut page = Page { call, failed: Ok(()), n: 0 };
        let tally = if self.dry_run {
            let store = page.call.open()?;
            let in_force = store.rules.current();
            let calendar = &in_force.0.rules.calendar;
            let mut show = |row: &Row| page.show(row, calendar);
            let tally = recalculation::foretell(&store.journal, &store.rules, now, &mut show)?;
            store.close()?;
            tally
        } else {
            let asker = Asker::system(&self.by, Role::Operator);
            offline::with_node(&site, Absent::Refuse, async |node, rules| {
                let in_force = rules.current();
                let calendar = &in_force.0.rules.calendar;
                let mut show = |row: &Row| page.show(row, calendar);
                Ok(recalculation::run(node, rules, (&asker, self.reason.as_ref()), &mut show)
                    .await?)
            })?
        };
        page.failed?;
        self.summary(call, &tally)
    }

    fn summary(&self, call: &mut Call<'_>, tally: &Tally) -> Result<Exit> {
        if call.is_for_programs() {
            call.json(&json!({ "tally": tally }))?;
        } else {
            let Tally { looked_at, moved, rescinded, failed } = tally;
            let verb = if self.dry_run { "将变动" } else { "已变动" };
            call.line(format!(
                "查看 {looked_at} 件,{verb} {moved} 件,作废已触发的步骤 {rescinded} 个,未能完成 {failed} 件。"
            ))?;
        }
        Ok(if tally.failed > 0 { Exit::Failed } else { Exit::Done })
    }
}

/// Where rows are printed as they come.
struct Page<'a, 'b> {
    call: &'a mut Call<'b>,
    failed: Result<()>,
    n: u64,
}

impl Page<'_, '_> {
    fn show(&mut self, row: &Row, calendar: &Calendar) {
        self.n += 1;
        let printed = if self.call.is_for_programs() {
            self.call.json(&json!(row))
        } else {
            self.call.line(in_words(row, calendar))
        };
        if self.failed.is_ok() {
            self.failed = printed;
        }
    }
}

fn in_words(row: &Row, calendar: &Calendar) -> String {
    let at = |instant| instant::second(instant, calendar);
    let moved = &row.moved;
    let called = row.number.as_ref().unwrap_or(&row.case);
    let steps: Vec<String> = moved
        .steps
        .iter()
        .filter(|step| step.before != step.due)
        .map(|step| format!("{} {} → {}", step.code, at(step.before), at(step.due)))
        .collect();
    let rescinded: Vec<&str> = moved.rescinded.iter().map(|step| step.code.as_str()).collect();
    let rescinded = if rescinded.is_empty() {
        String::new()
    } else {
        format!(";作废 {}", rescinded.join("、"))
    };
    let outcome = match &row.outcome {
        Outcome::Foretold | Outcome::Moved => String::new(),
        Outcome::Settled => ";案件已变化,无需变动".to_owned(),
        Outcome::Failed(why) => format!(";未能变动:{why}"),
    };
    format!(
        "{called} {}:截止 {} → {};{}{rescinded}{outcome}",
        row.unit,
        at(moved.due_before),
        at(moved.due),
        steps.join(","),
    )
}

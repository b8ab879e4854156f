//! `duban shift log`: the duty log of a desk, a day at a time (article 3).

use anyhow::Result;
use clap::Args;
use duban_actors::desks::Desk;
use serde_json::json;

use super::listed::Looking;
use super::print::Call;
use crate::http::api::shifts::DutyLog;
use duban_base::duty::Day;
use duban_base::labels::typed::{self, Typed, or_now};
use duban_base::store::Store;

/// 打印一天的值班日志:来件、办出、在办,交接班和记录
///
/// 来件、办出按件次计:退回又来的算两次。在办是那一天结束时的数,今天则为现在的数。
#[derive(Debug, Args)]
pub(crate) struct Log {
    /// 岗位:intake、dispatch 或 duty-chief
    #[arg(value_name = "DESK", value_parser = desk)]
    desk: Desk,
    /// 哪一天,如 2026-03-02;不写则为今天
    #[arg(long, value_name = "DAY", value_parser = typed::instant)]
    day: Option<Typed>,
}

fn desk(text: &str) -> Result<Desk, String> {
    text.parse().map_err(|_| {
        let desks: Vec<&str> = Desk::ALL.iter().map(|desk| desk.as_str()).collect();
        format!("应为 {} 之一", desks.join(" "))
    })
}

impl Looking for Log {
    const VERB: &'static str = "log";
    const EXAMPLES: &'static [&'static str] = &["duty-chief", "dispatch --day 2026-03-02"];

    fn look(&self, call: &mut Call<'_>, store: &Store) -> Result<()> {
        let rules = store.rules.current();
        let calendar = &rules.0.rules.calendar;
        let day = Day::around(or_now(self.day, calendar, call.now()), calendar);
        let log = DutyLog::of(store, self.desk, &day)?;
        if call.is_for_programs() {
            return call.json(&json!(log));
        }
        call.line(log.head(self.desk))?;
        call.table(&DutyLog::HEADINGS, log.rows(store))
    }
}

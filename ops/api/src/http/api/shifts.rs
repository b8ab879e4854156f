//! The duty log (值班日志) of a desk, as it is read and printed: what came in, went out and is open, and what was noted
//! (article 3).

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use chrono::NaiveDate;
use duban_actors::desks::Desk;
use duban_actors::shift::{Event, KIND};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::EntityId;
use duban_runtime::journal::Failure;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::asker::{InRole, Permission as _};
use super::page::{Named, unfit};
use crate::http::problem::Problem;
use duban_base::duty::{self, Day};
use duban_base::labels::{instant, shift};
use duban_base::names::Names;
use duban_base::store::Store;
use duban_server::server::Server;

/// Which day.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OfDay {
    /// 哪一天,如 2026-03-02;不写则为今天
    #[param(max_length = 10, required = false)]
    day: Option<String>,
}

/// What happened at a desk on a day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DutyLog {
    /// 岗位
    #[schema(example = "duty-chief")]
    desk: String,
    /// 日期
    #[schema(example = "2026-03-02")]
    day: String,
    /// 来件次数
    came_in: u32,
    /// 办出次数
    went_out: u32,
    /// 当日结束时(今天则为现在)的在办案件数
    open: u32,
    /// 案件过多而没有计入的件数
    left_out: usize,
    /// 交接班和记录,按时间先后
    entries: Vec<Entry>,
}

/// Something that happened at a desk.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Entry {
    /// 何时
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// 谁,登录名
    by: String,
    /// 姓名
    name: String,
    /// 做了什么
    what: String,
}

impl DutyLog {
    /// The headings of [`DutyLog::rows`].
    pub(crate) const HEADINGS: [&'static str; 3] = ["时间", "谁", "事项"];

    /// The log of a desk on a day.
    pub(crate) fn of(store: &Store, desk: Desk, day: &Day) -> Result<DutyLog, Failure> {
        let rules = &store.rules.current().0.rules;
        let passed = duty::passed(&store.journal, rules, desk, day)?;
        let names = Names::of(&store.journal);
        let mut entries = Vec::new();
        let mut records = store.journal.since(&EntityId::new(KIND, desk.as_str()), day.begins)?;
        records.reverse();
        for record in records.iter().filter(|record| day.has(record.asked.at)) {
            let events: Vec<Event> = serde_json::from_str(&record.events).unwrap_or_default();
            for event in events {
                entries.push(Entry {
                    at: record.asked.at,
                    by: record.asked.by.to_string(),
                    name: names.name(&record.asked)?.to_string(),
                    what: shift::told(&event, &names, &rules.calendar)?,
                });
            }
        }
        Ok(DutyLog {
            desk: desk.as_str().to_owned(),
            day: day.date.to_string(),
            came_in: passed.came_in,
            went_out: passed.went_out,
            open: passed.open,
            left_out: passed.left_out,
            entries,
        })
    }

    /// What came in, went out and is open, in a line.
    pub(crate) fn head(&self, desk: Desk) -> String {
        let DutyLog { day, came_in, went_out, open, left_out, .. } = self;
        let rest =
            if *left_out > 0 { format!("(另有 {left_out} 件未计)") } else { String::new() };
        let desk = shift::desk_word(desk);
        format!("{day} {desk}:来件 {came_in} 件次,办出 {went_out} 件次,在办 {open} 件{rest}")
    }

    /// For people.
    pub(crate) fn rows(self, store: &Store) -> Vec<Vec<String>> {
        let calendar = &store.rules.current().0.rules.calendar;
        let row =
            |entry: Entry| vec![instant::time_of_day(entry.at, calendar), entry.name, entry.what];
        self.entries.into_iter().map(row).collect()
    }
}

/// Shows the log of a desk.
pub(crate) async fn log(
    server: Data<Server>,
    asker: InRole,
    named: Path<Named>,
    wanted: Query<OfDay>,
) -> Result<HttpResponse, Problem> {
    asker.only_those_who_see_all()?;
    let desk: Desk = named.as_str().parse().map_err(|_| Problem::not_found())?;
    let calendar = server.rules.current();
    let day = match wanted.into_inner().day {
        None => Day::around(server.now(), &calendar.0.rules.calendar),
        Some(text) => {
            let date = NaiveDate::parse_from_str(&text, "%Y-%m-%d");
            let date = date.map_err(|_| unfit("day").detail("写成 2026-03-02".to_owned()))?;
            Day::of(date, &calendar.0.rules.calendar)
        }
    };
    let read = move |store: &Store| Ok::<_, Problem>(DutyLog::of(store, desk, &day)?);
    Ok(HttpResponse::Ok().json(server.read(read).await?))
}

//! Collectors (articles 10, 13 and 17): what can be read and asked of them, and how their refusals are told.

use std::collections::BTreeSet;

use anyhow::Result;
use clap::Args;
use duban_actors::collector::{self, Collector, Command};
use duban_actors::context::Context;
use duban_rules::book::calendar::Calendar;
use duban_rules::vocabulary::CollectorId;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::List;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::exposed::{Exposed, Operation};
use super::readable::{self, Readable, count, list, one, text, texts};
use super::row::{At, delete, get, post, post_bare};
use super::{Naming, Resource};
use crate::http::api::cases::CasePage;
use crate::http::api::collectors;
use crate::http::api::described::{reading, shape};
use crate::http::api::page::Paging;
use crate::http::api::place::Instant;
use crate::http::api::text::Reason;
use crate::http::api::{NOT_NOW, NOT_SO, Told, told};
use duban_base::asking::Asker;
use duban_base::labels::collector::standing_word;
use duban_base::labels::instant::minute;
use duban_base::store::Store;

pub(crate) const COLLECTORS: Resource = Resource::of::<Collector>(&[
    list::<Collector>("listCollectors", "列出采集员", "一页采集员"),
    one::<Collector>("getCollector", "查看采集员"),
    get(
        At::One("tasks"),
        |route| route.to(collectors::tasks),
        reading("listCollectorTasks", "列出采集员的现场任务,最先到期的在前")
            .with::<Paging>()
            .answers(shape::<CasePage>, "一页案件"),
    ),
    post_bare::<Appointment>(),
    post::<Dismissal>(),
    post_bare::<SignOn>(),
    post_bare::<SignOff>(),
    post::<Absence>(),
    delete::<Return>(),
]);

impl Exposed for Collector {
    const PATH: &'static str = "/collectors";
    const KEY: Naming = Naming { parameter: "id", words: "采集员编号" };
    const TAG: &'static str = "采集员";
    const ABOUT: &'static str = "列出、查看采集员,任命、签到、请假";
    const WORDS: &'static [Told] = &[
        told("collector-not-appointed", NOT_NOW, "不是采集员", "尚未任命,或已解除"),
        told("collector-already-appointed", NOT_NOW, "已任命", "负责哪些网格由 grid.toml 规定"),
        told(
            "collector-not-in-rules",
            NOT_SO,
            "规则中没有这名采集员",
            "先写入 grid.toml 的采集员和监督网格并使之生效(办法第十条)",
        ),
        told("collector-already-on-duty", NOT_NOW, "已在岗", "已经签到"),
        told("collector-not-on-duty", NOT_NOW, "不在岗", "尚未签到"),
        told("collector-on-leave", NOT_NOW, "请假中", "请假至 {until}"),
        told("collector-not-on-leave", NOT_NOW, "没有请假", "现在没有请假"),
        told("collector-leave-in-the-past", NOT_SO, "请假已经结束", "结束时刻 {until} 已过"),
    ];
}

impl Readable for Collector {
    const LISTS: &'static [List] = &collector::LISTS;

    /// Collectors see themselves, the centre all of them.
    fn sees(asker: &Asker, key: &str) -> bool {
        asker.sees_all() || asker.collector.as_ref().is_some_and(|own| own.as_str() == key)
    }

    /// Whom the rules name, and who was ever appointed.
    fn keys(store: &Store) -> Result<BTreeSet<String>> {
        let rules = store.rules.current();
        let mut keys = readable::listed::<Collector>(store)?;
        keys.extend(rules.0.rules.grid.all_collectors().map(|entry| entry.id.to_string()));
        Ok(keys)
    }

    fn shown(store: &Store, key: &str, _: Timestamp) -> Result<Option<(Value, u64)>> {
        let (rules, stored) = (store.rules.current(), readable::stored::<Collector>(store, key)?);
        let known = rules.0.rules.grid.collector(&CollectorId::new(key));
        let unknown = |_| (json!({ "collector": key, "standing": "unknown" }), 0);
        let Some((mut shown, sequence)) = stored.or_else(|| known.map(unknown)) else {
            return Ok(None);
        };
        if let Some(fields) = shown.as_object_mut() {
            let grids = known.map(|entry| entry.grids.as_slice()).unwrap_or_default();
            fields.insert("grids".to_owned(), json!(grids));
            if let Some(entry) = known {
                fields.insert("name".to_owned(), json!(entry.name));
                fields.insert("phone".to_owned(), json!(entry.phone));
            }
        }
        Ok(Some((shown, sequence)))
    }

    fn words(shown: &Value, calendar: &Calendar) -> Vec<(&'static str, String)> {
        let standing = text(shown, "standing");
        let until = shown.get("until").and_then(|until| Timestamp::deserialize(until).ok());
        let until = until.map(|until| format!("至 {}", minute(until, calendar)));
        vec![
            ("编号", text(shown, "collector")),
            ("姓名", text(shown, "name")),
            ("电话", text(shown, "phone")),
            ("状态", format!("{}{}", standing_word(&standing), until.unwrap_or_default())),
            ("监督网格", texts(shown, "grids")),
            ("现场任务", count(shown, "tasks")),
        ]
    }
}

/// 任命采集员;负责哪些网格由 grid.toml 规定(办法第十条)
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct Appointment {}

impl Operation for Appointment {
    type Of = Collector;
    const NAME: &'static str = "appointment";
    const VERB: &'static str = "appoint";
    const ID: &'static str = "appointCollector";
    const DONE: &'static str = "已任命";
    const EXAMPLES: &'static [&'static str] = &["CJ-01 --by admin"];

    fn command(self, _: &Context) -> Command {
        Command::Appoint
    }
}

/// 解除任命
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct Dismissal {
    /// 理由
    #[arg(long, value_name = "TEXT")]
    reason: Reason,
}

impl Operation for Dismissal {
    type Of = Collector;
    const NAME: &'static str = "dismissal";
    const VERB: &'static str = "dismiss";
    const ID: &'static str = "dismissCollector";
    const DONE: &'static str = "已解除";
    const EXAMPLES: &'static [&'static str] = &["CJ-01 --by admin --reason 调离"];

    fn command(self, _: &Context) -> Command {
        Command::Dismiss { reason: self.reason.into() }
    }
}

/// 签到上岗
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignOn {}

impl Operation for SignOn {
    type Of = Collector;
    const NAME: &'static str = "sign-on";
    const VERB: &'static str = "sign-on";
    const ID: &'static str = "signOn";
    const DONE: &'static str = "已签到";
    const EXAMPLES: &'static [&'static str] = &["CJ-01 --by caiji1"];

    fn command(self, _: &Context) -> Command {
        Command::SignOn
    }
}

/// 签退
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignOff {}

impl Operation for SignOff {
    type Of = Collector;
    const NAME: &'static str = "sign-off";
    const VERB: &'static str = "sign-off";
    const ID: &'static str = "signOff";
    const DONE: &'static str = "已签退";
    const EXAMPLES: &'static [&'static str] = &["CJ-01 --by caiji1"];

    fn command(self, _: &Context) -> Command {
        Command::SignOff
    }
}

/// 请假;手中的任务转给他人
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct Absence {
    /// 到何时
    #[arg(long, value_name = "INSTANT")]
    #[schema(value_type = String, format = DateTime)]
    until: Instant,
}

impl Operation for Absence {
    type Of = Collector;
    const NAME: &'static str = "leave";
    const VERB: &'static str = "take-leave";
    const ID: &'static str = "takeCollectorLeave";
    const DONE: &'static str = "已登记";
    const EXAMPLES: &'static [&'static str] = &["CJ-01 --by caiji1 --until 2026-03-09T08:00"];

    fn command(self, cx: &Context) -> Command {
        Command::TakeLeave { until: self.until.by(&cx.rules.calendar) }
    }
}

/// 提前销假
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct Return {}

impl Operation for Return {
    type Of = Collector;
    const NAME: &'static str = "leave";
    const VERB: &'static str = "end-leave";
    const ID: &'static str = "endCollectorLeave";
    const DONE: &'static str = "已销假";
    const EXAMPLES: &'static [&'static str] = &["CJ-01 --by caiji1"];

    fn command(self, _: &Context) -> Command {
        Command::EndLeave
    }
}

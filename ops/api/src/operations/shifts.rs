//! Shifts (article 3): who keeps which desk, what can be asked of it, and how its refusals are told.

use std::collections::BTreeSet;

use anyhow::Result;
use clap::Args;
use compact_str::CompactString;
use duban_actors::context::Context;
use duban_actors::desks::{Allowance, Desk, in_force};
use duban_actors::person::Person;
use duban_actors::role::Duty;
use duban_actors::shift::{Command, Named, Open, Post, Shift};
use duban_rules::book::calendar::Calendar;
use duban_rules::book::officials::ClosingRule;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Entity as _, EntityId, List};
use duban_runtime::journal::{Failure, Journal};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::exposed::{Backend, Exposed, Operation, Request};
use super::readable::{self, Readable, list, one, text};
use super::row::{At, get, look, post};
use super::{Naming, Resource};
use crate::http::api::described::{reading, shape};
use crate::http::api::place::Instant;
use crate::http::api::shifts::{self, DutyLog, OfDay};
use crate::http::api::text::{Key, Reason, Words};
use crate::http::api::{NOT_NOW, NOT_SO, NOWHERE, Told, told};
use crate::http::problem::Problem;
use crate::verbs::shift::Log;
use duban_base::aside::Undone;
use duban_base::duty;
use duban_base::labels::instant::minute;
use duban_base::labels::shift::{desk_word, standing_word};
use duban_base::names::Names;
use duban_base::rules_in_force;
use duban_base::state;
use duban_base::store::Store;

pub(crate) const SHIFTS: Resource = Resource::of::<Shift>(&[
    list::<Shift>("listShifts", "列出各岗位的班次", "一页班次"),
    one::<Shift>("getShift", "查看一个岗位谁在班"),
    look::<Log>(),
    get(
        At::One("log"),
        |route| route.to(shifts::log),
        reading("getDutyLog", "查看一天的值班日志")
            .at_length("来件、办出按件次计:退回又来的算两次。")
            .with::<OfDay>()
            .answers(shape::<DutyLog>, "值班日志"),
    ),
    post::<TakingOver>(),
    post::<HandingOver>(),
    post::<Noting>(),
    post::<Allowing>(),
]);

impl Exposed for Shift {
    const PATH: &'static str = "/shifts";
    const KEY: Naming =
        Naming { parameter: "desk", words: "岗位:intake、dispatch 或 duty-chief" };
    const TYPED: &'static str = "DESK";
    const TAG: &'static str = "班次";
    const ABOUT: &'static str = "查看谁在班,接班、交班、记录,打印值班日志";
    const WORDS: &'static [Told] = &[
        told(
            "shift-no-such-desk",
            NOWHERE,
            "没有这个岗位",
            "岗位为受理、派遣或值班长(intake, dispatch, duty-chief)",
        ),
        told("shift-already-on", NOT_NOW, "已在班", "您已在班,不必再接班"),
        told(
            "shift-not-handed-to-you",
            NOT_NOW,
            "没有向您交班",
            "{on_shift} 在班;由其交班给您后再接班,其不能交班的,写明理由(reason)后接班",
        )
        .beside(&["reason"]),
        told("shift-handed-to-oneself", NOT_SO, "不能交班给自己", "写接班人的登录名")
            .beside(&["to"]),
        told(
            "shift-not-of-this-post",
            NOT_SO,
            "不是该岗位的人",
            "没有登录名为 {login} 的在职人员担任该岗位",
        )
        .beside(&["to", "login"]),
        told("shift-not-on", NOT_NOW, "不在班", "由在班的人交班和记录;先接班"),
        told(
            "shift-nothing-to-close",
            NOT_SO,
            "该岗位不结案",
            "准许结案写在值班长岗位(duty-chief)",
        ),
        told("shift-allowance-span", NOT_SO, "准许的期限不合要求", "{until} 应在以后的 7 天之内")
            .beside(&["until"]),
        told("shift-too-many-allowed", NOT_NOW, "准许的人过多", "同时最多准许 8 人,等到期后再试"),
    ];

    /// What is open at the desk is read, and whether who is named has its post, for whoever may ask it.
    async fn before(
        at: &Backend<'_>,
        request: &Request<'_>,
        command: &mut Command,
    ) -> Result<(), Problem> {
        let role = request.asker.role;
        let Ok(desk) = request.key.parse::<Desk>() else { return Ok(()) };
        match command {
            Command::HandOver { to, open, .. } if role.may(Duty::KeepDesk) => {
                let next = to.as_ref().map(|next| next.login.clone());
                let read = move |store: &Store| {
                    let held =
                        next.map(|login| post_of(&store.journal, &login, desk)).transpose()?;
                    Ok::<_, Problem>((duty::open(&store.journal, desk)?, held))
                };
                let (waiting, held) = at.read(read).await?;
                *open = waiting;
                if let (Some(next), Some(held)) = (to, held) {
                    next.post = held;
                }
            }
            Command::AllowClosing { chief, .. } if role.may(Duty::AllowClosing) => {
                let login = chief.login.clone();
                let read = move |store: &Store| {
                    Ok::<_, Problem>(post_of(&store.journal, &login, Desk::DutyChief)?)
                };
                chief.post = at.read(read).await?;
            }
            Command::TakeOver { .. }
            | Command::HandOver { .. }
            | Command::Note { .. }
            | Command::AllowClosing { .. }
            | Command::Leave { .. } => {}
        }
        Ok(())
    }

    /// Whoever is on shift is told from the moment of the answer on, and closes.
    async fn after(at: &Backend<'_>, _: &Request<'_>) {
        let heed = |store: &Store| {
            Ok::<_, Undone>(rules_in_force::shifts::heed(&store.journal, &store.rules))
        };
        if !matches!(at.read(heed).await, Ok(Ok(()))) {
            tracing::error!(
                "who is on shift is not known anew; it is read again before letters go out"
            );
        }
    }
}

fn post_of(journal: &Journal, login: &str, desk: Desk) -> Result<Post, Failure> {
    let person = state::read::<Person>(journal, login)?.map(|(person, _)| person);
    let account = person.as_ref().and_then(|person| person.account().ok());
    let held = account.is_some_and(|account| account.profile.holds(desk.role()));
    Ok(if held { Post::Held } else { Post::NotHeld })
}

impl Readable for Shift {
    const LISTS: &'static [List] = &[];

    fn keys(_: &Store) -> Result<BTreeSet<String>> {
        Ok(Desk::ALL.iter().map(|desk| desk.as_str().to_owned()).collect())
    }

    fn shown(store: &Store, key: &str, now: Timestamp) -> Result<Option<(Value, u64)>> {
        let Ok(desk) = key.parse::<Desk>() else { return Ok(None) };
        let stored = readable::stored::<Shift>(store, key)?;
        let unkept = || (Shift::initial(&EntityId::new(Shift::KIND, key)).view(), 0);
        let (mut shown, sequence) = stored.unwrap_or_else(unkept);
        if let Some(fields) = shown.as_object_mut() {
            let rules = store.rules.current();
            let told = rules.0.told(desk.recipient());
            let told = told.into_iter().map(|one| json!({ "name": one.name, "phone": one.phone }));
            fields.insert("told".to_owned(), told.collect());
            named_people(fields, (desk, &rules.0), &Names::of(&store.journal), now)?;
        }
        Ok(Some((shown, sequence)))
    }

    fn words(shown: &Value, calendar: &Calendar) -> Vec<(&'static str, String)> {
        let name = |field: &str| shown.get(field).map(|who| text(who, "name")).unwrap_or_default();
        let since = shown.pointer("/on_shift/since");
        let since = since.and_then(|since| Timestamp::deserialize(since).ok());
        let since = since.map(|since| format!("({} 起)", minute(since, calendar)));
        let told = shown.get("told").and_then(Value::as_array).into_iter().flatten();
        let told: Vec<String> = told
            .map(|one| format!("{} {}", text(one, "name"), text(one, "phone")).trim().to_owned())
            .collect();
        let desk = text(shown, "desk");
        let called = desk.parse::<Desk>().map(desk_word).unwrap_or_default();
        let handed = shown.get("handover").map(|handover| text(handover, "to_name"));
        let mut words = vec![
            ("岗位", format!("{called}({desk})")),
            ("状态", standing_word(&text(shown, "standing")).to_owned()),
            ("在班", name("on_shift") + &since.unwrap_or_default()),
            ("交班给", handed.unwrap_or_default()),
            ("通知发给", told.join("、")),
        ];
        if let Some(closers) = shown.get("may_close") {
            words.push(("可以结案", may_close_words(closers, calendar)));
        }
        words
    }
}

/// Puts names beside logins: to whom it is handed over, and at the duty chief's desk who may close (article 18).
fn named_people(
    fields: &mut Map<String, Value>,
    (desk, cx): (Desk, &Context),
    names: &Names<'_>,
    now: Timestamp,
) -> Result<()> {
    if let Some(handover) = fields.get_mut("handover").and_then(Value::as_object_mut) {
        let to = handover.get("to").and_then(Value::as_str);
        let name = to.map(|to| names.called(to)).transpose()?;
        handover.insert("to_name".to_owned(), json!(name));
    }
    if desk != Desk::DutyChief {
        return Ok(());
    }
    let is_kept = fields.get("standing").and_then(Value::as_str) != Some("unkept");
    let closers = match cx.rules.officials.shifts.closing {
        ClosingRule::OnShift if is_kept => {
            let on_shift = fields.get("on_shift").filter(|one| !one.is_null()).cloned();
            let mut closers: Vec<Value> = on_shift.into_iter().collect();
            let allowed = fields.get("allowed").map(Vec::<Allowance>::deserialize).transpose()?;
            let kept_by = closers.first().map(|one| text(one, "login")).unwrap_or_default();
            for Allowance { login, until } in in_force(allowed.unwrap_or_default(), &kept_by, now) {
                let name = names.called(&login)?;
                closers.push(json!({ "login": login, "name": name, "until": until }));
            }
            json!(closers)
        }
        ClosingRule::OnShift | ClosingRule::AnyChief => Value::Null,
    };
    fields.insert("may_close".to_owned(), closers);
    Ok(())
}

/// Who may close, in words; every duty chief where nobody in particular does.
fn may_close_words(closers: &Value, calendar: &Calendar) -> String {
    let Some(closers) = closers.as_array() else { return "任何值班长".to_owned() };
    let word = |one: &Value| {
        let until = one.get("until").and_then(|until| Timestamp::deserialize(until).ok());
        let until = until.map(|until| format!("(中心主任准许,至 {})", minute(until, calendar)));
        text(one, "name") + &until.unwrap_or_default()
    };
    let closers: Vec<String> = closers.iter().map(word).collect();
    if closers.is_empty() {
        "无人;先接班,或请中心主任准许".to_owned()
    } else {
        closers.join("、")
    }
}

/// 接班;上一班交来的,接班即签收(办法第三条)
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct TakingOver {
    /// 在班的人没有交班时写明理由
    #[arg(long, value_name = "TEXT")]
    reason: Option<Reason>,
}

impl Operation for TakingOver {
    type Of = Shift;
    const NAME: &'static str = "take-over";
    const VERB: &'static str = "take-over";
    const ID: &'static str = "takeOverShift";
    const DONE: &'static str = "已接班";
    const EXAMPLES: &'static [&'static str] =
        &["duty-chief --by zhiban1", "dispatch --by paiqian1 --reason 前一班突发疾病"];

    fn command(self, _: &Context) -> Command {
        Command::TakeOver { reason: self.reason.map(String::from) }
    }
}

/// 交班:列出该岗位的在办案件,交给接班人
///
/// 接班人接班前,交班人仍在班。不写接班人的,岗位从此无人在班,通知发给该岗位全体人员和中心主任。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct HandingOver {
    /// 接班人的登录名
    #[arg(long, value_name = "LOGIN")]
    to: Option<Key>,
    /// 交代的事项
    #[arg(long, value_name = "TEXT")]
    note: Option<Words>,
}

impl Operation for HandingOver {
    type Of = Shift;
    const NAME: &'static str = "hand-over";
    const VERB: &'static str = "hand-over";
    const ID: &'static str = "handOverShift";
    const DONE: &'static str = "已交班";
    const EXAMPLES: &'static [&'static str] =
        &["duty-chief --by zhiban1 --to zhiban2 --note 靖宁街一案等待答复", "intake --by jiandu1"];

    fn command(self, _: &Context) -> Command {
        let note = self.note.map(String::from).unwrap_or_default();
        Command::HandOver { to: self.to.map(named), note, open: Open::default() }
    }
}

/// 在值班日志中记录一事
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct Noting {
    /// 记录的内容
    #[arg(long, value_name = "TEXT")]
    text: Words,
}

impl Operation for Noting {
    type Of = Shift;
    const NAME: &'static str = "notes";
    const VERB: &'static str = "note";
    const ID: &'static str = "noteShift";
    const DONE: &'static str = "已记录";
    const EXAMPLES: &'static [&'static str] = &["dispatch --by paiqian1 --text 水务局值班电话已换"];

    fn command(self, _: &Context) -> Command {
        Command::Note { text: self.text.into() }
    }
}

/// 中心主任准许不在班的值班长结案(办法第三、十八条)
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct Allowing {
    /// 值班长的登录名
    #[arg(long, value_name = "LOGIN")]
    login: Key,
    /// 到何时,最长 7 天
    #[arg(long, value_name = "INSTANT")]
    #[schema(value_type = String, format = DateTime)]
    until: Instant,
    /// 理由
    #[arg(long, value_name = "TEXT")]
    reason: Reason,
}

impl Operation for Allowing {
    type Of = Shift;
    const NAME: &'static str = "allowances";
    const VERB: &'static str = "allow-closing";
    const ID: &'static str = "allowClosing";
    const DONE: &'static str = "已准许";
    const EXAMPLES: &'static [&'static str] = &[
        "duty-chief --by zhuren --login zhiban2 --until 2026-03-02T18:00 --reason 在班的值班长外出",
    ];

    /// Cases are closed at the duty chief's desk.
    fn is_meant(shift: &Shift) -> bool {
        shift.desk() == Some(Desk::DutyChief)
    }

    fn command(self, cx: &Context) -> Command {
        let until = self.until.by(&cx.rules.calendar);
        Command::AllowClosing { chief: named(self.login), until, reason: self.reason.into() }
    }
}

/// Whether they have the post is looked up before it is asked.
fn named(login: Key) -> Named {
    Named { login: CompactString::from(login), post: Post::NotHeld }
}

//! Meetings of the committee (articles 4, 5 and 19): what can be read and asked of them, and how their refusals are told.

use anyhow::Result;
use clap::Args;
use compact_str::CompactString;
use duban_actors::case::CaseId;
use duban_actors::context::Context;
use duban_actors::meeting::{Answer, Command, LISTS, Meeting};
use duban_rules::book::calendar::Calendar;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::List;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::ToSchema;

use super::cases::disputes::FoundAs;
use super::exposed::{Exposed, Operation};
use super::readable::{Readable, list, one, text, texts};
use super::row::post;
use super::{Naming, Resource};
use crate::http::api::choices::{self, word};
use crate::http::api::place::Instant;
use crate::http::api::several::{HelpingUnits, PresentPeople};
use crate::http::api::text::{Address, Key, Name, Reason, Words};
use crate::http::api::visibility::sees_meeting;
use crate::http::api::{NOT_NOW, NOT_SO, Told, told};
use duban_base::asking::Asker;
use duban_base::labels::instant::minute;
use duban_base::labels::meeting::{answer_word, decision_word, standing_word};
use duban_base::state;
use duban_base::store::Store;

pub(crate) const MEETINGS: Resource = Resource::of::<Meeting>(&[
    list::<Meeting>("listMeetings", "列出城管委会议", "一页会议"),
    one::<Meeting>("getMeeting", "查看一次会议的议题、邀请、决定和纪要"),
    post::<Calling>(),
    post::<Answering>(),
    post::<CallingOff>(),
    post::<Holding>(),
    post::<Deciding>(),
    post::<Minuting>(),
]);

impl Exposed for Meeting {
    const PATH: &'static str = "/meetings";
    const KEY: Naming = Naming { parameter: "no", words: "会议编号" };
    const TYPED: &'static str = "NO";
    const TAG: &'static str = "城管委会议";
    const ABOUT: &'static str = "列出、查看城管委会议,召集、答复、取消、记录、录入决定和纪要";
    const WORDS: &'static [Told] = &[
        told(
            "meeting-out-of-order",
            NOT_NOW,
            "会议不在这一环节",
            "会议现处于 {stands};先提请、召集,召开后录入决定和纪要",
        ),
        told("meeting-in-the-past", NOT_SO, "时间已过", "{at} 已过,写以后的时间").beside(&["at"]),
        told("meeting-place-missing", NOT_SO, "没有写明地点", "写明开会的地点").beside(&["place"]),
        told(
            "meeting-unchanged",
            NOT_NOW,
            "会议没有变动",
            "时间、地点和受邀的人都没有变动,不必再次召集",
        ),
        told("meeting-too-many-invited", NOT_NOW, "邀请的人过多", "一次会议最多邀请 {most} 人"),
        told(
            "meeting-not-invited",
            NOT_SO,
            "不在邀请之列",
            "没有邀请 {name};写受邀人在规则中的姓名",
        )
        .beside(&["name"]),
        told("meeting-not-yet-held", NOT_NOW, "会议尚未召开", "定于 {at};提前召开的先改期"),
        told(
            "meeting-nobody-there",
            NOT_SO,
            "没有主持人或到会的人",
            "写明主持人和到会的人(办法第四条)",
        )
        .beside(&["present"]),
        told(
            "meeting-may-not-preside",
            NOT_SO,
            "不能主持会议",
            "{name} 不是城管委主任、成员、受邀的主要领导或中心主任,也不代他们参加(办法第四条)",
        ),
        told(
            "meeting-not-on-the-agenda",
            NOT_SO,
            "不在议题之内",
            "该案件不在议题之内,或已不需要决定",
        )
        .beside(&["case"]),
        told("meeting-decided", NOT_NOW, "已有决定", "该议题已作出决定"),
        told(
            "meeting-helpers",
            NOT_SO,
            "协办单位不合适",
            "协办单位 1 至 {most} 个,不重复,不含主办单位",
        )
        .beside(&["helper"]),
        told("meeting-no-such-unit", NOT_SO, "没有这个单位", "{unit} 不在规则中,或已停用")
            .beside(&["unit", "helper"]),
        told(
            "meeting-is-the-applicants",
            NOT_SO,
            "即申请单位",
            "{unit} 是申请单位;仍由其处置的另选一项(stays, stays-credited)",
        )
        .beside(&["unit"]),
        told("meeting-undecided", NOT_NOW, "还有议题没有决定", "各议题决定后再录入纪要"),
    ];
}

impl Readable for Meeting {
    const LISTS: &'static [List] = &LISTS;

    /// Whoever is invited sees it, and so does the unit whose case it is (article 19).
    fn concerns(store: &Store, asker: &Asker, key: &str) -> Result<bool> {
        let found = state::read::<Meeting>(&store.journal, key)?;
        let rules = store.rules.current();
        Ok(found.is_some_and(|(meeting, _)| sees_meeting(asker, &meeting, &rules.0)))
    }

    fn words(shown: &Value, calendar: &Calendar) -> Vec<(&'static str, String)> {
        let at = |pointer: &str| {
            let at = shown.pointer(pointer).and_then(|at| Timestamp::deserialize(at).ok());
            at.map(|at| minute(at, calendar)).unwrap_or_default()
        };
        let of = |field: &str| shown.get(field).cloned().unwrap_or_default();
        let (call, sitting, minutes) = (of("call"), of("sitting"), of("minutes"));
        let agenda = shown.get("agenda").and_then(Value::as_array).into_iter().flatten();
        let agenda: Vec<String> = agenda
            .map(|item| {
                let subject = item.pointer("/motion/subject").and_then(Value::as_str);
                let decision = read(item.get("standing"))
                    .map(|standing| decision_word(&standing, &ToString::to_string));
                let decision = decision.unwrap_or_default();
                format!("{}({})", subject.unwrap_or_default(), decision)
            })
            .collect();
        let invited = call.get("invited").and_then(Value::as_array).into_iter().flatten();
        let invited: Vec<String> = invited
            .map(|one| {
                let answer = read(one.get("answer")).map(|answer| answer_word(&answer));
                format!("{}{}", text(one, "name"), answer.unwrap_or_default())
            })
            .collect();
        vec![
            ("会议编号", text(shown, "no")),
            ("状态", standing_word(&text(shown, "standing")).to_owned()),
            ("议题", agenda.join("、")),
            ("时间", at("/call/when")),
            ("地点", text(&call, "place")),
            ("邀请", invited.join("、")),
            ("主持", text(&sitting, "chair")),
            ("到会", texts(&sitting, "present")),
            ("缺席", texts(&sitting, "absent")),
            ("纪要", text(&minutes, "record")),
        ]
    }

    /// Who is invited, who was there and the minutes are read one by one.
    fn in_line(shown: &Value, calendar: &Calendar) -> Vec<(&'static str, String)> {
        let call = shown.get("call").cloned().unwrap_or_default();
        let kept = ["会议编号", "状态", "议题", "时间", "地点"];
        let mut line = Self::words(shown, calendar);
        line.retain(|(name, _)| kept.contains(name));
        line.push(("邀请", answers(&call)));
        line
    }
}

/// How many of those invited have answered, and how many come or send somebody; nothing before they are called.
fn answers(call: &Value) -> String {
    let Some(invited) = call.get("invited").and_then(Value::as_array) else {
        return String::new();
    };
    let answers: Vec<Answer> = invited.iter().filter_map(|one| read(one.get("answer"))).collect();
    let comes = answers.iter().filter(|answer| !matches!(answer, Answer::StaysAway { .. }));
    format!("{} 人,已答复 {},到会 {}", invited.len(), answers.len(), comes.count())
}

/// What a view says somewhere; none where it says nothing of the kind.
fn read<T: DeserializeOwned>(shown: Option<&Value>) -> Option<T> {
    shown.and_then(|shown| T::deserialize(shown).ok())
}

/// 召集会议,或改期
///
/// 由中心主任召集,临时会议也可由城管委主任召集。城管委成员和有关单位的主要领导收到通知,信件附日历项;
/// 不在岗的由代班人代为参加(办法第二、四、十九条)。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct Calling {
    /// 时间,如 2026-03-10T09:00
    #[arg(long, value_name = "INSTANT")]
    #[schema(value_type = String, format = DateTime)]
    at: Instant,
    /// 地点
    #[arg(long, value_name = "TEXT")]
    place: Address,
}

impl Operation for Calling {
    type Of = Meeting;
    const NAME: &'static str = "call";
    const VERB: &'static str = "call";
    const ID: &'static str = "callMeeting";
    const DONE: &'static str = "已召集";
    const EXAMPLES: &'static [&'static str] =
        &["c7k2m…-1 --by zhuren --at 2026-03-10T09:00 --place 政府三楼会议室"];

    fn command(self, cx: &Context) -> Command {
        Command::Call { at: self.at.by(&cx.rules.calendar), place: self.place.into() }
    }
}

/// Whether somebody comes.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Coming {
    Comes,
    Sends,
    StaysAway,
}

/// 答复是否参加
///
/// 单位的人为本单位主要领导答复;中心主任可代录任何受邀人的答复。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answering {
    /// 答复:参加 comes,由他人代为参加 sends,不参加 stays-away
    #[arg(long, value_name = "ANSWER", value_parser = word::<Coming>)]
    #[schema(schema_with = choices::coming)]
    coming: Coming,
    /// 受邀人的姓名;为本单位主要领导答复的不必写
    #[arg(long, value_name = "NAME")]
    name: Option<Name>,
    /// 代为参加的人:由他人代为参加(sends)的写明
    #[arg(long, value_name = "NAME")]
    deputy: Option<Name>,
    /// 不参加的理由:不参加(stays-away)的写明
    #[arg(long, value_name = "TEXT")]
    reason: Option<Reason>,
}

impl Operation for Answering {
    type Of = Meeting;
    const NAME: &'static str = "answers";
    const VERB: &'static str = "answer";
    const ID: &'static str = "answerInvitation";
    const DONE: &'static str = "已答复";
    const EXAMPLES: &'static [&'static str] = &[
        "c7k2m…-1 --by shuiwu --coming comes",
        "c7k2m…-1 --by zhuren --name 贺示例 --coming sends --deputy 倪示例",
    ];

    fn wrong(&self) -> Option<&'static str> {
        match (self.coming, &self.deputy, &self.reason) {
            (Coming::Comes, None, None)
            | (Coming::Sends, Some(_), None)
            | (Coming::StaysAway, None, Some(_)) => None,
            (Coming::Comes, ..) => Some("参加(comes)的,不写代为参加的人和理由(deputy, reason)"),
            (Coming::Sends, ..) => {
                Some("由他人代为参加(sends)的,写明代为参加的人(deputy),不写理由(reason)")
            }
            (Coming::StaysAway, ..) => {
                Some("不参加(stays-away)的,写明理由(reason),不写代为参加的人(deputy)")
            }
        }
    }

    fn command(self, _: &Context) -> Command {
        let deputy = self.deputy.map(CompactString::from).unwrap_or_default();
        let reason = self.reason.map(String::from).unwrap_or_default();
        let answer = match self.coming {
            Coming::Comes => Answer::Comes,
            Coming::Sends => Answer::Sends { deputy },
            Coming::StaysAway => Answer::StaysAway { reason },
        };
        Command::Answer { name: self.name.map(CompactString::from), answer }
    }
}

/// 取消会议
///
/// 议题上的案件由值班长或中心主任认定。改期不必取消,再次召集即可。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct CallingOff {
    /// 理由
    #[arg(long, value_name = "TEXT")]
    reason: Reason,
}

impl Operation for CallingOff {
    type Of = Meeting;
    const NAME: &'static str = "cancellation";
    const VERB: &'static str = "cancel";
    const ID: &'static str = "cancelMeeting";
    const DONE: &'static str = "已取消";
    const EXAMPLES: &'static [&'static str] = &["c7k2m…-1 --by zhuren --reason 两单位已协商一致"];

    fn command(self, _: &Context) -> Command {
        Command::Cancel { reason: self.reason.into() }
    }
}

/// 记录会议召开:谁主持,谁到会
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct Holding {
    /// 主持人
    #[arg(long, value_name = "NAME")]
    chair: Name,
    /// 到会的人
    #[command(flatten)]
    present: PresentPeople,
}

impl Operation for Holding {
    type Of = Meeting;
    const NAME: &'static str = "sitting";
    const VERB: &'static str = "hold";
    const ID: &'static str = "holdMeeting";
    const DONE: &'static str = "已记录";
    const EXAMPLES: &'static [&'static str] =
        &["c7k2m…-1 --by zhuren --chair 米示例 --present 贺示例 --present 章示例"];

    fn command(self, _: &Context) -> Command {
        Command::Hold { chair: self.chair.into(), present: self.present.into() }
    }
}

/// 录入会议对一个案件的决定
///
/// 决定即行生效:有关单位执行,不再退单和申请认定(办法第五、十九条)。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deciding {
    /// 案件号
    #[arg(long, value_name = "CASE")]
    case: Key,
    /// 决定:不成立 stays,仍由其处置但时间不计 stays-credited,改由其他单位 moves-to,由几个单位处置 joint
    #[arg(long, value_name = "FINDING", value_parser = word::<FoundAs>)]
    #[schema(schema_with = choices::finding_of)]
    finding: FoundAs,
    /// 处置单位:改由哪个单位处置(moves-to),或哪个单位主办(joint)
    #[arg(long, value_name = "UNIT")]
    unit: Option<Key>,
    /// 协办单位
    #[command(flatten)]
    #[serde(default)]
    #[schema(required = false)]
    helpers: HelpingUnits,
    /// 决定的内容和理由
    #[arg(long, value_name = "TEXT")]
    reason: Reason,
}

impl Operation for Deciding {
    type Of = Meeting;
    const NAME: &'static str = "decisions";
    const VERB: &'static str = "decide";
    const ID: &'static str = "decideAtMeeting";
    const DONE: &'static str = "已录入";
    const EXAMPLES: &'static [&'static str] =
        &["c7k2m…-1 --by zhuren --case c7k2m… --finding moves-to --unit DL --reason 杆线归供电"];

    fn wrong(&self) -> Option<&'static str> {
        self.finding.wrong(self.unit.as_ref(), &self.helpers)
    }

    fn command(self, _: &Context) -> Command {
        let finding = self.finding.finding(self.unit.as_ref(), self.helpers);
        let case = CaseId(self.case.into());
        Command::Decide { case, finding, reason: self.reason.into() }
    }
}

/// 录入会议纪要;各议题决定之后
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct Minuting {
    /// 纪要
    #[arg(long, value_name = "TEXT")]
    record: Words,
}

impl Operation for Minuting {
    type Of = Meeting;
    const NAME: &'static str = "minutes";
    const VERB: &'static str = "minute";
    const ID: &'static str = "minuteMeeting";
    const DONE: &'static str = "已录入";
    const EXAMPLES: &'static [&'static str] =
        &["c7k2m…-1 --by zhuren --record 会议决定井盖归供电单位处置"];

    fn command(self, _: &Context) -> Command {
        Command::Minute { record: self.record.into() }
    }
}

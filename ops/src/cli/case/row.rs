//! A case in a line: where it stands, whose it is, when it is due, and its light.

use duban_actors::case::assignment::Standing;
use duban_actors::case::{Case, Life, Timeliness};
use duban_actors::context::Context;
use duban_rules::book::ladder;
use duban_runtime::clock::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::explain::stage_due;
use crate::cli::instant;

/// Where a case can stand: the word of lists and what people call it.
pub(crate) const STAGES: [(&str, &str); 10] = [
    ("registered", "待立案"),
    ("validating", "核实中"),
    ("awaiting-dispatch", "待派遣"),
    ("dispatched", "待签收"),
    ("handling", "处置中"),
    ("returning", "退单审核"),
    ("verifying", "核查中"),
    ("awaiting-closing", "待结案"),
    ("declined", "不予立案"),
    ("closed", "已结案"),
];

/// Stages in which somebody still has to do something.
pub(crate) const OPEN: [&str; 8] = [
    "registered",
    "validating",
    "awaiting-dispatch",
    "dispatched",
    "handling",
    "returning",
    "verifying",
    "awaiting-closing",
];

/// The stage of this word, as the command line gives it.
pub(crate) fn stage(word: &str) -> Result<&'static str, String> {
    let known = STAGES.iter().filter(|(name, _)| *name != "closed");
    let found = known.clone().find(|(name, chinese)| *name == word || *chinese == word);
    found.map(|(name, _)| *name).ok_or_else(|| {
        let known = known.map(|(name, chinese)| format!("{name}({chinese})"));
        format!("可用:{}", known.collect::<Vec<_>>().join(" "))
    })
}

/// What people call a stage.
pub(crate) fn stage_word(name: &str) -> &str {
    STAGES.iter().find(|(word, _)| *word == name).map_or(name, |(_, chinese)| chinese)
}

/// The light of a case at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Light {
    /// Done with.
    Off,
    /// Time enough.
    Green,
    /// Nearly used up.
    Yellow,
    /// Overdue.
    Red,
}

impl Light {
    /// The word of programs.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Light::Off => "off",
            Light::Green => "green",
            Light::Yellow => "yellow",
            Light::Red => "red",
        }
    }

    /// The word of people.
    pub(crate) fn chinese(self) -> &'static str {
        match self {
            Light::Off => "—",
            Light::Green => "绿",
            Light::Yellow => "黄",
            Light::Red => "红",
        }
    }
}

/// The light of `case` at `now`: by its due instant and the steps of its ladder, as far as its clock has run.
pub(crate) fn light(case: &Case, stage_due: Option<Timestamp>, now: Timestamp) -> Light {
    let life = &case.life;
    if matches!(life, Life::Closed(_) | Life::Declined(_) | Life::Unreported) {
        return Light::Off;
    }
    let Some((filing, assignment)) = life.filing().zip(life.assignment()) else {
        return if stage_due.is_some_and(|due| now > due) { Light::Red } else { Light::Green };
    };
    // A clock that stands still shows what it showed when it stopped.
    let now = stopped(life).map_or(now, |since| since.min(now));
    if assignment.due.is_some_and(|due| now > due) {
        return Light::Red;
    }
    let marks = filing.ladder.steps().iter().zip(&assignment.marks);
    let reached = marks.filter(|(_, mark)| mark.standing != Standing::Lapsed && mark.due <= now);
    let lights = reached.map(|(step, _)| match step.light {
        ladder::Light::Green => Light::Green,
        ladder::Light::Yellow => Light::Yellow,
        ladder::Light::Red => Light::Red,
    });
    lights.max().unwrap_or(Light::Green)
}

/// Since when the unit's clock stands still.
pub(super) fn stopped(life: &Life) -> Option<Timestamp> {
    match life {
        Life::Returning(_, _, pending) | Life::AwaitingClosing(_, _, pending) => {
            Some(pending.since)
        }
        Life::Verifying(_, _, verifying) => Some(verifying.finish),
        Life::Unreported
        | Life::Registered(_)
        | Life::Validating(..)
        | Life::Declined(_)
        | Life::AwaitingDispatch(..)
        | Life::Dispatched(..)
        | Life::Handling(..)
        | Life::Closed(_) => None,
    }
}

/// A line of the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CaseRow)]
pub(crate) struct Row {
    /// 案件号
    #[serde(rename = "case")]
    id: String,
    /// 年度编号,立案后才有
    number: Option<String>,
    /// 环节
    #[schema(example = "handling")]
    stage: &'static str,
    /// 本环节的截止时刻
    #[schema(value_type = Option<String>, format = DateTime)]
    stage_due: Option<Timestamp>,
    /// 承办单位
    unit: Option<String>,
    /// 小类名称
    matter: String,
    /// 处置的截止时刻
    #[schema(value_type = Option<String>, format = DateTime)]
    due: Option<Timestamp>,
    /// 灯
    light: Light,
    /// 督办级别,0 为未督办
    level: u8,
    /// 返工次数
    reworks: u16,
    /// 是否按期,结案后才有
    #[schema(value_type = Option<String>, example = "on-time")]
    timeliness: Option<Timeliness>,
}

impl Row {
    /// The headings of [`Row::cells`].
    pub(super) const HEADINGS: [&'static str; 10] =
        ["案件", "编号", "环节", "环节截止", "单位", "事项", "处置截止", "灯", "督办", "返工"];

    /// The line of `case` at `now`.
    pub(crate) fn of(case: &Case, now: Timestamp, cx: &Context) -> Row {
        let life = &case.life;
        let (filing, assignment) = (life.filing(), life.assignment());
        let stage_due = stage_due(case, cx);
        let condition = filing.and_then(|filing| filing.condition.as_ref());
        let matter = condition.map(|code| {
            let known = cx.rules.handbook.condition(code);
            known.map_or_else(|| code.to_string(), |known| known.small_class.clone())
        });
        Row {
            id: case.id.to_string(),
            number: filing.and_then(|f| f.number.as_ref()).map(ToString::to_string),
            stage: life.name(),
            unit: life.unit().map(ToString::to_string),
            matter: matter.unwrap_or_else(|| "—".to_owned()),
            stage_due,
            due: assignment.and_then(|a| a.due),
            light: light(case, stage_due, now),
            level: filing.zip(assignment).map_or(0, |(f, a)| a.level(&f.ladder)),
            reworks: filing.map_or(0, |filing| filing.reworks),
            timeliness: if let Life::Closed(closed) = life {
                Some(closed.timeliness)
            } else {
                None
            },
        }
    }

    /// For people.
    pub(super) fn cells(&self, cx: &Context) -> Vec<String> {
        let calendar = &cx.rules.calendar;
        let dash = || "—".to_owned();
        let light = match self.timeliness {
            Some(timeliness) => timeliness_word(timeliness).to_owned(),
            None => self.light.chinese().to_owned(),
        };
        vec![
            self.id.clone(),
            self.number.clone().unwrap_or_else(dash),
            stage_word(self.stage).to_owned(),
            self.stage_due.map_or_else(dash, |due| instant::minute(due, calendar)),
            self.unit.clone().unwrap_or_else(dash),
            self.matter.clone(),
            self.due.map_or_else(dash, |due| instant::minute(due, calendar)),
            light,
            level_word(self.level).to_owned(),
            if self.reworks == 0 { dash() } else { self.reworks.to_string() },
        ]
    }

    /// For programs.
    pub(super) fn json(&self) -> Value {
        // Writing plain texts and numbers cannot fail.
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// What people call a verdict.
pub(super) fn timeliness_word(timeliness: Timeliness) -> &'static str {
    match timeliness {
        Timeliness::OnTime => "按期",
        Timeliness::Late => "超期",
        Timeliness::Unjudged => "无时限",
    }
}

/// What people call a supervision level.
pub(super) fn level_word(level: u8) -> &'static str {
    match level {
        0 => "—",
        1 => "一级",
        2 => "二级",
        _ => "三级",
    }
}

/// What people call a step: the shipped ladders' names in words, a percentage as one, others as the rules name them.
pub(super) fn step_word(code: &str) -> String {
    let known = match code {
        "unread" => "催收",
        "warning" => "预警",
        "level-1" => "一级督办",
        "level-2" => "二级督办",
        "level-3" => "三级督办",
        _ if code.parse::<u32>().is_ok() => return format!("{code}%"),
        other => other,
    };
    known.to_owned()
}

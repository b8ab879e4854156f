//! A case in a line: where it stands, whose it is, when it is due, and its light.

use duban_actors::case::provisional::{mark, stage_mark};
use duban_actors::case::{Case, State, Timeliness, listing};
use duban_actors::context::Context;
use duban_rules::vocabulary::UnitId;
use duban_runtime::clock::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::case::{Light, level_word, light, stage_due, stage_word, timeliness_word};
use super::instant;

/// A line of the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CaseRow)]
pub struct Row {
    /// 案件号
    #[serde(rename = "case")]
    pub id: String,
    /// 年度编号,立案后才有
    pub number: Option<String>,
    /// 环节
    #[schema(example = "handling")]
    pub stage: &'static str,
    /// 本环节的截止时刻
    #[schema(value_type = Option<String>, format = DateTime)]
    pub stage_due: Option<Timestamp>,
    #[serde(skip)]
    stage_mark: &'static str,
    /// 承办单位
    pub unit: Option<String>,
    /// 小类名称
    pub matter: String,
    /// 处置的截止时刻
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due: Option<Timestamp>,
    /// 处置的截止时刻是否暂定:所在年份的放假安排尚未公布或没有录全
    pub provisional: bool,
    /// 灯
    pub light: Light,
    /// 督办级别,0 为未督办
    pub level: u8,
    /// 返工次数
    pub reworks: u16,
    /// 是否按期,结案后才有
    #[schema(value_type = Option<String>, example = "on-time")]
    pub timeliness: Option<Timeliness>,
}

impl Row {
    /// The headings of [`Row::cells`].
    pub const HEADINGS: [&'static str; 10] =
        ["案件", "编号", "环节", "环节截止", "单位", "事项", "处置截止", "灯", "督办", "返工"];

    /// The line of `case` at `now`.
    pub fn of(case: &Case, now: Timestamp, cx: &Context) -> Row {
        let life = &case.state;
        let (filing, assignment) = (life.filing(), life.assignment());
        let stage_due = stage_due(case);
        let matter = filing.and_then(|filing| {
            let entry = filing.entry(cx).map(|entry| entry.small_class.clone());
            entry.or_else(|| filing.condition.as_ref().map(ToString::to_string))
        });
        Row {
            id: case.id.to_string(),
            number: filing.and_then(|f| f.number.as_ref()).map(ToString::to_string),
            stage: life.name(),
            unit: life.unit().map(ToString::to_string),
            matter: matter.unwrap_or_else(|| "—".to_owned()),
            stage_due,
            stage_mark: stage_mark(life, &cx.rules),
            due: assignment.and_then(|a| a.due),
            provisional: !mark(life, &cx.rules).is_empty(),
            light: light(case, stage_due, now),
            level: filing.zip(assignment).map_or(0, |(f, a)| a.level(&f.ladder)),
            reworks: filing.map_or(0, |filing| filing.reworks),
            timeliness: if let State::Closed(closed) = life {
                Some(closed.timeliness)
            } else {
                None
            },
        }
    }

    /// The line of a sub-task of `unit`, as its helper sees it: until when its part is to be done, and nothing of how the
    /// lead stands with the case (article 19). None where nothing is asked of it.
    pub fn of_help(case: &Case, unit: &UnitId, now: Timestamp, cx: &Context) -> Option<Row> {
        let mut asked = case.state.filing()?.help_asked().filter(|(help, _)| help.unit == *unit);
        let due = asked.next()?.1.due;
        let light = if now > due { Light::Red } else { Light::Green };
        Some(Row {
            stage: listing::HELP_NAME,
            stage_due: Some(due),
            stage_mark: "",
            due: None,
            provisional: false,
            light,
            level: 0,
            reworks: 0,
            ..Row::of(case, now, cx)
        })
    }

    /// The line of a case with a task on site, as whoever carries the task sees it: its due instant is the task's, also of
    /// a look within an application.
    pub fn of_task(case: &Case, now: Timestamp, cx: &Context) -> Row {
        let row = Row::of(case, now, cx);
        match case.state.task() {
            Some(task) => Row { stage_due: Some(task.clock.due), ..row },
            None => row,
        }
    }

    /// What is said behind the due instant.
    pub fn mark(&self) -> &'static str {
        if self.provisional { "(暂定)" } else { "" }
    }

    /// For people.
    pub fn cells(&self, cx: &Context) -> Vec<String> {
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
            self.stage_due
                .map_or_else(dash, |due| instant::minute(due, calendar) + self.stage_mark),
            self.unit.clone().unwrap_or_else(dash),
            self.matter.clone(),
            self.due.map_or_else(dash, |due| instant::minute(due, calendar) + self.mark()),
            light,
            level_word(self.level).to_owned(),
            if self.reworks == 0 { dash() } else { self.reworks.to_string() },
        ]
    }

    /// For programs.
    pub fn json(&self) -> Value {
        // Writing plain texts and numbers cannot fail.
        serde_json::to_value(self).unwrap_or_default()
    }
}

//! A case in a line: where it stands, whose it is, when it is due, and its light.

use duban_actors::case::{Case, Life, Timeliness};
use duban_actors::context::Context;
use duban_runtime::clock::Timestamp;
use serde_json::{Value, json};

use super::case::{Light, level_word, light, stage_due, stage_word, timeliness_word};
use super::instant;

/// A line of the list.
pub struct Row {
    /// Its id.
    pub id: String,
    /// Its number, once it has one.
    pub number: Option<String>,
    /// The word of its stage.
    pub stage: &'static str,
    /// Whose it is.
    pub unit: Option<String>,
    /// What it is about.
    pub matter: String,
    /// When its stage ought to be over.
    pub stage_due: Option<Timestamp>,
    /// When the handling ought to be finished.
    pub due: Option<Timestamp>,
    /// Its light.
    pub light: Light,
    /// Its supervision level, 0–3.
    pub level: u8,
    /// How often it was sent back.
    pub reworks: u16,
    /// In time or not, once it is closed.
    pub timeliness: Option<Timeliness>,
}

impl Row {
    /// The headings of [`Row::cells`].
    pub const HEADINGS: [&'static str; 10] =
        ["案件", "编号", "环节", "环节截止", "单位", "事项", "处置截止", "灯", "督办", "返工"];

    /// The line of `case` at `now`.
    pub fn of(case: &Case, now: Timestamp, cx: &Context) -> Row {
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
    pub fn json(&self) -> Value {
        json!({
            "case": self.id,
            "number": self.number,
            "stage": self.stage,
            "stage_due": self.stage_due,
            "unit": self.unit,
            "matter": self.matter,
            "due": self.due,
            "light": self.light.as_str(),
            "level": self.level,
            "reworks": self.reworks,
            "timeliness": self.timeliness,
        })
    }
}

//! Names: what people call the things of two editions, with the code in brackets where files and commands want it.
//!
//! The new edition's name is the name; the old one's serves for what the new one does not know.

use crate::book::RuleBook;
use crate::book::handbook::{Candidate, Condition};
use crate::book::ladder::Step;
use crate::book::units::Unit;
use crate::diagnostic::Lang;
use crate::vocabulary::{
    CellId, CollectorId, GridId, Matter, Recipient, TemplateName, TimeLimit, UnitId,
};

/// The names of both editions, in one language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names<'a> {
    pub(super) lang: Lang,
    pub(super) old: &'a RuleBook,
    pub(super) new: &'a RuleBook,
}

/// One of two words, Chinese and English.
pub(super) fn of(lang: Lang, [zh, en]: [&str; 2]) -> &str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

impl Names<'_> {
    pub(super) fn of<'w>(&self, pair: [&'w str; 2]) -> &'w str {
        of(self.lang, pair)
    }

    /// Things in a row.
    pub(super) fn join(&self, things: &[String]) -> String {
        things.join(self.of(["、", ", "]))
    }

    /// `部件 01-01 条件2(上水井盖)`.
    pub(super) fn condition(&self, condition: &Condition) -> String {
        let Condition { matter, big_code, small_code, small_class, .. } = condition;
        let number = condition.number();
        match self.lang {
            Lang::Zh => {
                let matter = matter.chinese();
                format!("{matter} {big_code}-{small_code} 条件{number}({small_class})")
            }
            Lang::En => {
                let matter = match matter {
                    Matter::Component => "component",
                    Matter::Incident => "incident",
                };
                format!("{matter} {big_code}-{small_code} condition {number} ({small_class})")
            }
        }
    }

    /// Those who may handle a condition, with the grids they do it in.
    pub(super) fn candidates(&self, condition: &Condition) -> Vec<String> {
        let name = |candidate: &Candidate| {
            let unit = self.unit_of(&candidate.unit);
            let grids: Vec<String> = candidate.grids.iter().map(|grid| self.grid(grid)).collect();
            match (grids.is_empty(), self.lang) {
                (true, _) => unit,
                (false, Lang::Zh) => format!("{unit}(只在{})", self.join(&grids)),
                (false, Lang::En) => format!("{unit} (only in {})", self.join(&grids)),
            }
        };
        condition.candidates.iter().map(name).collect()
    }

    /// `水务局(SW)`.
    pub(super) fn unit(&self, unit: &Unit) -> String {
        self.coded(&unit.name, unit.id.as_str())
    }

    pub(super) fn unit_of(&self, id: &UnitId) -> String {
        let unit = self.new.units.get(id).or_else(|| self.old.units.get(id));
        unit.map_or_else(|| id.to_string(), |unit| self.unit(unit))
    }

    pub(super) fn grid(&self, id: &GridId) -> String {
        let grid = self.new.grid.grid(id).or_else(|| self.old.grid.grid(id));
        grid.map_or_else(|| id.to_string(), |grid| self.coded(&grid.name, id.as_str()))
    }

    pub(super) fn cell(&self, id: &CellId) -> String {
        let cell = self.new.grid.cell(id).or_else(|| self.old.grid.cell(id));
        match cell {
            Some(cell) if !cell.name.is_empty() => self.coded(&cell.name, id.as_str()),
            Some(_) | None => id.to_string(),
        }
    }

    pub(super) fn collector(&self, id: &CollectorId) -> String {
        let entry = self.new.grid.collector(id).or_else(|| self.old.grid.collector(id));
        entry.map_or_else(|| id.to_string(), |entry| self.coded(&entry.name, id.as_str()))
    }

    /// A template by its title.
    pub(super) fn template(&self, name: &TemplateName) -> String {
        let notice = self.new.notices.get(name).or_else(|| self.old.notices.get(name));
        match (notice, self.lang) {
            (Some(notice), Lang::Zh) => self.coded(&notice.title, name.as_str()),
            (Some(_), Lang::En) | (None, _) => name.to_string(),
        }
    }

    /// A step of a ladder: its level, or what its notice is called.
    pub(super) fn step(&self, step: &Step) -> String {
        let code = step.code.as_str();
        match (step.level, self.lang) {
            (_, Lang::En) => format!("step {code}"),
            (0, Lang::Zh) => {
                let notice = self.new.notices.get(&step.template);
                let notice = notice.or_else(|| self.old.notices.get(&step.template));
                notice.map_or_else(|| code.to_owned(), |notice| self.coded(&notice.title, code))
            }
            (level, Lang::Zh) => self.coded(&self.level(level), code),
        }
    }

    /// `一级督办`.
    pub(super) fn level(&self, level: u8) -> String {
        match (level, self.lang) {
            (0, Lang::Zh) => "不督办".to_owned(),
            (1, Lang::Zh) => "一级督办".to_owned(),
            (2, Lang::Zh) => "二级督办".to_owned(),
            (3, Lang::Zh) => "三级督办".to_owned(),
            (level, Lang::Zh) => format!("{level}级督办"),
            (level, Lang::En) => format!("level {level}"),
        }
    }

    pub(super) fn limit(&self, limit: TimeLimit) -> String {
        match self.lang {
            Lang::Zh => limit.to_string(),
            Lang::En => limit.key(),
        }
    }

    pub(super) fn recipient(&self, recipient: Recipient) -> String {
        self.of([recipient.chinese(), recipient.as_str()]).to_owned()
    }

    pub(super) fn recipients(&self, recipients: &[Recipient]) -> Vec<String> {
        recipients.iter().map(|recipient| self.recipient(*recipient)).collect()
    }

    fn coded(&self, name: &str, code: &str) -> String {
        match (name == code, self.lang) {
            (true, _) => name.to_owned(),
            (false, Lang::Zh) => format!("{name}({code})"),
            (false, Lang::En) => format!("{name} ({code})"),
        }
    }
}

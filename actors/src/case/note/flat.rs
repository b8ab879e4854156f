//! Notes as they were written before each said what it is about: one row of fields, read by which of them are there.
//!
//! They wait in stores of those releases; nothing writes them any more.

use duban_core::clock::Timestamp;
use duban_rules::vocabulary::{CollectorId, Recipient, StepCode, UnitId};
use serde::Deserialize;
use serde::de::Error;

use super::{About, Step, Wanted};
use crate::case::clock::ClockName;
use crate::case::supervision;

/// A note of those releases.
#[derive(Debug, Deserialize)]
pub(super) struct Note {
    #[serde(default)]
    tell: Vec<Recipient>,
    reporter: Option<Wanted>,
    unit: Option<UnitId>,
    collector: Option<CollectorId>,
    #[serde(default)]
    assignment: u16,
    clock: Option<ClockName>,
    #[serde(default)]
    revision: u16,
    step: Option<StepCode>,
    due: Option<Timestamp>,
    #[serde(default)]
    also: Vec<StepCode>,
    order: Option<u16>,
    task: Option<u16>,
    #[serde(default)]
    text: String,
}

impl Note {
    /// The same as it is written now; what it is about, its template's name may have to say.
    pub(super) fn now(self, template: &str) -> Result<super::Note, serde_json::Error> {
        let about = self.about(template)?;
        let Note { tell, reporter, unit, assignment, text, .. } = self;
        Ok(super::Note { about, tell, reporter, unit, assignment, text })
    }

    fn about(&self, template: &str) -> Result<About, serde_json::Error> {
        let due = || self.due.ok_or_else(|| serde_json::Error::missing_field("due"));
        if let Some(clock) = self.clock {
            let (revision, due) = (self.revision, due()?);
            return Ok(match self.step.clone() {
                Some(step) => {
                    let also = self.also.clone();
                    About::Step(Step { clock, revision, step, due, also, reply_due: None })
                }
                None => About::UnassignedTask { task: revision, stage: clock, due },
            });
        }
        if let Some(order) = self.order {
            // The revision of an order is its number, then its level.
            let level = (self.revision > 0).then(|| supervision::of_revision(self.revision).1);
            return Ok(About::Order { order, level, due: self.due });
        }
        if let Some(task) = self.task {
            let missing = || serde_json::Error::missing_field("collector");
            let collector = self.collector.clone().ok_or_else(missing)?;
            return Ok(About::Task { task, collector, due: due()? });
        }
        Ok(match template {
            "rework" => About::Rework { rework: (self.revision > 0).then_some(self.revision) },
            "returned" => About::Return { due: self.due },
            "deadline-moved" => About::DueMoved { before: due()? },
            "closed" | "closed-reply" => About::Closed,
            _ => About::Plain,
        })
    }
}

//! Diagnostics of the order of a ladder's steps and of the templates they use (article 3). Codes R0514–R0529.

use chrono::NaiveDateTime;

use super::{Diagnostic, Text};
use crate::book::ladder::Step;
use crate::source::Spot;
use crate::vocabulary::{TemplateName, TimeLimit};

/// When the steps of a ladder are reached on one limit, by the local clock.
#[derive(Debug)]
pub(crate) struct Instants {
    /// The limit of the example.
    pub(crate) limit: TimeLimit,
    /// On how many limits of the handbook the fault shows.
    pub(crate) limits: usize,
    /// When the example begins.
    pub(crate) start: NaiveDateTime,
    /// When its limit is used up.
    pub(crate) due: NaiveDateTime,
    /// When the step is reached.
    pub(crate) step: NaiveDateTime,
    /// When the other step is reached.
    pub(crate) other: Option<NaiveDateTime>,
}

impl Instants {
    /// The example, told from its start: what comes when.
    fn told(&self, step: &Step, other: Option<&Step>) -> Text {
        let Instants { limit, limits, .. } = self;
        let written = |at: NaiveDateTime| at.format("%m-%d %H:%M").to_string();
        let named = |step: &Step| Text::new(step.code.as_str(), step.code.as_str());
        let other = other.zip(self.other).map(|(step, at)| (named(step), at));
        let due = (Text::word("example", "due", &[]), self.due);
        let mut told: Vec<_> =
            [Some(due), Some((named(step), self.step)), other].into_iter().flatten().collect();
        told.sort_by_key(|(_, at)| *at);
        let told: Vec<Text> = told
            .iter()
            .map(|(what, at)| {
                Text::word("example", "step", &[("what", what), ("at", &written(*at))])
            })
            .collect();
        let (start, steps) = (written(self.start), Text::joined(&told, [",", ", "]));
        match limits {
            1 => Text::word(
                "example",
                "once",
                &[("limit", limit), ("start", &start), ("steps", &steps)],
            ),
            _ => Text::word(
                "example",
                "often",
                &[("limit", limit), ("start", &start), ("steps", &steps), ("limits", limits)],
            ),
        }
    }
}

impl Diagnostic {
    /// Supervision before the limit is used up.
    pub(crate) fn step_early(
        spot: &Spot,
        step: &Step,
        meant: Option<String>,
        at: &Instants,
    ) -> Diagnostic {
        let (example, tell, step) = (at.told(step, None), Text::listed(&step.tell), named(step));
        match meant {
            Some(meant) => Diagnostic::error(
                ("R0514", "meant"),
                spot,
                &[("step", &step), ("tell", &tell), ("example", &example), ("meant", &meant)],
            ),
            None => Diagnostic::error(
                "R0514",
                spot,
                &[("step", &step), ("tell", &tell), ("example", &example)],
            ),
        }
    }

    /// A reminder when the limit is used up.
    pub(crate) fn reminder_late(spot: &Spot, step: &Step, at: &Instants) -> Diagnostic {
        let example = at.told(step, None);
        Diagnostic::warning("R0515", spot, &[("code", &step.code), ("example", &example)])
    }

    /// A level at the instant of the next one or after it.
    pub(crate) fn levels_turned(
        spot: &Spot,
        [lower, higher]: [&Step; 2],
        at: &Instants,
    ) -> Diagnostic {
        Diagnostic::error(
            "R0516",
            spot,
            &[
                ("lower", &named(lower)),
                ("higher", &named(higher)),
                ("lower_code", &lower.code),
                ("higher_code", &higher.code),
                ("example", &at.told(higher, Some(lower))),
            ],
        )
    }

    /// A reminder of what was not read at the warning or after it.
    pub(crate) fn reminders_turned(
        spot: &Spot,
        [unread, warning]: [&Step; 2],
        at: &Instants,
    ) -> Diagnostic {
        let example = at.told(unread, Some(warning));
        Diagnostic::warning(
            "R0517",
            spot,
            &[("unread", &unread.code), ("warning", &warning.code), ("example", &example)],
        )
    }

    pub(crate) fn template_of_no_step(spot: &Spot, template: &TemplateName) -> Diagnostic {
        Diagnostic::error("R0518", spot, &[("template", template)])
    }

    /// A template whose words are those of another level.
    pub(crate) fn template_of_other_level(
        spot: &Spot,
        template: &TemplateName,
        level: u8,
    ) -> Diagnostic {
        let level = leveled(level);
        Diagnostic::warning("R0519", spot, &[("template", template), ("level", &level)])
    }

    /// Rework that calls for supervision very late.
    pub(crate) fn rework_seldom(spot: &Spot, found: u32) -> Diagnostic {
        Diagnostic::warning("R0520", spot, &[("found", &found)])
    }

    /// A template of rework whose words are of a case that is overdue.
    pub(crate) fn rework_template(spot: &Spot, template: &TemplateName) -> Diagnostic {
        Diagnostic::warning("R0522", spot, &[("template", template)])
    }

    /// A look that counts from far away.
    pub(crate) fn metres_far(spot: &Spot, found: u32) -> Diagnostic {
        Diagnostic::warning("R0521", spot, &[("found", &found)])
    }
}

/// A step as people call it.
fn named(step: &Step) -> Text {
    match step.level {
        0 => Text::word("step", "red-light", &[("code", &step.code)]),
        level => Text::word("step", "level", &[("level", &leveled(level)), ("code", &step.code)]),
    }
}

fn leveled(level: u8) -> Text {
    let key = match level {
        0 => "none",
        1 => "first",
        2 => "second",
        _ => "third",
    };
    Text::word("level", key, &[])
}

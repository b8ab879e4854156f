//! Samples of diagnostics of stages, of ladders and of the order of their steps.

use super::{day, limit, spot};
use crate::book::ladder::{Applies, Light, Step, Trigger};
use crate::diagnostic::{Diagnostic, Instants};
use crate::vocabulary::{LimitUnit, Recipient, StepCode, TemplateName};

pub(super) fn all() -> Vec<Diagnostic> {
    let mut all = alone();
    all.extend(ordered());
    all
}

fn alone() -> Vec<Diagnostic> {
    let spot = &spot();
    vec![
        Diagnostic::stage_step_twice(spot, "75"),
        Diagnostic::stage_without_steps(spot),
        Diagnostic::stage_end_untold(spot),
        Diagnostic::step_limit(spot, "0小时"),
        Diagnostic::percent_range(spot, "-3"),
        Diagnostic::nobody_told(spot),
        Diagnostic::told_twice(spot, "值班长"),
        Diagnostic::too_many_steps(spot, 20),
        Diagnostic::metres_range(spot, 9000),
        Diagnostic::rises_range(spot, 4),
        Diagnostic::unknown_form_rule(spot, "maybe"),
        Diagnostic::one_trigger(spot, &["percent", "after_due"]),
        Diagnostic::at_least_alone(spot),
        Diagnostic::unknown_light(spot, "blue"),
        Diagnostic::level_range(spot, 4),
        Diagnostic::ladder_step_twice(spot, "warning"),
        Diagnostic::ladder_descends(spot, 1, 2),
        Diagnostic::ladder_end_untold(spot),
        Diagnostic::rework_times(spot, 0),
        Diagnostic::rework_seldom(spot, 9),
        Diagnostic::rework_template(spot, &TemplateName::new("level-1")),
        Diagnostic::metres_far(spot, 2000),
    ]
}

fn step(code: &str, level: u8) -> Step {
    Step {
        code: StepCode::new(code),
        trigger: Trigger::Percent(100),
        light: Light::Red,
        level,
        applies: Applies::Always,
        tell: vec![Recipient::DutyChief, Recipient::UnitHead],
        template: TemplateName::new("level-1"),
    }
}

fn ordered() -> Vec<Diagnostic> {
    let spot = &spot();
    let hour = |hour: u32| day(3, 9).and_hms_opt(hour, 30, 0).unwrap();
    let instants = |limits, step, other: Option<u32>| Instants {
        limit: limit(4000, LimitUnit::WorkHour),
        limits,
        start: hour(8),
        due: hour(12),
        step: hour(step),
        other: other.map(hour),
    };
    let alone = &instants(1, 10, None);
    let many = &instants(3, 15, None);
    let pair = &instants(2, 13, Some(14));
    let steps: Vec<Step> = (0..=3).map(|level| step(&format!("step-{level}"), level)).collect();
    let [red, first, second, third] = steps.as_slice() else { return Vec::new() };
    let template = &TemplateName::new("closed");
    vec![
        Diagnostic::step_early(spot, red, None, alone),
        Diagnostic::step_early(spot, first, Some("overdue_percent = 50".to_owned()), alone),
        Diagnostic::reminder_late(spot, red, many),
        Diagnostic::levels_turned(spot, [first, second], pair),
        Diagnostic::levels_turned(spot, [red, third], pair),
        Diagnostic::reminders_turned(spot, [red, first], pair),
        Diagnostic::template_of_no_step(spot, template),
        Diagnostic::template_of_other_level(spot, template, 0),
        Diagnostic::template_of_other_level(spot, template, 2),
    ]
}

//! The shipped rules in a hurry: every hour counts, every limit is seconds, every step comes within the first of them.

use chrono::FixedOffset;
use duban_rules::book::calendar::Calendar;
use duban_rules::book::ladder::{Ladder, Trigger};
use duban_rules::book::stages::StageRule;
use duban_rules::vocabulary::{LimitUnit, TimeLimit};
use duban_rules::{RuleBook, Sources};

/// A thousandth of an hour: 3.6 seconds.
const LIMIT: TimeLimit = TimeLimit::new(1, LimitUnit::UrgentHour);
/// The first step comes at this percentage of the limit: about 70 milliseconds.
const FIRST: u32 = 2;
/// And each further one so much later.
const APART: u32 = 5;

/// The rules of the town.
pub(crate) fn rules() -> RuleBook {
    let (mut book, _) = duban_rules::parse(&Sources::shipped());
    if let Some(zone) = FixedOffset::east_opt(8 * 3600) {
        book.calendar = Calendar::always(zone);
    }
    for condition in book.handbook.conditions.values_mut() {
        condition.limit = LIMIT;
    }
    let stages = &mut book.stages;
    for stage in [
        &mut stages.intake,
        &mut stages.validation,
        &mut stages.dispatch,
        &mut stages.receipt,
        &mut stages.verification,
        &mut stages.closing,
        &mut stages.return_review,
        &mut stages.reply,
    ] {
        hurry_stage(stage);
    }
    hurry_ladder(&mut book.ladder.ordinary);
    hurry_ladder(&mut book.ladder.urgent);
    book
}

fn hurry_stage(stage: &mut StageRule) {
    (stage.limit, stage.urgent) = (LIMIT, Some(LIMIT));
    for (step, percent) in stage.steps.iter_mut().zip(percents()) {
        step.percent = percent;
    }
}

fn hurry_ladder(ladder: &mut Ladder) {
    for (step, percent) in ladder.steps.iter_mut().zip(percents()) {
        step.trigger = Trigger::Percent(percent);
    }
}

fn percents() -> impl Iterator<Item = u32> {
    (0..).map(|n| FIRST + APART * n)
}

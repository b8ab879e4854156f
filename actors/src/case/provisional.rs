//! Provisional due instants (暂定): they fall in a year whose holidays are not known, and may still move.
//!
//! Looked at when something is said, never stored: once the year is published and the open cases are recalculated, the
//! mark is gone.

use duban_core::clock::Timestamp;
use duban_rules::RuleBook;
use duban_rules::deadline::is_provisional;
use duban_rules::vocabulary::TimeLimit;

use super::{State, timers};

/// What is said behind the due instant of the unit's handling; nothing where it stands, and of a closed case.
pub fn mark(state: &State, rules: &RuleBook) -> &'static str {
    if matches!(state, State::Closed(_)) {
        return "";
    }
    let held = state.filing().and_then(|filing| filing.limit).zip(state.assignment());
    let span = held.and_then(|(_, held)| Some((held.start, held.due?)));
    marked(held.map(|(limit, held)| held.term(limit).limit), span, rules)
}

/// The same of the centre's stage at which the case stands.
pub fn stage_mark(state: &State, rules: &RuleBook) -> &'static str {
    let stage = timers::stage(state);
    let rule = stage.and_then(|(clock, ..)| clock.rule(&rules.stages));
    let urgency = state.urgency();
    let limit = rule.map(|rule| urgency.map_or(rule.limit, |urgency| rule.limit_for(urgency)));
    marked(limit, stage.map(|(_, _, running)| (running.start, running.due)), rules)
}

fn marked(
    limit: Option<TimeLimit>,
    span: Option<(Timestamp, Timestamp)>,
    rules: &RuleBook,
) -> &'static str {
    let may_move = limit.zip(span).is_some_and(|(limit, (start, due))| {
        due != Timestamp::NEVER && is_provisional(limit, start.into(), due.into(), &rules.calendar)
    });
    if may_move { "(暂定)" } else { "" }
}

//! The deadline account on the page of a case (时限明细, article 11): the same words as on the command line.

use chrono::{DateTime, Utc};
use duban_actors::case::Case;
use duban_actors::case::explain::Explanation;
use duban_rules::book::calendar::Calendar;
use duban_rules::deadline::{DeadlineAccount, Interval};
use duban_runtime::clock::Timestamp;
use serde::Serialize;

use duban_base::labels::account::{
    ENDS, Running, anew_words, calendar_words, due_words, other_hours, provisional, skipped,
    standing_word,
};
use duban_base::labels::case::{level_word, step_word};
use duban_base::labels::instant;
use duban_base::rules_in_force::reckoning;
use duban_base::store::Store;

/// What the page is filled in with.
#[derive(Serialize)]
pub(super) struct Account {
    /// How the handling's due instant came about; none before dispatch, and for a target that was given.
    handling: Option<Handling>,
    /// The due instant that was given, without an account.
    given: Option<String>,
    /// The due instant whose calendar cannot be had any more.
    unaccounted: Option<String>,
    /// What the calendar in force would make of the case, where it has not been recalculated.
    anew: Option<String>,
    /// The clock of the stage at which the case stands.
    stage: Option<Stage>,
    /// Steps of the handling clock.
    steps: Vec<Step>,
    /// Since when the handling clock stands still.
    stopped: Option<String>,
    /// Steps of other clocks that lie ahead.
    ahead: Vec<Ahead>,
}

/// An account.
#[derive(Serialize)]
struct Handling {
    limit: String,
    start: String,
    due: String,
    calendar: String,
    n_counted: usize,
    /// The first and the last intervals.
    counted: Vec<Counted>,
    /// Intervals between those.
    left_out: usize,
    n_skipped: usize,
    skipped: String,
    made_up: Vec<String>,
    /// Days worked by other hours than the ordinary ones.
    other_hours: Vec<String>,
    pauses: Vec<Counted>,
    provisional: Option<String>,
}

/// A span of time.
#[derive(Serialize)]
struct Counted {
    from: String,
    until: String,
    span: String,
}

/// A stage's clock.
#[derive(Serialize)]
struct Stage {
    clock: &'static str,
    start: String,
    due: String,
}

/// A step of the handling clock.
#[derive(Serialize)]
struct Step {
    name: String,
    level: &'static str,
    due: String,
    standing: &'static str,
    done: bool,
}

/// A step that lies ahead.
#[derive(Serialize)]
struct Ahead {
    clock: &'static str,
    name: String,
    due: String,
}

/// The account of `case` at `now`.
pub(super) fn of(case: &Case, now: Timestamp, store: &Store) -> Account {
    let rules = store.rules.current();
    let calendar = &rules.0.rules.calendar;
    let explained = reckoning::explained(&store.journal, &store.rules, case, now);
    let still = case.state.stands_still().map(|still| still.since);
    let running = still.map_or(Running::Yes(now), Running::Stopped);
    let bare = explained.due.filter(|_| explained.account.is_none());
    let bare = bare.map(|due| due_words(due, case.state.ran_until(now), calendar));
    let (given, unaccounted) = match explained.limit {
        None => (bare, None),
        Some(_) => (None, bare),
    };
    let steps = explained.steps.iter().map(|line| Step {
        name: step_word(line.step.as_str()),
        level: level_word(line.level),
        due: instant::second(line.due, calendar),
        standing: standing_word(line, running),
        done: line.standing == duban_actors::case::assignment::StepState::Decided,
    });
    let ahead = explained.ahead.iter().map(|line| Ahead {
        clock: line.clock.chinese(),
        name: step_word(line.step.as_str()),
        due: due_words(line.due, now, calendar),
    });
    Account {
        given,
        unaccounted,
        anew: anew_words(&explained, calendar),
        stage: explained.stage.as_ref().map(|stage| Stage {
            clock: stage.clock.chinese(),
            start: instant::second(stage.start, calendar),
            due: due_words(stage.due, now, calendar),
        }),
        steps: steps.collect(),
        stopped: still.map(|since| instant::second(since, calendar)),
        ahead: ahead.collect(),
        handling: explained.account.as_ref().map(|told| handling(told, &explained, calendar)),
    }
}

fn handling(told: &DeadlineAccount, explained: &Explanation, calendar: &Calendar) -> Handling {
    let at = |instant: DateTime<Utc>| instant::second(instant.into(), calendar);
    let span = |from: DateTime<Utc>, until: DateTime<Utc>| Counted {
        from: at(from),
        until: at(until),
        span: instant::span(from.into(), until.into()),
    };
    let counted = |interval: &Interval| span(interval.from, interval.until);
    let n_counted = told.counted.len();
    let left_out = n_counted.saturating_sub(2 * ENDS);
    let first = told.counted.iter().take(ENDS);
    let last = told.counted.iter().skip(ENDS.max(n_counted.saturating_sub(ENDS)));
    Handling {
        limit: told.limit.to_string(),
        start: at(told.start),
        due: at(told.due),
        calendar: calendar_words(told, explained),
        n_counted,
        counted: first.chain(last).map(counted).collect(),
        left_out,
        n_skipped: told.skipped.len(),
        skipped: skipped(told),
        made_up: told.made_up.iter().map(|day| format!("{}({})", day.date, day.holiday)).collect(),
        other_hours: other_hours(told),
        pauses: told.pauses.iter().map(|pause| span(pause.from, pause.until)).collect(),
        provisional: provisional(told),
    }
}

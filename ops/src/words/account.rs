//! The words of a deadline account (时限明细, article 11).

use duban_actors::case::assignment::Standing;
use duban_actors::case::explain::StepLine;
use duban_rules::book::calendar::Calendar;
use duban_rules::deadline::{DeadlineAccount, SkipReason};
use duban_runtime::clock::Timestamp;

use super::instant;

/// Intervals shown at each end of an account; what lies between is counted.
pub const ENDS: usize = 12;

/// A due instant and how far away it is.
pub fn due_words(due: Timestamp, now: Timestamp, calendar: &Calendar) -> String {
    let shown = instant::second(due, calendar);
    if now > due {
        format!("{shown}(已超过 {})", instant::span(due, now))
    } else {
        format!("{shown}(还有 {})", instant::span(now, due))
    }
}

/// Days that did not count: holidays by name with how many days, then weekends.
pub fn skipped(account: &DeadlineAccount) -> String {
    let mut runs: Vec<(String, Vec<chrono::NaiveDate>)> = Vec::new();
    for day in &account.skipped {
        let why = match &day.why {
            SkipReason::Weekend => "周末".to_owned(),
            SkipReason::Holiday(name) => name.clone(),
            SkipReason::Closed(why) => why.clone(),
        };
        match runs.last_mut() {
            Some((last, days)) if *last == why => days.push(day.date),
            _ => runs.push((why, vec![day.date])),
        }
    }
    let run = |(why, days): &(String, Vec<chrono::NaiveDate>)| match (days.first(), days.last()) {
        (Some(first), Some(last)) if first != last => format!("{first} 至 {last} {why}"),
        (Some(first), _) => format!("{first} {why}"),
        (None, _) => why.clone(),
    };
    let left_out = runs.len().saturating_sub(2 * ENDS);
    let mut words: Vec<String> = runs.iter().take(2 * ENDS).map(run).collect();
    if left_out > 0 {
        words.push(format!("另 {left_out} 处"));
    }
    words.join(";")
}

/// That the due instant may still move, and for which years' sake; nothing when it stands.
pub fn provisional(account: &DeadlineAccount) -> Option<String> {
    let years = account.unpublished_years.iter().map(ToString::to_string);
    let years = years.collect::<Vec<_>>().join("、");
    let told = || format!("{years} 年的放假安排尚未公布或没有录全,截止时刻是暂定的");
    account.is_provisional().then(told)
}

/// Whether the handling clock runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Running {
    /// It does; the instant looked from.
    Yes(Timestamp),
    /// It stands still since then: who holds the case is not the unit.
    Stopped(Timestamp),
}

/// Where a step of the handling clock stands.
pub fn standing_word(line: &StepLine, running: Running) -> &'static str {
    match line.standing {
        Standing::Decided => "已执行",
        Standing::Lapsed => "不再执行",
        Standing::Ahead => match running {
            Running::Yes(now) if line.due <= now => "即将执行",
            Running::Yes(_) => "未到",
            Running::Stopped(_) => "未到(计时暂停)",
        },
    }
}

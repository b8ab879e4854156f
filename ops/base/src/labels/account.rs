//! The words of a deadline account (时限明细, article 11).

use chrono::{Datelike, NaiveDate};
use duban_actors::case::assignment::StepState;
use duban_actors::case::explain::{Explanation, StepLine};
use duban_rules::Lang;
use duban_rules::book::calendar::Calendar;
use duban_rules::deadline::{DeadlineAccount, HoursReason, SkipReason};
use duban_rules::vocabulary::weekday;
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

/// What a recalculation by the calendar in force would make of the case; empty when nothing would move.
pub fn anew_words(explained: &Explanation, calendar: &Calendar) -> Option<String> {
    let anew = explained.anew.as_ref()?;
    let due = instant::second(anew.due, calendar);
    Some(if explained.due == Some(anew.due) {
        "按现行日历截止时刻不变,预警和督办的时刻有变动,尚未重算".to_owned()
    } else {
        format!("按现行日历将是 {due},尚未重算")
    })
}

/// The calendar of an account, and the one in force where that would move the case.
pub fn calendar_words(account: &DeadlineAccount, explained: &Explanation) -> String {
    match &explained.anew {
        Some(anew) if anew.calendar == account.calendar => {
            format!("{},推算时的内容;现行日历有改动", account.calendar)
        }
        Some(anew) => format!("{}(推算时);现行日历 {}", account.calendar, anew.calendar),
        None => account.calendar.clone(),
    }
}

/// Days that did not count: holidays by name with how many days, then weekends.
pub fn skipped(account: &DeadlineAccount) -> String {
    let mut runs: Vec<(String, Vec<NaiveDate>)> = Vec::new();
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
    let run = |(why, days): &(String, Vec<NaiveDate>)| match (days.first(), days.last()) {
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

/// Days that were worked by other hours than the ordinary ones: alike ones together, with what decided their hours.
pub fn other_hours(account: &DeadlineAccount) -> Vec<String> {
    let mut groups: Vec<(String, String, Vec<NaiveDate>)> = Vec::new();
    for day in &account.other_hours {
        let why = match &day.why {
            HoursReason::Weekday => weekday(day.date.weekday(), Lang::Zh).to_owned(),
            HoursReason::Season(name) => name.clone(),
            HoursReason::Date => "当天另定".to_owned(),
        };
        let slots = day.slots.join("、");
        match groups.iter_mut().find(|(other, held, _)| *other == why && *held == slots) {
            Some((.., days)) => days.push(day.date),
            None => groups.push((why, slots, vec![day.date])),
        }
    }
    let left_out = groups.len().saturating_sub(2 * ENDS);
    let mut words: Vec<String> = groups.iter().take(2 * ENDS).map(held).collect();
    if left_out > 0 {
        words.push(format!("另 {left_out} 种"));
    }
    words
}

fn held((why, slots, days): &(String, String, Vec<NaiveDate>)) -> String {
    const LISTED: usize = 3;
    match days.as_slice() {
        [first, .., last] if days.len() > LISTED => {
            format!("{first} 至 {last}({why},{} 天){slots}", days.len())
        }
        few => {
            let few: Vec<String> = few.iter().map(ToString::to_string).collect();
            format!("{}({why}){slots}", few.join("、"))
        }
    }
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
        StepState::Decided => "已执行",
        StepState::Lapsed => "不再执行",
        StepState::Ahead => match running {
            Running::Yes(now) if line.due <= now => "即将执行",
            Running::Yes(_) => "未到",
            Running::Stopped(_) => "未到(计时暂停)",
        },
    }
}

#[cfg(test)]
mod tests {
    use duban_rules::deadline::{DeadlineAccount, deadline};
    use duban_rules::{Sources, parse};

    use super::*;

    /// The account of a limit that starts on the evening before this day, on the shipped calendar and this.
    fn account(limit: &str, day: &str, more: &str) -> DeadlineAccount {
        let shipped = Sources::shipped();
        let text = shipped.text("calendar.toml").unwrap_or_default().to_owned() + more;
        let calendar = parse(&shipped.with("calendar.toml", text)).0.calendar;
        let day: NaiveDate = day.parse().unwrap();
        let start = calendar.instant(day.and_hms_opt(0, 0, 0).unwrap());
        deadline(limit.parse().unwrap(), start, &calendar, &[])
    }

    #[test]
    fn days_with_other_hours_are_told_together_with_what_decided_them() {
        let friday = "[[weekday]]\nday = \"周五\"\nslots = [\"08:30-12:00\", \"14:00-16:30\"]\n\
                      [[day]]\ndate = \"2026-11-24\"\nslots = [\"09:00-12:00\"]\n";
        assert_eq!(
            other_hours(&account("7工作日", "2026-11-23", friday)),
            ["2026-11-24(当天另定)09:00-12:00", "2026-11-27(周五)08:30-12:00、14:00-16:30"]
        );
        assert_eq!(
            other_hours(&account("20工作日", "2026-11-25", friday)),
            ["2026-11-27 至 2026-12-18(周五,4 天)08:30-12:00、14:00-16:30"]
        );
        assert_eq!(other_hours(&account("7工作日", "2026-11-23", "")), [""; 0]);
    }

    #[test]
    fn a_year_known_in_part_makes_the_due_instant_provisional() {
        let told = provisional(&account("2工作日", "2026-12-31", "")).unwrap();
        assert_eq!(told, "2027 年的放假安排尚未公布或没有录全,截止时刻是暂定的");
        assert_eq!(provisional(&account("2工作日", "2026-11-23", "")), None);
    }
}

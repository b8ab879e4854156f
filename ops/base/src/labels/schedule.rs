//! When briefs go out, in words: the next times, and weekdays that are read from numbers.

use chrono::{Datelike as _, NaiveDateTime};
use duban_actors::brief::{Mornings, Next};
use duban_rules::book::calendar::Calendar;
use duban_rules::book::notices::{Brief, Numbered};
use duban_rules::vocabulary::weekday;
use duban_rules::{Lang, RuleBook};
use duban_runtime::clock::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

/// Times ahead that are told of each brief.
const AHEAD: usize = 3;

/// The next times of a brief.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ahead {
    brief: Brief,
    schedule: String,
    next: Vec<Timestamp>,
    #[serde(skip)]
    now: Timestamp,
}

/// The next times of every brief by these rules, after `now`.
pub fn ahead(rules: &RuleBook, now: Timestamp) -> Vec<Ahead> {
    let ahead = |(brief, schedule): (Brief, &str)| {
        let mornings = Mornings::new(schedule, &rules.calendar);
        let after = |at: Timestamp| match mornings.after(at) {
            Next::At(next) => Some(next),
            Next::Never => None,
        };
        let next = std::iter::successors(after(now), |at| after(*at)).take(AHEAD).collect();
        Ahead { brief, schedule: schedule.to_owned(), next, now }
    };
    rules.notices.schedules().map(ahead).to_vec()
}

/// The same, a line for each schedule.
pub fn in_words(ahead: &[Ahead], calendar: &Calendar, lang: Lang) -> Vec<String> {
    let line = |name: &str, Ahead { schedule, next, now, .. }: &Ahead| {
        let today = calendar.local((*now).into());
        let times = next.iter().map(|at| time(calendar.local((*at).into()), today, lang));
        let times: Vec<String> = times.collect();
        match lang {
            Lang::Zh => format!("{name}接下来发送:{}({schedule})。", times.join(",")),
            Lang::En => format!("{name} next: {} ({schedule}).", times.join(", ")),
        }
    };
    match ahead {
        [one, other] if one.schedule == other.schedule => {
            let name = match lang {
                Lang::Zh => "每日简报",
                Lang::En => "briefs",
            };
            vec![line(name, one)]
        }
        each => each
            .iter()
            .map(|one| match lang {
                Lang::Zh => line(one.brief.chinese(), one),
                Lang::En => line(one.brief.as_str(), one),
            })
            .collect(),
    }
}

/// `周一 11月30日 08:00`; with the year, and the seconds, where they are not as one expects.
fn time(at: NaiveDateTime, today: NaiveDateTime, lang: Lang) -> String {
    let second = if at.format("%S").to_string() == "00" { "" } else { ":%S" };
    match lang {
        Lang::Zh => {
            let year = if at.year() == today.year() { "" } else { "%Y年" };
            let time = at.format(&format!("{year}%-m月%-d日 %H:%M{second}")).to_string();
            format!("{} {time}", weekday(at.weekday(), lang))
        }
        Lang::En => at.format(&format!("%a %Y-%m-%d %H:%M{second}")).to_string(),
    }
}

/// What is said of rules in force that name weekdays by numbers; none when they do not.
pub fn by_number(rules: &RuleBook) -> Option<String> {
    let numbered = rules.notices.numbered();
    let said = |Numbered { brief, expression, days }: &Numbered<'_>| {
        format!("{}“{expression}”按旧读法:{}", brief.chinese(), days.chinese())
    };
    let said: Vec<String> = numbered.iter().map(said).collect();
    (!said.is_empty()).then(|| said.join(";"))
}

/// The same for programs.
pub fn by_number_as_json(rules: &RuleBook) -> Vec<Value> {
    let numbered = rules.notices.numbered();
    let value = |Numbered { brief, expression, days }: &Numbered<'_>| json!({ "brief": brief, "schedule": expression, "days": days.english() });
    numbered.iter().map(value).collect()
}

#[cfg(test)]
mod tests {
    use chrono::FixedOffset;
    use duban_rules::{Sources, parse};

    use super::*;

    #[test]
    fn the_next_times_are_told_with_what_is_out_of_the_ordinary() {
        let mut rules = parse(&Sources::shipped()).0;
        rules.calendar = Calendar::always(FixedOffset::east_opt(8 * 3_600).unwrap());
        // Friday, 2026-11-27 12:00 by the county's clock.
        let now = Timestamp::from_millis(1_795_752_000_000);
        let told = |rules: &RuleBook, lang| in_words(&ahead(rules, now), &rules.calendar, lang);
        rules.notices.brief_unit = "0 0 8 * * Mon,Fri".to_owned();
        rules.notices.brief_centre = "30 15 7 29 2 *".to_owned();
        assert_eq!(
            told(&rules, Lang::Zh),
            [
                "单位简报接下来发送:周一 11月30日 08:00,周五 12月4日 08:00,周一 12月7日 08:00(0 0 8 * * Mon,Fri)。",
                "值班简报接下来发送:周二 2028年2月29日 07:15:30,周日 2032年2月29日 07:15:30,周五 2036年2月29日 07:15:30(30 15 7 29 2 *)。",
            ]
        );
        rules.notices.brief_centre = rules.notices.brief_unit.clone();
        assert_eq!(
            told(&rules, Lang::En),
            [
                "briefs next: Mon 2026-11-30 08:00, Fri 2026-12-04 08:00, Mon 2026-12-07 08:00 (0 0 8 * * Mon,Fri)."
            ]
        );
    }
}

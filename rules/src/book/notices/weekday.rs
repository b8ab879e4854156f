//! Days of the week as a schedule names them: `Mon-Fri`, `周一至周五`; and by numbers, which every program reads another way.
//!
//! Here 1 has always been Sunday; elsewhere 0 and 7 are, and 1 is Monday. Numbers are read so that it can be said what
//! they mean, and what whoever wrote them may have meant.

use std::collections::BTreeSet;

use chrono::Weekday;

use crate::diagnostic::Lang;
use crate::vocabulary::weekday;

/// The days from Monday on.
const DAYS: [Weekday; WEEK] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];
const FULL: [&str; WEEK] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const WEEK: usize = 7;
const SUNDAY: usize = WEEK - 1;

/// What parts the days of a list, and the ends of a span.
pub(super) const LIST: [char; 3] = [',', '\u{FF0C}', '、'];
pub(super) const SPAN: [char; 7] = ['-', '–', '—', '~', '\u{FF5E}', '至', '到'];

/// Some days of the week.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Days(BTreeSet<usize>);

impl Days {
    /// In Chinese: `周一至周五`, `周二、周四`, `每天`.
    pub fn chinese(&self) -> String {
        self.worded(
            "每天",
            "、",
            |first, last| format!("{}至{}", name(first, Lang::Zh), name(last, Lang::Zh)),
            |day| name(day, Lang::Zh),
        )
    }

    /// As a schedule names them: `Mon-Fri`, `Tue,Thu`, `*`.
    pub fn english(&self) -> String {
        self.worded(
            "*",
            ",",
            |first, last| format!("{}-{}", name(first, Lang::En), name(last, Lang::En)),
            |day| name(day, Lang::En),
        )
    }

    /// One by one, for a reader of expressions that knows no span across the end of a week.
    pub(super) fn listed(&self) -> String {
        self.worded("*", ",", |_, _| String::new(), |day| name(day, Lang::En))
    }

    fn worded(
        &self,
        all: &str,
        and: &str,
        span: impl Fn(usize, usize) -> String,
        name: impl Fn(usize) -> &'static str,
    ) -> String {
        if self.0.len() == WEEK {
            return all.to_owned();
        }
        let mut words = Vec::new();
        for (first, length) in self.runs() {
            let span = span(first, (first + length + SUNDAY) % WEEK);
            if length >= SPAN_DAYS_MIN && !span.is_empty() {
                words.push((first, span));
            } else {
                let days = (first..first + length).map(|day| day % WEEK);
                words.extend(days.map(|day| (day, name(day).to_owned())));
            }
        }
        words.sort();
        let words: Vec<String> = words.into_iter().map(|(_, word)| word).collect();
        words.join(and)
    }

    /// Days that follow each other: the first of each run, and how many; a run may cross the end of the week.
    fn runs(&self) -> Vec<(usize, usize)> {
        let has = |day: usize| self.0.contains(&(day % WEEK));
        let length = |first: usize| (first..first + WEEK).take_while(|day| has(*day)).count();
        let begins = |first: &usize| has(*first) && !has(first + SUNDAY);
        (0..WEEK).filter(begins).map(|first| (first, length(first))).collect()
    }
}

/// Fewer days in a row are named one by one.
const SPAN_DAYS_MIN: usize = 3;

fn name(day: usize, lang: Lang) -> &'static str {
    DAYS.get(day).map_or("", |day| weekday(*day, lang))
}

/// How the days of a schedule are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Written {
    Named(Days),
    /// By numbers: as they are read here, and as they are read elsewhere, where they can be.
    Numbered {
        here: Option<Days>,
        elsewhere: Option<Days>,
    },
    /// Neither.
    Unreadable,
}

/// Reads the days of a schedule.
pub(super) fn written(field: &str) -> Written {
    let here = days(field, Numbers::FromSunday);
    if field.split(LIST).any(is_by_number) {
        return Written::Numbered { here, elsewhere: days(field, Numbers::FromMonday) };
    }
    here.map_or(Written::Unreadable, Written::Named)
}

/// Which day a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Numbers {
    /// 1 is Sunday, 7 Saturday.
    FromSunday,
    /// 1 is Monday, 7 Sunday, and so is 0.
    FromMonday,
}

impl Numbers {
    fn day(self, number: usize) -> Option<usize> {
        match self {
            Numbers::FromSunday => (1..=WEEK).contains(&number).then(|| (number + WEEK - 2) % WEEK),
            Numbers::FromMonday => (0..=WEEK).contains(&number).then(|| (number + SUNDAY) % WEEK),
        }
    }
}

/// Whether it depends on the numbers of days: on a number, or on where a step through the whole week begins.
fn is_by_number(item: &str) -> bool {
    let (span, step) = item.split_once('/').unwrap_or((item, "1"));
    span.contains(|c: char| c.is_ascii_digit()) || is_all(span) && step.trim() != "1"
}

fn is_all(span: &str) -> bool {
    matches!(span.trim(), "*" | "?" | "每天" | "每日")
}

fn days(field: &str, numbers: Numbers) -> Option<Days> {
    let mut days = BTreeSet::new();
    for item in field.split(LIST) {
        let (span, step) = item.split_once('/').unwrap_or((item, "1"));
        let step = step.trim().parse().ok().filter(|step| (1..=WEEK).contains(step))?;
        let span = self::span(span.trim(), step, numbers)?;
        days.extend(span.into_iter().step_by(step));
    }
    Some(Days(days))
}

/// The days of one part of a list, in their order.
fn span(text: &str, step: usize, numbers: Numbers) -> Option<Vec<usize>> {
    if is_all(text) {
        return Some((0..WEEK).map(|n| (SUNDAY + n) % WEEK).collect());
    }
    let ends = text.split_once(SPAN).map(|(first, last)| (first.trim(), last.trim()));
    let number = |text: &str| text.parse::<usize>().ok();
    let of_numbers = match ends {
        Some((first, last)) => number(first).zip(number(last)),
        // A step from one day on goes to the end of the week.
        None if step > 1 => number(text).map(|first| (first, WEEK)),
        None => number(text).map(|day| (day, day)),
    };
    if let Some((first, last)) = of_numbers {
        let days: Option<Vec<usize>> =
            (first..=last.min(WEEK + 1)).map(|n| numbers.day(n)).collect();
        return days.filter(|days| !days.is_empty());
    }
    let (first, last) = match ends {
        Some((first, last)) => (named(first)?, named(last)?),
        None if step > 1 => return None,
        None => (named(text)?, named(text)?),
    };
    let length = (last + WEEK - first) % WEEK;
    Some((0..=length).map(|n| (first + n) % WEEK).collect())
}

/// The day of a name: `Mon`, `monday`, `周一`, `星期一`, `一` behind another.
fn named(text: &str) -> Option<usize> {
    let short = ["周", "星期", "礼拜"].iter().find_map(|word| text.strip_prefix(word));
    match short.unwrap_or(text) {
        "日" | "天" => return Some(SUNDAY),
        short => {
            let is_day = |day: &Weekday| weekday(*day, Lang::Zh).strip_prefix("周") == Some(short);
            if let Some(day) = DAYS.iter().position(is_day) {
                return Some(day);
            }
        }
    }
    let text = text.to_ascii_lowercase();
    FULL.iter().position(|full| text.len() >= 3 && full.starts_with(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_by_their_names_and_said_in_both_languages() {
        for (field, chinese, english) in [
            ("Mon-Fri", "周一至周五", "Mon-Fri"),
            ("MON,wednesday,Fri", "周一、周三、周五", "Mon,Wed,Fri"),
            ("周一至周五", "周一至周五", "Mon-Fri"),
            ("周一-五", "周一至周五", "Mon-Fri"),
            ("星期二、礼拜四", "周二、周四", "Tue,Thu"),
            ("周六到周天", "周六、周日", "Sat,Sun"),
            ("Fri-Mon", "周五至周一", "Fri-Mon"),
            ("Mon-Fri/2", "周一、周三、周五", "Mon,Wed,Fri"),
            ("周一至周日", "每天", "*"),
            ("*", "每天", "*"),
            ("?", "每天", "*"),
        ] {
            let Written::Named(days) = written(field) else { panic!("{field}") };
            assert_eq!((days.chinese().as_str(), days.english().as_str()), (chinese, english));
            assert_eq!(written(&days.chinese()), Written::Named(days.clone()), "{field}");
            assert_eq!(written(&days.english()), Written::Named(days), "{field}");
        }
    }

    #[test]
    fn numbers_mean_one_thing_here_and_another_elsewhere() {
        for (field, here, elsewhere) in [
            ("1-5", Some("周日至周四"), Some("周一至周五")),
            ("2-6", Some("周一至周五"), Some("周二至周六")),
            ("1", Some("周日"), Some("周一")),
            ("7", Some("周六"), Some("周日")),
            ("0", None, Some("周日")),
            ("0-4", None, Some("周日至周四")),
            ("1,3,5", Some("周二、周四、周日"), Some("周一、周三、周五")),
            ("*/2", Some("周二、周四、周六、周日"), Some("周二、周四、周六、周日")),
            ("1/2", Some("周二、周四、周六、周日"), Some("周一、周三、周五、周日")),
            ("8", None, None),
            ("1-9", None, None),
            ("5-1", None, None),
            ("Mon,3", Some("周一、周二"), Some("周一、周三")),
        ] {
            let Written::Numbered { here: is, elsewhere: meant } = written(field) else {
                panic!("{field}")
            };
            let words = |days: Option<Days>| days.map(|days| days.chinese());
            let expected = (here.map(str::to_owned), elsewhere.map(str::to_owned));
            assert_eq!((words(is), words(meant)), expected, "{field}");
        }
    }

    #[test]
    fn what_is_neither_name_nor_number_is_unreadable() {
        for field in ["工作日", "Mo", "Mon-", "周八", "", "Wed/4", "Mon-Fri/0", "L"] {
            assert_eq!(written(field), Written::Unreadable, "{field}");
        }
    }
}

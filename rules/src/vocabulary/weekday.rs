//! Days of the week by the names people use.

use chrono::Weekday;

use crate::diagnostic::Lang;

/// A day of the week as the files and people have it: `周一`, `Mon`.
pub fn weekday(day: Weekday, lang: Lang) -> &'static str {
    let [zh, en] = match day {
        Weekday::Mon => ["周一", "Mon"],
        Weekday::Tue => ["周二", "Tue"],
        Weekday::Wed => ["周三", "Wed"],
        Weekday::Thu => ["周四", "Thu"],
        Weekday::Fri => ["周五", "Fri"],
        Weekday::Sat => ["周六", "Sat"],
        Weekday::Sun => ["周日", "Sun"],
    };
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

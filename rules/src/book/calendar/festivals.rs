//! Statutory festivals (法定节日): how a row of the holidays shows one, and when it lacks days.

use chrono::{Datelike, NaiveDate};

/// From this year on 春节 has four days by statute and 劳动节 two.
const LONGER_FROM: i32 = 2025;

/// A statutory festival as the rows of a notice show it.
#[derive(Debug)]
pub(super) struct Festival {
    /// Chinese and English.
    name: [&'static str; 2],
    /// Any of these in a row's name means this festival.
    known_by: &'static [&'static str],
    /// Its days off lie between these days of the year, month and day.
    from: (u32, u32),
    until: (u32, u32),
    /// That, in words.
    when: [&'static str; 2],
    /// The fewest days off: before [`LONGER_FROM`], and since.
    days: [usize; 2],
}

/// Article 2 of 《全国年节及纪念日放假办法》.
pub(super) const FESTIVALS: [Festival; 7] = [
    Festival {
        name: ["元旦", "New Year's Day"],
        known_by: &["元旦", "新年"],
        from: (12, 25),
        until: (1, 10),
        when: ["1 月 1 日前后", "around 1 January"],
        days: [1, 1],
    },
    Festival {
        name: ["春节", "Spring Festival"],
        known_by: &["春节", "除夕"],
        from: (1, 15),
        until: (3, 5),
        when: ["1–2 月", "January or February"],
        days: [3, 4],
    },
    Festival {
        name: ["清明节", "Qingming"],
        known_by: &["清明"],
        from: (3, 30),
        until: (4, 12),
        when: ["4 月初", "early April"],
        days: [1, 1],
    },
    Festival {
        name: ["劳动节", "Labour Day"],
        known_by: &["劳动", "五一"],
        from: (4, 25),
        until: (5, 10),
        when: ["5 月 1 日前后", "around 1 May"],
        days: [1, 2],
    },
    Festival {
        name: ["端午节", "Dragon Boat Festival"],
        known_by: &["端午"],
        from: (5, 20),
        until: (7, 1),
        when: ["5–6 月", "May or June"],
        days: [1, 1],
    },
    Festival {
        name: ["中秋节", "Mid-Autumn Festival"],
        known_by: &["中秋"],
        from: (9, 1),
        until: (10, 12),
        when: ["9–10 月", "September or October"],
        days: [1, 1],
    },
    Festival {
        name: ["国庆节", "National Day"],
        known_by: &["国庆", "十一"],
        from: (9, 25),
        until: (10, 12),
        when: ["10 月 1 日前后", "around 1 October"],
        days: [3, 3],
    },
];

impl Festival {
    /// Whether a day off of that name is one of this festival's.
    pub(super) fn has(&self, date: NaiveDate, name: &str) -> bool {
        let day = (date.month(), date.day());
        let inside = if self.from <= self.until {
            self.from <= day && day <= self.until
        } else {
            self.from <= day || day <= self.until
        };
        inside && self.known_by.iter().any(|known| name.contains(known))
    }

    /// What of this festival the notice of `year` lacks when it gives so many days.
    pub(super) fn lacks(&self, year: i32, days: usize) -> Option<[String; 2]> {
        let [before, since] = self.days;
        let least = if year < LONGER_FROM { before } else { since };
        let ([zh, en], [when, when_en]) = (self.name, self.when);
        match days {
            0 => Some([format!("{zh}({when})"), format!("{en} ({when_en})")]),
            _ if days < least => Some([
                format!("{zh}(只有 {days} 天,法定 {least} 天)"),
                format!("{en} ({days} of {least} statutory days)"),
            ]),
            _ => None,
        }
    }
}

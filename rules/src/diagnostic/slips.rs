//! Slips of the pen in any file: characters nobody sees, full width, percentages and dates. Codes R0015–R0039.

use chrono::NaiveDate;

use super::{Diagnostic, Lang, Page, Text};
use crate::source::spelling::days_of_month;
use crate::source::{Sources, Spot};

impl Diagnostic {
    /// A percentage with a sign, or as a fraction of one.
    pub(crate) fn percent_spelling(spot: &Spot, found: &str, meant: &str) -> Diagnostic {
        let message = Text::new(
            format!("百分比 `{found}` 应写成整数 {meant}"),
            format!("the percentage `{found}` must be the whole number {meant}"),
        );
        Diagnostic::error("R0015", spot, message)
            .label(Text::new("应为整数", "a whole number"))
            .help(Text::new(
                format!("百分之 {meant} 写成 {meant}"),
                format!("for {meant} percent write {meant}"),
            ))
    }

    /// A day that the calendar does not have.
    pub(crate) fn impossible_date(spot: &Spot, year: i32, month: u32, day: u32) -> Diagnostic {
        let (zh, en) = match days_of_month(year, month) {
            Some(days) => (
                format!("{year} 年 {month} 月没有 {day} 日,只有 {days} 天"),
                format!("month {month} of {year} has {days} days, not {day}"),
            ),
            None => (format!("一年没有 {month} 月"), format!("a year has no month {month}")),
        };
        let message = Text::new(format!("日期不存在:{zh}"), format!("no such date: {en}"));
        Diagnostic::error("R0016", spot, message)
            .label(Text::new("没有这一天", "no such day"))
            .help(Text::new("写一个存在的日期,例如 2026-03-01", "write a date such as 2026-03-01"))
    }

    /// Full-width characters where TOML knows half-width ones alone.
    pub(crate) fn full_width_in_toml(
        spot: &Spot,
        found: impl std::fmt::Display,
        meant: &str,
    ) -> Diagnostic {
        let message = Text::new(
            format!("`{found}` 是全角,此处只能用半角"),
            format!("`{found}` is full-width, and half-width is needed here"),
        );
        Diagnostic::error("R0017", spot, message)
            .label(Text::new("全角", "full-width"))
            .help(Text::new(format!("写成半角的 `{meant}`"), format!("write `{meant}`")))
    }

    /// A text without quotation marks; one that starts with a number may be a number with its unit behind it.
    pub(crate) fn unquoted(
        spot: &Spot,
        said: &str,
        found: &str,
        number: Option<&str>,
    ) -> Diagnostic {
        let help = match number {
            Some(number) => Text::new(
                format!("是数字只写 {number};是文字写成 \"{found}\""),
                format!("a number is {number} alone, a text is \"{found}\""),
            ),
            None => Text::new(format!("写成 \"{found}\""), format!("write \"{found}\"")),
        };
        Diagnostic::toml(spot, said).help(help)
    }

    /// The same, with the line in which the first one of a kind stands.
    #[must_use]
    pub(crate) fn after(self, sources: &Sources, first: &Spot) -> Diagnostic {
        let (line, _) = sources.position(&first.file, first.span.start);
        let [zh, en] = [Lang::Zh, Lang::En].map(|lang| self.message.of(lang).to_owned());
        let message =
            Text::new(format!("{zh},第 {line} 行已有"), format!("{en}, first in line {line}"));
        Diagnostic { message, ..self }
    }

    /// The same, with a word about the rest of its file.
    #[must_use]
    pub(crate) fn and_rest_unread(self) -> Diagnostic {
        let [zh, en] = [Lang::Zh, Lang::En].map(|lang| self.help.of(lang).to_owned());
        self.help(Text::new(
            zh + ";本文件其余部分在改正后再检查",
            en + "; the rest of the file is checked once this is mended",
        ))
    }

    /// A date in a spelling that TOML does not know.
    pub(crate) fn date_spelling(spot: &Spot, found: &str, day: NaiveDate) -> Diagnostic {
        let message = Text::new(
            format!("日期 `{found}` 的写法不对"),
            format!("the date `{found}` is spelt otherwise than TOML does"),
        );
        Diagnostic::error("R0018", spot, message)
            .label(Text::new("应为 年-月-日", "year-month-day"))
            .help(Text::new(format!("写成 {day}"), format!("write {day}")))
    }

    /// A character that cannot be seen, in a value that was read without it.
    pub(crate) fn unseen_character(spot: &Spot, found: char) -> Diagnostic {
        let (code, [zh, en]) = (point(found), named(found));
        let message = Text::new(
            format!("内容中有看不见的字符 {code}({zh}),已按没有它读取"),
            format!("a character that cannot be seen, {code} ({en}); read without it"),
        );
        Diagnostic::warning("R0020", spot, message)
            .label(Text::new(format!("其中有 {code}"), format!("{code} is in it")))
            .help(Text::new(
                "清空后手工重新输入,不要粘贴",
                "clear it and type it anew instead of pasting",
            ))
    }

    /// Full-width letters or digits in a value that was read as half-width.
    pub(crate) fn full_width(spot: &Spot, found: &str, meant: &str) -> Diagnostic {
        let message = Text::new(
            format!("`{found}` 中有全角字符,已按半角 `{meant}` 读取"),
            format!("`{found}` has full-width characters; read as `{meant}`"),
        );
        Diagnostic::warning("R0021", spot, message)
            .label(Text::new("全角", "full-width"))
            .help(Text::new(format!("写成 {meant}"), format!("write {meant}")))
    }

    /// A character that cannot be seen, where TOML stumbles over it.
    pub(crate) fn unseen_in_toml(spot: &Spot, found: char) -> Diagnostic {
        let (code, [zh, en]) = (point(found), named(found));
        let message = Text::new(
            format!("此处有看不见的字符 {code}({zh})"),
            format!("a character that cannot be seen stands here: {code} ({en})"),
        );
        Diagnostic::error("R0022", spot, message).label(Text::new(code.clone(), code)).help(
            Text::new(
                "删去这个字符;看不出来时,整行删掉手工重新输入",
                "remove the character; if it cannot be found, type the whole line anew",
            ),
        )
    }

    /// A number in quotation marks.
    pub(crate) fn quoted_number(spot: &Spot, meant: &str) -> Diagnostic {
        let message = Text::new(
            format!("数字 `{meant}` 不加引号"),
            format!("the number `{meant}` stands in quotation marks"),
        );
        Diagnostic::error("R0023", spot, message)
            .label(Text::new("应为数字", "a number"))
            .help(Text::new(format!("写成 {meant}"), format!("write {meant}")))
    }
}

/// The code point of a character, as people look it up.
pub(super) fn point(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

/// What a character that nobody sees is called, in Chinese and in English.
pub(super) fn named(c: char) -> [&'static str; 2] {
    match c {
        '\t' => ["制表符", "tab"],
        ' ' => ["空格", "blank"],
        '\u{a0}' | '\u{202f}' => ["不间断空格", "no-break space"],
        '\u{ad}' => ["软连字符", "soft hyphen"],
        '\u{200b}' => ["零宽空格", "zero-width space"],
        '\u{200c}' | '\u{200d}' | '\u{2060}' => ["零宽连接符", "zero-width joiner"],
        '\u{61c}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            ["书写方向标记", "mark of direction"]
        }
        '\u{3000}' => ["全角空格", "full-width space"],
        '\u{feff}' => ["字节序标记", "byte order mark"],
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => ["异体选择符", "variation selector"],
        c if c.is_control() => ["控制字符", "control character"],
        c if c.is_whitespace() => ["特殊空格", "unusual space"],
        _ => ["零宽字符", "zero-width character"],
    }
}

/// The pages of this file's codes.
pub(super) const PAGES: &[Page] = &[
    Page::new(
        "R0015",
        (
            "百分比的写法",
            "百分比一律写整数,不带百分号:百分之八十写 80,超过时限一倍写 200。80%、0.8、\"80\" 都不能读取。",
        ),
        (
            "how a percentage is written",
            "Percentages are whole numbers without a sign: eighty percent is 80, twice the limit is 200. 80%, 0.8 and \"80\" cannot be read.",
        ),
    ),
    Page::new(
        "R0016",
        (
            "日期不存在",
            "日历上没有这一天,例如 2 月 31 日,或平年的 2 月 29 日。帮助中列出该月有几天。",
        ),
        (
            "a date that does not exist",
            "The calendar has no such day, as 31 February, or 29 February of an ordinary year.",
        ),
    ),
    Page::new(
        "R0017",
        (
            "此处不能用全角",
            "TOML 的引号、逗号、等号、括号和数字只认半角。中文输入法打出的“”、，、＝、【】和７５看上去相近,但程序无法读取。帮助中列出应写的字符;改正前,本文件其余部分不检查。",
        ),
        (
            "full-width characters cannot stand here",
            "TOML knows half-width quotation marks, commas, equals signs, brackets and digits alone. The full-width ones of an input method look alike and cannot be read. What else is wrong in the file is looked for once this is mended.",
        ),
    ),
    Page::new(
        "R0018",
        (
            "日期的写法",
            "不带引号的日期写成 年-月-日,月和日各两位:2026-03-01。带引号时也可写成 \"2026/3/1\" 或 \"2026年3月1日\"。",
        ),
        (
            "how a date is written",
            "A date without quotation marks is year-month-day, with two digits for month and day: 2026-03-01. In quotation marks \"2026/3/1\" is read as well.",
        ),
    ),
    Page::new(
        "R0020",
        (
            "看不见的字符",
            "从网页、聊天软件或别的文档粘贴时,常会带进零宽空格、方向标记一类的字符:屏幕上看不出来,比较编码时却不相同。程序已按没有它读取,请清空后手工重新输入,以免别的软件读错。",
        ),
        (
            "a character that cannot be seen",
            "A paste from a page or a chat often brings zero-width spaces or marks of direction, which nobody sees and which make two codes differ. The value was read without it; type it anew, so that other programs do not stumble.",
        ),
    ),
    Page::new(
        "R0021",
        (
            "全角字符",
            "编码、数字、日期和时刻应写半角。全角的数字和字母只有一种含义,程序已按半角读取;请改写,以免别的软件读错。",
        ),
        (
            "full-width characters",
            "Codes, numbers, dates and hours are written half-width. Full-width digits and letters have one meaning alone and were read as such; rewrite them, so that other programs do not stumble.",
        ),
    ),
    Page::new(
        "R0022",
        (
            "TOML 中有看不见的字符",
            "键、等号和不带引号的值之间只能有普通空格。不间断空格、全角空格和零宽字符看上去像空格或什么都没有,但会使这一行无法读取。改正前,本文件其余部分不检查。",
        ),
        (
            "a character that cannot be seen in TOML",
            "Between keys, equals signs and values without quotation marks stand plain blanks alone. No-break spaces, full-width spaces and zero-width characters look like a blank or like nothing and spoil the line.",
        ),
    ),
    Page::new(
        "R0023",
        ("数字加了引号", "数字不加引号:写 75,不写 \"75\"。加了引号的是文字。"),
        (
            "a number in quotation marks",
            "Numbers stand without quotation marks: 75 and not \"75\", which is a text.",
        ),
    ),
];

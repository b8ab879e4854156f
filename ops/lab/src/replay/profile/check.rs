//! What keeps a profile from being used: each is one way to lose something without a word. Codes P0001–P0010.

use std::ops::Range;
use std::str::FromStr as _;

use chrono_tz::Tz;
use lettre::Address;
use toml::de::{DeTable, DeValue};

use super::times::{self, Flaw};
use super::{Columns, Profile};
use duban_base::config::Problem;

/// The file is no profile: the parser's words are kept.
pub(super) fn unreadable(file: &str, error: &toml::de::Error) -> Problem {
    let said = error.message().trim().to_owned();
    let span = error.span().unwrap_or(0..0);
    Problem::new("P0001", file, span, both(&format!("回放配置无法读取:{said}"), &format!("not a profile: {said}")))
        .label("此处", "here")
        .help(
            "检查引号、等号、键名;可比照 rules/profiles/boston311.toml",
            "look at quotation marks, equals signs and keys; rules/profiles/boston311.toml is an example",
        )
}

/// Everything that is wrong with a profile that could be read.
pub(super) fn problems(profile: &Profile, file: &str, text: &str) -> Vec<Problem> {
    let check = Check { profile, file, text, found: Vec::new() };
    let mut found = check.zone().ladder().columns().verdicts().people().found;
    found.sort_by_key(Problem::start);
    found
}

struct Check<'a> {
    profile: &'a Profile,
    file: &'a str,
    text: &'a str,
    found: Vec<Problem>,
}

impl Check<'_> {
    fn problem(&self, code: &'static str, key: &[&str], said: [String; 2]) -> Problem {
        Problem::new(code, self.file, place(self.text, key).unwrap_or(0..0), said)
    }

    fn zone(mut self) -> Self {
        let Profile { zone, time_format, .. } = self.profile;
        let Ok(tz) = Tz::from_str(zone) else {
            let said = both(&format!("`{zone}` 不是时区名"), &format!("`{zone}` is no zone"));
            let problem =
                self.problem("P0002", &["zone"], said).label("没有这个时区", "no such zone");
            self.found.push(problem.help(
                "写 IANA 时区名,如 \"Asia/Shanghai\"、\"America/New_York\"",
                "write a name of the IANA list, such as \"Asia/Shanghai\" or \"America/New_York\"",
            ));
            return self;
        };
        let Some(flaw) = times::flaw(time_format, tz) else { return self };
        let said = match &flaw {
            Flaw::Zone(part) => both(
                &format!("时间格式中的 `{part}` 会被略过,时间将按 {zone} 计"),
                &format!("`{part}` of the time format is passed over, and times count as {zone}"),
            ),
            Flaw::Unknown => both(
                &format!("`{time_format}` 不是时间格式"),
                &format!("`{time_format}` is no time format"),
            ),
            Flaw::Partial => both(
                &format!("按 `{time_format}` 读不出完整的日期和钟点"),
                &format!("`{time_format}` gives no whole date with its hour and minute"),
            ),
        };
        let problem = match flaw {
            Flaw::Zone(_) => self
                .problem("P0003", &["time_format"], said)
                .label("时区会丢失", "the zone is lost")
                .help(
                    "时差写 %z:+08、+0800、+08:00、Z 都能读",
                    "write %z for an offset; it reads +08, +0800, +08:00 and Z",
                ),
            Flaw::Unknown | Flaw::Partial => self
                .problem("P0004", &["time_format"], said)
                .label("读不出时刻", "no instant")
                .help(
                    "年月日时分写 %Y-%m-%d %H:%M;十二小时制写 %I 并加 %p",
                    "write %Y-%m-%d %H:%M; with hours up to twelve, %I and %p",
                ),
        };
        self.found.push(problem);
        self
    }

    fn ladder(mut self) -> Self {
        let ladder = &self.profile.ladder;
        if ladder.is_empty() || ladder.contains(&0) || !ladder.is_sorted_by(|a, b| a < b) {
            let said = both(
                "`ladder` 应为由小到大、大于 0 的百分比",
                "`ladder` is percentages above 0, each larger than the one before",
            );
            let problem = self.problem("P0005", &["ladder"], said).label("次序", "order");
            self.found.push(problem.help("如 [75, 100, 150, 200]", "such as [75, 100, 150, 200]"));
        }
        self
    }

    /// Two meanings of one column: a case would be closed by the day on which it was due.
    fn columns(mut self) -> Self {
        let named = named(&self.profile.columns);
        for (place, (key, name)) in named.iter().enumerate() {
            let before = named.iter().take(place).find(|(_, before)| before == name);
            let Some((first, _)) = before else { continue };
            let said = both(
                &format!("列 `{name}` 既作 {first} 又作 {key}"),
                &format!("column `{name}` is both {first} and {key}"),
            );
            let problem = self.problem("P0006", &["columns", key], said);
            self.found.push(problem.label("同一列", "the same column").help(
                "每一项写自己的列;文件中没有的可选项不写",
                "name a column of its own for each; leave out what is optional and absent",
            ));
        }
        let Columns { unit, latitude, longitude, .. } = &self.profile.columns;
        let alone = match (latitude, longitude) {
            (Some(_), None) => Some(("latitude", "longitude")),
            (None, Some(_)) => Some(("longitude", "latitude")),
            (Some(_), Some(_)) | (None, None) => None,
        };
        if let Some((has, lacks)) = alone {
            self.lacks(&["columns", has], has, lacks);
        } else if latitude.is_none() && self.profile.location.is_some() {
            self.lacks(&["location"], "location", "latitude");
        }
        if unit.is_none() && self.profile.unit_default.is_none() {
            self.lacks(&["columns"], "columns", "unit");
        }
        self
    }

    fn lacks(&mut self, key: &[&str], has: &str, lacks: &str) {
        let said = both(
            &format!("有 `{has}` 而没有 `{lacks}`,读到的内容用不上"),
            &format!("there is `{has}` and no `{lacks}`, without which it says nothing"),
        );
        let problem = self.problem("P0007", key, said).label("不成对", "half of it");
        let help_zh = match lacks {
            "unit" => "写 unit 列;没有这一列时写 unit_default = \"单位\"".to_owned(),
            _ => format!("在 [columns] 中补上 {lacks},或删去 {has}"),
        };
        let help_en = match lacks {
            "unit" => {
                "name the column `unit`, or where there is none write unit_default".to_owned()
            }
            _ => format!("add {lacks} to [columns], or remove {has}"),
        };
        self.found.push(problem.help(help_zh, help_en));
    }

    /// Published verdicts that cannot be told apart.
    fn verdicts(mut self) -> Self {
        let published = &self.profile.published;
        let (on_time, overdue) = (published.on_time.trim(), published.overdue.trim());
        if on_time == overdue || on_time.is_empty() || overdue.is_empty() {
            let said = both(
                "`on_time` 和 `overdue` 应为两个不同的词",
                "`on_time` and `overdue` are two different words",
            );
            let problem = self.problem("P0008", &["published", "overdue"], said);
            self.found.push(problem.label("分不清", "not to be told apart").help(
                "照抄文件中表示按期和超期的词",
                "copy the words by which the file says in time and too late",
            ));
        }
        self
    }

    /// Names that must not be empty, and an address that letters can go to.
    fn people(mut self) -> Self {
        let Profile { name, recipient, unit_default, .. } = self.profile;
        let empty = [("name", Some(name)), ("unit_default", unit_default.as_ref())];
        for (key, _) in empty.iter().filter(|(_, text)| text.is_some_and(|t| t.trim().is_empty())) {
            let said = both(&format!("`{key}` 不能为空"), &format!("`{key}` must not be empty"));
            let problem = self.problem("P0009", &[key], said).label("空的", "empty");
            self.found.push(problem.help("写一个名称", "write a name"));
        }
        if recipient.replace("{unit}", "unit").parse::<Address>().is_err() {
            let said = both(
                &format!("`{recipient}` 不是邮件地址"),
                &format!("`{recipient}` is no address of a letter"),
            );
            let problem =
                self.problem("P0010", &["recipient"], said).label("无法投递", "no address");
            self.found.push(problem.help(
                "如 \"{unit}@city.example\";{unit} 代表单位",
                "such as \"{unit}@city.example\"; {unit} stands for the unit",
            ));
        }
        self
    }
}

/// The columns that are named, by key.
fn named(columns: &Columns) -> Vec<(&'static str, &str)> {
    let Columns { id, opened, target, closed, unit, summary, published, latitude, longitude } =
        columns;
    let always = [("id", id), ("opened", opened), ("target", target), ("closed", closed)];
    let perhaps = [
        ("unit", unit.as_ref()),
        ("summary", Some(summary)),
        ("published", published.as_ref()),
        ("latitude", latitude.as_ref()),
        ("longitude", longitude.as_ref()),
    ];
    let perhaps = perhaps.into_iter().filter_map(|(key, name)| Some((key, name?)));
    always.into_iter().chain(perhaps).map(|(key, name)| (key, name.trim())).collect()
}

fn both(zh: &str, en: &str) -> [String; 2] {
    [zh.to_owned(), en.to_owned()]
}

/// Where the value of a key stands.
fn place(text: &str, key: &[&str]) -> Option<Range<usize>> {
    let whole = DeTable::parse(text).ok()?;
    let (first, rest) = key.split_first()?;
    let mut value = whole.get_ref().get(*first)?;
    for key in rest {
        let DeValue::Table(table) = value.get_ref() else { return None };
        value = table.get(*key)?;
    }
    Some(value.span())
}

//! The printable handbook (指挥手册, article 11): one HTML page with number, approval, effective date and tables by class.
//!
//! Plain HTML with its style inside, so that any browser prints it. Nothing is loaded from elsewhere, and every text of
//! the rules is escaped.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Write};

use crate::book::RuleBook;
use crate::book::extension::{Deferrals, Extensions};
use crate::book::handbook::Condition;
use crate::book::officials::MeetingRule;
use crate::vocabulary::{Matter, Recipient};

const STYLE: &str = "
body { font-family: 'Noto Serif CJK SC', 'Songti SC', SimSun, serif; margin: 2em auto; max-width: 60em; line-height: 1.5; }
h1 { text-align: center; margin-bottom: 0; }
.edition { text-align: center; color: #444; margin-bottom: 2em; }
h2 { border-bottom: 2px solid #333; margin-top: 2em; }
h3 { margin-bottom: .3em; break-after: avoid; }
table { border-collapse: collapse; width: 100%; break-inside: auto; }
th, td { border: 1px solid #888; padding: .25em .5em; text-align: left; vertical-align: top; }
th { background: #eee; font-weight: normal; }
tr { break-inside: avoid; }
td.limit, td.code { white-space: nowrap; }
td.code { font-family: monospace; }
.urgent { font-weight: bold; }
@media print { body { margin: 0; max-width: none; font-size: 10.5pt; } thead { display: table-header-group; } }
";

/// Conditions of one big class: its code and name, then its rows.
type Classes<'a> = BTreeMap<(Matter, &'a str), (&'a str, Vec<&'a Condition>)>;

/// The handbook as a page to print.
pub fn handbook_html(book: &RuleBook) -> String {
    let mut page = String::new();
    // Writing into a String cannot fail.
    let _written: fmt::Result = write_page(&mut page, book);
    page
}

fn write_page(page: &mut String, book: &RuleBook) -> fmt::Result {
    let handbook = &book.handbook;
    let (number, approved) = (Escaped(&handbook.number), Escaped(&handbook.approved));
    let effective = handbook.effective;
    writeln!(page, "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">")?;
    writeln!(page, "<title>指挥手册 第 {number} 版</title>\n<style>{STYLE}</style>\n</head>")?;
    writeln!(page, "<body>\n<h1>肃宁县全民数字化城市管理指挥手册</h1>")?;
    writeln!(
        page,
        "<p class=\"edition\">第 {number} 版 · {approved} · 自 {effective} 起生效 · 共 {} 个立案条件</p>",
        handbook.conditions.len()
    )?;
    let mut classes = Classes::new();
    for condition in handbook.conditions.values() {
        let key = (condition.matter, condition.big_code.as_str());
        let (_, rows) = classes.entry(key).or_insert((&condition.big_class, Vec::new()));
        rows.push(condition);
    }
    let mut matter = None;
    for ((of, code), (name, mut rows)) in classes {
        if matter != Some(of) {
            writeln!(page, "<h2>{}</h2>", of.chinese())?;
            matter = Some(of);
        }
        writeln!(page, "<h3>{} {}</h3>", Escaped(code), Escaped(name))?;
        rows.sort_by(|one, other| row_order(one).cmp(&row_order(other)));
        table(page, book, &rows)?;
    }
    extensions(page, book)?;
    units(page, book)?;
    heads(page, book)?;
    committee(page, book)?;
    writeln!(page, "</body>\n</html>")
}

/// Small class, then the sequence as a number: the tenth condition stands after the second.
fn row_order(condition: &Condition) -> (&str, u32) {
    (&condition.small_code, condition.number().parse().unwrap_or(0))
}

fn table(page: &mut String, book: &RuleBook, rows: &[&Condition]) -> fmt::Result {
    writeln!(
        page,
        "<table>\n<thead><tr><th>条件编号</th><th>小类</th><th>条件</th><th>立案条件</th><th>结案条件</th>\
         <th>责任单位</th><th>处置时限</th></tr></thead>\n<tbody>"
    )?;
    for condition in rows {
        let names = condition.candidates.iter().map(|candidate| {
            let name = book.units.get(&candidate.unit).map(|unit| unit.name.as_str());
            let name = name.unwrap_or(candidate.unit.as_str());
            if candidate.grids.is_empty() {
                return name.to_owned();
            }
            let grids = candidate.grids.iter().map(ToString::to_string);
            format!("{name}({})", grids.collect::<Vec<_>>().join("、"))
        });
        let names = names.collect::<Vec<_>>().join("、");
        let urgent = if condition.limit.is_urgent() { " urgent" } else { "" };
        writeln!(
            page,
            "<tr><td class=\"code\">{}</td><td>{} {}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td class=\"limit{urgent}\">{}</td></tr>",
            Escaped(condition.code.as_str()),
            Escaped(condition.small_code.as_str()),
            Escaped(condition.small_class.as_str()),
            Escaped(condition.number()),
            Escaped(condition.filing.as_str()),
            Escaped(condition.closing.as_str()),
            Escaped(names.as_str()),
            condition.limit,
        )?;
    }
    writeln!(page, "</tbody>\n</table>")
}

/// What may be granted on top of a limit, and how long a case may wait (article 27).
fn extensions(page: &mut String, book: &RuleBook) -> fmt::Result {
    let Extensions { most_percent, quota_percent, quota_at_least, deferral } = book.extensions;
    writeln!(
        page,
        "<h2>延期</h2>\n<p>同一案件累计延长的时间不超过原规定时限的 {most_percent} %。\
         每个单位每月延期的案件不超过当月案件的 {quota_percent} %,至少 {quota_at_least} 件。</p>"
    )?;
    let Deferrals { months, announced_days: [first, last] } = deferral;
    writeln!(
        page,
        "<h2>缓办</h2>\n<p>复核日期最迟在申请之后 {months} 个月之内;复核前 {first} 天、{last} 天各提醒一次。</p>"
    )
}

/// The units of the handbook with the number to call; mobile numbers and addresses are nobody else's business.
fn units(page: &mut String, book: &RuleBook) -> fmt::Result {
    writeln!(page, "<h2>系统终端</h2>\n<table>")?;
    writeln!(
        page,
        "<thead><tr><th>编码</th><th>名称</th><th>所属机构</th><th>类别</th><th>城管站</th>\
         <th>固定电话</th></tr></thead>\n<tbody>"
    )?;
    for unit in book.units.iter().filter(|unit| unit.active) {
        let class = unit.class().map_or("“门前五包”责任人", |class| class.chinese());
        writeln!(
            page,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{class}</td><td>{}</td><td>{}</td></tr>",
            Escaped(unit.id.as_str()),
            Escaped(unit.name.as_str()),
            Escaped(unit.organisation.as_str()),
            Escaped(unit.station.as_deref().unwrap_or_default()),
            Escaped(unit.landline.as_deref().unwrap_or_default()),
        )?;
    }
    writeln!(page, "</tbody>\n</table>")
}

/// The heads of bodies of several units (article 8), where the rules say who they are.
fn heads(page: &mut String, book: &RuleBook) -> fmt::Result {
    if book.units.organisations().next().is_none() {
        return Ok(());
    }
    writeln!(page, "<h2>机构主要领导</h2>\n<table>")?;
    writeln!(page, "<thead><tr><th>机构</th><th>主要领导</th><th>终端</th></tr></thead>\n<tbody>")?;
    for organisation in book.units.organisations() {
        let own = book.units.iter().filter(|unit| unit.organisation == organisation.name);
        let own: Vec<&str> = own.map(|unit| unit.name.as_str()).collect();
        writeln!(
            page,
            "<tr><td>{}</td><td>{}</td><td>{}</td></tr>",
            Escaped(organisation.name.as_str()),
            Escaped(organisation.head.name.as_str()),
            Escaped(own.join("、")),
        )?;
    }
    writeln!(page, "</tbody>\n</table>")
}

/// The committee (article 2): who chairs it, who is a member for whom and how long.
fn committee(page: &mut String, book: &RuleBook) -> fmt::Result {
    writeln!(page, "<h2>城市管理委员会</h2>\n<table>")?;
    writeln!(
        page,
        "<thead><tr><th>职务</th><th>姓名</th><th>机构</th><th>终端</th><th>任期</th></tr></thead>\n<tbody>"
    )?;
    for chair in book.officials.contacts(Recipient::CommitteeChair) {
        let name = Escaped(chair.name.as_str());
        writeln!(page, "<tr><td>主任</td><td>{name}</td><td></td><td></td><td></td></tr>")?;
    }
    for member in &book.officials.members {
        let unit = member.unit.as_ref().map(|id| {
            let name = book.units.get(id).map(|unit| unit.name.as_str());
            name.unwrap_or(id.as_str()).to_owned()
        });
        writeln!(
            page,
            "<tr><td>成员</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            Escaped(member.name.as_str()),
            Escaped(member.organisation.as_str()),
            Escaped(unit.unwrap_or_default()),
            member.term(),
        )?;
    }
    writeln!(page, "</tbody>\n</table>")?;
    let [closing, _] = book.officials.shifts.closing.words();
    writeln!(page, "<p>交接班后:{closing}。</p>")?;
    let MeetingRule { called_within, held_within } = book.officials.meetings;
    writeln!(page, "<p>城管委临时会议:提出后 {called_within} 内召集,{held_within} 内召开。</p>")
}

/// A text in which nothing is taken for HTML.
struct Escaped<T>(T);

impl<T: AsRef<str>> Display for Escaped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.as_ref().chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                _ => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

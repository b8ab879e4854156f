//! How a case stands, and what happened to it: who, in which role, when, what (article 12).

use duban_actors::case::event::Event;
use duban_actors::case::provisional::{mark, stage_mark};
use duban_actors::case::{Case, Filing, Reporter, State};
use duban_actors::context::Context;
use duban_actors::role::Role;
use duban_rules::line;
use duban_rules::vocabulary::UnitId;
use duban_runtime::clock::Timestamp;
use duban_runtime::journal::Failure;
use duban_runtime::record::Record;

use super::account::due_words;
use super::case::{light, stage_due, stage_word, timeliness_word};
use super::{asked, events, instant};
use crate::names::Names;

/// How the case stands, line by line.
pub fn facts(case: &Case, cx: &Context, now: Timestamp) -> Vec<(&'static str, String)> {
    let calendar = &cx.rules.calendar;
    let life = &case.state;
    let mut facts = vec![("案件", case.id.to_string())];
    if let Some(number) = life.filing().and_then(|filing| filing.number.as_ref()) {
        facts.push(("编号", number.to_string()));
    }
    facts.push(("环节", format!("{}({})", stage_word(life.name()), life.name())));
    if let Some(report) = life.report() {
        let grid = report.grid.as_ref().map(|grid| format!("(监督网格 {grid})"));
        let address = line::one(&report.address);
        let address = if address.is_empty() { "—".to_owned() } else { address };
        facts.push(("地点", format!("{address}{}", grid.unwrap_or_default())));
        if report.reporter.as_deref().is_some_and(Reporter::is_erased) {
            facts.push(("上报人", "已删除".to_owned()));
        }
    }
    if let Some(filing) = life.filing() {
        facts.extend(by_handbook(filing, cx));
    }
    if let Some(limit) = life.filing().and_then(|filing| filing.limit) {
        let held = life.assignment();
        let limit = held.map_or(limit, |held| held.term(limit).limit);
        let extension = held.and_then(|held| held.extension);
        let more = extension.map(|extension| format!(",延长 {extension}"));
        facts.push(("处置时限", format!("{limit}{}", more.unwrap_or_default())));
    }
    if let Some((since, deferral)) = life.deferral() {
        let (since, leader) = (instant::minute(since, calendar), &deferral.leader);
        let day = deferral.review_on(calendar);
        facts.push(("缓办", format!("{since} 起,{leader}签批,{day} 复核")));
    }
    if let Some(assignment) = life.assignment() {
        let unit = unit_word(&assignment.unit, cx);
        facts.push(("单位", format!("{unit}(第 {} 次派遣)", assignment.no)));
    }
    if let State::Closed(closed) = life {
        let (finish, at) = (closed.finish, closed.at);
        facts.push(("处置完毕", instant::second(finish, calendar)));
        let verdict = timeliness_word(closed.timeliness);
        facts.push(("结案", format!("{},{verdict}", instant::second(at, calendar))));
        if finish < closed.assignment.start {
            facts.push(("注意", "完毕时间早于派遣时间(来自导入的数据)".to_owned()));
        }
        return facts;
    }
    let stage = stage_due(case);
    if let Some(due) = life.assignment().and_then(|assignment| assignment.due) {
        let until = due_words(due, life.ran_until(now), calendar) + mark(life, &cx.rules);
        let still = life.stands_still().map(|_| ",计时暂停").unwrap_or_default();
        facts.push(("截止", until + still));
    }
    facts.extend(asked::facts(case, cx, now));
    if let Some(due) = stage {
        facts.push(("本环节截止", due_words(due, now, calendar) + stage_mark(life, &cx.rules)));
    }
    facts.push(("灯", light(case, stage, now).chinese().to_owned()));
    facts
}

/// What the handbook said when the case was filed: by it people file, dispatch, verify and close.
fn by_handbook(filing: &Filing, cx: &Context) -> Vec<(&'static str, String)> {
    let Some(code) = filing.condition.as_ref() else { return Vec::new() };
    let Some(entry) = filing.entry(cx) else { return vec![("立案条件", code.to_string())] };
    let candidates = entry.candidates_in(filing.report.grid.as_ref());
    let named = candidates.iter().map(|id| unit_word(id, cx)).collect::<Vec<_>>();
    let mut said = vec![
        ("大类", entry.big_class.clone()),
        ("立案条件", format!("{code} {}:{}", entry.small_class, entry.filing)),
        ("结案条件", entry.closing.clone()),
    ];
    if !named.is_empty() {
        said.push(("手册责任单位", named.join("、")));
    }
    said
}

/// A unit's id, with its name where it has one.
fn unit_word(id: &UnitId, cx: &Context) -> String {
    let name = cx.rules.units.get(id).map(|unit| format!(" {}", unit.name));
    format!("{id}{}", name.unwrap_or_default())
}

/// A record of a case's history in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Who, and for whom if they entered it for a unit.
    pub by: String,
    pub role: String,
    /// What, a sentence for each event.
    pub what: Vec<String>,
}

/// Whether whoever reads a record sees the papers that came in with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Papers {
    Shown,
    /// Nor what is said of an attachment.
    Hidden,
}

/// What `record` says; whoever asked is called as in `names`.
///
/// # Errors
/// When an account cannot be read.
pub fn told(
    record: &Record,
    papers: Papers,
    names: &Names<'_>,
    cx: &Context,
) -> Result<Told, Failure> {
    let asked = &record.asked;
    let role: &str = match asked.role.parse::<Role>() {
        Ok(role) => role.chinese(),
        Err(_) => &asked.role,
    };
    let by = names.asker(asked)?;
    let by = match &asked.on_behalf_of {
        Some(whom) => format!("{by}(代 {whom} 录入)"),
        None => by.into(),
    };
    let what = match serde_json::from_str::<Vec<Event>>(&record.events) {
        Ok(events) => {
            // One line for each event: what somebody wrote makes no second one.
            let told = |event: &Event| match (event, papers) {
                (Event::Attached { .. }, Papers::Hidden) => "附上文件".to_owned(),
                (event, _) => line::one(&events::told(event, &cx.rules.calendar)),
            };
            events.iter().map(told).collect()
        }
        // A later version of duban may have written what this one cannot read.
        Err(_) => vec![record.events.clone()],
    };
    Ok(Told { by, role: role.to_owned(), what })
}

//! `duban case explain`: the deadline account (时限明细) and every step, fired and to come (article 11).

use anyhow::Result;
use duban_actors::case::explain::{AheadLine, Explanation, StepLine};
use duban_rules::book::calendar::Calendar;
use duban_rules::deadline::{DeadlineAccount, Interval};
use duban_runtime::clock::Timestamp;
use serde_json::json;

use super::{One, find};
use crate::verbs::print::Call;
use duban_base::labels::account::{
    ENDS, Running, anew_words, calendar_words, due_words, other_hours, provisional, skipped,
    standing_word,
};
use duban_base::labels::case::{level_word, stage_word, step_word};
use duban_base::labels::instant;
use duban_base::labels::typed::or_now;
use duban_base::rules_in_force::reckoning;
use duban_base::store::Store;

/// Prints how the case's instants came about.
pub(super) fn explain(call: &mut Call<'_>, store: &Store, asked: &One) -> Result<()> {
    let (id, stored) = find(&store.journal, &asked.id)?;
    let case = store.case(&id, &stored)?;
    let rules = store.rules.current();
    let calendar = &rules.0.rules.calendar;
    let now = or_now(asked.at, calendar, call.now());
    let explained = reckoning::explained(&store.journal, &store.rules, &case, now);
    if call.is_for_programs() {
        let mut value = serde_json::to_value(&explained)?;
        if let Some(fields) = value.as_object_mut() {
            fields.insert("case".to_owned(), json!(case.id));
            fields.insert("stands".to_owned(), json!(case.state.name()));
            fields.insert("at".to_owned(), json!(now));
        }
        return call.json(&value);
    }
    let number = case.state.filing().and_then(|filing| filing.number.as_deref());
    let number = number.map(|number| format!(" {number}")).unwrap_or_default();
    call.line(format!("案件 {}{number}:{}", case.id, stage_word(case.state.name())))?;
    match &explained.account {
        Some(told) => account(call, told, &explained, calendar)?,
        None => without_account(call, &explained, case.state.ran_until(now), calendar)?,
    }
    if let Some(stage) = &explained.stage {
        let (start, due) =
            (instant::second(stage.start, calendar), due_words(stage.due, now, calendar));
        call.line(format!("\n本环节({}):{start} 起,截止 {due}", stage.clock.chinese()))?;
    }
    let running =
        case.state.stands_still().map_or(Running::Yes(now), |still| Running::Stopped(still.since));
    steps(call, &explained.steps, running, calendar)?;
    ahead(call, &explained.ahead, now, calendar)
}

fn without_account(
    call: &mut Call<'_>,
    explained: &Explanation,
    ran_until: Timestamp,
    calendar: &Calendar,
) -> Result<()> {
    let due = explained.due.map(|due| due_words(due, ran_until, calendar));
    match (due, explained.limit) {
        (Some(due), None) => call.line(format!("\n截止时刻是导入时给定的,不由日历推算:{due}")),
        (Some(due), Some(limit)) => {
            call.line(format!("\n处置时限:{limit}"))?;
            call.line(format!("截止时刻:{due};推算时的日历已无法读取,列不出明细"))?;
            anew(call, explained, calendar)
        }
        (None, _) => call.line("\n没有承办单位,没有处置时限。"),
    }
}

fn account(
    call: &mut Call<'_>,
    account: &DeadlineAccount,
    explained: &Explanation,
    calendar: &Calendar,
) -> Result<()> {
    let at = |instant: chrono::DateTime<chrono::Utc>| instant::second(instant.into(), calendar);
    call.line("")?;
    let more = explained.extension.map(|extension| format!("(含延长 {extension})"));
    let (limit, more) = (account.limit, more.unwrap_or_default());
    call.line(format!("处置时限:{limit}{more},自 {} 派遣起计", at(account.start)))?;
    call.line(format!("日历:{}", calendar_words(account, explained)))?;
    call.line(format!("计入的时间({} 段):", account.counted.len()))?;
    let rows = interval_rows(&account.counted, calendar);
    call.table(&["", "从", "到", "时长"], rows)?;
    if !account.skipped.is_empty() {
        call.line(format!("不计的日子({} 天):{}", account.skipped.len(), skipped(account)))?;
    }
    for day in &account.made_up {
        call.line(format!("调休上班、照常计入:{}({})", day.date, day.holiday))?;
    }
    for held in other_hours(account) {
        call.line(format!("办公时段与平时不同:{held}"))?;
    }
    for pause in &account.pauses {
        let (from, until) = (Timestamp::from(pause.from), Timestamp::from(pause.until));
        let span = instant::span(from, until);
        call.line(format!("暂停:{} 至 {}({span})", at(pause.from), at(pause.until)))?;
    }
    if let Some(told) = provisional(account) {
        call.line(format!("注意:{told}"))?;
    }
    call.line(format!("截止时刻:{}", at(account.due)))?;
    anew(call, explained, calendar)
}

/// What the calendar in force would make of the case, beside what stands.
fn anew(call: &mut Call<'_>, explained: &Explanation, calendar: &Calendar) -> Result<()> {
    match anew_words(explained, calendar) {
        Some(words) => {
            call.line(format!("{words};用 `duban rules recalculate --dry-run` 查看会变动的案件"))
        }
        None => Ok(()),
    }
}

fn interval_rows(counted: &[Interval], calendar: &Calendar) -> Vec<Vec<String>> {
    let row = |(no, interval): (usize, &Interval)| {
        let (from, until) = (Timestamp::from(interval.from), Timestamp::from(interval.until));
        vec![
            (no + 1).to_string(),
            instant::second(from, calendar),
            instant::second(until, calendar),
            instant::span(from, until),
        ]
    };
    let left_out = counted.len().saturating_sub(2 * ENDS);
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (no, interval) in counted.iter().enumerate() {
        if left_out > 1 && (ENDS..counted.len() - ENDS).contains(&no) {
            if no == ENDS {
                let dots = format!("… 另 {left_out} 段 …");
                rows.push(vec![String::new(), dots, String::new(), String::new()]);
            }
            continue;
        }
        rows.push(row((no, interval)));
    }
    rows
}

fn steps(
    call: &mut Call<'_>,
    steps: &[StepLine],
    running: Running,
    calendar: &Calendar,
) -> Result<()> {
    if steps.is_empty() {
        return Ok(());
    }
    call.line("\n预警和督办:")?;
    let row = |line: &StepLine| {
        let standing = standing_word(line, running);
        let due = instant::second(line.due, calendar);
        vec![
            step_word(line.step.as_str()),
            level_word(line.level).to_owned(),
            due,
            standing.to_owned(),
        ]
    };
    call.table(&["步骤", "督办", "时刻", "状态"], steps.iter().map(row).collect())?;
    if let Running::Stopped(since) = running {
        let since = instant::second(since, calendar);
        call.line(format!("处置计时自 {since} 起暂停;退回单位时,未到的时刻顺延。"))?;
    }
    Ok(())
}

fn ahead(
    call: &mut Call<'_>,
    ahead: &[AheadLine],
    now: Timestamp,
    calendar: &Calendar,
) -> Result<()> {
    if ahead.is_empty() {
        return Ok(());
    }
    call.line("\n各环节将到的提醒:")?;
    let row = |line: &AheadLine| {
        let clock = line.clock.chinese().to_owned();
        vec![clock, step_word(line.step.as_str()), due_words(line.due, now, calendar)]
    };
    call.table(&["环节", "步骤", "时刻"], ahead.iter().map(row).collect())
}

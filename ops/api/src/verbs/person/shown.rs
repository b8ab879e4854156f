//! Persons on the screen.

use anyhow::Result;
use duban_actors::role::Role;
use duban_rules::book::calendar::Calendar;
use duban_runtime::clock::Timestamp;
use serde_json::Value;

use crate::verbs::print::Call;
use duban_base::labels::instant;

/// Prints a list of persons.
pub(super) fn list(call: &mut Call<'_>, result: &Value, limit: usize) -> Result<()> {
    let persons = rows(result, "persons");
    if persons.is_empty() {
        return call.line("没有人员。");
    }
    let row = |person: &Value| {
        vec![
            word(person, "login"),
            word(person, "name"),
            roles(person),
            word(person, "unit"),
            word(person, "collector"),
            password(person).to_owned(),
        ]
    };
    let headings = ["登录名", "姓名", "角色", "单位", "采集员", "密码"];
    call.table(&headings, persons.iter().map(row).collect())?;
    if result.get("more") == Some(&Value::Bool(true)) {
        call.line(format!("只列前 {limit} 人;加 --limit 列得更多,或用 --after 接着列"))?;
    }
    Ok(())
}

/// Prints a person.
pub(super) fn one(call: &mut Call<'_>, person: &Value, calendar: &Calendar) -> Result<()> {
    let gone = if word(person, "standing") == "dismissed" { "(已注销)" } else { "" };
    call.line(format!("{} {}{gone}", word(person, "login"), word(person, "name")))?;
    call.line(format!("角色:{}", roles(person)))?;
    for (key, title) in [("unit", "单位"), ("collector", "采集员")] {
        if person.get(key).is_some_and(Value::is_string) {
            call.line(format!("{title}:{}", word(person, key)))?;
        }
    }
    if gone.is_empty() {
        call.line(format!("密码:{}", password(person)))?;
    }
    let sessions = rows(person, "sessions");
    if !sessions.is_empty() {
        let row = |session: &Value| {
            vec![
                when(session, "begun", calendar),
                when(session, "until", calendar),
                word(session, "device"),
            ]
        };
        call.table(&["会话开始", "结束", "设备"], sessions.iter().map(row).collect())?;
    }
    let browsers = rows(person, "browsers");
    if !browsers.is_empty() {
        let row = |browser: &Value| {
            vec![
                when(browser, "since", calendar),
                when(browser, "until", calendar),
                word(browser, "device"),
            ]
        };
        call.table(&["浏览器自", "记得至", "设备"], browsers.iter().map(row).collect())?;
    }
    tokens(call, person, calendar)
}

/// Prints the tokens of a person, if there are any.
pub(in crate::verbs) fn tokens(
    call: &mut Call<'_>,
    person: &Value,
    calendar: &Calendar,
) -> Result<()> {
    let tokens = rows(person, "tokens");
    if tokens.is_empty() {
        return Ok(());
    }
    let row = |token: &Value| {
        vec![
            word(token, "id"),
            word(token, "label"),
            chinese(&word(token, "role")),
            when(token, "issued", calendar),
            when(token, "expires", calendar),
        ]
    };
    let headings = ["令牌", "用途", "角色", "签发", "失效"];
    call.table(&headings, tokens.iter().map(row).collect())
}

pub(in crate::verbs) fn rows<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn word(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or("—").to_owned()
}

fn when(value: &Value, key: &str, calendar: &Calendar) -> String {
    let at = value.get(key).cloned().unwrap_or_default();
    let at = serde_json::from_value::<Timestamp>(at).unwrap_or(Timestamp::NEVER);
    instant::minute(at, calendar)
}

/// Their roles, for people.
pub(super) fn roles(person: &Value) -> String {
    let roles = rows(person, "roles").iter().filter_map(Value::as_str);
    roles.map(chinese).collect::<Vec<_>>().join("、")
}

fn chinese(role: &str) -> String {
    role.parse::<Role>().map_or_else(|_| role.to_owned(), |role| role.chinese().to_owned())
}

fn password(person: &Value) -> &'static str {
    match person.get("password").and_then(Value::as_str) {
        Some("own") => "本人设置",
        Some("temporary") => "待更换",
        Some("unset") => "未设置",
        Some(_) | None => "—",
    }
}

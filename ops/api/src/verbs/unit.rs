//! `duban unit`: terminal units with what they have to do (articles 6–9 and 25).

mod classes;
mod list;
mod views;

use anyhow::{Result, bail};
use clap::Args;
use duban_actors::case::{Case, listing};
use duban_actors::context::Context;
use duban_actors::unit::Leave;
use duban_actors::{lacks, unit};
use duban_rules::book::calendar::Calendar;
use duban_rules::book::units::Unit as Terminal;
use duban_rules::vocabulary::UnitId;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::EntityId;
use serde::Deserialize as _;
use serde_json::{Value, json};

use super::listed::Looking;
use super::print::Call;
use duban_base::labels::case::{Light, light, stage_word};
use duban_base::labels::instant;
use duban_base::labels::typed::{self, Typed, or_now};
use duban_base::labels::unit::class_word;
use duban_base::store::Store;

pub(crate) use classes::Classes;
pub(crate) use list::List;
pub(crate) use views::Views;

/// 查看一个单位:人员和在办案件
///
/// 类别、人员、下次简报,以及在办案件(最先到期的在前)。
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// 单位代码,如 CG-HW
    #[arg(value_name = "UNIT")]
    unit: String,
    /// 最多列几个案件(默认见配置 output.rows)
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// 按这个时刻判断灯色;不写则按当前时刻
    #[arg(long, value_name = "INSTANT", value_parser = typed::instant)]
    at: Option<Typed>,
}

impl Looking for Show {
    const VERB: &'static str = "show";
    const EXAMPLES: &'static [&'static str] = &["CG-HW", "CG-HW --limit 200"];

    fn look(&self, call: &mut Call<'_>, store: &Store) -> Result<()> {
        show(call, store, self)
    }
}

fn show(call: &mut Call<'_>, store: &Store, asked: &Show) -> Result<()> {
    let rules = store.rules.current();
    let calendar = &rules.0.rules.calendar;
    let now = or_now(asked.at, calendar, call.now());
    let limit = call.rows(asked.limit);
    let known = rules.0.rules.units.get(&UnitId::new(&asked.unit));
    let id = EntityId::new(unit::KIND, &asked.unit);
    let entity = store.journal.entity(&id)?;
    let view = match (&entity, store.registry.kind(unit::KIND.number)) {
        (Some(stored), Some(kind)) => Some(kind.view(&id, stored)?),
        _ => None,
    };
    let open = listing::open_of(&UnitId::new(&asked.unit));
    let places = store.journal.list(&open, None, limit.saturating_add(1))?;
    if known.is_none() && view.is_none() && places.is_empty() {
        bail!("没有单位 `{}`;`duban unit list` 列出全部单位", asked.unit);
    }
    let mut cases = Vec::new();
    for (order, case) in places.iter().take(limit) {
        let Some(stored) = store.journal.entity(case)? else { continue };
        let case = store.case(case, &stored)?;
        let due = listing::instant(order).unwrap_or(Timestamp::NEVER);
        cases.push((due, light(&case, None, now), case));
    }
    if call.is_for_programs() {
        let cases = cases.iter().map(|(due, light, case)| {
            json!({"case": case.id, "stage": case.state.name(), "due": due, "light": light.as_str()})
        });
        let cases: Vec<Value> = cases.collect();
        let people: Vec<Value> = known.map(people_json).unwrap_or_default();
        return call.json(&json!({
            "unit": asked.unit, "name": known.map(|unit| &unit.name),
            "class": known.map(class_word), "people": people, "entity": view,
            "takes_cases": known.map(|unit| !rules.0.is_closed(&unit.id)),
            "lacks": known.map(|unit| lacks::of(unit, &rules.0)).unwrap_or_default(),
            "at": now, "cases": cases, "more": places.len() > limit,
        }));
    }
    call.line(format!("单位:{} {}", asked.unit, known.map_or("(不在规则中)", |u| &u.name)))?;
    if let Some(known) = known {
        head(call, known, &rules.0)?;
    }
    if let Some(next) = view.as_ref().and_then(|view| view.pointer("/next_brief/At")) {
        let next = serde_json::from_value::<Timestamp>(next.clone())?;
        call.line(format!("下次简报:{}", instant::minute(next, calendar)))?;
    }
    for leave in view.as_ref().map(|view| leaves(view, now)).transpose()?.unwrap_or_default() {
        call.line(away(&leave, now, calendar))?;
    }
    let more = if places.len() > limit {
        format!(",只列最先到期的 {limit} 个")
    } else {
        String::new()
    };
    let is_deferred = |(_, _, case): &&(Timestamp, Light, Case)| case.state.deferral().is_some();
    let deferred = cases.iter().filter(is_deferred).count();
    let beside = if deferred > 0 { format!(",另有缓办 {deferred} 个") } else { String::new() };
    call.line(format!("在办案件:{} 个{beside}{more}", cases.len().saturating_sub(deferred)))?;
    let row = |(due, light, case): &(Timestamp, Light, Case)| {
        vec![
            case.id.to_string(),
            stage_word(case.state.name()).to_owned(),
            instant::minute(*due, calendar),
            light.chinese().to_owned(),
        ]
    };
    if cases.is_empty() {
        return Ok(());
    }
    call.table(&["案件", "环节", "截止", "灯"], cases.iter().map(row).collect())
}

/// Who is away at `now`, by what the unit shows.
fn leaves(view: &Value, now: Timestamp) -> Result<Vec<Leave>> {
    let all = view.get("leaves").map(Vec::<Leave>::deserialize).transpose()?;
    Ok(all.unwrap_or_default().into_iter().filter(|leave| leave.until > now).collect())
}

/// Who is away, or will be, and until when.
fn away(leave: &Leave, now: Timestamp, calendar: &Calendar) -> String {
    let Leave { name, deputy, until, from } = leave;
    let from = (*from > now).then(|| format!("{} 起,", instant::minute(*from, calendar)));
    let until = instant::minute(*until, calendar);
    format!("请假:{name},{deputy} 代班,{}至 {until}", from.unwrap_or_default())
}

fn head(call: &mut Call<'_>, unit: &Terminal, cx: &Context) -> Result<()> {
    let closed = if cx.is_closed(&unit.id) { ",已停用" } else { "" };
    call.line(format!("类别:{}{closed};所属:{}", class_word(unit), unit.organisation))?;
    if let Some(landline) = &unit.landline {
        call.line(format!("固定电话:{landline}"))?;
    }
    let missing = lacks::of(unit, cx);
    if !missing.is_empty() {
        call.line(format!("尚缺(办法第七条):{}", lacks::in_words(&missing)))?;
    }
    for person in &unit.contacts {
        let reached = [person.phone.as_deref(), person.email.as_deref()];
        let reached = reached.into_iter().flatten().collect::<Vec<_>>().join(" ");
        call.line(format!("{}:{} {reached}", person.role.chinese(), person.name))?;
    }
    Ok(())
}

fn people_json(unit: &Terminal) -> Vec<Value> {
    let people = unit.contacts.iter().map(|person| {
        json!({
            "role": person.role.as_str(), "name": person.name, "phone": person.phone,
            "email": person.email, "deputy": person.deputy,
        })
    });
    people.collect()
}

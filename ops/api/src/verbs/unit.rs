//! `duban unit`: terminal units with what they have to do (articles 6–9 and 25).

mod views;

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use clap::Args;
use duban_actors::case::facts::End;
use duban_actors::case::{Fact, KIND, Timeliness, listing, remains};
use duban_actors::context::Context;
use duban_actors::role::CANARY_UNIT;
use duban_actors::{lacks, unit};
use duban_rules::book::units::Unit as Terminal;
use duban_rules::vocabulary::UnitId;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::EntityId;
use serde_json::{Value, json};

use super::listed::Looking;
use super::print::Call;
use duban_base::labels::case::{Light, light, stage_word};
use duban_base::labels::instant;
use duban_base::labels::typed::{self, Typed, or_now};
use duban_base::labels::unit::class_word;
use duban_base::store::Store;

pub(crate) use views::Views;

/// Cases read at a time.
const PAGE: usize = 1_024;

/// 列出单位和各自的在办、超期、已结案件数
///
/// 已结中按期 = 按期结案 ÷ 已结案;考核用的按期结案率以应结案为分母(办法第二十六条),不在此列。
#[derive(Debug, Args)]
pub(crate) struct List {
    /// 按这个时刻判断超期;不写则按当前时刻
    #[arg(long, value_name = "INSTANT", value_parser = typed::instant)]
    at: Option<Typed>,
}

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

impl Looking for List {
    const VERB: &'static str = "list";
    const EXAMPLES: &'static [&'static str] = &["", "--at 2026-03-02T09:00 --format json"];

    fn look(&self, call: &mut Call<'_>, store: &Store) -> Result<()> {
        list(call, store, self.at)
    }
}

impl Looking for Show {
    const VERB: &'static str = "show";
    const EXAMPLES: &'static [&'static str] = &["CG-HW", "CG-HW --limit 200"];

    fn look(&self, call: &mut Call<'_>, store: &Store) -> Result<()> {
        show(call, store, self)
    }
}

/// How many cases a unit has.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    open: u64,
    overdue: u64,
    on_time: u64,
    late: u64,
    unjudged: u64,
}

impl Counts {
    fn count(&mut self, last: &Fact, now: Timestamp) {
        match last.end {
            End::Closed { timeliness: Timeliness::OnTime, .. } => self.on_time += 1,
            End::Closed { timeliness: Timeliness::Late, .. } => self.late += 1,
            End::Closed { timeliness: Timeliness::Unjudged, .. } => self.unjudged += 1,
            End::Left { .. } => {}
            End::Open => {
                let is_overdue = last.known_at(now).is_some_and(|known| known.is_overdue(now));
                self.open += 1;
                self.overdue += u64::from(is_overdue);
            }
        }
    }

    fn closed(&self) -> u64 {
        self.on_time + self.late + self.unjudged
    }

    fn json(&self) -> Value {
        json!({
            "open": self.open,
            "open_overdue": self.overdue,
            "closed": self.closed(),
            "closed_on_time": self.on_time,
            "closed_late": self.late,
            "closed_unjudged": self.unjudged,
        })
    }

    /// On time per judged closing, in tenths of a percent; none before the first.
    fn on_time_rate(&self) -> Option<String> {
        let judged = self.on_time + self.late;
        let permille = (self.on_time * 1000 + judged / 2).checked_div(judged)?;
        Some(format!("{}.{}%", permille / 10, permille % 10))
    }
}

fn list(call: &mut Call<'_>, store: &Store, at: Option<Typed>) -> Result<()> {
    let rules = store.rules.current();
    let now = or_now(at, &rules.0.rules.calendar, call.now());
    let mut counts = counted(store, now)?;
    for unit in rules.0.rules.units.iter() {
        counts.entry(unit.id.clone()).or_default();
    }
    let units = &rules.0.rules.units;
    if call.is_for_programs() {
        let rows = counts.iter().map(|(id, counts)| {
            let known = units.get(id);
            json!({
                "unit": id,
                "name": known.map(|unit| &unit.name),
                "class": known.map(class_word),
                "active": known.map(|unit| unit.active),
                "takes_cases": known.map(|unit| !rules.0.is_closed(&unit.id)),
                "counts": counts.json(),
            })
        });
        let rows: Vec<Value> = rows.collect();
        return call.json(&json!({"at": now, "units": rows}));
    }
    let row = |(id, counts): (&UnitId, &Counts)| {
        let known = units.get(id);
        let name = known.map_or("(不在规则中)", |unit| &unit.name);
        let closed = if rules.0.is_closed(id) { "(已停用)" } else { "" };
        vec![
            id.to_string(),
            format!("{name}{closed}"),
            known.map_or("—", class_word).to_owned(),
            counts.open.to_string(),
            counts.overdue.to_string(),
            counts.closed().to_string(),
            counts.on_time_rate().unwrap_or_else(|| "—".to_owned()),
        ]
    };
    let rows = counts.iter().map(row).collect();
    call.table(&["单位", "名称", "类别", "在办", "其中超期", "已结", "已结中按期"], rows)
}

/// The counts of every unit that ever had a case: one pass over all cases.
fn counted(store: &Store, now: Timestamp) -> Result<BTreeMap<UnitId, Counts>> {
    let mut counts: BTreeMap<UnitId, Counts> = BTreeMap::new();
    let mut after = None;
    loop {
        let page = store.journal.entities_as_kept(Some(KIND.number), after, PAGE)?;
        let Some((last, _)) = page.last() else { return Ok(counts) };
        after = Some(last.clone());
        for (id, stored) in &page {
            let facts = remains::facts(id, stored)?;
            let Some(last) = facts.last() else { continue };
            // What was given back and waits for another unit is nobody's; the daily self-test is no unit's.
            if matches!(last.end, End::Left { .. }) || last.unit.as_str() == CANARY_UNIT {
                continue;
            }
            counts.entry(last.unit.clone()).or_default().count(last, now);
        }
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
        let due = duban_actors::case::listing::instant(order).unwrap_or(Timestamp::NEVER);
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
    let more = if places.len() > limit {
        format!(",只列最先到期的 {limit} 个")
    } else {
        String::new()
    };
    call.line(format!("在办案件:{} 个{more}", cases.len()))?;
    let row = |(due, light, case): &(Timestamp, Light, duban_actors::case::Case)| {
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

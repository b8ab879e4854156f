//! `duban unit list`: every unit with its figures, and organisations of several terminals as a whole (articles 6 and 8).

use anyhow::Result;
use clap::Args;
use duban_rules::vocabulary::{UnitClass, UnitId};
use serde_json::{Value, json};

use crate::verbs::listed::Looking;
use crate::verbs::print::Call;
use duban_base::figures::{self, Figures, Together};
use duban_base::labels::share::percent;
use duban_base::labels::typed::{self, Typed, or_now};
use duban_base::labels::unit::class_word;
use duban_base::store::Store;

/// What stands in place of an organisation's class: its row is in no ranking.
const WHOLE: &str = "汇总,不占名次";

/// 列出单位和各自的在办、超期、已结案件数
///
/// 有多个终端的机构另列一行汇总,为各终端案件之和,不占名次(办法第八条)。
/// 近十二个月派给该单位的案件占全部的多少,按规则([shares])建议哪一类;类别由人决定(办法第六条)。
/// 已结中按期 = 按期结案 ÷ 已结案;考核用的按期结案率以应结案为分母(办法第二十六条),不在此列。
#[derive(Debug, Args)]
pub(crate) struct List {
    /// 按这个时刻判断超期;不写则按当前时刻
    #[arg(long, value_name = "INSTANT", value_parser = typed::instant)]
    at: Option<Typed>,
}

impl Looking for List {
    const VERB: &'static str = "list";
    const EXAMPLES: &'static [&'static str] = &["", "--at 2026-03-02T09:00 --format json"];

    fn look(&self, call: &mut Call<'_>, store: &Store) -> Result<()> {
        let rules = store.rules.current();
        let units = &rules.0.rules.units;
        let now = or_now(self.at, &rules.0.rules.calendar, call.now());
        let mut of_each = figures::of_all(&store.journal, now)?;
        for unit in units.iter() {
            of_each.entry(unit.id.clone()).or_default();
        }
        let whole = figures::together(units, &of_each);
        let all = of_each.values().map(|figures| figures.in_year).sum();
        // A frontage steward has no class (article 9).
        let has_class = |id: &UnitId| units.get(id).is_none_or(|unit| unit.class().is_some());
        let suggested = |(id, figures): (&UnitId, &Figures)| {
            units.shares.suggested(figures.in_year, all).filter(|_| has_class(id))
        };
        if call.is_for_programs() {
            let rows = of_each.iter().map(|(id, figures)| {
                let known = units.get(id);
                json!({
                    "unit": id,
                    "name": known.map(|unit| &unit.name),
                    "class": known.map(class_word),
                    "active": known.map(|unit| unit.active),
                    "takes_cases": known.map(|unit| !rules.0.is_closed(&unit.id)),
                    "suggested_class": suggested((id, figures)).map(UnitClass::chinese),
                    "counts": counts(figures),
                })
            });
            let rows: Vec<Value> = rows.collect();
            let whole: Vec<Value> = whole.iter().map(whole_json).collect();
            return call.json(&json!({"at": now, "units": rows, "organisations": whole}));
        }
        let row = |(id, figures): (&UnitId, &Figures)| {
            let known = units.get(id);
            let name = known.map_or("(不在规则中)", |unit| &unit.name);
            let closed = if rules.0.is_closed(id) { "(已停用)" } else { "" };
            let class = known.map_or("—", class_word);
            let suggested = suggested((id, figures)).map_or("—", UnitClass::chinese);
            let year = [share_of(figures, all), suggested.to_owned()];
            cells([id.as_str(), &format!("{name}{closed}"), class], figures, year)
        };
        let of_whole = |one: &Together| {
            let year = [share_of(&one.figures, all), "—".to_owned()];
            cells(["—", &one.organisation, WHOLE], &one.figures, year)
        };
        let whole = whole.iter().map(of_whole);
        let rows = of_each.iter().map(row).chain(whole).collect();
        call.table(
            &[
                "单位",
                "名称",
                "类别",
                "在办",
                "其中超期",
                "已结",
                "已结中按期",
                "近12月占比",
                "建议类别",
            ],
            rows,
        )
    }
}

/// How many of all cases of the last twelve months somebody had.
fn share_of(figures: &Figures, all: u64) -> String {
    let permille = (figures.in_year * 1_000 + all / 2).checked_div(all);
    permille.map_or_else(|| "—".to_owned(), percent)
}

fn cells(who: [&str; 3], figures: &Figures, year: [String; 2]) -> Vec<String> {
    let figures = [
        figures.open.to_string(),
        figures.overdue.to_string(),
        figures.closed().to_string(),
        figures.on_time_permille().map_or_else(|| "—".to_owned(), percent),
    ];
    who.map(str::to_owned).into_iter().chain(figures).chain(year).collect()
}

fn whole_json(whole: &Together) -> Value {
    json!({
        "organisation": whole.organisation, "units": whole.units, "ranked": false,
        "counts": counts(&whole.figures),
    })
}

fn counts(figures: &Figures) -> Value {
    json!({
        "open": figures.open,
        "open_overdue": figures.overdue,
        "closed": figures.closed(),
        "closed_on_time": figures.on_time,
        "closed_late": figures.late,
        "closed_unjudged": figures.unjudged,
        "last_twelve_months": figures.in_year,
    })
}

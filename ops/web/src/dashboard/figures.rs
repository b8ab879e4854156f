//! Figures of the dashboard: what everybody may see. No name, no address, no telephone number stands here.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use duban_actors::context::Context;
use duban_rules::vocabulary::{UnitId, UnitKind};
use serde::Serialize;

use super::counts::{Counts, OpenCases};
use super::health::Health;
use super::recent::{Escalation, MessageOutcome};
use duban_base::labels::case::{Light, OPEN, stage_word};

/// Units in the table at most, the most pressing first.
const UNITS_MAX: usize = 100;
/// What frontage stewards, who are single houses, are called together.
const STEWARDS: &str = "门前五包责任人(合计)";

/// What is shown of the dashboard.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// Whether the cases of before the start are still being counted.
    pub counting: bool,
    pub open: u64,
    /// Of these, due within [`super::SOON`].
    pub soon: u64,
    pub overdue: u64,
    /// By stage, along the road.
    pub stages: Vec<StageFigure>,
    /// By unit, the most pressing first, at most a hundred.
    pub units: Vec<UnitFigure>,
    /// The last escalations, the latest first.
    pub escalations: Vec<Escalation>,
    /// What became of the last messages, the latest first.
    pub said: Vec<MessageOutcome>,
    pub health: Health,
    /// Each unit that has any, for those who may see them.
    #[serde(skip)]
    pub each: BTreeMap<UnitId, Counts>,
}

/// How many cases stand at a stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StageFigure {
    /// The word of lists.
    pub stage: &'static str,
    pub name: String,
    pub n: u64,
}

/// How many cases a unit has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnitFigure {
    pub name: String,
    /// A stable key for whoever shows it.
    pub key: String,
    /// Open ones.
    pub open: u64,
    /// Due soon.
    pub soon: u64,
    pub overdue: u64,
    /// Its light: `green`, `yellow`, `red`.
    pub light: &'static str,
    /// The same in a word.
    pub light_word: &'static str,
}

pub(super) fn stages(board: &OpenCases) -> Vec<StageFigure> {
    let counted = OPEN.into_iter().zip(board.stages());
    let figure = |(stage, n)| StageFigure { stage, name: stage_word(stage).to_owned(), n };
    counted.map(figure).collect()
}

/// The units with what they have, the most pressing first; frontage stewards, who are single houses, as one.
pub(super) fn units(board: &OpenCases, cx: &Context) -> Vec<UnitFigure> {
    let mut by_name: BTreeMap<(String, String), Counts> = BTreeMap::new();
    for (unit, counts) in board.units() {
        let sum = by_name.entry(called(unit, cx)).or_default();
        sum.open += counts.open;
        sum.soon += counts.soon;
        sum.overdue += counts.overdue;
    }
    let mut rows: Vec<UnitFigure> =
        by_name.into_iter().map(|((key, name), counts)| row(key, name, counts)).collect();
    rows.sort_by_key(|row| Reverse(pressing(row)));
    rows.truncate(UNITS_MAX);
    rows
}

/// What a unit is called where everybody may read it, behind a key.
pub(super) fn called(unit: &UnitId, cx: &Context) -> (String, String) {
    match cx.rules.units.get(unit) {
        Some(known) if known.kind == UnitKind::FrontageSteward => {
            ("stewards".to_owned(), STEWARDS.to_owned())
        }
        Some(known) => (unit.to_string(), known.name.clone()),
        None => (unit.to_string(), unit.to_string()),
    }
}

fn pressing(row: &UnitFigure) -> (u64, u64, u64) {
    (row.overdue, row.soon, row.open)
}

fn row(key: String, name: String, Counts { open, soon, overdue }: Counts) -> UnitFigure {
    let light = Light::of_counts(soon, overdue);
    let (light, light_word) = (light.as_str(), light.chinese());
    UnitFigure { name, key, open, soon, overdue, light, light_word }
}

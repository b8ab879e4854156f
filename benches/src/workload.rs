//! A town under load: cases of the shipped kind, decided by the shipped rules, each led along its whole life.

use std::sync::{Arc, LazyLock};

use anyhow::{Context as _, ensure};
use chrono::{TimeZone as _, Utc};
use compact_str::CompactString;
use duban::registry::Rules;
use duban_actors::case::command::{Adoption, Checklist, NewReport, Outcome, Seen};
use duban_actors::case::{Case, CaseId, Channel, Command};
use duban_actors::case_numbers::Numbers;
use duban_actors::collector::Collector;
use duban_actors::context::Context;
use duban_rules::book::units::Method;
use duban_rules::vocabulary::{
    CollectorId, ConditionCode, Place, Recipient, StepCode, TimeLimit, UnitId,
};
use duban_rules::{RuleBook, Severity, Sources, parse};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Asked, CommandId};
use duban_runtime::journal::blob::BlobId;
use duban_runtime::node::Ask;
use duban_runtime::registry::{ContextCell, Registry};

use crate::figures::number;

/// The shipped rules.
pub fn rules() -> anyhow::Result<RuleBook> {
    checked(&Sources::shipped())
}

fn checked(sources: &Sources) -> anyhow::Result<RuleBook> {
    let (rules, diagnostics) = parse(sources);
    let wrong = diagnostics.iter().find(|found| found.severity == Severity::Error);
    ensure!(wrong.is_none(), "the shipped rules are wrong: {wrong:?}");
    Ok(rules)
}

/// The steps of a case's life, in order: one accepted command each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// A collector reports it.
    Register,
    /// The desk files it.
    File,
    /// The dispatcher sends it to a unit.
    Dispatch,
    /// The unit signs for it.
    Receive,
    /// The unit says it is done.
    GiveFeedback,
    /// A collector looks.
    Verify,
    /// The duty chief closes it.
    Close,
}

impl Stage {
    /// All of them, in order.
    pub const ALL: [Stage; 7] = [
        Stage::Register,
        Stage::File,
        Stage::Dispatch,
        Stage::Receive,
        Stage::GiveFeedback,
        Stage::Verify,
        Stage::Close,
    ];
    /// Up to the dispatch: what makes an open case with a unit.
    pub const TO_DISPATCH: [Stage; 3] = [Stage::Register, Stage::File, Stage::Dispatch];
}

/// A post at the centre.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Post {
    /// Registers and files.
    Desk,
    /// Dispatches, and enters for units.
    Dispatcher,
    /// Verifies and closes.
    Chief,
}

impl Post {
    pub const ALL: [Post; 3] = [Post::Desk, Post::Dispatcher, Post::Chief];
}

/// Where cases lie and whose they are.
struct Spot {
    place: Place,
    collector: CollectorId,
}

/// What is needed to lead any number of cases through their lives.
pub struct Workload {
    context: Rules,
    spots: Vec<Spot>,
    conditions: Vec<(ConditionCode, UnitId)>,
}

impl Workload {
    /// The town of the shipped rules.
    ///
    /// # Errors
    /// When the rules name no place, collector or unit to work with.
    pub fn shipped() -> anyhow::Result<Workload> {
        Workload::by(rules()?)
    }

    /// The same rules with a town large enough that no collector has more tasks on site than one can carry, when
    /// `cases` are all being verified at once.
    pub fn for_cases(cases: u64) -> anyhow::Result<Workload> {
        Workload::by(checked(
            &Sources::shipped().with("grid.toml", grid(cases.div_ceil(TASKS_EACH))),
        )?)
    }

    fn by(rules: RuleBook) -> anyhow::Result<Workload> {
        let spots: Vec<Spot> = rules
            .grid
            .cells()
            .filter_map(|cell| {
                let collector = rules.grid.collectors(&cell.grid).first()?.clone();
                Some(Spot { place: cell.middle(), collector })
            })
            .collect();
        let conditions: Vec<(ConditionCode, UnitId)> = rules
            .handbook
            .conditions
            .values()
            .filter(|condition| !condition.limit.unit().is_urgent())
            .filter_map(|condition| {
                let unit = condition.candidates.iter().find(|one| one.grids.is_empty())?;
                // A unit on the telephone has a case once a call is answered, which is no stage here.
                let takes = rules.units.get(&unit.unit);
                let takes =
                    takes.is_some_and(|one| one.active && one.dispatch_by == Method::System);
                takes.then(|| (condition.code.clone(), unit.unit.clone()))
            })
            .collect();
        ensure!(!spots.is_empty() && !conditions.is_empty(), "no place or unit to work with");
        let hash = u64::from_le_bytes(rules.hash.first_chunk().copied().unwrap_or_default());
        let context = Arc::new(ContextCell::new(Context::new(rules), hash));
        Ok(Workload { context, spots, conditions })
    }

    /// The kinds of its entities.
    pub fn registry(&self) -> Registry {
        Registry::new()
            .with::<Case>(&self.context)
            .with::<Numbers>(&self.context)
            .with::<Collector>(&self.context)
    }

    pub fn rules(&self) -> &Rules {
        &self.context
    }

    /// Where case `n` lies, what it is, and whose.
    pub fn about(&self, n: u64) -> anyhow::Result<(Place, &ConditionCode, &UnitId)> {
        let at = usize::try_from(n)?;
        let spot = self.spots.get(at % self.spots.len()).context("a place")?;
        let (condition, unit) =
            self.conditions.get(at % self.conditions.len()).context("a condition")?;
        Ok((spot.place, condition, unit))
    }

    /// The command that takes case `n` through `stage`, asked at `at`.
    pub fn ask(&self, n: u64, stage: Stage, at: Timestamp) -> anyhow::Result<Ask> {
        let place = usize::try_from(n)?;
        let spot = self.spots.get(place % self.spots.len()).context("a place")?;
        let (condition, unit) =
            self.conditions.get(place % self.conditions.len()).context("a condition")?;
        let whose = Some(spot.collector.as_str());
        let (command, by, role, speaks_for) = match stage {
            Stage::Register => (registering(n, spot), "collector-1", "collector", whose),
            Stage::File => (filing(condition), "desk-1", "intake", None),
            Stage::Dispatch => {
                let unit = unit.clone();
                let dispatch = Command::Dispatch { unit, method: None, reason: None };
                (dispatch, "dispatcher-1", "dispatcher", None)
            }
            Stage::Receive => (Command::Receive, "informant-1", "unit-staff", Some(unit.as_str())),
            Stage::GiveFeedback => (feedback(), "informant-1", "unit-staff", Some(unit.as_str())),
            Stage::Verify => (verifying(spot), "collector-1", "collector", whose),
            Stage::Close => (Command::Close { waiver: None }, "chief-1", "duty-chief", None),
        };
        let id = CommandId((u128::from(n) << 8) | u128::from(stage as u8));
        let speaks_for = speaks_for.map(CompactString::from);
        let asked = Asked { speaks_for, ..Asked::of(id, (by, role), at) };
        Ok(Ask::of::<Case>(key(n), command, asked))
    }

    /// How far apart the numbers of cases of one condition and one unit lie.
    pub fn stride(&self) -> u64 {
        u64::try_from(self.conditions.len()).unwrap_or(1)
    }

    /// The command by which case `n` comes from elsewhere, with these instants ahead.
    pub fn adopt(&self, n: u64, opened: Timestamp, steps: Vec<(StepCode, Timestamp)>) -> Ask {
        let place = usize::try_from(n).unwrap_or_default();
        let unit = self.conditions.get(place % self.conditions.len());
        let unit = unit.map_or_else(|| UnitId::new("SW"), |(_, unit)| unit.clone());
        let due = steps.last().map(|(_, due)| *due);
        self.adoption(n, unit, (opened, due), steps)
    }

    /// The same of a unit's, without steps.
    pub fn adopt_for(&self, n: u64, unit: UnitId, opened: Timestamp, due: Timestamp) -> Ask {
        self.adoption(n, unit, (opened, Some(due)), Vec::new())
    }

    fn adoption(
        &self,
        n: u64,
        unit: UnitId,
        (opened, due): (Timestamp, Option<Timestamp>),
        steps: Vec<(StepCode, Timestamp)>,
    ) -> Ask {
        let place = usize::try_from(n).unwrap_or_default();
        let adoption = Adoption {
            source: CompactString::const_new("bench"),
            external_id: CompactString::from(n.to_string()),
            unit,
            opened,
            due,
            steps,
            place: self.spots.get(place % self.spots.len()).map(|spot| spot.place),
            summary: SUMMARY.to_owned(),
        };
        let id = CommandId((u128::from(n) << 8) | 0xAD);
        let asked = Asked::of(id, ("importer", "importer"), opened);
        Ask::of::<Case>(key(n), Command::Adopt(Box::new(adoption)), asked)
    }

    /// The command by which the end of a case that came from elsewhere is taken in.
    pub fn conclude(&self, n: u64, finished: Timestamp) -> Ask {
        let id = CommandId((u128::from(n) << 8) | 0xAE);
        let asked = Asked::of(id, ("importer", "importer"), finished);
        Ask::of::<Case>(key(n), Command::Conclude { finished }, asked)
    }

    /// How long case `n` may be worked at, and who signs for its unit.
    pub fn limit_and_head(&self, n: u64) -> anyhow::Result<(TimeLimit, String)> {
        let (_, condition, unit) = self.about(n)?;
        let rules = &self.context.current().0.rules;
        let limit = rules.handbook.conditions.get(condition).context("a condition")?.limit;
        let people = &rules.units.get(unit).context("a unit")?.contacts;
        let head = people.iter().find(|one| one.role == Recipient::UnitHead).context("a head")?;
        Ok((limit, head.name.clone()))
    }
}

/// Tasks on site of one collector at most, when a town is made large enough.
const TASKS_EACH: u64 = 50;
/// Cells in a row of such a town.
const CELLS_IN_A_ROW: u64 = 32;

/// A grid file of `n` cells in rows, each with a collector of its own.
fn grid(n: u64) -> String {
    use std::fmt::Write as _;

    let corner = |place: u64, from: f64, step: f64| from + number(place) * step;
    let mut text = String::from("county = \"130926\"\n");
    for cell in 0..n {
        let (row, column) = (cell / CELLS_IN_A_ROW, cell % CELLS_IN_A_ROW);
        let west = corner(column, 115.80, 0.001_15);
        let east = corner(column + 1, 115.80, 0.001_15);
        let north = corner(row, 38.40, 0.000_9);
        let south = corner(row + 1, 38.40, 0.000_9);
        // Writing to a string cannot fail.
        write!(
            text,
            "\n[[collector]]\nid = \"CJ-{cell:05}\"\nname = \"示例\"\nphone = \"139{cell:08}\"\n\n\
             [[grid]]\nid = \"JD-{cell:05}\"\nname = \"{cell}\"\ncollectors = [\"CJ-{cell:05}\"]\n\
             cells = [\"130926{cell:09}\"]\n\n[[cell]]\ncode = \"130926{cell:09}\"\npolygon = [\
             [{west:.5}, {north:.5}], [{east:.5}, {north:.5}], [{east:.5}, {south:.5}], [{west:.5}, {south:.5}]]\n"
        )
        .unwrap_or_default();
    }
    text
}

pub(crate) const SUMMARY: &str =
    "胜利路与和平街交叉口东侧人行道上水井盖松动,车辆经过异响,周边居民多次反映";
/// What stands for a photo, and the name under which it is kept.
pub(crate) const PHOTO_CONTENT: &[u8] = b"\xff\xd8\xff a lid of cast iron, half open";
pub(crate) static PHOTO: LazyLock<CompactString> =
    LazyLock::new(|| BlobId::of(PHOTO_CONTENT).to_string().into());

/// Units among which cases lie that come from elsewhere.
pub const N_UNITS: u64 = 200;

/// The one of case `n`.
pub fn unit(n: u64) -> UnitId {
    UnitId::new(format!("BENCH-{:03}", n % N_UNITS))
}

/// The key of case `n`.
pub fn key(n: u64) -> CompactString {
    CaseId::from_intake("bench", &n.to_string()).0
}

/// An instant of a working day for which everything is published, so that runs on different days do the same work.
pub fn morning() -> Timestamp {
    Utc.with_ymd_and_hms(2026, 6, 10, 1, 0, 0).earliest().map_or(Timestamp::NEVER, Timestamp::from)
}

fn registering(n: u64, spot: &Spot) -> Command {
    Command::Register(Box::new(NewReport {
        channel: Channel::Handset,
        source: CompactString::const_new("bench"),
        external_id: CompactString::from(n.to_string()),
        text: SUMMARY.to_owned(),
        address: "胜利路与和平街交叉口".to_owned(),
        place: Some(spot.place),
        reporter: None,
        photos: vec![PHOTO.clone()],
        collector: Some(spot.collector.clone()),
        urgent: None,
        clock_ahead_s: None,
    }))
}

fn filing(condition: &ConditionCode) -> Command {
    let condition = condition.clone();
    Command::File { condition, checklist: Checklist::Confirmed, place: None, reason: None }
}

fn feedback() -> Command {
    let photos = vec![PHOTO.clone()];
    Command::GiveFeedback { result: "已更换并恢复路面".to_owned(), photos, finished: None }
}

fn verifying(spot: &Spot) -> Command {
    let photo = Some(PHOTO.clone());
    let seen = Seen { photo, place: Some(spot.place), note: String::new(), waiver: None };
    Command::Verify { outcome: Outcome::Passed, seen }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_town_made_large_enough_is_still_by_the_rules() {
        let workload = Workload::for_cases(20_000).unwrap();
        assert_eq!(workload.spots.len(), 400);
    }
}

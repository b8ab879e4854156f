//! What a daily brief says: read from the lists once its message is claimed, and never again (article 7).
//!
//! The slot was decided by the unit's or the centre's actor; here its lists are filled in, and its words are
//! [fixed]: a brief that is handed over again says what it said before, whatever has become of the cases.
//! A list in a brief has a bound, and its number has none: all cases are counted, and the first of them told (`listed.rs`).

pub mod fixed;
mod listed;

use std::time::Duration;

use serde_json::{Map, Value, json};

use duban_actors::case::clock::ClockName;
use duban_actors::case::provisional::mark;
use duban_actors::case::{Case, listing};
use duban_actors::context::Context;
use duban_actors::desks::{Desk, Keeper};
use duban_actors::unit::Unit;
use duban_actors::{centre, lacks, unit};
use duban_rules::book::units::Unit as Terminal;
use duban_rules::vocabulary::UnitId;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{EntityId, List};
use duban_runtime::journal::{Failure, Journal};

use duban_base::dead_letters;
use duban_base::duty;
use duban_base::figures;
use duban_base::labels::shift;
use duban_base::state::{each_between, readable};

use listed::Listed;

/// Nothing is due before it, or came before it.
const FIRST: Timestamp = Timestamp::from_millis(0);
/// Dead letters that a brief counts.
const DEAD_MAX: usize = 64_000;
/// Where a case waits for the centre, and the clock that runs there.
const STAGES: [(&str, ClockName); 7] = [
    ("registered", ClockName::Intake),
    ("validating", ClockName::Validation),
    ("awaiting-dispatch", ClockName::Dispatch),
    ("returning", ClockName::ReturnReview),
    ("disputing", ClockName::Dispute),
    ("verifying", ClockName::Verification),
    ("awaiting-closing", ClockName::Closing),
];

/// Whether a template is a brief's.
pub fn is_brief(template: &str) -> bool {
    matches!(template, unit::BRIEF | centre::BRIEF)
}

/// The data of a brief with its lists as they stand now; data that names no slot stays as it is.
fn complete(
    journal: &Journal,
    cx: &Context,
    template: &str,
    mut data: Value,
) -> Result<Value, Failure> {
    let instant = |key| serde_json::from_value::<Timestamp>(data.get(key)?.clone()).ok();
    let Some(slot) = instant("slot") else { return Ok(data) };
    let before = match data.get("since") {
        // It was written by a program that did not say.
        None => slot - Duration::from_hours(24),
        // To the first brief everything is new.
        Some(_) => instant("since").unwrap_or(FIRST),
    };
    let day = Day::of((slot, before), cx);
    let lists = match (template, data.get("unit").and_then(Value::as_str)) {
        (unit::BRIEF, Some(unit)) => {
            Lists::of_unit(journal, cx, &UnitId::new(unit), &day)?.into_data()
        }
        (centre::BRIEF, _) => duty(journal, cx, &day)?,
        _ => Map::new(),
    };
    if let Some(data) = data.as_object_mut() {
        data.extend(lists);
    }
    Ok(data)
}

/// The local day of a slot.
struct Day {
    slot: Timestamp,
    /// The slot of the brief before it.
    before: Timestamp,
    begins: Timestamp,
    ends: Timestamp,
}

impl Day {
    fn of((slot, before): (Timestamp, Timestamp), cx: &Context) -> Day {
        let duty::Day { begins, ends, .. } = duty::Day::around(slot, &cx.rules.calendar);
        Day { slot, before, begins, ends }
    }

    fn yesterday(&self) -> Timestamp {
        self.begins - Duration::from_hours(24)
    }
}

/// The lists of a brief.
#[derive(Default)]
struct Lists {
    overdue: Listed,
    due_today: Listed,
    new: Listed,
    closed_yesterday: Listed,
    /// Cases of others with which it is to help (article 19).
    helping: Listed,
    /// The working day before, where the unit's main leader did not look at its cases.
    views_missed: Vec<Value>,
}

impl Lists {
    fn of_unit(
        journal: &Journal,
        cx: &Context,
        unit: &UnitId,
        day: &Day,
    ) -> Result<Lists, Failure> {
        let mut lists =
            Lists { views_missed: views_missed(journal, cx, unit, day)?, ..Lists::default() };
        // The list is in the order of due instants: what is due later is not looked at.
        each(journal, &listing::open_of(unit), (FIRST, day.ends), |order, case| {
            if case.state.is_overdue(day.slot) {
                lists.overdue.push(order, || line_of(case, cx, day));
            } else if case.state.stands_still().is_none() {
                lists.due_today.push(order, || line_of(case, cx, day));
            }
        })?;
        // What came since the brief before this one, each case in one brief: until this slot, which the next begins with.
        each(journal, &listing::begun_by(unit), (day.before, day.slot), |order, case| {
            if case.state.deferral().is_none() {
                lists.new.push(order, || line_of(case, cx, day));
            }
        })?;
        each(journal, &listing::closed_of(unit), (day.yesterday(), day.begins), |order, case| {
            lists.closed_yesterday.push(order, || line_of(case, cx, day));
        })?;
        each(journal, &listing::help_of(unit), (FIRST, Timestamp::NEVER), |order, case| {
            if let Some(due) = listing::instant(order) {
                lists.helping.push(order, || help_of(case, due, cx, day));
            }
        })?;
        Ok(lists)
    }

    /// Those of another unit, too; what it helps with is among the other's own.
    fn join(&mut self, other: Lists) {
        self.overdue.join(other.overdue);
        self.due_today.join(other.due_today);
        self.new.join(other.new);
        self.closed_yesterday.join(other.closed_yesterday);
        self.views_missed.extend(other.views_missed);
    }

    fn into_data(self) -> Map<String, Value> {
        let mut data = Map::new();
        // The list of open cases is in the order of due instants: the first overdue one has waited longest.
        let worst = self.overdue.first().map(|line| {
            let word = |key: &str| line.get(key).and_then(Value::as_str).unwrap_or("").to_owned();
            format!("{} {} 超期{}", word("number"), word("small_class"), word("overdue_by"))
        });
        data.insert("worst".to_owned(), json!(worst.unwrap_or_default()));
        data.insert("views_missed".to_owned(), json!(self.views_missed));
        self.overdue.put_as("overdue", &mut data);
        self.due_today.put_as("due_today", &mut data);
        self.new.put_as("new", &mut data);
        self.closed_yesterday.put_as("closed_yesterday", &mut data);
        self.helping.put_as("helping", &mut data);
        data
    }
}

/// Looks at every case of a list whose order lies in a span.
fn each(
    journal: &Journal,
    list: &List,
    span: (Timestamp, Timestamp),
    mut look: impl FnMut(&str, &Case),
) -> Result<(), Failure> {
    each_between(journal, list, span, |order, id| {
        if let Some(case) = readable::<Case>(journal, id)? {
            look(order, &case);
        }
        Ok(())
    })
}

/// Everything the duty chief hears: all units together, and the ledger's head.
fn duty(journal: &Journal, cx: &Context, day: &Day) -> Result<Map<String, Value>, Failure> {
    let mut all = Lists::default();
    let mut by_unit = Vec::new();
    for unit in cx.rules.units.iter() {
        let lists = Lists::of_unit(journal, cx, &unit.id, day)?;
        let open = figures::n_in_hand(journal, &unit.id, usize::MAX)?;
        if open > 0 {
            let line =
                json!({ "unit_name": unit.name, "open": open, "overdue": lists.overdue.n() });
            by_unit.push(line);
        }
        all.join(lists);
    }
    let lacking: Vec<Value> = cx.rules.units.iter().filter_map(|unit| lacking(unit, cx)).collect();
    let (head, _) = journal.head();
    let letters = dead_letters::behind(journal, None).take(DEAD_MAX);
    let dead = letters.map(|letter| letter.map(|_| 1_u64)).sum::<Result<u64, Failure>>()?;
    let mut data = all.into_data();
    stages_late(journal, cx, day)?.put_as("stages_late", &mut data);
    for (name, value) in [
        ("dead_letters", json!(dead)),
        ("by_unit", json!(by_unit)),
        ("lacking", json!(lacking)),
        ("desks", json!(desks(cx))),
        ("chain_head", json!(hex(&head))),
    ] {
        data.insert(name.to_owned(), value);
    }
    Ok(data)
}

/// Who keeps each desk of the centre.
fn desks(cx: &Context) -> Vec<Value> {
    let kept = |desk: &Desk| {
        let kept = match cx.desks.keeper(*desk) {
            Keeper::Everybody if *desk == Desk::DutyChief => {
                "尚未接过班,由该岗位全体人员负责,结案与班次无关"
            }
            Keeper::Everybody => "尚未接过班,由该岗位全体人员负责",
            Keeper::Nobody => "无人在班,通知发给该岗位全体人员和中心主任",
            Keeper::OnShift { name, .. } => name.as_str(),
        };
        json!({ "desk": shift::desk_word(*desk), "kept_by": kept })
    };
    Desk::ALL.iter().map(kept).collect()
}

/// What a unit lacks of article 7; none of one that lacks nothing.
fn lacking(unit: &Terminal, cx: &Context) -> Option<Value> {
    let missing = lacks::of(unit, cx);
    let line = || json!({ "unit_name": unit.name, "lacks": lacks::in_words(&missing) });
    (!missing.is_empty()).then(line)
}

/// Yesterday, if it was a day of which the unit's record says that its leader missed it.
fn views_missed(
    journal: &Journal,
    cx: &Context,
    unit: &UnitId,
    day: &Day,
) -> Result<Vec<Value>, Failure> {
    let yesterday = cx.rules.calendar.local(day.yesterday().into()).date();
    let id = EntityId::new(unit::KIND, unit.as_str());
    let known = readable::<Unit>(journal, &id)?;
    let missed = known.is_some_and(|unit| unit.views.missed_on(yesterday));
    let line = || json!({ "unit_name": cx.rules.units.name_of(unit), "day": yesterday });
    Ok(missed.then(line).into_iter().collect())
}

/// The stages of the centre's own that ought to be over: there the case waits for nobody but the centre.
fn stages_late(journal: &Journal, cx: &Context, day: &Day) -> Result<Listed, Failure> {
    let mut late = Listed::default();
    // What is due at this very instant is late.
    let until = day.slot + Duration::from_millis(1);
    for (stage, clock) in STAGES {
        let mut of_stage = Listed::default();
        each(journal, &listing::at_stage(stage), (FIRST, until), |order, case| {
            let Some(due) = listing::instant(order) else { return };
            of_stage.push(order, || {
                let due = cx.rules.calendar.local(due.into()).format("%m-%d %H:%M").to_string();
                let number = case.state.filing().and_then(|filing| filing.number.as_deref());
                json!({ "stage": clock.chinese(), "case": case.id, "number": number, "due": due })
            });
        })?;
        late.join(of_stage);
    }
    Ok(late)
}

/// What a helper is to do: whose the case is, and by when its part is due, which is no limit of the case's.
fn help_of(case: &Case, due: Timestamp, cx: &Context, day: &Day) -> Value {
    let mut line = line_of(case, cx, day);
    let local = cx.rules.calendar.local(due.into()).format("%m-%d %H:%M").to_string();
    put(&mut line, "due", json!(local));
    put(&mut line, "overdue_by", json!((due < day.slot).then(|| span(day.slot.since(due)))));
    line
}

fn line_of(case: &Case, cx: &Context, day: &Day) -> Value {
    let filing = case.state.filing();
    let entry = filing.and_then(|filing| filing.entry(cx));
    let rules = &cx.rules;
    let assignment = case.state.assignment();
    let due = assignment.and_then(|assignment| assignment.due);
    let unit = assignment.and_then(|assignment| rules.units.get(&assignment.unit));
    let local = |at: Timestamp| rules.calendar.local(at.into()).format("%m-%d %H:%M").to_string();
    json!({
        "case": case.id.as_str(),
        "number": filing.and_then(|filing| filing.number.as_deref()),
        "small_class": entry.as_ref().map(|entry| entry.small_class.as_str()),
        "place": case.state.report().map(|report| report.address.as_ref()),
        "unit_name": unit.map(|unit| unit.name.as_str()),
        "due": due.map(|due| local(due) + mark(&case.state, rules)),
        "overdue_by": case.state.overdue_by(day.slot).map(span),
    })
}

fn span(span: Duration) -> String {
    let hours = span.as_secs() / 3600;
    if hours >= 48 {
        format!("{}天{}小时", hours / 24, hours % 24)
    } else {
        format!("{hours}小时")
    }
}

fn put(data: &mut Value, key: &str, value: Value) {
    if let Some(data) = data.as_object_mut() {
        data.insert(key.to_owned(), value);
    }
}

/// Bytes in hexadecimal, as an anchor is printed.
pub fn hex(bytes: &[u8]) -> String {
    blake3::Hash::from_slice(bytes).map_or_else(|_| String::new(), |hash| hash.to_hex().to_string())
}

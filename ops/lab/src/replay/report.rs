//! What a replay found: totals, the same by unit, the published verdicts against ours, and every oddity by line.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;

use duban_actors::case::assignment::{Assignment, StepState};
use duban_actors::case::ladder::SharedLadder;
use duban_actors::case::{Case, CaseId, Phase, State, Timeliness};
use duban_runtime::clock::Timestamp;
use duban_runtime::journal::Journal;

use super::Profile;
use super::history::{History, Problem, Published};
use duban_base::state;

/// The six figures of a city or a unit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    pub cases: u64,
    /// Nothing was promised: not judged.
    pub no_target: u64,
    /// Closed no later than the target.
    pub closed_on_time: u64,
    pub closed_late: u64,
    /// Open, and the target has passed.
    pub open_overdue: u64,
    pub open_in_time: u64,
}

/// Published verdicts against ours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Flags {
    /// The same.
    pub agree: u64,
    /// Not the same.
    pub differ: u64,
    /// Why, and how often.
    pub reasons: BTreeMap<String, u64>,
}

/// Oddities of the file, by line; nothing was dropped in silence.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Notes {
    /// Rows that are no cases, with the reason.
    pub unreadable: Vec<(u64, String)>,
    /// The same by the word that says why.
    pub unreadable_because: BTreeMap<&'static str, Vec<u64>>,
    /// Rows opened after the instant of the report: not replayed.
    pub opened_after_as_of: Vec<u64>,
    /// Rows whose id occurred before: the first one counts.
    pub repeated: Vec<u64>,
    /// Rows closed before they were opened.
    pub closed_before_open: Vec<u64>,
    /// Rows without a target.
    pub no_target: Vec<u64>,
    /// Rows on the coordinate that stands for no location.
    pub default_coordinates: Vec<u64>,
    /// Rows whose coordinate is no pair of numbers.
    pub odd_coordinates: Vec<u64>,
    /// Rows without a unit, which are the default unit's.
    pub default_unit: Vec<u64>,
}

/// What a replay found.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The whole city.
    #[serde(flatten)]
    pub totals: Totals,
    /// The same by unit.
    pub by_unit: BTreeMap<String, Totals>,
    /// Published verdicts against ours.
    pub flags: Flags,
    /// Escalation steps that were decided, by step.
    pub escalations: BTreeMap<String, u64>,
    /// Messages handed to the courier, by step.
    pub messages: BTreeMap<String, u64>,
    /// Oddities, by line.
    pub notes: Notes,
    /// Wall-clock seconds of this run.
    pub seconds: f64,
    /// The largest resident memory of this process.
    pub peak_rss_bytes: u64,
}

/// How a case stood at the instant of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    NoTarget,
    ClosedOnTime,
    ClosedLate,
    OpenOverdue,
    OpenInTime,
}

impl Verdict {
    fn name(self) -> &'static str {
        match self {
            Verdict::NoTarget => "no_target",
            Verdict::ClosedOnTime => "closed_on_time",
            Verdict::ClosedLate => "closed_late",
            Verdict::OpenOverdue => "open_overdue",
            Verdict::OpenInTime => "open_in_time",
        }
    }

    fn is_overdue(self) -> bool {
        matches!(self, Verdict::ClosedLate | Verdict::OpenOverdue)
    }
}

impl Totals {
    fn count(&mut self, verdict: Verdict) {
        self.cases += 1;
        let figure = match verdict {
            Verdict::NoTarget => &mut self.no_target,
            Verdict::ClosedOnTime => &mut self.closed_on_time,
            Verdict::ClosedLate => &mut self.closed_late,
            Verdict::OpenOverdue => &mut self.open_overdue,
            Verdict::OpenInTime => &mut self.open_in_time,
        };
        *figure += 1;
    }
}

impl Flags {
    fn compare(&mut self, published: Published, verdict: Verdict) {
        let found = if verdict.is_overdue() { Published::Overdue } else { Published::OnTime };
        if published == found {
            self.agree += 1;
            return;
        }
        self.differ += 1;
        let word = |published| match published {
            Published::OnTime => "on-time",
            Published::Overdue => "overdue",
            Published::Empty => "empty",
            Published::Unknown => "unknown",
        };
        let reason =
            format!("published {}, found {} ({})", word(published), word(found), verdict.name());
        *self.reasons.entry(reason).or_default() += 1;
    }
}

/// Reads what the cases of `history` became, from the journal alone.
///
/// # Errors
/// When the journal cannot be read or a case of the history is not in it.
pub(super) fn read(
    journal: &Journal,
    profile: &Profile,
    history: &History,
    replayed: &[usize],
    as_of: Timestamp,
) -> Result<Report> {
    let mut report = Report {
        totals: Totals::default(),
        by_unit: BTreeMap::new(),
        flags: Flags::default(),
        escalations: profile.ladder.iter().map(|step| (step.to_string(), 0)).collect(),
        messages: BTreeMap::new(),
        notes: notes(history),
        seconds: 0.0,
        peak_rss_bytes: 0,
    };
    for request in replayed.iter().filter_map(|place| history.requests.get(*place)) {
        let id = CaseId::from_intake(&profile.name, &request.id);
        let read = state::read::<Case>(journal, &id.0)?;
        let (case, _) =
            read.ok_or_else(|| anyhow::anyhow!("第 {} 行的案件不在账本里", request.line))?;
        let Some(found) = Found::of(&case, as_of) else {
            anyhow::bail!("第 {} 行的案件停在 {}", request.line, case.state.name());
        };
        report.totals.count(found.verdict);
        report.by_unit.entry(found.unit).or_default().count(found.verdict);
        if profile.columns.published.is_some() {
            report.flags.compare(request.published, found.verdict);
        }
        for step in found.steps {
            *report.escalations.entry(step).or_default() += 1;
        }
    }
    Ok(report)
}

/// What is read from one case.
struct Found {
    unit: String,
    verdict: Verdict,
    steps: Vec<String>,
}

impl Found {
    fn of(case: &Case, as_of: Timestamp) -> Option<Found> {
        match &case.state {
            State::Filed(filing, Phase::Held(assignment, _)) => {
                let verdict = match assignment.due {
                    None => Verdict::NoTarget,
                    Some(due) if due < as_of => Verdict::OpenOverdue,
                    Some(_) => Verdict::OpenInTime,
                };
                Some(Found::from(assignment, &filing.ladder, verdict))
            }
            State::Closed(closed) => {
                let verdict = match closed.timeliness {
                    Timeliness::OnTime => Verdict::ClosedOnTime,
                    Timeliness::Late => Verdict::ClosedLate,
                    Timeliness::Unjudged => Verdict::NoTarget,
                };
                Some(Found::from(&closed.assignment, &closed.filing.ladder, verdict))
            }
            State::Unreported
            | State::Registered(..)
            | State::Validating(..)
            | State::Declined(..)
            | State::Withdrawn(_)
            | State::Filed(_, Phase::AwaitingDispatch(_)) => None,
        }
    }

    fn from(assignment: &Assignment, ladder: &SharedLadder, verdict: Verdict) -> Found {
        let marks = ladder.steps().iter().zip(&assignment.marks);
        let decided = marks.filter(|(_, mark)| mark.standing == StepState::Decided);
        Found {
            unit: assignment.unit.to_string(),
            verdict,
            steps: decided.map(|(step, _)| step.code.to_string()).collect(),
        }
    }
}

fn notes(history: &History) -> Notes {
    let mut because: BTreeMap<&'static str, Vec<u64>> = BTreeMap::new();
    for Problem { line, why, .. } in &history.unreadable {
        because.entry(why.as_str()).or_default().push(*line);
    }
    let unreadable = history.unreadable.iter();
    Notes {
        unreadable: unreadable.map(|Problem { line, what, .. }| (*line, what.clone())).collect(),
        unreadable_because: because,
        closed_before_open: history.closed_before_open.clone(),
        no_target: history.no_target.clone(),
        default_coordinates: history.default_coordinates.clone(),
        odd_coordinates: history.odd_coordinates.clone(),
        default_unit: history.default_unit.clone(),
        ..Notes::default()
    }
}

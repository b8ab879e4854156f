//! What is asked next of a case, from where it stands: the same question with the same id wherever it stands the same.

use std::time::Duration;

use compact_str::{CompactString, format_compact};
use duban_actors::case::assignment::{Assignment, Progress};
use duban_actors::case::command::{Adoption, Decision, Ground, NewReport, Opinion, Outcome};
use duban_actors::case::{Case, CaseId, Command, Filing, Holder, Phase, State};
use duban_actors::role::Role;
use duban_rules::vocabulary::{StepCode, UnitId};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Asked, CommandId};
use duban_tests::case_path;

/// Where every external id of the town comes from.
const SOURCE: &str = "town";
/// The unit that does all the work.
const UNIT: &str = "SW";

/// What a case makes of its life, drawn from its key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan(u32);

impl Plan {
    /// The plan of the case with this key.
    pub(crate) fn of(key: &str) -> Plan {
        let drawn = CommandId::derived(&[b"plan", key.as_bytes()]).0 % 96;
        Plan(u32::try_from(drawn).unwrap_or(0))
    }

    fn is_adopted(self) -> bool {
        self.0.is_multiple_of(2)
    }

    /// Whether nobody ever ends it: its steps must all be decided.
    fn is_forgotten(self) -> bool {
        self.0.is_multiple_of(6)
    }

    /// How often it is passed over while a unit has it, so that time passes.
    pub(crate) fn patience(self) -> u32 {
        self.0 / 6
    }

    /// Whether each command is asked twice.
    pub(crate) fn is_asked_twice(self) -> bool {
        self.0.is_multiple_of(5)
    }

    fn is_returned(self) -> bool {
        self.0.is_multiple_of(7)
    }

    fn is_reworked(self) -> bool {
        self.0.is_multiple_of(3)
    }
}

/// A question: of whom it is told apart by an id that belongs to where the case stands.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) command: Command,
    pub(crate) asked: Asked,
}

/// The external id of the `n`th case of a run, and its key.
pub(crate) fn newcomer(run: u32, n: u32) -> (CompactString, CompactString) {
    let external_id = format_compact!("{run}-{n}");
    let key = CaseId::from_intake(SOURCE, &external_id).0;
    (external_id, key)
}

/// How a case comes in.
pub(crate) fn first(external_id: &str, key: &str, at: Timestamp) -> Question {
    let plan = Plan::of(key);
    let id = id(key, "unreported");
    if plan.is_adopted() {
        let command = Command::Adopt(Box::new(adoption(external_id, plan, at)));
        return Question { command, asked: by(Role::Importer, SOURCE, id, at) };
    }
    let Command::Register(report) = case_path::report() else { unreachable!("a report registers") };
    let (source, external_id) = (SOURCE.into(), external_id.into());
    let report = NewReport { source, external_id, ..*report };
    let command = Command::Register(Box::new(report));
    Question { command, asked: by(Role::Collector, case_path::collector().as_str(), id, at) }
}

/// What comes next; none when the case is at its end.
pub(crate) fn next(case: &Case, at: Timestamp) -> Option<Question> {
    let plan = Plan::of(&case.id);
    let unit = || (Role::UnitStaff, CompactString::const_new(UNIT));
    let chief = || (Role::DutyChief, CompactString::const_new("chief"));
    let (command, (role, name)) = match &case.state {
        State::Registered(_) => {
            (case_path::file(case_path::LOOSE_COVER), (Role::Intake, "desk".into()))
        }
        State::Filed(_, Phase::AwaitingDispatch(_)) => {
            (case_path::dispatch(UNIT), (Role::Dispatcher, "desk".into()))
        }
        State::Filed(filing, Phase::Held(held, Holder::Unit { receipt })) => match receipt {
            Some(_) if plan.is_forgotten() && held.no == 1 => return None,
            Some(_) => (Command::Receive, unit()),
            None if filing.is_adopted() && plan.is_forgotten() => return None,
            None if filing.is_adopted() => {
                (Command::Conclude { finished: at }, (Role::Importer, SOURCE.into()))
            }
            None => (handle(plan, held), unit()),
        },
        State::Filed(_, Phase::Held(_, Holder::Reviewer { opinion: None, .. })) => {
            (case_path::opinion(Opinion::Agree), (Role::Dispatcher, "desk".into()))
        }
        State::Filed(_, Phase::Held(held, Holder::Reviewer { opinion: Some(_), .. })) => {
            let decision = if held.no == 1 { Decision::Accept } else { Decision::Refuse };
            (Command::DecideReturn { decision, reason: "looked at".to_owned() }, chief())
        }
        State::Filed(_, Phase::Held(_, Holder::Disputed { .. } | Holder::Deferred { .. })) => {
            return None;
        }
        State::Filed(filing, Phase::Held(_, Holder::Collector { task, .. })) => {
            let collector = task.collector.as_ref()?;
            let failed = plan.is_reworked() && filing.reworks == 0;
            let outcome = if failed { Outcome::Failed } else { Outcome::Passed };
            (case_path::verify(outcome), (Role::Collector, collector.as_str().into()))
        }
        State::Filed(_, Phase::Held(_, Holder::DutyChief { .. })) => {
            (Command::Close { waiver: None }, chief())
        }
        State::Unreported
        | State::Validating(..)
        | State::Declined(_)
        | State::Withdrawn(_)
        | State::Closed(_) => return None,
    };
    let id = id(&case.id, &standing(&case.state));
    Some(Question { command, asked: by(role, &name, id, at) })
}

/// What was asked when this case came to where it stands, if that can be told: to be asked once more after a start.
pub(crate) fn before(case: &Case, at: Timestamp) -> Option<Question> {
    let State::Filed(filing, Phase::Held(held, Holder::Unit { receipt: None })) = &case.state
    else {
        return None;
    };
    let just_received = matches!(held.progress, Progress::Received(_)) && held.pauses.is_empty();
    if filing.is_adopted() || !just_received {
        return None;
    }
    let id = id(&case.id, &standing_in("dispatched", filing, None));
    Some(Question { command: Command::Receive, asked: by(Role::UnitStaff, UNIT, id, at) })
}

/// A unit with a case: arrives, starts, feeds back; or gives it back.
fn handle(plan: Plan, held: &Assignment) -> Command {
    match held.progress {
        Progress::Unread | Progress::Received(_) => Command::Arrive { place: None },
        Progress::Arrived(_) => Command::Start,
        Progress::Started(_) if plan.is_returned() && held.no <= 2 && held.pauses.is_empty() => {
            case_path::give_back(if held.no == 1 { Ground::Duty } else { Ground::Ownership })
        }
        Progress::Started(_) => case_path::feedback(),
    }
}

fn adoption(external_id: &str, plan: Plan, at: Timestamp) -> Adoption {
    let target = Duration::from_millis(30) * (plan.0 + 1) / 4;
    let step = |percent: u32| (StepCode::new(percent.to_string()), at + target * percent / 100);
    Adoption {
        source: SOURCE.into(),
        external_id: external_id.into(),
        unit: UnitId::new(UNIT),
        opened: at,
        due: Some(at + target),
        steps: [75, 100, 150, 200].map(step).to_vec(),
        place: None,
        summary: "a lamp is out".to_owned(),
    }
}

/// How somebody of this name asks, who speaks for what is called so: their unit, or who they are as a collector.
fn by(role: Role, name: &str, id: CommandId, at: Timestamp) -> Asked {
    let speaks_for = (role.is_of_a_unit() || role == Role::Collector).then(|| name.into());
    Asked { speaks_for, ..Asked::of(id, (name, role.as_str()), at) }
}

fn id(key: &str, standing: &str) -> CommandId {
    CommandId::derived(&[key.as_bytes(), standing.as_bytes()])
}

/// Where a case stands, timers aside.
fn standing(life: &State) -> CompactString {
    match life.filing() {
        Some(filing) => {
            let looked =
                matches!(life.held(), Some((_, _, Holder::Reviewer { opinion: Some(_), .. })));
            let name = if looked { "reviewed" } else { life.name() };
            standing_in(name, filing, life.assignment())
        }
        None => life.name().into(),
    }
}

fn standing_in(name: &str, filing: &Filing, held: Option<&Assignment>) -> CompactString {
    let progress = held.map_or("", |held| match held.progress {
        Progress::Unread => "",
        Progress::Received(_) => "received",
        Progress::Arrived(_) => "arrived",
        Progress::Started(_) => "started",
    });
    let stood = held.map_or(0, |held| held.pauses.len());
    format_compact!("{name}.{}.{}.{stood}.{progress}", filing.assignments, filing.reworks)
}

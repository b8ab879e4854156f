//! The history's commands and the cases' timers, one instant after the other.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use compact_str::CompactString;
use tokio::sync::oneshot;

use duban_actors::case::command::Adoption;
use duban_actors::case::{Case, CaseId, Command};
use duban_actors::role::Role;
use duban_rules::vocabulary::{Place as At, StepCode, UnitId};
use duban_runtime::answer::Answer;
use duban_runtime::clock::{Clock, Timestamp, VirtualClock};
use duban_runtime::entity::{CommandId, EntityId};
use duban_runtime::journal::{self, Journal};
use duban_runtime::node::{Ask, Node, Options as NodeOptions, Ticking};

use super::deliver::Mail;
use super::history::{History, Place, Request};
use super::report::{self, Report};
use super::{Profile, deliver};
use duban_base::asking::{self, Asker, Terms};
use duban_base::registry;

/// Answers that may be outstanding.
const OUTSTANDING_MAX: usize = 4_096;

/// What to replay, and where.
pub struct Options {
    pub history: History,
    pub profile: Profile,
    /// The instant of the report: what is due at it has not happened yet.
    pub as_of: Timestamp,
    /// Where journal and store lie; none keeps them in memory.
    pub store: Option<journal::Options>,
    /// Where messages go, one mbox a day.
    pub mail: PathBuf,
}

/// How far a replay is: inputs done, of how many, at which instant.
pub type Progress<'a> = &'a mut dyn FnMut(usize, usize, Timestamp);

/// An input: at which instant, and what happens to which case.
struct Input {
    at: Timestamp,
    /// The place of the request in the history.
    request: usize,
    happens: Happens,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Happens {
    Adopt,
    Conclude,
}

/// Replays and reports. Runs inside an actix system.
///
/// # Errors
/// When the journal, the outbox or a case does what it must not; what was done stays done, and a second run goes on.
pub async fn run(options: Options, progress: Progress<'_>) -> Result<Report> {
    let Options { history, profile, as_of, store, mail } = options;
    check(&history, as_of)?;
    let rules = registry::in_force(deliver::rule_book(&profile, &history)?);
    let registry = registry::registry(&rules);
    let journal = match store {
        Some(store) => Journal::open(store, Arc::clone(&registry) as _, &|_| {}),
        None => Journal::in_memory(Arc::clone(&registry) as _),
    }
    .context("打开账本")?;
    let first = history.requests.iter().map(|request| request.opened).min().unwrap_or(as_of);
    let clock = Arc::new(VirtualClock::at(first));
    let node_options =
        NodeOptions { arbiters: 0, ticking: Ticking::ByHand, ..NodeOptions::default() };
    let node =
        Node::start(node_options, registry, journal, Arc::clone(&clock) as Arc<dyn Clock>).await?;
    let mut mail = Mail::open(&mail, &profile, rules)?;
    let plan = Plan::of(&history, as_of);
    let mut drive =
        Drive { node: &node, clock: &clock, profile: &profile, outstanding: Vec::new() };
    let n = plan.inputs.len();
    for (done, input) in plan.inputs.iter().enumerate() {
        drive.fire_before(input.at, &mut mail).await?;
        clock.advance_to(input.at);
        if let Some(request) = history.requests.get(input.request) {
            if input.happens == Happens::Conclude {
                mail.ahead_of(&node, input.at, &drive.steps(request)).await?;
            }
            drive.post(request, input).await?;
        }
        progress(done + 1, n, input.at);
    }
    drive.fire_before(as_of, &mut mail).await?;
    drive.collect().await?;
    clock.advance_to(as_of);
    mail.deliver(&node, as_of).await?;
    let mut report = report::read(node.journal(), &profile, &history, &plan.replayed, as_of)?;
    report.messages = mail.counts();
    report.notes.opened_after_as_of = plan.opened_after;
    report.notes.repeated = plan.repeated;
    let journal = node.journal().clone();
    node.stop().await;
    journal.close()?;
    Ok(report)
}

/// The inputs in the order of their instants; at one instant in the order of the file, adopting first.
struct Plan {
    inputs: Vec<Input>,
    replayed: Vec<usize>,
    opened_after: Vec<u64>,
    repeated: Vec<u64>,
}

impl Plan {
    fn of(history: &History, as_of: Timestamp) -> Plan {
        let mut plan = Plan {
            inputs: Vec::new(),
            replayed: Vec::new(),
            opened_after: Vec::new(),
            repeated: Vec::new(),
        };
        let mut seen = std::collections::BTreeSet::new();
        for (place, request) in history.requests.iter().enumerate() {
            if !seen.insert(request.id.as_str()) {
                plan.repeated.push(request.line);
                continue;
            }
            if request.opened > as_of {
                plan.opened_after.push(request.line);
                continue;
            }
            plan.replayed.push(place);
            plan.inputs.push(Input { at: request.opened, request: place, happens: Happens::Adopt });
            if let Some(closed) = request.closed.filter(|closed| *closed <= as_of) {
                // A case cannot be concluded before it is there, whatever the file says.
                let at = closed.max(request.opened);
                plan.inputs.push(Input { at, request: place, happens: Happens::Conclude });
            }
        }
        plan.inputs.sort_by_key(|input| (input.at, input.happens, input.request));
        plan
    }
}

/// A command on its way: which line it came from, and where its answer arrives.
struct Outstanding {
    line: u64,
    happens: Happens,
    case: EntityId,
    answer: oneshot::Receiver<Answer>,
}

struct Drive<'a> {
    node: &'a Node,
    clock: &'a VirtualClock,
    profile: &'a Profile,
    outstanding: Vec<Outstanding>,
}

impl Drive<'_> {
    /// Fires every timer due before `instant`, each at its own instant.
    async fn fire_before(&mut self, instant: Timestamp, mail: &mut Mail) -> Result<()> {
        self.node.settled().await;
        while let Some(due) = self.node.next_due().filter(|due| *due < instant) {
            // Before the round: on a store that was replayed before, messages of steps between here and there are due.
            self.clock.advance_to(due);
            mail.now_and_then(self.node, due).await?;
            self.node.fire_due().await;
        }
        Ok(())
    }

    /// When the steps of a case come.
    fn steps(&self, request: &Request) -> Vec<(StepCode, Timestamp)> {
        let steps = request.target.map(|target| steps(self.profile, request.opened, target));
        steps.unwrap_or_default()
    }

    fn adoption(&self, request: &Request) -> Adoption {
        Adoption {
            source: CompactString::new(&self.profile.name),
            external_id: CompactString::new(&request.id),
            unit: UnitId::new(&request.unit),
            opened: request.opened,
            due: request.target,
            steps: self.steps(request),
            place: match request.place {
                Place::At(lon, lat) => Some(At { lon, lat }),
                Place::Nowhere | Place::Odd | Place::Unknown => None,
            },
            summary: request.summary.clone(),
        }
    }

    async fn post(&mut self, request: &Request, input: &Input) -> Result<()> {
        let command = match input.happens {
            Happens::Adopt => Command::Adopt(Box::new(self.adoption(request))),
            Happens::Conclude => {
                Command::Conclude { finished: request.closed.unwrap_or(request.opened) }
            }
        };
        let id = CaseId::from_intake(&self.profile.name, &request.id);
        let asker = Asker::system(&self.profile.name, Role::Importer);
        let terms = Terms::of(CommandId::derived(&[
            self.profile.name.as_bytes(),
            request.id.as_bytes(),
            &[u8::from(input.happens == Happens::Conclude)],
        ]));
        let asked = asker.asked(terms, input.at);
        let answer = self.node.post(Ask::of::<Case>(id.as_str(), command, asked));
        let (line, happens, case) = (request.line, input.happens, id.entity());
        self.outstanding.push(Outstanding { line, happens, case, answer });
        if self.outstanding.len() >= OUTSTANDING_MAX { self.collect().await } else { Ok(()) }
    }

    /// Waits for every answer. On a store that was replayed before, a case may already be there, or concluded.
    async fn collect(&mut self) -> Result<()> {
        for Outstanding { line, happens, case, answer } in self.outstanding.drain(..) {
            let answer = answer.await.context("节点已停止")?;
            let was_there = match happens {
                Happens::Adopt => "already-registered",
                Happens::Conclude => "out-of-order",
            };
            if let Err(no) = asking::outcome::<Case>(case, answer) {
                ensure!(no.code() == Some(was_there), "第 {line} 行没有被接受:{no:?}");
            }
        }
        Ok(())
    }
}

/// The ladder of the profile: percent of target − open, on true instants.
fn steps(profile: &Profile, opened: Timestamp, target: Timestamp) -> Vec<(StepCode, Timestamp)> {
    let span = i128::from(target.as_millis()) - i128::from(opened.as_millis());
    let step = |percent: &u32| {
        let after = i64::try_from(span * i128::from(*percent) / 100).unwrap_or(i64::MAX);
        let due = Timestamp::from_millis(opened.as_millis().saturating_add(after));
        (StepCode::new(percent.to_string()), due)
    };
    profile.ladder.iter().map(step).collect()
}

/// Refuses an instant before which nothing happened: most likely a wrong file or a wrong zone.
fn check(history: &History, as_of: Timestamp) -> Result<()> {
    let first = history.requests.iter().map(|request| request.opened).min();
    ensure!(first.is_none_or(|first| first <= as_of), "--as-of 早于文件中的第一件案件");
    Ok(())
}

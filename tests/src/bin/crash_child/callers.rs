//! Sixty-four callers, who take up one case after the other and ask what comes next.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Result;
use compact_str::CompactString;
use duban_actors::case::{Case, Holder, KIND, Phase, State, listing};
use duban_runtime::answer::{Answer, Novelty};
use duban_runtime::entity::{Entity as _, EntityId};
use duban_runtime::node::{Ask, Node};

use crate::case_path::{self, Plan, Question};
use crate::say::say;

/// How many ask at a time.
const CALLERS: usize = 64;
/// New cases come in while there are fewer under way.
const UNDER_WAY: usize = 320;
/// Cases that one start takes up again from each stage.
const TAKEN_UP: usize = 10_000;
/// Stages at which the next command is somebody's to ask.
const STAGES: [&str; 7] = [
    "registered",
    "awaiting-dispatch",
    "dispatched",
    "handling",
    "returning",
    "verifying",
    "awaiting-closing",
];

/// What a run is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Works until it is killed or told to stop.
    Work,
    /// Begins nothing new.
    Finish,
}

/// A case under way.
struct Errand {
    key: CompactString,
    comes: Comes,
    patience: u32,
}

/// Where an errand's case comes from.
enum Comes {
    /// It is new, with this external id.
    Anew(CompactString),
    /// It was there when this process began, and nobody has looked at it.
    FromBefore,
    /// A caller has had it.
    On,
}

/// What a caller does with an errand after a visit.
enum Goes {
    On,
    Done,
}

/// The node and what is under way.
pub(crate) struct Work {
    pub(crate) node: Node,
    run: u32,
    mode: Mode,
    stop: Arc<AtomicBool>,
    queue: RefCell<VecDeque<Errand>>,
    begun: Cell<u32>,
    dismissed: Cell<bool>,
}

impl Work {
    /// A town that goes on with what an earlier run has left.
    pub(crate) fn new(node: Node, (run, mode): (u32, Mode), stop: Arc<AtomicBool>) -> Result<Work> {
        let mut queue = VecDeque::new();
        for stage in STAGES {
            for (_, id) in node.journal().list(&listing::at_stage(stage), None, TAKEN_UP)? {
                let patience = Plan::of(&id.key).patience();
                queue.push_back(Errand { key: id.key, comes: Comes::FromBefore, patience });
            }
        }
        Ok(Work {
            node,
            run,
            mode,
            stop,
            queue: RefCell::new(queue),
            begun: Cell::new(0),
            dismissed: Cell::new(false),
        })
    }

    /// Lets all callers work until there is nothing to ask, or the town is told to stop.
    pub(crate) async fn serve(&self) -> Result<()> {
        futures_util::future::try_join_all((0..CALLERS).map(|_| self.call())).await?;
        Ok(())
    }

    /// The callers have gone.
    pub(crate) fn dismiss(&self) {
        self.dismissed.set(true);
    }

    /// Whether they have.
    pub(crate) fn is_dismissed(&self) -> bool {
        self.dismissed.get()
    }

    /// Whether it was told to stop.
    pub(crate) fn is_stopping(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }

    async fn call(&self) -> Result<()> {
        while let Some(mut errand) = self.take() {
            if let Goes::On = self.visit(&mut errand).await? {
                self.queue.borrow_mut().push_back(errand);
            }
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    fn take(&self) -> Option<Errand> {
        if self.is_stopping() {
            return None;
        }
        let mut queue = self.queue.borrow_mut();
        if self.mode == Mode::Work && queue.len() < UNDER_WAY {
            let n = self.begun.get();
            self.begun.set(n + 1);
            let (external_id, key) = case_path::newcomer(self.run, n);
            let patience = Plan::of(&key).patience();
            queue.push_back(Errand { key, comes: Comes::Anew(external_id), patience });
        }
        queue.pop_front()
    }

    /// Asks one thing of a case.
    async fn visit(&self, errand: &mut Errand) -> Result<Goes> {
        let now = self.node.clock().now();
        let came = std::mem::replace(&mut errand.comes, Comes::On);
        if let Comes::Anew(external_id) = came {
            return self.ask(errand, case_path::first(&external_id, &errand.key, now)).await;
        }
        let id = EntityId::new(KIND, &errand.key);
        let Some(stored) = self.node.journal().entity(&id)? else {
            say(&format_args!("no {} - not in the journal", errand.key))?;
            return Ok(Goes::Done);
        };
        let case = Case::from_stored(&id, &stored.state)?;
        if matches!(came, Comes::FromBefore)
            && let Some(question) = case_path::before(&case, now)
        {
            self.once_more(errand, question).await?;
            return Ok(Goes::On);
        }
        let with_a_unit =
            matches!(case.state, State::Filed(_, Phase::Held(_, Holder::Unit { .. })));
        if with_a_unit && errand.patience > 0 {
            errand.patience -= 1;
            return Ok(Goes::On);
        }
        match case_path::next(&case, now) {
            Some(question) => self.ask(errand, question).await,
            None => Ok(Goes::Done),
        }
    }

    async fn ask(&self, errand: &Errand, question: Question) -> Result<Goes> {
        let answer = self.answered(&errand.key, &question).await?;
        if let Answer::Busy { .. } = answer {
            return Ok(Goes::On);
        }
        if !matches!(answer, Answer::Accepted { .. }) {
            let id = question.asked.id.0;
            say(&format_args!("no {} {id:032x} {answer:?}", errand.key))?;
            return Ok(Goes::Done);
        }
        if Plan::of(&errand.key).is_asked_twice() {
            self.once_more(errand, question).await?;
        }
        Ok(Goes::On)
    }

    /// Asks what was accepted before: the first answer stands, as long as the case remembers it.
    async fn once_more(&self, errand: &Errand, question: Question) -> Result<()> {
        let answer = self.answered(&errand.key, &question).await?;
        let stands = matches!(
            answer,
            Answer::Accepted { novelty: Novelty::Again, .. }
                | Answer::Busy { .. }
                | Answer::Refused { code: "out-of-order", .. }
        );
        if stands {
            return Ok(());
        }
        let id = question.asked.id.0;
        say(&format_args!("no {} {id:032x} once more: {answer:?}", errand.key))
    }

    async fn answered(&self, key: &str, question: &Question) -> Result<Answer> {
        let Question { command, asked } = question;
        let answer = self.node.ask(Ask::of::<Case>(key, command.clone(), asked.clone())).await;
        if let Answer::Accepted { sequence, novelty, .. } = &answer {
            let word = if *novelty == Novelty::First { "first" } else { "again" };
            say(&format_args!("ok {key} {:032x} {sequence} {word}", asked.id.0))?;
        }
        if let Answer::Busy { retry_after } = &answer {
            tokio::time::sleep(*retry_after).await;
        }
        Ok(answer)
    }
}

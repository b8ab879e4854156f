//! One partition as an actor: the core, its entities' addresses, and the way to the journal.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::Sender;
use std::time::Duration;

use actix::dev::SendError;
use actix::{Actor, Addr, AsyncContext, Context};
use compact_str::format_compact;
use tokio::runtime::Handle;
use tokio::sync::Notify;

use super::entity::{EntityActor, Home, ToEntity};
use super::lookups::Lookups;
use super::message::Committed;
use super::residents::{Residents, Sleep};
use super::route::{Blocked, Route};
use super::{BUSY_MAX, PARTITION_MAILBOX};
use crate::activation::{Delivery, Step, words_of};
use crate::answer::Caller;
use crate::clock::trusted::TrustedClock;
use crate::clock::{Clock, Timestamp, since_boot};
use crate::cluster::fence::Fence;
use crate::entity::EntityId;
use crate::in_flight::InFlight;
use crate::journal::committer::outcome;
use crate::journal::{EPOCH, Failure, Journal};
use crate::metrics::{Bound, Counters};
use crate::partition::{Output, Partition, People, asked_by_tell};
use crate::record::{SentTell, Stored, Taken};
use crate::registry::Registry;
use crate::supervision::{Falls, OnEnd};

/// When a tell that found its target's mailbox full is sent again.
const RESEND_AFTER: Duration = Duration::from_millis(50);

/// Who says up to when alarms fire.
#[derive(Clone)]
pub(crate) enum Firing {
    /// The caller, in milliseconds: virtual time.
    ByHand(Arc<AtomicI64>),
    /// The clock, as far as it is believed.
    ByClock(Arc<TrustedClock>),
}

/// By what a node owns partitions.
#[derive(Clone)]
pub(crate) enum Owning {
    /// It is alone: all of them are its own, for as long as it runs.
    Alone,
    /// By leases: until the fence, and each as long as nobody else has it.
    Leases {
        fence: Arc<Fence>,
        /// Told which partition was found to be another's.
        lost: Sender<u8>,
    },
}

/// What a partition actor needs of the node.
#[derive(Clone)]
pub(crate) struct Wiring {
    pub(crate) registry: Arc<Registry>,
    /// Every actor of the node holds it: when nobody else does, the node has ended.
    pub(crate) journal: Arc<Journal>,
    /// Where it is read without an arbiter waiting.
    pub(crate) readers: Handle,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) in_flight: Arc<InFlight>,
    pub(crate) counters: Arc<Counters>,
    /// Rung when an alarm becomes due sooner than the ticker knows.
    pub(crate) sooner: Arc<Notify>,
    /// Entities that stay resident per partition at most.
    pub(crate) resident_max: usize,
    pub(crate) firing: Firing,
    pub(crate) owning: Owning,
    /// Called when a partition falls too often: the process must end.
    pub(crate) on_end: OnEnd,
}

impl Wiring {
    /// Alarms due up to here may fire now. In virtual time that is not the clock's instant: what the caller does at that
    /// very instant comes first, however late a commit or a read comes back. A node that closes leaves them to the next;
    /// one whose journal fills up faster than the store takes it leaves them for a moment, so that people find room.
    pub(crate) fn fires_until(&self) -> Timestamp {
        if self.in_flight.is_closing() || !self.may_decide() {
            return Timestamp::from_millis(i64::MIN);
        }
        match &self.firing {
            Firing::ByHand(until) => Timestamp::from_millis(until.load(Ordering::Acquire)),
            Firing::ByClock(_) if !self.journal.has_room_for_alarms() => {
                Timestamp::from_millis(i64::MIN)
            }
            Firing::ByClock(trusted) => trusted.now(),
        }
    }

    /// Whether something new may be decided here.
    pub(crate) fn may_decide(&self) -> bool {
        match &self.owning {
            Owning::Alone => true,
            Owning::Leases { fence, .. } => fence.is_open(since_boot),
        }
    }

    /// Whether alarms may take the arbiter for themselves; never in virtual time, where a run repeats exactly.
    pub(crate) fn people(&self) -> People {
        let is_alone = self.in_flight.is_left_alone();
        match &self.firing {
            Firing::ByClock(_) if is_alone => People::Away,
            Firing::ByClock(_) | Firing::ByHand(_) => People::Waiting,
        }
    }
}

/// Whether the node knows that the first alarms are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FirstWindow {
    Unread,
    Read,
}

/// Whether the partition works.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum PartitionState {
    Up,
    /// It fell; it rises when its pause is over and nothing it submitted is under way.
    Pausing,
    Due,
    /// It goes to another node: it takes nothing new, and ends what it has in hand.
    Leaving,
    /// Another node has it, or nobody.
    Elsewhere,
    /// It fell too often.
    Ended,
}

/// One partition's core, with the addresses of its resident entities.
pub(crate) struct PartitionActor {
    pub(super) no: u8,
    pub(super) core: Partition,
    pub(super) wiring: Wiring,
    /// What its entities share, its present life among it.
    pub(super) home: Rc<Home>,
    pub(super) residents: Residents,
    /// To every partition of the node, itself among them.
    pub(super) routes: Vec<Route>,
    next_due: Arc<AtomicI64>,
    counted: i64,
    counted_residents: i64,
    /// Reads of windows and tells under way.
    pub(super) reading: usize,
    /// Batches whose result is not known.
    pub(super) submitted: usize,
    pub(super) standing: PartitionState,
    /// Of the ownership under which it decides.
    pub(super) epoch: u64,
    /// Who waits until it has left.
    pub(super) leaving: Option<Sender<u8>>,
    pub(super) falls: Falls,
    window: FirstWindow,
    out: Vec<Output>,
}

impl PartitionActor {
    pub(crate) fn new(
        no: u8,
        core: Partition,
        wiring: Wiring,
        next_due: Arc<AtomicI64>,
        (address, lookups): (Addr<PartitionActor>, Addr<Lookups>),
    ) -> PartitionActor {
        let (journal, callers) = (Arc::clone(&wiring.journal), Rc::default());
        let home = Rc::new(Home { partition: address, life: 0, journal, lookups, callers });
        let residents = Residents::at_most(wiring.resident_max);
        let standing = match wiring.owning {
            Owning::Alone => PartitionState::Up,
            Owning::Leases { .. } => PartitionState::Elsewhere,
        };
        PartitionActor {
            no,
            core,
            wiring,
            home,
            residents,
            routes: Vec::new(),
            next_due,
            counted: 0,
            counted_residents: 0,
            reading: 0,
            submitted: 0,
            standing,
            epoch: EPOCH,
            leaving: None,
            falls: Falls::default(),
            window: FirstWindow::Unread,
            out: Vec::new(),
        }
    }

    /// Whether it takes something new.
    pub(super) fn is_up(&self) -> bool {
        self.standing == PartitionState::Up && self.wiring.may_decide()
    }

    /// Whether another node has it, or is about to, or may have.
    pub(super) fn is_elsewhere(&self) -> bool {
        let goes = matches!(self.standing, PartitionState::Leaving | PartitionState::Elsewhere);
        goes || !self.wiring.may_decide()
    }

    /// Whether it goes on with what it has.
    pub(super) fn works(&self) -> bool {
        matches!(self.standing, PartitionState::Up | PartitionState::Leaving)
    }

    /// Lets the core work, then does what it says. What panics there takes the partition with it; one that is down does
    /// nothing, and whoever waited for it hears so.
    pub(super) fn work(
        &mut self,
        ctx: &mut Context<Self>,
        f: impl FnOnce(&mut Partition, &Wiring, &mut Vec<Output>),
    ) {
        if self.works()
            && let Err(panic) = catch_unwind(AssertUnwindSafe(|| self.work_unguarded(ctx, f)))
        {
            self.fall(&words_of(panic), ctx);
        }
        self.leave_when_settled();
        self.publish();
    }

    fn work_unguarded(
        &mut self,
        ctx: &mut Context<Self>,
        f: impl FnOnce(&mut Partition, &Wiring, &mut Vec<Output>),
    ) {
        let mut out = std::mem::take(&mut self.out);
        f(&mut self.core, &self.wiring, &mut out);
        let mut said = Vec::new();
        while !out.is_empty() {
            for output in out.drain(..) {
                self.perform(output, &mut said, ctx);
            }
            // Performing an output may make the core say more.
            out.append(&mut said);
        }
        self.out = out;
    }

    fn perform(&mut self, output: Output, said: &mut Vec<Output>, ctx: &mut Context<Self>) {
        match output {
            Output::Answer(caller, answer) => self.home.callers.answer(caller, answer),
            Output::Deliver(entity, delivery) => self.deliver(entity, delivery, said),
            Output::Commit(batch) => {
                self.wiring.in_flight.undurable(1);
                let address = ctx.address();
                let done = move |result: Result<u64, Failure>| {
                    if let Err(error) = address.try_send(Committed(outcome(result))) {
                        tracing::error!(%error, "a commit's result found no room");
                    }
                };
                self.wiring.journal.submit(batch, Box::new(done));
                self.submitted += 1;
            }
            Output::Resolved(entity, n, result) => {
                self.tell_entity(&entity, ToEntity::Resolved(n, result));
                self.residents.resolved(&entity, n);
            }
            Output::Restart(entity, fall) => self.tell_entity(&entity, ToEntity::Restart(fall)),
            Output::SetAside(entity, why) => {
                self.wiring.counters.set_aside();
                self.tell_entity(&entity, ToEntity::SetAside(why));
            }
            Output::LoadAlarms(reload) => self.read_alarms(reload, ctx),
            Output::LoadOutbox(reload) => self.read_outbox(reload, ctx),
            Output::LoadTells { from, after } => self.read_tells(from, after, ctx),
            Output::Send(tell) => self.send_tell(tell, ctx),
            Output::DeliverTell(tell, taken) => self.deliver_tell(&tell, taken, said),
            Output::Alarm(words) => {
                tracing::error!(partition = self.no, %words, "an operator must look");
            }
            Output::LetGo => self.let_go(),
        }
    }

    fn tell_entity(&mut self, entity: &EntityId, word: ToEntity) {
        if let Some(resident) = self.residents.used(entity)
            && let Err(error) = resident.address.try_send(word)
        {
            tracing::error!(%entity, %error, "an entity could not be told");
        }
    }

    fn send_tell(&mut self, tell: SentTell, ctx: &mut Context<Self>) {
        let Some(route) = self.routes.get(usize::from(tell.to_partition)) else { return };
        self.wiring.in_flight.begin(1);
        match route.tell(self.no, tell) {
            Ok(()) => {}
            Err(Blocked::Gone) => self.wiring.in_flight.finish(1),
            Err(Blocked::Full(tell)) => {
                ctx.run_later(RESEND_AFTER, move |actor, ctx| {
                    // It is durable: it goes its way, wherever its source is by now.
                    actor.send_tell(tell, ctx);
                    actor.wiring.in_flight.finish(1);
                });
            }
        }
    }

    fn deliver_tell(&mut self, tell: &SentTell, taken: Taken, said: &mut Vec<Output>) {
        let command = match self.wiring.registry.kind(tell.to.kind) {
            Some(kind) => kind.command(&tell.command).map_err(|e| format_compact!("{e}")),
            None => Err(format_compact!("no kind {}", tell.to.kind)),
        };
        let asked = asked_by_tell(tell, taken);
        match command {
            Ok(command) => {
                let (looked, caller) = (None, Caller::Tell(taken));
                let delivery = Delivery::Command { command, asked, looked, caller };
                self.deliver(tell.to.clone(), delivery, said);
            }
            Err(reason) => {
                let now = self.wiring.clock.now();
                self.core.step(tell.to.clone(), Step::TellDone(taken, Some(reason)), now, said);
            }
        }
    }

    fn deliver(&mut self, entity: EntityId, delivery: Delivery, said: &mut Vec<Output>) {
        if !self.residents.contains(&entity) {
            self.admit(&entity, None);
        }
        let resident = match self.residents.used(&entity) {
            Some(resident) if resident.busy < BUSY_MAX => resident,
            Some(_) | None => return self.undeliverable(entity, delivery, said),
        };
        match resident.address.try_send(ToEntity::Deliver(delivery)) {
            Ok(()) => resident.busy += 1,
            Err(SendError::Full(back) | SendError::Closed(back)) => {
                if let ToEntity::Deliver(delivery) = back {
                    self.undeliverable(entity, delivery, said);
                }
            }
        }
    }

    fn undeliverable(&mut self, entity: EntityId, delivery: Delivery, said: &mut Vec<Output>) {
        self.note_no_room(&delivery);
        self.core.undeliverable(entity, delivery, said);
    }

    /// A command from outside is answered busy; everything else is delivered again.
    pub(super) fn note_no_room(&self, delivery: &Delivery) {
        if let Delivery::Command { caller: Caller::Outside(_), .. } = delivery {
            self.wiring.counters.turned_away(Bound::Entity);
        }
    }

    /// Makes an entity resident, if its kind is known.
    pub(super) fn admit(&mut self, entity: &EntityId, known: Option<Stored>) {
        let Some(kind) = self.wiring.registry.kind(entity.kind) else { return };
        let sleep = sleep_of(known.as_ref().and_then(|stored| stored.alarm));
        let activation = kind.activation(entity.clone());
        let address = EntityActor::launch(activation, Rc::clone(&self.home), known);
        self.residents.insert(entity.clone(), address, sleep);
    }

    /// Lets the node know how much is under way here and when the next alarm is due.
    pub(super) fn publish(&mut self) {
        if self.window == FirstWindow::Unread && self.core.has_read_alarms() {
            self.window = FirstWindow::Read;
            self.wiring.in_flight.window_read();
        }
        let undecided = self.core.undecided() + self.core.tells_under_way() + self.reading;
        let undecided = i64::try_from(undecided).unwrap_or(i64::MAX);
        if undecided != self.counted {
            self.wiring.in_flight.begin(undecided - self.counted);
            self.counted = undecided;
        }
        let residents = i64::try_from(self.residents.len()).unwrap_or(i64::MAX);
        if residents != self.counted_residents {
            self.wiring.counters.residents(residents - self.counted_residents);
            self.counted_residents = residents;
        }
        let next = self.core.next_due().unwrap_or(Timestamp::NEVER).as_millis();
        // Nobody else writes it, and most messages change nothing.
        let known = self.next_due.load(Ordering::Relaxed);
        if known != next {
            self.next_due.store(next, Ordering::Release);
        }
        if known > next {
            self.wiring.sooner.notify_one();
        }
    }
}

pub(super) fn sleep_of(alarm: Option<Timestamp>) -> Sleep {
    if alarm.is_some() { Sleep::Light } else { Sleep::Sound }
}

impl Actor for PartitionActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Context<Self>) {
        ctx.set_mailbox_capacity(PARTITION_MAILBOX);
    }
}

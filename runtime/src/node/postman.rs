//! The postman: letters of this node to others and back, on two threads, and those who wait for replies.
//!
//! Nothing here is relied on: a letter that is lost is a question that nobody answered, and is asked again.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use compact_str::CompactString;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::answering::Answering;
use crate::clock::{Clock as _, SystemClock};
use crate::cluster::log::Logs;
use crate::cluster::post::{Inbound, Letter, Outbound, Question, Reply, VERSION, Word};
use crate::journal::Failure;
use crate::loops::{Loop, Loops, Seat};
use crate::seldom::Seldom;

/// The thread that sends.
const SENDING: Loop = Loop { name: "post-out", silent_max: Duration::from_mins(1) };
/// The thread that receives.
const RECEIVING: Loop = Loop { name: "post-in", silent_max: Duration::from_mins(1) };

/// Letters that wait to be sent at most.
const LETTERS_MAX: usize = 4_096;
/// Questions that wait for their reply at most.
const WAITING_MAX: usize = 4_096;
/// The longest wait for something to do: whoever ends the threads waits for it.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Questions of one millisecond, in bits: more than are asked in one.
const NUMBER_BITS: u32 = 20;

/// "the post does not go".
static AWAY: Seldom = Seldom::new();

/// A letter on its way out.
struct Outgoing {
    to: CompactString,
    bytes: Vec<u8>,
    /// The question in it, if it is one.
    question: Option<u64>,
}

/// What both threads and all askers share.
pub(super) struct Postman {
    me: CompactString,
    letters: SyncSender<Outgoing>,
    waiting: Mutex<Waiting>,
    ends: AtomicBool,
}

struct Waiting {
    replies: BTreeMap<u64, oneshot::Sender<(u64, Reply)>>,
    last: u64,
}

/// A place among those who wait, given back by a caller who went away too.
struct Waits<'a>(&'a Postman, u64);

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        let reply = self.0.waiting().replies.remove(&self.1);
        drop(reply);
    }
}

/// The running threads.
pub(super) struct Running {
    pub(super) postman: Arc<Postman>,
    threads: Vec<JoinHandle<()>>,
}

impl Running {
    /// Ends them; whoever waits hears that nobody replies.
    pub(super) fn end(self) {
        self.postman.ends.store(true, Ordering::Release);
        for thread in self.threads {
            if thread.join().is_err() {
                tracing::error!("a thread of the post ended in a panic");
            }
        }
        self.postman.waiting().replies.clear();
    }
}

/// Starts the post of the node `me`; questions of others are answered by `answering`, on `runtime`.
pub(super) fn start(
    me: &CompactString,
    logs: &dyn Logs,
    answering: Arc<Answering>,
    (runtime, loops): (Handle, &Loops),
) -> Result<Running, Failure> {
    let (letters, to_send) = sync_channel(LETTERS_MAX);
    // Numbers of an earlier life of this node are not given again: a late reply to it is nobody's.
    let first = u64::try_from(SystemClock::start().now().as_millis()).unwrap_or(0) << NUMBER_BITS;
    let waiting = Mutex::new(Waiting { replies: BTreeMap::new(), last: first });
    let ends = AtomicBool::new(false);
    let postman = Arc::new(Postman { me: me.clone(), letters, waiting, ends });
    let (outbound, inbound) = (logs.outbound(), logs.inbound(me));
    let sending = spawn("duban-post-out", {
        let (postman, seat) = (Arc::clone(&postman), loops.enter(SENDING));
        move || postman.send_all(outbound, &to_send, &seat)
    })?;
    let receiving = spawn("duban-post-in", {
        let (postman, seat) = (Arc::clone(&postman), loops.enter(RECEIVING));
        move || postman.receive_all(inbound, (&answering, &runtime), &seat)
    })?;
    Ok(Running { postman, threads: vec![sending, receiving] })
}

impl Postman {
    /// Asks the node `to`, and waits for its reply for at most `patience`; none when none comes. With the reply comes the
    /// last frame that the other can read.
    pub(super) async fn ask(
        &self,
        to: &str,
        question: Question,
        patience: Duration,
    ) -> Option<(u64, Reply)> {
        let (reply, replied) = oneshot::channel();
        let number = {
            let mut waiting = self.waiting();
            if waiting.replies.len() >= WAITING_MAX {
                return None;
            }
            waiting.last += 1;
            let number = waiting.last;
            waiting.replies.insert(number, reply);
            number
        };
        let _place = Waits(self, number);
        self.post(to, (number, Word::Question(Box::new(question))), Some(number));
        tokio::time::timeout(patience, replied).await.ok()?.ok()
    }

    /// Tells the node `to` something to which no reply is waited for.
    pub(super) fn tell(&self, to: &str, question: Question) {
        self.post(to, (0, Word::Question(Box::new(question))), None);
    }

    /// Replies to the question of this number of node `to`.
    pub(super) fn reply(&self, to: &str, number: u64, (frame, reply): (u64, Reply)) {
        self.post(to, (number, Word::Reply { frame, reply: Box::new(reply) }), None);
    }

    fn post(&self, to: &str, (number, word): (u64, Word), question: Option<u64>) {
        let letter = Letter { version: VERSION, from: self.me.clone(), number, word };
        let letter = Outgoing { to: to.into(), bytes: letter.encode(), question };
        if let Err(full) = self.letters.try_send(letter) {
            tracing::debug!(%full, "a letter found no room, and is lost");
            self.nobody_there(question);
        }
    }

    /// Whoever waits for this question hears at once that nobody replies.
    fn nobody_there(&self, question: Option<u64>) {
        if let Some(number) = question {
            let reply = self.waiting().replies.remove(&number);
            drop(reply);
        }
    }

    fn send_all(&self, mut way: Box<dyn Outbound>, letters: &Receiver<Outgoing>, seat: &Seat) {
        while !self.ends.load(Ordering::Acquire) {
            seat.beat();
            let Outgoing { to, bytes, question } = match letters.recv_timeout(LOOK_EVERY) {
                Ok(letter) => letter,
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => break,
            };
            match way.send(&to, &bytes) {
                Ok(true) => {}
                Ok(false) => self.nobody_there(question),
                Err(failure) => {
                    self.nobody_there(question);
                    if let Some(n_left_out) = AWAY.turn() {
                        tracing::warn!(%failure, n_left_out, "the post does not go");
                    }
                }
            }
        }
        seat.left();
    }

    fn receive_all(
        self: &Arc<Postman>,
        mut way: Box<dyn Inbound>,
        (answering, runtime): (&Arc<Answering>, &Handle),
        seat: &Seat,
    ) {
        while !self.ends.load(Ordering::Acquire) {
            seat.beat();
            let wait_millis = u64::try_from(LOOK_EVERY.as_millis()).unwrap_or(u64::MAX);
            match way.next(wait_millis) {
                Ok(Some(bytes)) => self.received(&bytes, answering, runtime),
                Ok(None) => {}
                Err(failure) => {
                    if let Some(n_left_out) = AWAY.turn() {
                        tracing::warn!(%failure, n_left_out, "the post does not come");
                    }
                    thread::park_timeout(LOOK_EVERY);
                }
            }
        }
        seat.left();
    }

    fn received(self: &Arc<Postman>, bytes: &[u8], answering: &Arc<Answering>, runtime: &Handle) {
        let Some(Letter { from, number, word, .. }) = Letter::decode(bytes) else {
            tracing::warn!("a letter cannot be read: its writer is of another release");
            return;
        };
        match word {
            Word::Reply { frame, reply } => {
                let waits = self.waiting().replies.remove(&number);
                if let Some(waits) = waits {
                    drop(waits.send((frame, *reply)));
                }
            }
            Word::Question(question) => {
                let (postman, answering) = (Arc::clone(self), Arc::clone(answering));
                runtime.spawn(async move {
                    let reply = answering.reply(*question).await;
                    if let Some(reply) = reply {
                        postman.reply(&from, number, reply);
                    }
                });
            }
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, Failure> {
    let spawned = thread::Builder::new().name(name.to_owned()).spawn(body);
    spawned.map_err(|error| Failure::io("start", name, error))
}

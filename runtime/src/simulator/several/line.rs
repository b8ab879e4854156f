//! The line between a machine and the log: either direction may be cut, and what was sent may arrive late.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use compact_str::CompactString;

use crate::cluster::log::{
    Added, Adding, GroupId, Leased, Leasing, Log, LogEntry, LogFailure, Looking, Overview, Part,
    Seed, Seeded,
};

/// What becomes of what goes over it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Condition {
    #[default]
    Whole,
    /// Nothing comes to the log.
    ToLogCut,
    /// What is asked is heeded, and nobody hears of it.
    FromLogCut,
}

/// A group that was sent, and is under way although nobody waits for the answer any more.
pub(super) struct Late {
    reign: u64,
    mirrored: u64,
    group: GroupId,
    release: String,
    body: Vec<u8>,
    parts: Vec<Part>,
}

/// One machine's.
#[derive(Default)]
pub(super) struct Line {
    condition: Condition,
    /// Groups that are to be copied on their way: each comes once more, later.
    copies: u32,
    late: Vec<Late>,
}

/// A way to the log over a line.
pub(super) struct LineLog {
    pub(super) line: Arc<Mutex<Line>>,
    pub(super) log: Box<dyn Log>,
}

impl Line {
    pub(super) fn become_(&mut self, condition: Condition) {
        self.condition = condition;
    }

    /// The next group is under way for long: whoever sent it breaks off and sends it again.
    pub(super) fn hold_back_next(&mut self) {
        self.copies = 1;
    }

    pub(super) fn take_late(&mut self) -> Option<Late> {
        self.late.pop()
    }
}

impl Late {
    /// It arrives; nobody hears the answer.
    pub(super) fn arrive(&self, log: &mut dyn Log) -> Result<Added, LogFailure> {
        log.add(Adding {
            reign: self.reign,
            mirrored: self.mirrored,
            group: self.group,
            release: &self.release,
            body: &self.body,
            parts: &self.parts,
        })
    }
}

impl LineLog {
    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn over<T>(
        &mut self,
        ask: impl FnOnce(&mut dyn Log) -> Result<T, LogFailure>,
    ) -> Result<T, LogFailure> {
        let condition = self.line().condition;
        match condition {
            Condition::Whole => ask(self.log.as_mut()),
            Condition::ToLogCut => Err(unheard()),
            Condition::FromLogCut => ask(self.log.as_mut()).and(Err(unheard())),
        }
    }
}

fn unheard() -> LogFailure {
    LogFailure::Away("the line is cut".to_owned())
}

impl Log for LineLog {
    fn add(&mut self, adding: Adding<'_>) -> Result<Added, LogFailure> {
        let mut line = self.line();
        if line.copies > 0 {
            line.copies -= 1;
            let Adding { reign, mirrored, group, release, body, parts } = adding;
            let (release, body, parts) = (release.to_owned(), body.to_vec(), parts.to_vec());
            line.late.push(Late { reign, mirrored, group, release, body, parts });
            return Err(unheard());
        }
        drop(line);
        self.over(|log| log.add(adding))
    }

    fn read(&mut self, after: u64, most: usize, wait: u64) -> Result<Vec<LogEntry>, LogFailure> {
        self.over(|log| log.read(after, most, wait))
    }

    fn end(&mut self) -> Result<u64, LogFailure> {
        self.over(|log| log.end())
    }

    fn lease(&mut self, reign: u64, node: &str, leasing: &Leasing) -> Result<Leased, LogFailure> {
        self.over(|log| log.lease(reign, node, leasing))
    }

    fn look(&mut self, looking: &Looking) -> Result<Overview, LogFailure> {
        self.over(|log| log.look(looking))
    }

    fn seed(&mut self, seed: &Seed) -> Result<Seeded, LogFailure> {
        self.over(|log| log.seed(seed))
    }

    fn run(&mut self) -> Result<CompactString, LogFailure> {
        self.over(|log| log.run())
    }
}

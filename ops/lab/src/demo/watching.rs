//! What a watcher is shown of the town.

use std::collections::BTreeMap;

use duban_runtime::clock::Timestamp;

use super::visited::WayIn;
use duban_messages::courier::{self, Courier, Folder, Rendered};

/// What a watcher sees of the town.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub now: Timestamp,
    /// Cases by stage.
    pub stages: BTreeMap<&'static str, u64>,
    /// Letters and SMS handed over so far.
    pub messages: u64,
    /// The subject of the last escalation.
    pub last: String,
    /// How to visit it, while it can be visited.
    pub way_in: Option<WayIn>,
}

/// Told now and then how the town is.
pub type Watcher<'a> = &'a mut dyn FnMut(&Seen);

/// The folder, watched.
pub(super) struct Mail {
    pub(super) folder: Folder,
    pub(super) seen: Seen,
}

impl Courier for Mail {
    fn hand_over(&mut self, message: &Rendered) -> Result<(), courier::Failure> {
        if message.template.starts_with("level-") {
            self.seen.last.clone_from(&message.subject);
        }
        self.folder.hand_over(message)
    }

    fn settle(&mut self) -> Result<(), courier::Failure> {
        self.folder.settle()
    }
}

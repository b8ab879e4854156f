//! Ownership of a partition: once it is lost, another owner decides, and nothing that is done here counts any more.

use compact_str::CompactString;

use super::batch::failed;
use super::{Flight, Output, Partition};
use crate::answer::CallerId;

/// What callers hear of a partition that has another owner.
const ANOTHER_OWNER: CompactString = CompactString::const_new("another owner decides; ask again");

/// Who decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ownership {
    /// This partition.
    Held,
    /// Another owner: whatever comes here is late.
    Lost,
}

impl Partition {
    /// The journal knows another owner. What was in flight and what was decided on top of it never was; the entities go
    /// with everything they have in hand, and whoever waits for them is let go by the shell.
    pub(super) fn lose(&mut self, flight: Flight, out: &mut Vec<Output>) {
        self.ownership = Ownership::Lost;
        self.leases.clear();
        let building = std::mem::take(&mut self.building);
        for (caller, _) in flight.callers.into_iter().chain(building.callers) {
            out.push(with_another_owner(caller));
        }
        let overflow = std::mem::take(&mut self.overflow);
        let claiming = overflow.iter().filter_map(|(_, step, _)| step.caller());
        out.extend(claiming.map(with_another_owner));
        out.push(Output::LetGo);
    }

    pub(super) fn is_lost(&self) -> bool {
        self.ownership == Ownership::Lost
    }
}

/// What is said to whoever asks a partition that has another owner.
pub(super) fn with_another_owner(caller: CallerId) -> Output {
    failed(caller, &ANOTHER_OWNER)
}

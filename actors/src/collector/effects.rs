//! Effects of a collector's events: a case hears of its task that comes back.

use duban_core::entity::Effect;
use duban_rules::vocabulary::CollectorId;

use super::Event;
use crate::tells::ToCase;

/// What the world must hear of `event`.
pub(super) fn effects(collector: &str, event: &Event) -> Vec<Effect> {
    match event {
        Event::PassedOn { case, task, reason } => {
            let reason = reason.chinese().to_owned();
            let from = Some(CollectorId::new(collector));
            vec![ToCase::Reassign { task: *task, to: None, reason, from }.tell(case)]
        }
        Event::Appointed { .. }
        | Event::Dismissed { .. }
        | Event::SignedOn
        | Event::SignedOff
        | Event::LeaveTaken { .. }
        | Event::LeaveEnded
        | Event::Entrusted(_)
        | Event::Released { .. } => Vec::new(),
    }
}

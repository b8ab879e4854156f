//! What a script is asked of leases, and what it answers.

use super::replies::{Words as Reply, unclear};
use super::scripts::Words;
use crate::cluster::log::{Holding, LEASE_MILLIS, Lease, Leased, Leasing, LogFailure};

/// What the office is called among holdings.
const OFFICE: &str = "office";

pub(super) fn asked<'a>(reign: u64, node: &'a str, leasing: &Leasing) -> Words<'a> {
    let words = Words::default().number(reign).text(node).number(LEASE_MILLIS.unsigned_abs());
    let pairs = |words: Words<'a>, held: &[(Holding, u64)]| {
        held.iter()
            .fold(words, |words, (holding, epoch)| words.owned(name(*holding)).number(*epoch))
    };
    match leasing {
        Leasing::Acquire(wanted) => {
            wanted.iter().fold(words.text("acquire"), |words, holding| words.owned(name(*holding)))
        }
        Leasing::Renew(held) => pairs(words.text("renew"), held),
        Leasing::Release(held) => pairs(words.text("release"), held),
    }
}

pub(super) fn answered(leasing: &Leasing, mut reply: Reply) -> Result<Leased, LogFailure> {
    match reply.next_text()?.as_str() {
        "REIGN" => reply.next_maybe_number().map(Leased::Reign),
        "LEASES" => {
            let (now, frame) = (reply.next_instant()?, reply.next_number()?);
            let leases = leasing.holdings().into_iter().map(|holding| {
                let mut lease = reply.next_list()?;
                let (epoch, node) = (lease.next_number()?, lease.next_text()?.into());
                Ok(Lease { holding, epoch, node, until: lease.next_instant()? })
            });
            Ok(Leased::Leases { now, frame, leases: leases.collect::<Result<_, LogFailure>>()? })
        }
        _ => Err(unclear("the answer about leases")),
    }
}

/// As it is called in the log.
fn name(holding: Holding) -> String {
    match holding {
        Holding::Partition(number) => number.to_string(),
        Holding::Office => OFFICE.to_owned(),
    }
}

/// What is called so.
pub(super) fn named(name: &str) -> Result<Holding, LogFailure> {
    match name {
        OFFICE => Ok(Holding::Office),
        number => number.parse().map(Holding::Partition).map_err(|_| unclear("a holding")),
    }
}

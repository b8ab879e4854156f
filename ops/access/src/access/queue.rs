//! Places before the hasher: who may wait, so that no network holds them all and strangers never do.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Failure;
use super::origin::Network;

/// Places of those whom nobody knows; one more is told that the door is busy.
pub(super) const STRANGERS_MAX: usize = 48;
/// Places of those who were in before, or are; one more is told so, too.
pub(super) const KNOWN_MAX: usize = 20;
/// Places that one network holds at a time; one more of it is told so.
pub(super) const SHARE_MAX: usize = 8;

/// For whom a place is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Whose {
    /// Somebody who was in before, or is.
    Known,
    /// Somebody from there.
    Stranger(Network),
}

/// A place, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    _permit: OwnedSemaphorePermit,
    share: Option<(Network, Shares)>,
}

/// Places that each network holds; never more entries than places.
type Shares = Arc<Mutex<HashMap<Network, usize>>>;

#[derive(Debug)]
pub(super) struct Places {
    strangers: Arc<Semaphore>,
    known: Arc<Semaphore>,
    shares: Shares,
}

impl Places {
    pub(super) fn free() -> Places {
        let (strangers, known) = (Semaphore::new(STRANGERS_MAX), Semaphore::new(KNOWN_MAX));
        let shares = Shares::default();
        Places { strangers: Arc::new(strangers), known: Arc::new(known), shares }
    }

    /// A place, if there is one.
    pub(super) fn take(&self, whose: Whose) -> Result<Place, Failure> {
        let room = match whose {
            Whose::Known => &self.known,
            Whose::Stranger(_) => &self.strangers,
        };
        let permit = Arc::clone(room).try_acquire_owned().map_err(|_full| Failure::Busy)?;
        let share = match whose {
            Whose::Known => None,
            Whose::Stranger(network) => {
                let mut shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
                let held = shares.entry(network).or_default();
                if *held >= SHARE_MAX {
                    return Err(Failure::Busy);
                }
                *held += 1;
                Some((network, Arc::clone(&self.shares)))
            }
        };
        Ok(Place { _permit: permit, share })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some((network, shares)) = &self.share else { return };
        let mut shares = shares.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = shares.get_mut(network) {
            *held = held.saturating_sub(1);
            if *held == 0 {
                shares.remove(network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn from(n: u8) -> Whose {
        Whose::Stranger(Network::of(IpAddr::from([203, 0, 113, n])))
    }

    #[test]
    fn one_network_holds_its_share_and_no_more() {
        let places = Places::free();
        let held: Vec<Place> = (0..SHARE_MAX).map(|_| places.take(from(1)).unwrap()).collect();
        assert!(matches!(places.take(from(1)), Err(Failure::Busy)));
        assert!(places.take(from(2)).is_ok());
        drop(held);
        assert!(places.take(from(1)).is_ok());
        assert!(places.shares.lock().unwrap().is_empty(), "nothing is remembered of who has gone");
    }

    #[test]
    fn however_many_strangers_wait_there_is_a_place_for_whoever_was_in_before() {
        let places = Places::free();
        let networks = (0..u8::MAX).filter_map(|n| places.take(from(n)).ok());
        let held: Vec<Place> = networks.collect();
        assert_eq!(held.len(), STRANGERS_MAX);
        let known: Vec<Place> =
            (0..KNOWN_MAX).map(|_| places.take(Whose::Known).unwrap()).collect();
        assert!(matches!(places.take(Whose::Known), Err(Failure::Busy)));
        drop((held, known));
    }
}

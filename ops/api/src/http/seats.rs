//! Seats of a stream: so many at a time, and of these so many for one account or one address.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Room for those who listen. Whoever is named in it holds a seat: it is never larger than the room.
#[derive(Clone, Debug)]
pub struct Seats {
    most: usize,
    share: usize,
    taken: Arc<Mutex<BTreeMap<String, usize>>>,
}

/// One seat; given back when it is dropped.
#[derive(Debug)]
pub struct Seat {
    seats: Seats,
    whose: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoSeat {
    Full,
    /// They have theirs.
    Share,
}

impl Seats {
    /// `most` seats, of which one account or address has `share` at most.
    pub fn new(most: usize, share: usize) -> Seats {
        Seats { most, share, taken: Arc::default() }
    }

    /// A seat for `whose`.
    pub fn take(&self, whose: String) -> Result<Seat, NoSeat> {
        let mut taken = self.taken();
        let theirs = taken.get(&whose).copied().unwrap_or(0);
        if theirs >= self.share {
            return Err(NoSeat::Share);
        }
        if taken.values().sum::<usize>() >= self.most {
            return Err(NoSeat::Full);
        }
        taken.insert(whose.clone(), theirs + 1);
        Ok(Seat { seats: self.clone(), whose })
    }

    fn taken(&self) -> MutexGuard<'_, BTreeMap<String, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.taken();
        match taken.get_mut(&self.whose) {
            Some(n) if *n > 1 => *n -= 1,
            Some(_) | None => drop(taken.remove(&self.whose)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_has_their_share_and_all_have_the_room() {
        let seats = Seats::new(3, 2);
        let sat: Vec<Seat> = (0..2).map(|_| seats.take("zhao".to_owned()).unwrap()).collect();
        assert_eq!(seats.take("zhao".to_owned()).unwrap_err(), NoSeat::Share);
        let other = seats.take("qian".to_owned()).unwrap();
        assert_eq!(seats.take("sun".to_owned()).unwrap_err(), NoSeat::Full);
        drop(other);
        let _third = seats.take("sun".to_owned()).unwrap();
        drop(sat);
        assert!(seats.take("zhao".to_owned()).is_ok());
        assert_eq!(seats.taken().len(), 1, "whoever has left is forgotten");
    }
}

//! What is known of a house's own health: written by those who look after it, read by every door.

use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

use crate::alarm::board::Board;
use crate::auditor::Audit;
use crate::canary::Canary;
use crate::metrics::served::Served;

/// What is known.
#[derive(Debug, Default)]
pub struct Watch {
    /// The alarms that are up.
    pub alarms: Board,
    /// What the doors served.
    pub served: Served,
    /// What the auditor found.
    pub audit: Audit,
    /// Whether the rules could be read again.
    pub rules: Reload,
    /// How the canary fares.
    pub canary: Perch,
}

/// Where the canary is seen, once there is a keeper.
#[derive(Debug, Default)]
pub struct Perch(Mutex<Option<watch::Receiver<Canary>>>);

impl Perch {
    /// The keeper tells here how it fares: the last that was begun.
    pub fn watch(&self, told: watch::Receiver<Canary>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(told);
    }

    /// How the last one fares; none without a keeper.
    pub fn last(&self) -> Option<Canary> {
        let told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.as_ref().map(|told| told.borrow().clone())
    }
}

/// Whether the last attempt to read the rules again failed.
#[derive(Debug, Default)]
pub struct Reload(Mutex<Option<String>>);

impl Reload {
    /// The rules were refused, for this reason in one line; the old ones stand.
    pub fn refuse(&self, why: impl Into<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(why.into());
    }

    /// The rules were taken.
    pub fn take(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Why the rules were refused, if they were.
    pub fn refused(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

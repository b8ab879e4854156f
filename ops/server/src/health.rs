//! What is known of a server's own health: written by those who look after it, read by every entry point.

pub mod alarm;
pub mod audit;
pub mod canary;
pub mod served;

use std::sync::{Mutex, MutexGuard, PoisonError};

use compact_str::CompactString;
use tokio::sync::watch;

use alarm::active::Board;
use audit::Audit;
use canary::Canary;
use served::Served;

/// What is known.
#[derive(Debug, Default)]
pub struct Health {
    /// The alarms that are up.
    pub alarms: Board,
    /// What was served over HTTP.
    pub served: Served,
    pub audit: Audit,
    /// How the configured rules stand to those in force.
    pub rules: Reload,
    pub canary: CanaryStatus,
}

/// Where the canary is seen, once there is a keeper.
#[derive(Debug, Default)]
pub struct CanaryStatus(Mutex<Option<watch::Receiver<Canary>>>);

impl CanaryStatus {
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

/// How the configured rules stand to those in force, and whose brief could not be set under them.
#[derive(Debug, Default)]
pub struct Reload {
    standing: Mutex<RulesOnDisk>,
    unset: Mutex<Vec<CompactString>>,
    held: Mutex<Option<String>>,
    faulty: Mutex<Vec<&'static str>>,
    turn: tokio::sync::Mutex<()>,
}

#[derive(Clone, Debug, Default)]
enum RulesOnDisk {
    /// They are the ones in force, or those that wait for their day.
    #[default]
    InForce,
    /// They are others, without errors, which nobody has put in force; known by their hash.
    Unapplied([u8; 32]),
    /// They were refused, for this reason in one line; the files, where they could be read, are known by their hash.
    Refused(Option<[u8; 32]>, String),
}

impl Reload {
    /// Waits until nobody else puts rules in force. Whoever waits goes on in the order of asking.
    pub async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// The rules could not be read, for this reason in one line; the old ones stand.
    pub fn refuse(&self, why: impl Into<String>) {
        self.put(RulesOnDisk::Refused(None, why.into()));
    }

    /// The files of this hash were refused, for this reason in one line; the old ones stand.
    pub fn refuse_these(&self, hash: [u8; 32], why: impl Into<String>) {
        self.put(RulesOnDisk::Refused(Some(hash), why.into()));
    }

    /// The rules were taken, are the ones in force, or wait for their day.
    pub fn take(&self) {
        self.put(RulesOnDisk::InForce);
    }

    /// The files of this hash are in order, and nobody has put them in force.
    pub fn wait(&self, hash: [u8; 32]) {
        self.put(RulesOnDisk::Unapplied(hash));
    }

    /// Why the rules were refused, if they were.
    pub fn refused(&self) -> Option<String> {
        match &*self.standing() {
            RulesOnDisk::InForce | RulesOnDisk::Unapplied(_) => None,
            RulesOnDisk::Refused(_, why) => Some(why.clone()),
        }
    }

    /// Whether there are rules in order that nobody has put in force.
    pub fn is_unapplied(&self) -> bool {
        match &*self.standing() {
            RulesOnDisk::InForce | RulesOnDisk::Refused(..) => false,
            RulesOnDisk::Unapplied(_) => true,
        }
    }

    /// Whether it is known how the files of this hash stand to the rules in force, which are others or were refused.
    pub fn knows(&self, hash: &[u8; 32]) -> bool {
        match &*self.standing() {
            RulesOnDisk::InForce => false,
            RulesOnDisk::Unapplied(known) => known == hash,
            RulesOnDisk::Refused(known, _) => known.as_ref() == Some(hash),
        }
    }

    /// The briefs of these could not be set by the rules in force; of all others they are.
    pub fn leave_unset(&self, whose: Vec<CompactString>) {
        *self.unset.lock().unwrap_or_else(PoisonError::into_inner) = whose;
    }

    /// Whose brief is not set.
    pub fn unset(&self) -> Vec<CompactString> {
        self.unset.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Rules whose day has come cannot come into force, for this reason in one line; none when nothing keeps them.
    pub fn hold(&self, why: Option<String>) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = why;
    }

    /// Why rules whose day has come are not in force, if there are such.
    pub fn held(&self) -> Option<String> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The rules in force have these errors by today's check; none when they are in order.
    pub fn blame(&self, codes: Vec<&'static str>) {
        *self.faulty.lock().unwrap_or_else(PoisonError::into_inner) = codes;
    }

    /// What is wrong with the rules in force.
    pub fn faulty(&self) -> Vec<&'static str> {
        self.faulty.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn put(&self, standing: RulesOnDisk) {
        *self.standing() = standing;
    }

    fn standing(&self) -> MutexGuard<'_, RulesOnDisk> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

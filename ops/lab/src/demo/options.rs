//! Which town is lived through, how fast, who may visit it, and when it ends.

use std::path::PathBuf;

use duban_rules::RuleBook;
use duban_runtime::clock::Timestamp;
use duban_runtime::journal;
use tokio::sync::watch;

use duban_api::control::CarryOut;
use duban_api::http::OpenBeside;
use duban_base::config::Config;

/// Which town, for how long, how fast, and where it is kept.
pub struct Options {
    /// Everything that is left to chance.
    pub seed: u64,
    /// Days of virtual time.
    pub days: u32,
    /// Reports a day, about.
    pub reports_a_day: u32,
    /// Virtual seconds per second; 0 is as fast as it goes.
    pub speed: u32,
    pub begin: Timestamp,
    pub rules: RuleBook,
    /// Where journal and store lie.
    pub store: journal::Options,
    /// Where letters and SMS go.
    pub mail: PathBuf,
    pub sender: String,
    /// The HTTP server that is open meanwhile; none for a town that nobody visits.
    pub web_server: Option<Open>,
    /// What happens when the days are over.
    pub afterwards: Afterwards,
    /// Says when the town shall stop, early or after its days.
    pub stop: watch::Receiver<Going>,
}

/// The HTTP server of a town: how it is configured, and who carries out what is typed for its store.
pub struct Open {
    pub config: Config,
    /// Whoever carries commands out.
    pub carry_out: CarryOut,
    /// Opens what is served beside the API.
    pub beside: OpenBeside,
}

/// What happens when the days of a town are over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Afterwards {
    End,
    /// Time stands still and its HTTP server stays open until it is told to stop.
    Stay,
}

/// Whether a town goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Going {
    On,
    Stop,
}

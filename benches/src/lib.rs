//! What every question shares: figures and their medians, the machine, a process of its own for each run, a workload.
//!
//! ```text
//! duban-benches table ──► for each question, several times: child `duban-benches ask QUESTION` ──► Figures (JSON)
//!                    └──► medians ──► rows beside what was asked for and what the machine can do
//! ```
//! The questions are in `suites/`, one file each, with its budget and its rival in the first lines.

pub mod arguments;
pub mod child;
pub mod client;
pub mod figures;
pub mod latency;
pub mod load;
pub mod machine;
pub mod node;
pub mod requests;
pub mod scratch;
pub mod server;
pub mod table;
pub mod town;
pub mod workload;

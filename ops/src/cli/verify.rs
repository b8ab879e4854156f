//! `duban verify`: whether everything is as it was written, and whether what follows from it does.
//!
//! The ledger is read whole: chains, gaps, outbox references, and what others have seen of it. Where nobody else uses the
//! store, its indexes are held against the states as well, in a copy. Nothing of the store is opened for writing: what is
//! left of a damaged one may be the only copy there is.

mod index;
mod named;
mod words;

use anyhow::Result;
use clap::Args;
use duban_runtime::journal::disk::OsDisk;
use duban_runtime::journal::ledger::{self, Anchor, Report};
use duban_runtime::journal::witness::{self, Sighting};
use duban_runtime::journal::{Failure, Options};
use serde_json::{Value, json};

use index::Depth;

use super::backup::hex;
use super::{Call, Exit, hash};
use duban_base::store;
use duban_base::store::contents::{Contents, contents, no_store};
use duban_base::store::shadow::{Shadow, Unshadowed};

#[derive(Debug, Args)]
#[command(
    long_about = "核对存储:台账的散列链、每个实体的记录有无缺号、发件箱的引用、附件的内容;\n\
    没有别的进程使用时,再在临时目录中核对状态库的副本(定时器、列表与状态是否一致)。有问题时退出码为 1。\n\
    只读:存储中的任何文件都不会改动。台账比别处见过的短时,列出缺少的帧。\n\
    --anchor 给出从前打印过的头部散列(如值班长简报上的),证明那之前的内容没有被改动。\n\n\
    示例:\n  \
    duban verify\n  \
    duban verify --anchor 3fa8…(64 位)\n  \
    duban verify --deep                    另核对附件和密钥,重算每个实体的状态"
)]
pub(super) struct Verify {
    /// 从前打印过的头部散列,64 位十六进制
    #[arg(long, value_name = "HASH", value_parser = hash)]
    anchor: Option<Hash>,
    /// 另核对台账提到的附件和密钥是否都在,并由台账重算每个实体的状态与状态库比较;很慢
    #[arg(long)]
    deep: bool,
}

type Hash = [u8; 32];

/// What became of the second half.
enum Indexes {
    Checked(index::Outcome),
    InUse,
    /// The ledger is damaged or not the one that was seen.
    Skipped,
    /// There is no copy of the state to be looked at.
    Unshadowed(Unshadowed),
}

impl Verify {
    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        let dir = call.config.store_dir.clone();
        if contents(&dir)? == Contents::Nothing {
            return Err(no_store(&dir));
        }
        let words = |failure| store::in_words(failure, &dir);
        let still = still(call).map_err(words)?;
        let shadow = still.as_ref().map(|_| Shadow::of(&dir));
        // Whoever has seen the ledger is asked before it is read: it may grow meanwhile.
        let options = store::options(&call.config);
        let seen = seen(&options, shadow.as_ref().and_then(|shadow| shadow.as_ref().ok()));
        let report = ledger::verify_against(&OsDisk::at(&dir), self.anchor, &seen.map_err(words)?);
        let report = report.map_err(words)?;
        let indexes = match shadow {
            None => Indexes::InUse,
            Some(_) if !report.problems.is_empty() || !report.losses.is_empty() => Indexes::Skipped,
            Some(Err(why)) => Indexes::Unshadowed(why),
            Some(Ok(shadow)) => {
                let store = store::look(&call.config, &shadow)?;
                let depth = if self.deep { Depth::States } else { Depth::Indexes };
                let outcome = index::check(&store, depth, &report)?;
                store.close()?;
                Indexes::Checked(outcome)
            }
        };
        drop(still);
        let problems = match &indexes {
            Indexes::Checked(outcome) => outcome.problems.as_slice(),
            Indexes::InUse | Indexes::Skipped | Indexes::Unshadowed(_) => &[],
        };
        let named = if self.deep { Some(named::check(&dir)?) } else { None };
        let is_complete = named.as_ref().is_none_or(|named| named.problems.is_empty());
        let is_sound = report.is_sound() && problems.is_empty() && is_complete;
        if call.is_for_programs() {
            as_json(call, &report, &indexes, named.as_ref())?;
        } else {
            words::of_ledger(call, &report)?;
            words::of_indexes(call, &indexes)?;
            if let Some(named) = &named {
                words::of_named(call, named)?;
            }
        }
        Ok(if is_sound { Exit::Done } else { Exit::Failed })
    }
}

/// Keeps others from writing for as long as it is held; none where somebody does: what changes while it is read would
/// look like a contradiction.
fn still(call: &Call<'_>) -> Result<Option<OsDisk>, Failure> {
    if call.server.is_some() {
        // The server's own auditor looks.
        return Ok(None);
    }
    match OsDisk::shared(&call.config.store_dir) {
        Ok(disk) => Ok(Some(disk)),
        Err(Failure::Locked { .. }) => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// What others have seen of the ledger. A state that cannot be read is made again, and bears no witness.
fn seen(options: &Options, shadow: Option<&Shadow>) -> Result<Vec<Sighting>, Failure> {
    let mut seen = witness::beside(&OsDisk::at(&options.dir))?;
    seen.extend(&options.seen);
    if let Some(shadow) = shadow {
        seen.extend(witness::of_store_in(shadow.dir(), options).unwrap_or_default());
    }
    Ok(seen)
}

fn as_json(
    call: &mut Call<'_>,
    report: &Report,
    indexes: &Indexes,
    named: Option<&named::Outcome>,
) -> Result<()> {
    let problems = report.problems.iter().map(|problem| {
        json!({
            "segment": problem.segment, "offset": problem.offset, "frame": problem.frame,
            "what": problem.what.to_string(),
        })
    });
    let problems: Vec<Value> = problems.collect();
    let anchor = match report.anchor {
        Anchor::NotAsked => Value::Null,
        Anchor::Frame(frame) => json!({"met": true, "frame": frame}),
        Anchor::Absent => json!({"met": false}),
    };
    let store = match indexes {
        Indexes::Checked(outcome) => json!({
            "checked": true, "entities": outcome.entities, "timers": outcome.alarms,
            "blobs": outcome.blobs, "problems": outcome.problems,
        }),
        Indexes::InUse => json!({"checked": false, "reason": "in use"}),
        Indexes::Unshadowed(why) => json!({"checked": false, "reason": why.to_string()}),
        Indexes::Skipped => json!({"checked": false, "reason": "ledger damaged"}),
    };
    let losses = report.losses.iter().map(|loss| {
        let missing = loss.missing().map(|(from, to)| json!({"from": from, "to": to}));
        let (frame, head) = (loss.seen.frame, loss.seen.hash.map(hex));
        json!({"frame": frame, "head": head, "missing": missing, "what": loss.to_string()})
    });
    let losses: Vec<Value> = losses.collect();
    call.json(&json!({
        "frames": report.frames, "last": report.last, "head": hex(report.head),
        "bytes": report.bytes, "records": report.records, "entities": report.entities,
        "messages": report.messages, "messages_open": report.messages_open,
        "torn_bytes": report.torn_bytes, "behind": report.behind, "anchor": anchor, "losses": losses, "problems": problems,
        "problems_untold": report.untold, "store": store,
        "named": named.map(|named| json!({
            "blobs": named.blobs, "keys": named.keys, "erased": named.erased,
            "problems": named.problems, "problems_untold": named.untold,
        })),
    }))
}

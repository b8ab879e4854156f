//! `duban verify`: whether everything is as it was written, and whether what follows from it does.
//!
//! The ledger is read whole: chains, gaps, outbox references. Where nobody else uses the store, its indexes are held
//! against the states as well.

mod index;

use anyhow::Result;
use clap::Args;
use duban_runtime::journal::Failure;
use duban_runtime::journal::disk::OsDisk;
use duban_runtime::journal::ledger::{self, Anchor, Report};
use serde_json::{Value, json};

use index::Depth;

use super::backup::hex;
use super::{Call, Exit};
use crate::store;

/// Problems that are listed for people; programs get all.
const SHOWN_MAX: usize = 50;

#[derive(Debug, Args)]
#[command(
    long_about = "核对存储:台账的散列链、每个实体的记录有无缺号、发件箱的引用、附件的内容;\n\
    没有别的进程使用时,再核对状态库(定时器、列表与状态是否一致)。有问题时退出码为 1。\n\
    --anchor 给出从前打印过的头部散列(如值班长简报上的),证明那之前的内容没有被改动。\n\n\
    示例:\n  \
    duban verify\n  \
    duban verify --anchor 3fa8…(64 位)\n  \
    duban verify --deep                    另由台账重算每个实体的状态"
)]
pub(super) struct Verify {
    /// 从前打印过的头部散列,64 位十六进制
    #[arg(long, value_name = "HASH", value_parser = anchor)]
    anchor: Option<Hash>,
    /// 另由台账重算每个实体的状态并与状态库比较;很慢
    #[arg(long)]
    deep: bool,
}

type Hash = [u8; 32];

fn anchor(text: &str) -> Result<Hash, String> {
    let hash = blake3::Hash::from_hex(text.trim());
    hash.map(Into::into).map_err(|_| "应为 64 位十六进制的散列".to_owned())
}

/// What became of the second half.
enum Indexes {
    Checked(index::Outcome),
    InUse,
    /// The ledger is damaged, so opening would be refused.
    Skipped,
}

impl Verify {
    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        let dir = call.config.store_dir.clone();
        store::must_exist(&dir)?;
        let report = ledger::verify(&OsDisk::at(&dir), self.anchor);
        let report = report.map_err(|failure| store::in_words(failure, &dir))?;
        let indexes = if call.house.is_some() {
            // What changes while it is read would look like a contradiction; the server's own auditor looks.
            Indexes::InUse
        } else if report.problems.is_empty() {
            match call.open() {
                Ok(store) => {
                    let depth = if self.deep { Depth::States } else { Depth::Indexes };
                    let outcome = index::check(&store, depth, &report)?;
                    store.close()?;
                    Indexes::Checked(outcome)
                }
                Err(error) if is_locked(&error) => Indexes::InUse,
                Err(error) => return Err(error),
            }
        } else {
            Indexes::Skipped
        };
        let problems = match &indexes {
            Indexes::Checked(outcome) => outcome.problems.as_slice(),
            Indexes::InUse | Indexes::Skipped => &[],
        };
        let is_sound = report.is_sound() && problems.is_empty();
        if call.is_for_programs() {
            as_json(call, &report, &indexes)?;
        } else {
            ledger_words(call, &report)?;
            index_words(call, &indexes)?;
        }
        Ok(if is_sound { Exit::Done } else { Exit::Failed })
    }
}

fn is_locked(error: &anyhow::Error) -> bool {
    let causes = error.chain().filter_map(|cause| cause.downcast_ref::<Failure>());
    causes.into_iter().any(|failure| matches!(failure, Failure::Locked { .. }))
}

fn as_json(call: &mut Call<'_>, report: &Report, indexes: &Indexes) -> Result<()> {
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
        Indexes::Skipped => json!({"checked": false, "reason": "ledger damaged"}),
    };
    call.json(&json!({
        "frames": report.frames, "last": report.last, "head": hex(report.head),
        "bytes": report.bytes, "records": report.records, "entities": report.entities,
        "messages": report.messages, "messages_open": report.messages_open,
        "torn_bytes": report.torn_bytes, "anchor": anchor, "problems": problems,
        "problems_untold": report.untold, "store": store,
    }))
}

fn ledger_words(call: &mut Call<'_>, report: &Report) -> Result<()> {
    call.line(format!(
        "台账:{} 帧、{} 条记录、{} 个实体;消息 {} 条,其中 {} 条尚无结果。",
        report.frames, report.records, report.entities, report.messages, report.messages_open
    ))?;
    call.line(format!("最后一帧 {},头部散列 {}", report.last, hex(report.head)))?;
    if report.torn_bytes > 0 {
        let torn = report.torn_bytes;
        call.line(format!("末尾有 {torn} 字节是没写完、也从未答复过的内容,下次启动时自动去除。"))?;
    }
    match report.anchor {
        Anchor::NotAsked => {}
        Anchor::Frame(frame) => {
            call.line(format!("给出的散列是第 {frame} 帧的:它和它之前的内容没有被改动。"))?;
        }
        Anchor::Absent => {
            call.line("给出的散列不在台账中:它之前的内容被改动过,或它属于另一个存储。")?;
        }
    }
    if report.problems.is_empty() {
        return call.line("散列链、记录编号、发件箱引用:没有问题。");
    }
    let all =
        u64::try_from(report.problems.len()).unwrap_or(u64::MAX).saturating_add(report.untold);
    call.line(format!("台账有 {all} 处问题:"))?;
    for problem in report.problems.iter().take(SHOWN_MAX) {
        call.line(format!("  {problem}"))?;
    }
    if all > u64::try_from(SHOWN_MAX).unwrap_or(u64::MAX) {
        call.line("  … 其余用 --format json 查看")?;
    }
    let good = report.problems.first().map_or(0, |problem| problem.frame.saturating_sub(1));
    call.line(format!(
        "出路:用 `duban restore 备份 --store 新目录` 由备份重建;\
         没有备份时,`duban restore 本目录 --store 新目录 --frame {good}` 恢复到损坏之前。"
    ))
}

fn index_words(call: &mut Call<'_>, indexes: &Indexes) -> Result<()> {
    let outcome = match indexes {
        Indexes::Checked(outcome) => outcome,
        Indexes::InUse => {
            return call.line("存储正被另一个进程使用,只核对了台账;停止它之后可以核对状态库。");
        }
        Indexes::Skipped => return call.line("台账有问题,未核对状态库。"),
    };
    call.line(format!(
        "状态库:{} 个实体、{} 个定时器、{} 个列表位置、{} 个附件。",
        outcome.entities, outcome.alarms, outcome.places, outcome.blobs
    ))?;
    if outcome.problems.is_empty() {
        return call.line("定时器、列表、发件箱与状态一致,附件完好。");
    }
    call.line(format!("状态库有 {} 处问题:", outcome.problems.len()))?;
    for problem in outcome.problems.iter().take(SHOWN_MAX) {
        call.line(format!("  {problem}"))?;
    }
    call.line("出路:移走存储目录下的 store 子目录后重新启动,状态库会由台账重建。")
}

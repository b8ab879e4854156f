//! What `duban verify` found, as people read it: what is wrong, and for each thing a way out that leads somewhere.

use anyhow::Result;
use duban_runtime::journal::ledger::{Anchor, Report};

use super::{Indexes, named};
use crate::cli::Call;
use crate::cli::backup::hex;
use duban_base::store;
use duban_base::store::shadow::Unshadowed;

/// Problems that are listed for people; programs get all.
const SHOWN_MAX: usize = 50;

/// Says what is found in the ledger, with the ways out.
pub(super) fn of_ledger(call: &mut Call<'_>, report: &Report) -> Result<()> {
    call.line(format!(
        "台账:{} 帧、{} 条记录、{} 个实体;消息 {} 条,其中 {} 条尚无结果。",
        report.frames, report.records, report.entities, report.messages, report.messages_open
    ))?;
    call.line(format!("最后一帧 {},头部散列 {}", report.last, hex(report.head)))?;
    if report.torn_bytes > 0 {
        let torn = report.torn_bytes;
        let words = if report.losses.is_empty() {
            "是没写完、也从未答复过的内容,下次启动时自动去除"
        } else {
            "是被截断的一帧"
        };
        call.line(format!("末尾有 {torn} 字节{words}。"))?;
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
    if let Some(loss) = report.losses.first() {
        call.line(store::lost(loss, &call.config.store_dir.display().to_string()))?;
    } else if report.problems.is_empty() {
        return call.line("散列链、记录编号、发件箱引用:没有问题。");
    }
    if report.problems.is_empty() {
        return call.line("台账余下的部分没有问题。");
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
    ways_out(call, report)
}

/// Damage is made good by whoever holds the frames; only where nobody does, they are done without.
fn ways_out(call: &mut Call<'_>, report: &Report) -> Result<()> {
    let dir = call.config.store_dir.display().to_string();
    let Some(harm) = report.problems.iter().find(|problem| !problem.is_harmless()) else {
        return call.line(format!(
            "每一帧都可读出。出路:`duban restore {dir} --store 新目录`,再换上新目录。"
        ));
    };
    let (good, behind) = (harm.frame.saturating_sub(1), report.behind);
    if behind > 0 {
        call.line(format!(
            "第 {good} 帧以前完好;损坏处之后,直到第 {} 帧,另有 {behind} 帧完好。",
            report.last
        ))?;
        call.line("出路一:备份中有损坏的那些帧时,全部内容都能恢复——先补全备份,再由它恢复:")?;
        call.line(format!("  cp -a 备份 补全 && duban backup 补全 --store {dir}"))?;
        call.line("  duban restore 补全 --store 新目录")?;
    } else {
        call.line("出路一:由备份恢复:`duban restore 备份 --store 新目录`。")?;
    }
    if good == 0 {
        return call.line("损坏之前没有完好的帧:没有备份时,案件须按纸上的记录重新登记。");
    }
    call.line(format!(
        "出路二:没有备份时,恢复到损坏之前:`duban restore {dir} --store 新目录 --frame {good}`;\
         其后的案件须按纸上的记录重新登记。"
    ))
}

/// Says what is found behind the ledger, with the ways out.
pub(super) fn of_indexes(call: &mut Call<'_>, indexes: &Indexes) -> Result<()> {
    let outcome = match indexes {
        Indexes::Checked(outcome) => outcome,
        Indexes::InUse => {
            return call.line("存储正被另一个进程使用,只核对了台账;停止它之后可以核对状态库。");
        }
        Indexes::Skipped => return call.line("台账有问题,未核对状态库。"),
        Indexes::Unshadowed(why) => return call.line(unshadowed(why)),
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
    let dir = call.config.store_dir.display().to_string();
    if !outcome.lost.is_empty() {
        call.line("附件的出路:由台账重建不出来,从备份复制同名文件:")?;
    }
    for blob in outcome.lost.iter().take(SHOWN_MAX) {
        let file = blob.file();
        call.line(format!("  cp 备份/{file} {dir}/{file}"))?;
    }
    if !outcome.is_state_wrong() {
        return Ok(());
    }
    call.line(format!("状态的出路:`mv {dir}/store {dir}/store.旧` 后重新启动,状态库会由台账重建。"))
}

fn unshadowed(why: &Unshadowed) -> String {
    match why {
        Unshadowed::NoState => "没有状态库;下次启动时由台账重建。".to_owned(),
        Unshadowed::NoRoom { place, needed, free } => format!(
            "未核对状态库:核对须先复制到 `{}`,需要 {} MiB,只有 {} MiB;用环境变量 TMPDIR 指定别的目录。",
            place.display(),
            needed >> 20,
            free >> 20
        ),
        Unshadowed::Io(error) => format!("未核对状态库:无法复制({error})。"),
    }
}

/// What records name and keep elsewhere.
pub(super) fn of_named(call: &mut Call<'_>, named: &named::Outcome) -> Result<()> {
    call.line(format!(
        "台账提到的:{} 个附件、{} 个上报人信息的密钥,另有 {} 个已按规定删除。",
        named.blobs, named.keys, named.erased
    ))?;
    if named.problems.is_empty() {
        return call.line("附件和密钥都在,没有缺失。");
    }
    let all = u64::try_from(named.problems.len()).unwrap_or(u64::MAX).saturating_add(named.untold);
    call.line(format!("缺失或损坏 {all} 处:"))?;
    for problem in named.problems.iter().take(SHOWN_MAX) {
        call.line(format!("  {problem}"))?;
    }
    if all > u64::try_from(SHOWN_MAX).unwrap_or(u64::MAX) {
        call.line("  … 其余用 --format json 查看")?;
    }
    call.line(
        "出路:从备份把括号中的文件按同样的路径复制过来,再核对一遍;\
         由备份恢复出的存储有缺失的,用完整的备份重新恢复。没有备份时,其余内容不受影响。",
    )
}

//! Loops that fell or are dead, as alarms.

use duban_runtime::clock::Timestamp;
use duban_runtime::loops::{LoopState, Loops, Seen};

use super::{Alarm, Kind, Sighting};

/// What people call each loop; one that is not here by its own name.
const NAMES: [(&str, &str); 16] = [
    ("office", "邮件和短信投递"),
    ("smpp", "短信回执接收"),
    ("watcher", "告警巡视"),
    ("watchdog", "看门狗"),
    ("auditor", "审计"),
    ("canary", "每日自检"),
    ("copies", "向其他节点复制附件"),
    ("record", "跟随集群的规则"),
    ("control", "命令行接口"),
    ("doors", "网页和接口服务"),
    ("town", "全城概览"),
    ("front", "首页刷新"),
    ("ticker", "定时器"),
    ("committer", "台账写入"),
    ("applier", "状态库更新"),
    ("upkeep", "台账整理"),
];

/// What is wrong with the loops: those that fell within the last ten minutes, and those that are dead.
pub fn sighted(loops: &Loops) -> Vec<Sighting> {
    let fell = loops.seen().into_iter().filter(|one| one.n_lately > 0).map(|one| {
        let text = format!("{}出错后已重新开始,十分钟内 {} 次", called(one.name), one.n_lately);
        Sighting { kind: Kind::LoopRestarted(one.name), text, n: one.n_falls }
    });
    let dead = loops.dead().into_iter().map(|one| Sighting {
        kind: Kind::LoopDead(one.name),
        text: in_words(&one),
        n: 1,
    });
    fell.chain(dead).collect()
}

/// Those that are dead at `now`.
pub fn dead(loops: &Loops, now: Timestamp) -> Vec<Alarm> {
    let alarm = |one: Seen| {
        let since = match one.standing {
            LoopState::Silent(silent) => now - silent,
            LoopState::Lives | LoopState::Ended => now,
        };
        Alarm::seen(Sighting { kind: Kind::LoopDead(one.name), text: in_words(&one), n: 1 }, since)
    };
    loops.dead().into_iter().map(alarm).collect()
}

/// One line about a dead loop, for people.
pub fn in_words(one: &Seen) -> String {
    let name = called(one.name);
    match one.standing {
        LoopState::Silent(silent) => {
            format!("{name}已 {} 秒没有动静,可能需要重启服务", silent.as_secs())
        }
        LoopState::Lives | LoopState::Ended => format!("{name}多次出错,已停止,请重启服务"),
    }
}

fn called(name: &'static str) -> &'static str {
    NAMES.iter().find(|(key, _)| *key == name).map_or(name, |(_, called)| called)
}

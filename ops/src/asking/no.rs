//! Commands that were not accepted: why, and what it means for whoever asked.

use std::fmt;
use std::time::Duration;

use compact_str::CompactString;

use crate::http::api::refusal;
use crate::http::problem::Problem;

/// Why a command was not accepted. All but [`No::Unrecorded`] left nothing behind; that one may stand for a command
/// that was accepted, and is asked again under the same id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum No {
    /// The entity says no.
    Refused {
        /// Stable, e.g. `out-of-order`.
        code: &'static str,
        /// The refusal in JSON.
        detail: String,
    },
    /// The asker saw an older state; this is the sequence of the one now.
    Stale(u64),
    /// No room: to be asked again after this time.
    Busy(Duration),
    /// A person must look before this goes on: at what, and why.
    SetAside(Aside, CompactString),
    /// It is not known to be durable; why.
    Unrecorded(CompactString),
}

/// What was set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aside {
    /// The entity: it takes no commands.
    Entity,
    /// This command: deciding it panicked.
    Command,
}

impl No {
    /// The code of a refusal.
    pub fn code(&self) -> Option<&'static str> {
        match self {
            No::Refused { code, .. } => Some(code),
            No::Stale(_) | No::Busy(_) | No::SetAside(..) | No::Unrecorded(_) => None,
        }
    }
}

/// As the command line says it, with the way out.
impl fmt::Display for No {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            No::Refused { code, detail } => {
                let Problem { title, detail, .. } = refusal(code, detail);
                match detail.as_str() {
                    "" => write!(f, "{title}({code})"),
                    // Nothing is said twice.
                    detail if detail.starts_with(&title) => write!(f, "{detail}({code})"),
                    detail => write!(f, "{title}:{detail}({code})"),
                }
            }
            No::Stale(sequence) => write!(f, "已有变化,现在是序号 {sequence};查看后再试"),
            No::Busy(_) => f.write_str("系统正忙,没有执行;请稍后再试(写了 --key 的,用同一个)"),
            No::SetAside(Aside::Entity, reason) => write!(f, "已被隔离,需要管理员处理:{reason}"),
            No::SetAside(Aside::Command, reason) | No::Unrecorded(reason) => {
                write!(f, "没有得到结果;请查看后再试(写了 --key 的,用同一个):{reason}")
            }
        }
    }
}

impl std::error::Error for No {}

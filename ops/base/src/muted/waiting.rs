//! Waiting messages: what leaves when a muted store is let go, counted by what it is and by which way it goes.
//!
//! Whom a message goes to is often settled only when it is claimed, so its way is then not known; and of what is
//! counted here its claim may withdraw some. More is not known without asking, and asking is sending.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use compact_str::CompactString;
use duban_runtime::clock::Timestamp;
use duban_runtime::journal::{Failure, Journal};
use duban_runtime::outbox::{Row, RowState};
use serde::Serialize;
use utoipa::ToSchema;

/// Rows that are counted at most; of more it is only said that there are.
const ROWS_MAX: u64 = 4_000_000;
/// Groups that are listed at most, the largest first: more than there are templates.
const GROUPS_MAX: usize = 100;

/// What waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Waiting {
    /// 等待发送的消息数
    pub n: u64,
    /// 是否还有未计入的
    pub more: bool,
    /// 按模板和通道分组,数量多的在前
    pub groups: Vec<Group>,
}

/// Messages of one kind that go the same way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Group {
    /// 模板
    #[schema(value_type = String, example = "dispatch")]
    pub template: CompactString,
    /// 通道;发送时才确定的为空
    #[schema(value_type = String, example = "email")]
    pub channel: CompactString,
    /// 条数
    pub n: u64,
    /// 其中最早的到发时刻
    #[schema(value_type = String, format = DateTime)]
    pub oldest: Timestamp,
}

/// Everything that waits in `journal`. Reads the store.
pub fn waiting(journal: &Journal) -> Result<Waiting, Failure> {
    let mut groups: BTreeMap<(CompactString, CompactString), (u64, Timestamp)> = BTreeMap::new();
    let (mut n, mut more) = (0, false);
    for row in journal.outbox_of_all(None) {
        let (_, row) = row?;
        // Those that were given up stand behind all others, at no instant.
        if row.next == Timestamp::NEVER {
            break;
        }
        if n >= ROWS_MAX {
            more = true;
            break;
        }
        let group = groups.entry(kind(&row)).or_insert((0, Timestamp::NEVER));
        *group = (group.0 + 1, group.1.min(row.message.not_before));
        n += 1;
    }
    let group = |((template, channel), (n, oldest))| Group { template, channel, n, oldest };
    let mut groups: Vec<Group> = groups.into_iter().map(group).collect();
    groups.sort_by_key(|group| Reverse(group.n));
    groups.truncate(GROUPS_MAX);
    Ok(Waiting { n, more, groups })
}

/// The template of a message, and its ways as far as they are known.
fn kind(row: &Row) -> (CompactString, CompactString) {
    let addresses = match &row.standing {
        RowState::Ready => &[][..],
        RowState::Claimed(to, _) | RowState::Untried(to, _) | RowState::Dead(to, ..) => to,
    };
    let ways: BTreeSet<&str> = addresses.iter().map(|to| to.channel.as_str()).collect();
    let ways = ways.into_iter().collect::<Vec<_>>().join("+");
    (row.message.template.as_str().into(), ways.into())
}

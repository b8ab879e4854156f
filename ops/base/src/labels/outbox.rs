//! What people call where a message stands.

use duban_runtime::outbox::{Address, Row, RowState};

/// The word of a row's state, its recipients as far as they are known, and why it is dead.
pub fn standing(row: &Row) -> (&'static str, &[Address], Option<&str>) {
    match &row.standing {
        RowState::Ready => ("ready", &[], None),
        RowState::Claimed(addresses, _) if row.attempts > 0 => ("retry", addresses, None),
        RowState::Claimed(addresses, _) => ("claimed", addresses, None),
        RowState::Untried(addresses, _) => ("untried", addresses, None),
        RowState::Dead(addresses, _, reason) => ("dead", addresses, Some(reason)),
    }
}

/// What people call that state.
pub fn state_word(state: &str) -> &str {
    match state {
        "ready" => "待发",
        "claimed" => "发送中",
        "untried" => "待通道恢复",
        "retry" => "待重试",
        "dead" => "死信",
        other => other,
    }
}

//! What people call where a message stands.

use duban_runtime::outbox::{Address, Row, Standing};

/// The word of a row's state, its recipients as far as they are known, and why it is dead.
pub fn standing(row: &Row) -> (&'static str, &[Address], Option<&str>) {
    match &row.standing {
        Standing::Ready => ("ready", &[], None),
        Standing::Claimed(addresses, _) if row.attempts > 0 => ("retry", addresses, None),
        Standing::Claimed(addresses, _) => ("claimed", addresses, None),
        Standing::Untried(addresses, _) => ("untried", addresses, None),
        Standing::Dead(addresses, _, reason) => ("dead", addresses, Some(reason)),
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

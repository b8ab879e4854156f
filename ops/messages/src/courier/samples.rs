//! Messages for the tests of couriers.

use std::sync::OnceLock;

use chrono::FixedOffset;
use duban_rules::book::notices::Notices;
use duban_rules::{Sources, parse};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::EntityId;
use duban_runtime::outbox::{Address, MessageId};

use super::email::Sender;
use super::render::{Claimed, render};
use super::{EMAIL, Rendered, SMS};

/// 2026-03-01 16:30 in London, when it is Monday in Suning.
pub(super) const SUNDAY_NIGHT: i64 = 1_772_382_600_000;

pub(super) fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

pub(super) fn county() -> FixedOffset {
    FixedOffset::east_opt(8 * 3600).expect("eight hours are an offset")
}

pub(super) fn sender() -> Sender {
    Sender::new("duban@suning.example").expect("an address")
}

/// The shipped templates, read once: reading them takes longer than the tests.
pub(super) fn notices() -> &'static Notices {
    static NOTICES: OnceLock<Notices> = OnceLock::new();
    NOTICES.get_or_init(|| parse(&Sources::shipped()).0.notices)
}

pub(super) fn message_id(key: &str, sequence: u64) -> MessageId {
    MessageId { entity: EntityId { kind: 1, key: key.into() }, sequence, index: 0 }
}

pub(super) fn address(channel: &str, address: &str) -> Address {
    let (name, role) = ("许示例".into(), "unit-head".into());
    Address { channel: channel.into(), name, address: address.into(), role }
}

/// A level-1 notice to one mailbox and one telephone, dated on Monday 2026-03-02 in Suning.
pub(super) fn rendered(sequence: u64) -> Rendered {
    let addresses = [address(EMAIL, "head@suning.example"), address(SMS, "13900000020")];
    let data = r#"{"number":"肃城管〔2026〕000001","unit_name":"城管局环卫站","small_class":"果皮箱","place":"东大街","step":"level-1"}"#;
    let at = at(SUNDAY_NIGHT);
    let claimed = Claimed { template: "level-1", data, addresses: &addresses, at };
    render(notices(), &message_id("c0abc", sequence), &claimed).expect("words")
}

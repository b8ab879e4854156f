//! One span: where it belongs, and what is written on it.

use std::borrow::Cow;
use std::time::SystemTime;

use duban_runtime::clock::Timestamp;
use duban_runtime::entity::CommandId;
use duban_runtime::outbox::MessageId;
use opentelemetry::trace::{
    Link, SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState,
};
use opentelemetry::{InstrumentationScope, KeyValue, Value};
use opentelemetry_sdk::trace::{
    BatchSpanProcessor, SpanData, SpanEvents, SpanLinks, SpanProcessor as _,
};

use super::Took;

/// A span's place in its trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ids {
    trace: TraceId,
    span: SpanId,
    parent: SpanId,
}

impl Ids {
    /// The request that gave the command.
    pub(super) fn request(id: CommandId) -> Ids {
        Ids { trace: trace(id), span: derived(id, &[b"request"]), parent: SpanId::INVALID }
    }

    /// The command's decision, durable.
    pub(super) fn commit(id: CommandId) -> Ids {
        let (span, parent) = (derived(id, &[b"commit"]), derived(id, &[b"request"]));
        Ids { trace: trace(id), span, parent }
    }

    /// An attempt at a message of that decision.
    pub(super) fn delivery(id: CommandId, message: &MessageId, attempt: u32) -> Ids {
        let (message, attempt) = (message.to_string(), attempt.to_le_bytes());
        let span = derived(id, &[b"deliver", message.as_bytes(), &attempt]);
        Ids { trace: trace(id), span, parent: derived(id, &[b"commit"]) }
    }

    /// One address of that attempt.
    pub(super) fn hand_over(id: CommandId, message: &MessageId, attempt: u32, place: usize) -> Ids {
        let parent = Ids::delivery(id, message, attempt).span;
        let span = derived(id, &[b"hand-over", &parent.to_bytes(), &place.to_le_bytes()]);
        Ids { trace: trace(id), span, parent }
    }
}

fn trace(id: CommandId) -> TraceId {
    TraceId::from_bytes(id.0.to_be_bytes())
}

fn derived(id: CommandId, parts: &[&[u8]]) -> SpanId {
    let id = id.0.to_be_bytes();
    let hash = CommandId::derived(&[&[id.as_slice()], parts].concat()).0.to_be_bytes();
    let (first, _) = hash.split_first_chunk::<8>().unwrap_or((&[1; 8], &[]));
    SpanId::from_bytes(*first)
}

/// A span that has ended.
pub(super) struct Spanned(SpanData);

impl Spanned {
    pub(super) fn new(ids: Ids, name: String, took: Took) -> Spanned {
        let start_time = instant(took.from);
        Spanned(SpanData {
            span_context: context(ids.trace, ids.span, Whose::Ours),
            parent_span_id: ids.parent,
            parent_span_is_remote: false,
            span_kind: SpanKind::Internal,
            name: Cow::Owned(name),
            start_time,
            end_time: start_time.checked_add(took.span).unwrap_or(start_time),
            attributes: Vec::new(),
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: SpanLinks::default(),
            status: Status::Unset,
            instrumentation_scope: InstrumentationScope::builder("duban").build(),
        })
    }

    pub(super) fn kind(mut self, kind: SpanKind) -> Spanned {
        self.0.span_kind = kind;
        self
    }

    pub(super) fn with(mut self, key: &'static str, value: impl Into<Value>) -> Spanned {
        self.0.attributes.push(KeyValue::new(key, value));
        self
    }

    /// Linked to the span that a `traceparent` names, if it names one.
    pub(super) fn linked(mut self, traceparent: &str) -> Spanned {
        if let Some(context) = named(traceparent) {
            self.0.links.links.push(Link::with_context(context));
        }
        self
    }

    pub(super) fn end(self, collector: &BatchSpanProcessor) {
        collector.on_end(self.0);
    }
}

fn instant(at: Timestamp) -> SystemTime {
    let epoch = SystemTime::UNIX_EPOCH;
    let since = at.since(Timestamp::from_millis(0));
    epoch.checked_add(since).unwrap_or(epoch)
}

/// The span of a W3C `traceparent`: `00-TRACE-SPAN-FLAGS` in hexadecimal digits.
fn named(traceparent: &str) -> Option<SpanContext> {
    let mut parts = traceparent.split('-');
    let (version, trace, span, flags) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |part: &str, n| part.len() == n && part.bytes().all(|b| b.is_ascii_hexdigit());
    let is_known = is_hex(version, 2) && version != "ff" && is_hex(flags, 2);
    // Later versions may have more parts; the first one has not.
    if !is_known || (version == "00" && parts.next().is_some()) {
        return None;
    }
    if !is_hex(trace, 32) || !is_hex(span, 16) {
        return None;
    }
    let (trace, span) = (TraceId::from_hex(trace).ok()?, SpanId::from_hex(span).ok()?);
    let context = context(trace, span, Whose::Theirs);
    context.is_valid().then_some(context)
}

/// Where a span was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    Ours,
    Theirs,
}

fn context(trace: TraceId, span: SpanId, whose: Whose) -> SpanContext {
    let is_remote = whose == Whose::Theirs;
    SpanContext::new(trace, span, TraceFlags::SAMPLED, is_remote, TraceState::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceparent_that_is_none_is_no_link() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        let right = format!("00-{trace}-00f067aa0ba902b7-01");
        assert!(named(&right).is_some());
        assert!(named(&format!("01-{trace}-00f067aa0ba902b7-01-more")).is_some());
        for wrong in [
            String::new(),
            "00".to_owned(),
            format!("{right}-more"),
            format!("ff-{trace}-00f067aa0ba902b7-01"),
            format!("00-{trace}-0000000000000000-01"),
            format!("00-{trace}-00f067aa0ba902b-01"),
            format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)),
            format!("00-{}-00f067aa0ba902b7-01", "g".repeat(32)),
        ] {
            assert!(named(&wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_courier_who_comes_later_finds_the_place_that_the_request_left() {
        let id = CommandId(0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736);
        let entity = duban_runtime::entity::EntityId { kind: 1, key: "c1".into() };
        let message = MessageId { entity, sequence: 3, index: 0 };
        let (commit, delivery) = (Ids::commit(id), Ids::delivery(id, &message, 0));
        assert_eq!(trace(id).to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(commit.parent, Ids::request(id).span);
        assert_eq!((delivery.trace, delivery.parent), (commit.trace, commit.span));
        assert_eq!(Ids::hand_over(id, &message, 0, 1).parent, delivery.span);
        assert_ne!(Ids::delivery(id, &message, 1).span, delivery.span, "another attempt");
        assert_ne!(Ids::hand_over(id, &message, 0, 0), Ids::hand_over(id, &message, 0, 1));
    }
}

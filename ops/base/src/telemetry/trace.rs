//! Traces, when a collector is configured: one from a request over HTTP to every message that came of it.
//!
//! ```text
//! request (route, status) ─► commit (what became of the command) ─► deliver (a message) ─► hand over (one address)
//!   trace id = the command's id; a `traceparent` that came with the request is a link, not a parent
//! ```
//! The ids of spans follow from the command and the message, so that a courier who comes hours later, or after a
//! restart, knows where it belongs without anything having been kept. No address, name or text of a person is in one.
//! Nothing here waits: what the collector does not take in time is dropped. Without a collector every function returns
//! at once.

mod span;

use std::cell::Cell;
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Context as _, Result};
use duban_runtime::answer::Answer;
use duban_runtime::clock::{Clock, Timestamp};
use duban_runtime::entity::CommandId;
use duban_runtime::node::{Ask, Node};
use duban_runtime::outbox::MessageId;
use opentelemetry::trace::SpanKind;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, SpanProcessor as _};

use span::{Ids, Spanned};

/// Spans that wait for the collector at most; further ones are dropped.
const WAITING_MAX: usize = 8_192;
/// Spans handed to the collector at a time.
const TOGETHER: usize = 512;
/// How long one waits for company.
const DELAY: Duration = Duration::from_secs(1);
/// How long the collector may take, and the last spans at the end.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where spans go; a process has one collector.
static COLLECTOR: OnceLock<BatchSpanProcessor> = OnceLock::new();

/// Begins to hand spans to the collector at `endpoint`, e.g. `http://127.0.0.1:4318/v1/traces`; to nobody if it is
/// empty. A second start in one process keeps the first.
///
/// # Errors
/// When the address is none.
pub fn start(endpoint: &str) -> Result<()> {
    if endpoint.is_empty() || COLLECTOR.get().is_some() {
        return Ok(());
    }
    crate::tls::ready();
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(endpoint)
        .with_timeout(PATIENCE)
        .build()
        .with_context(|| format!("trace.endpoint 中的 {endpoint} 无法使用"))?;
    let config = BatchConfigBuilder::default()
        .with_max_queue_size(WAITING_MAX)
        .with_max_export_batch_size(TOGETHER)
        .with_scheduled_delay(DELAY)
        .build();
    let mut collector = BatchSpanProcessor::builder(exporter).with_batch_config(config).build();
    collector.set_resource(&Resource::builder_empty().with_service_name("duban").build());
    // Another thread may have been first; its collector stands.
    drop(COLLECTOR.set(collector));
    Ok(())
}

/// Whether anybody collects.
pub fn is_on() -> bool {
    COLLECTOR.get().is_some()
}

/// Hands over what waits, and waits for the collector, for some seconds at most.
pub fn flush() {
    if let Some(collector) = COLLECTOR.get()
        && let Err(error) = collector.force_flush()
    {
        tracing::warn!(%error, "the last traces were not taken");
    }
}

/// When something began and ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Took {
    /// When it began, by the server's clock.
    pub from: Timestamp,
    /// How long it took, by the clock that counts since boot.
    pub span: Duration,
}

/// Begins to take the time of something.
#[derive(Clone, Copy, Debug)]
pub struct Began {
    from: Timestamp,
    monotonic: Duration,
}

impl Began {
    /// Now, by `clock`.
    pub fn now(clock: &dyn Clock) -> Began {
        Began { from: clock.now(), monotonic: clock.monotonic() }
    }

    /// What it took until now.
    pub fn took(self, clock: &dyn Clock) -> Took {
        Took { from: self.from, span: clock.monotonic().saturating_sub(self.monotonic) }
    }
}

/// A request as it is traced.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    pub method: &'a str,
    /// The pattern of its route.
    pub route: &'a str,
    pub status: u16,
    /// The `traceparent` that came with it; empty for none.
    pub traceparent: &'a str,
}

/// A request gave the command `id`, and was answered.
pub fn request(id: CommandId, request: &Request<'_>, took: Took) {
    let Some(collector) = COLLECTOR.get() else { return };
    let name = format!("{} {}", request.method, request.route);
    Spanned::new(Ids::request(id), name, took)
        .kind(SpanKind::Server)
        .with("http.request.method", request.method.to_owned())
        .with("http.route", request.route.to_owned())
        .with("http.response.status_code", i64::from(request.status))
        .linked(request.traceparent)
        .end(collector);
}

tokio::task_local! {
    /// The first command of the request that this task answers.
    static GAVE: Cell<Option<CommandId>>;
}

/// Answers a request by `answering`; the command that it gave, if it gave one and somebody collects.
pub async fn within<T>(answering: impl Future<Output = T>) -> (T, Option<CommandId>) {
    if !is_on() {
        return (answering.await, None);
    }
    let both = async {
        let answer = answering.await;
        (answer, GAVE.with(Cell::get))
    };
    GAVE.scope(Cell::new(None), both).await
}

/// Asks `node`, and traces what became of it: decided, and durable.
pub async fn ask(node: &Node, ask: Ask) -> Answer {
    let Some(collector) = COLLECTOR.get() else { return node.ask(ask).await };
    let id = ask.asked.id;
    if GAVE.try_with(|gave| gave.set(gave.get().or(Some(id)))).is_err() {
        tracing::trace!("a command that came by no request");
    }
    let kind = node.registry().kind(ask.to.kind).map_or("", |kind| kind.name());
    let began = Began::now(node.clock().as_ref());
    let answer = node.ask(ask).await;
    Spanned::new(Ids::commit(id), "commit".to_owned(), began.took(node.clock().as_ref()))
        .with("duban.kind", kind)
        .with("duban.outcome", in_a_word(&answer))
        .end(collector);
    answer
}

/// What a courier traces of one message.
#[derive(Clone, Debug)]
pub struct Delivery {
    cause: CommandId,
    message: MessageId,
    attempt: u32,
    began: Began,
}

impl Delivery {
    /// Begins an attempt at `message`; none when nobody collects, or nobody knows any more what caused it.
    pub async fn begin(node: &Node, message: &MessageId, attempt: u32) -> Option<Delivery> {
        COLLECTOR.get()?;
        let (journal, of) = (node.journal().clone(), message.clone());
        // Its cause stands in the ledger: the disk is not waited for here.
        let cause = tokio::task::spawn_blocking(move || journal.cause(&of)).await;
        let cause = cause.ok().and_then(Result::ok).flatten()?;
        let began = Began::now(node.clock().as_ref());
        Some(Delivery { cause, message: message.clone(), attempt, began })
    }

    /// The address at this place of the message was tried on `channel`, and this is what came of it.
    pub fn handed_over(&self, (channel, place): (&str, usize), outcome: &'static str, took: Took) {
        let Some(collector) = COLLECTOR.get() else { return };
        let ids = Ids::hand_over(self.cause, &self.message, self.attempt, place);
        Spanned::new(ids, format!("hand over {channel}"), took)
            .kind(SpanKind::Producer)
            .with("duban.channel", channel.to_owned())
            .with("duban.outcome", outcome)
            .end(collector);
    }

    /// The attempt is over.
    pub fn end(self, clock: &dyn Clock, outcome: &'static str, template: &str) {
        let Some(collector) = COLLECTOR.get() else { return };
        let ids = Ids::delivery(self.cause, &self.message, self.attempt);
        Spanned::new(ids, "deliver".to_owned(), self.began.took(clock))
            .with("duban.message", self.message.to_string())
            .with("duban.template", template.to_owned())
            .with("duban.outcome", outcome)
            .end(collector);
    }
}

fn in_a_word(answer: &Answer) -> &'static str {
    match answer {
        Answer::Accepted { .. } => "accepted",
        Answer::Refused { .. } => "refused",
        Answer::Stale { .. } => "stale",
        Answer::Busy { .. } => "busy",
        Answer::Quarantined { .. } => "quarantined",
        Answer::DeadLetter { .. } => "dead-letter",
        Answer::Failed { .. } => "failed",
        Answer::Recorded => "recorded",
        Answer::Claimed(_) => "claimed",
    }
}

//! Notices to the operator: by the centre's outbox, so that they survive; past it, when nothing can be written any more.

use std::time::Duration;

use compact_str::format_compact;
use duban_actors::centre::{self, Centre, Command, Event};
use duban_actors::role::Role;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{CommandId, Effect, Entity as _, EntityId};
use duban_runtime::outbox::{Claim, MessageId};
use futures_util::future::join_all;

use duban_base::asking::{self, Asker, Terms};
use duban_messages::courier::Rendered;
use duban_messages::courier::render::{Claimed, render};
use duban_messages::delivery::deliverer;
use duban_server::health::alarm::{Alarm, REPEAT, Reach, Word};
use duban_server::server::Server;

/// How long the centre is waited for before the operator is told past it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether the operator is told, or will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    /// It is in the outbox, or was handed over past it.
    Done,
    /// Not now; again at the next look.
    NotNow,
}

/// Has the operator told. Of what the whole house sees one node of a cluster speaks, the one from which messages leave;
/// of itself each does, by its name.
pub async fn tell(server: &Server, word: &Word, now: Timestamp) -> Telling {
    let (Word::Raised(alarm) | Word::Cleared(alarm)) = word;
    let node = match (server.config.cluster.node(), alarm.kind().reach()) {
        (None, _) => None,
        (Some(_), Reach::House) if !server.node.is_office() => {
            // Whoever becomes the office may have to; that it is over, whoever was the office has said.
            return match word {
                Word::Raised(_) => Telling::NotNow,
                Word::Cleared(_) => Telling::Done,
            };
        }
        (Some(_), Reach::House) => None,
        (Some(node), Reach::Machine) => Some(node.name.as_str()),
    };
    let (command, event, id) = spelt(word, node, now);
    let (asker, terms) = (Asker::system("duban", Role::Operator), Terms::of(id));
    let asking = asking::ask::<Centre>(&server.node, &asker, terms, centre::KEY, command);
    let outcome = tokio::time::timeout(PATIENCE, asking).await;
    if let (Word::Raised(alarm), true) = (word, office_is_dead(server)) {
        // What is in the outbox leaves when the office lives again; of this one nobody can wait for that.
        tracing::error!(code = %alarm.code, "nobody takes messages out: the operator is told directly");
        return directly(server, &event, now).await;
    }
    match outcome {
        Ok(Ok(_)) => Telling::Done,
        Ok(Err(no)) if server.node.journal().trouble().is_none() => {
            tracing::warn!(?no, "an alarm was not taken");
            Telling::NotNow
        }
        Ok(Err(_)) | Err(_) => directly(server, &event, now).await,
    }
}

fn office_is_dead(server: &Server) -> bool {
    server.node.loops().dead().iter().any(|one| one.name == deliverer::OFFICE.name)
}

/// As a command and as its event, with an id that is the same for an hour: a restart in between tells nothing twice.
fn spelt(word: &Word, node: Option<&str>, now: Timestamp) -> (Command, Event, CommandId) {
    let said = |alarm: &Alarm| {
        let Alarm { code, text, since, .. } = alarm;
        let (kind, text) = match node {
            Some(node) => (format_compact!("{code}@{node}"), format!("节点 {node}:{text}")),
            None => (code.clone(), text.clone()),
        };
        centre::Alarm { kind, text, since: *since, at: now }
    };
    let code = |alarm: &Alarm| said(alarm).kind;
    match word {
        Word::Raised(alarm) => {
            let hour = i64::try_from(REPEAT.as_millis()).unwrap_or(i64::MAX);
            let slot = now.as_millis().div_euclid(hour).to_le_bytes();
            let id = CommandId::derived(&[b"alarm", code(alarm).as_bytes(), &slot]);
            (Command::RaiseAlarm(said(alarm)), Event::AlarmRaised(said(alarm)), id)
        }
        Word::Cleared(alarm) => {
            let since = alarm.since.as_millis().to_le_bytes();
            let id = CommandId::derived(&[b"alarm-over", code(alarm).as_bytes(), &since]);
            (Command::ClearAlarm(said(alarm)), Event::AlarmCleared(said(alarm)), id)
        }
    }
}

/// Past the outbox, in the words that it would have had: nothing of it is kept but this line of the log. The one way
/// by which a message leaves that was not durable before.
async fn directly(server: &Server, event: &Event, now: Timestamp) -> Telling {
    if server.channels.muted().is_on() {
        tracing::error!(
            "the operator is not told: nothing can be written, and the server is muted"
        );
        return Telling::Done;
    }
    let Some(message) = in_words(server, event, now) else { return Telling::NotNow };
    let fates = message.addresses.iter().map(async |to| {
        let channel = server.channels.channel(&to.channel)?;
        let fate = channel.carry(&message, to, server.node.clock().as_ref()).await;
        Some((channel.name(), fate))
    });
    let fates: Vec<_> = join_all(fates).await.into_iter().flatten().collect();
    tracing::error!(
        subject = message.subject,
        ?fates,
        "the operator was told directly: nothing can be written"
    );
    Telling::Done
}

fn in_words(server: &Server, event: &Event, now: Timestamp) -> Option<Rendered> {
    let (context, _) = &*server.rules.current();
    let centre = Centre::initial(&EntityId::new(centre::KIND, centre::KEY));
    let effect = centre.effects(event, context).into_iter().next()?;
    let Effect::Send(message) = effect else { return None };
    let Claim::Deliver(addresses, data) = centre.claim(&message, now, context) else {
        return None;
    };
    // Not the centre's own key: a number of its records is never taken twice.
    let entity = EntityId::new(centre::KIND, format_compact!("{}/direct", centre::KEY));
    let sequence = u64::try_from(now.as_millis()).unwrap_or(0);
    let id = MessageId { entity, sequence, index: 0 };
    let claimed =
        Claimed { template: &message.template, data: &data, addresses: &addresses, at: now };
    render(&context.rules.notices, &id, &claimed)
        .inspect_err(|failure| tracing::error!(%failure, "an alarm cannot be put into words"))
        .ok()
}

//! `Entity`: the one trait a domain author implements.
//!
//! An entity is a pure decider: no clock, no I/O, no randomness, no view of other entities. Five words, five places:
//! command → [`Entity::decide`] → append → [`Entity::evolve`] → [`Entity::effects`] → perform. A replay calls `evolve`
//! alone, so it never sends anything again.

use std::fmt;

use compact_str::CompactString;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::message::{Claim, Message};

/// What an entity is: a number on disk and a name for people. Neither is ever reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// The number on disk.
    pub number: u8,
    /// The name in commands and lists, e.g. `case`.
    pub name: &'static str,
}

/// Which entity: its kind's number and a key unique within the kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EntityId {
    /// [`Kind::number`].
    pub kind: u8,
    /// Unique within the kind; stable for ever.
    pub key: CompactString,
}

impl EntityId {
    /// The entity of `kind` with `key`.
    pub fn new(kind: Kind, key: impl AsRef<str>) -> EntityId {
        EntityId { kind: kind.number, key: CompactString::from(key.as_ref()) }
    }

    /// Which of `n` partitions it lives in: a stable hash, the same on every machine and in every version.
    pub fn partition(&self, n: u8) -> u8 {
        let hash = xxhash_rust::xxh3::xxh3_64_with_seed(self.key.as_bytes(), u64::from(self.kind));
        u8::try_from(hash % u64::from(n.max(1))).unwrap_or(0)
    }
}

impl fmt::Display for EntityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.key)
    }
}

/// Identifies one command for ever: the same id asked twice is decided once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CommandId(pub u128);

impl CommandId {
    /// The id that belongs to `parts`: the same parts always give the same id.
    pub fn derived(parts: &[&[u8]]) -> CommandId {
        let mut hasher = xxhash_rust::xxh3::Xxh3::new();
        for part in parts {
            hasher.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            hasher.update(part);
        }
        CommandId(hasher.digest128())
    }

    /// The id of what is asked under a key that its asker chose. One half is the key's, the other that of what was
    /// said, so that whoever remembers the id knows the key again when it is used for something else.
    pub fn keyed(key: &[&[u8]], said: &[&[u8]]) -> CommandId {
        CommandId(u128::from(half(key)) | u128::from(half(said)) << u64::BITS)
    }

    /// Whether the key of this id was used for something else by `other`.
    pub fn is_another_use(self, other: CommandId) -> bool {
        let differ = self.0 ^ other.0;
        differ != 0 && differ << u64::BITS == 0
    }
}

/// Nobody who does not choose all the parts finds others of the same half.
fn half(parts: &[&[u8]]) -> u64 {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
        hasher.update(part);
    }
    let hash = hasher.finalize();
    u64::from_le_bytes(hash.as_bytes().first_chunk().copied().unwrap_or_default())
}

/// Who asks, in which role, on whose behalf, when; and the sequence they saw, if they care.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Identifies the command for 24 hours at least.
    pub id: CommandId,
    /// The person who asks, by the key of their account, or the part of the system. In a record of version 1 a person
    /// stands as whatever the domain called them then.
    pub by: CompactString,
    /// What people call them; none of a part of the system, nor in a record of version 1.
    pub name: Option<CompactString>,
    /// The role in which they ask; the domain knows what each may do.
    pub role: CompactString,
    /// For what they speak in that role, where not for themselves alone; the domain knows what that is.
    pub speaks_for: Option<CompactString>,
    /// For whom it is entered, when somebody else does the typing.
    pub on_behalf_of: Option<CompactString>,
    /// The sequence the asker saw; another one is refused as stale.
    pub expected: Option<u64>,
    pub at: Timestamp,
}

impl Asked {
    /// How `by` asks in `role`: for themselves, whatever the entity has come to.
    pub fn of(id: CommandId, (by, role): (&str, &str), at: Timestamp) -> Asked {
        let (by, name, role, speaks_for) = (by.into(), None, role.into(), None);
        Asked { id, by, name, role, speaks_for, on_behalf_of: None, expected: None, at }
    }
}

/// The role in which a timer of the runtime asks.
pub const TIMER_ROLE: &str = "timer";
/// The role in which another entity asks, by a tell.
pub const ENTITY_ROLE: &str = "entity";

/// A due timer. Nobody asks it: it reaches its entity by [`Entity::fired`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fired {
    pub name: CompactString,
    /// When it was due; verdicts use this, never the instant of firing.
    pub due: Timestamp,
}

/// A timer that a state wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timer {
    /// Unique within the entity.
    pub name: CompactString,
    pub due: Timestamp,
    /// Why, in words that an operator reads in the list of timers.
    pub reason: CompactString,
}

/// Every timer wanted in a state, in no particular order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timers(pub Vec<Timer>);

impl Timers {
    /// Whether a timer of this name and due is among them.
    pub fn has(&self, fired: &Fired) -> bool {
        self.0.iter().any(|timer| timer.name == fired.name && timer.due == fired.due)
    }

    /// The timer that is due first; the smaller name on a tie.
    pub fn soonest(&self) -> Option<&Timer> {
        self.0.iter().min_by(|a, b| (a.due, &a.name).cmp(&(b.due, &b.name)))
    }
}

/// A list of entities by its name on disk, e.g. `case/stage/handling`. Whatever stands in a list has a function or a
/// constant that says which; nobody else spells its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct List(CompactString);

impl List {
    /// The list of this name. No zero bytes.
    pub fn named(name: impl Into<CompactString>) -> List {
        List(name.into())
    }

    /// The same for a name that never changes.
    pub const fn fixed(name: &'static str) -> List {
        List(CompactString::const_new(name))
    }

    /// Its name.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One place of an entity in one list: `list` says which, `order` sorts it there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ListKey {
    pub list: List,
    /// Compared byte by byte. No zero bytes.
    pub order: CompactString,
}

/// How an entity stands in lists: its places there. What a row shows is read from the state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing(pub Vec<ListKey>);

/// What the world must hear of an event; stored in the same commit.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// A message to people.
    Send(Message),
    /// A command to another entity: at least once, in order, after the commit.
    Tell(Tell),
}

/// A command to another entity, as its JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tell {
    pub to: EntityId,
    /// The command in JSON.
    pub command: String,
}

impl Tell {
    /// Tells `to` the `command`.
    pub fn new<E: Entity>(key: &str, command: &E::Command) -> Tell {
        let command = serde_json::to_string(command).unwrap_or_default();
        Tell { to: EntityId::new(E::KIND, key), command }
    }
}

/// A history that [`Entity::decide`] cannot have written. Quarantines this one entity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("corrupt history: {0}")]
pub struct Corrupt(pub String);

impl Corrupt {
    /// A timer has fired that the state does not wait for.
    pub fn unarmed(fired: &Fired) -> Corrupt {
        Corrupt(format!("timer `{}` of {} was not armed", fired.name, fired.due))
    }
}

/// Why an entity says no: data, not text. Shown to the person who asked; not journaled.
pub trait Refusal: fmt::Debug + Serialize + Send {
    /// Stable and unique among the kinds, e.g. `extension-too-long`.
    fn code(&self) -> &'static str;

    /// Every code there is of this kind, so that nobody can forget the words of one.
    fn codes() -> Vec<&'static str>;
}

/// A durable thing that decides. See the module's words for the rules each method keeps; what has a default is only
/// written where an entity has it.
pub trait Entity: Serialize + DeserializeOwned + Sized + Send + 'static {
    /// What it is.
    const KIND: Kind;
    /// Raised whenever the stored state changes its form; an older one is rebuilt from the ledger.
    const STATE_VERSION: u16;

    /// What can be asked of it.
    type Command: Serialize + DeserializeOwned + Clone + fmt::Debug + Send + 'static;
    /// What happened. Additive fields default; anything else is a new variant.
    type Event: Serialize + DeserializeOwned + fmt::Debug + Send + 'static;
    /// Why not.
    type Refusal: Refusal;
    /// Immutable and versioned, e.g. the rule book in force.
    type Context: Send + Sync + 'static;

    /// The entity before anything happened to it.
    fn initial(id: &EntityId) -> Self;

    /// What happens when `command` reaches this state. Due instants are computed here and stored in the event.
    ///
    /// An accepted command yields at least one event.
    ///
    /// # Errors
    /// The refusal; nothing is then recorded.
    fn decide(
        &self,
        command: &Self::Command,
        asked: &Asked,
        cx: &Self::Context,
    ) -> Result<Vec<Self::Event>, Self::Refusal>;

    /// What happens when the timer `fired` is due: at least one event, after which that (name, due) is gone. The runtime
    /// fires the soonest of [`Entity::timers`] and no other; nobody can be told that a timer is refused.
    ///
    /// # Errors
    /// [`Corrupt`] when this state waits for no such timer: the entity is quarantined, and an operator told.
    fn fired(
        &self,
        fired: &Fired,
        _asked: &Asked,
        _cx: &Self::Context,
    ) -> Result<Vec<Self::Event>, Corrupt> {
        Err(Corrupt::unarmed(fired))
    }

    /// The state after `event`: total over every event ever written; decides nothing.
    ///
    /// # Errors
    /// [`Corrupt`] on a history that `decide` cannot have written.
    fn evolve(self, event: &Self::Event) -> Result<Self, Corrupt>;

    /// The same, of an event that was recorded while the context of this hash was in force. Written only where events of an
    /// older form left to that context what they say themselves today; it reads nothing but the hash.
    ///
    /// # Errors
    /// As [`Entity::evolve`].
    fn evolve_under(self, event: &Self::Event, _context: u64) -> Result<Self, Corrupt> {
        self.evolve(event)
    }

    /// Every timer wanted in this state.
    fn timers(&self) -> Timers {
        Timers::default()
    }

    /// How it stands in lists.
    fn listing(&self) -> Listing {
        Listing::default()
    }

    /// What the world must hear of `event`; `self` is the state after it. Called once, with the commit; never on replay.
    fn effects(&self, _event: &Self::Event, _cx: &Self::Context) -> Vec<Effect> {
        Vec::new()
    }

    /// Whether `message` is still needed, and to which addresses: roles become people here, and are recorded. Whoever
    /// sends messages must say so; by default one is needed no more.
    fn claim(&self, _message: &Message, _at: Timestamp, _cx: &Self::Context) -> Claim {
        Claim::Withdraw("该类对象不发送消息".to_owned())
    }

    /// The stored form of the state, compact.
    fn to_stored(&self) -> Vec<u8> {
        // Writing plain data to a growing vector cannot fail.
        postcard::to_stdvec(self).unwrap_or_default()
    }

    /// The state from its stored form of [`Entity::STATE_VERSION`]; what of it is the id's is not stored twice.
    fn from_stored(_id: &EntityId, bytes: &[u8]) -> Result<Self, Corrupt> {
        postcard::from_bytes(bytes)
            .map_err(|error| Corrupt(format!("stored {}: {error}", Self::KIND.name)))
    }

    /// What stays in the store of a state that has come to rest by `now`: the ledger has the rest, and whoever reads it makes
    /// it again from there. None while all of it stays. Whoever waits for a timer is not at rest.
    fn remains(&self, _now: Timestamp) -> Option<Vec<u8>> {
        None
    }

    /// What a person or a program is shown of this state.
    fn view(&self) -> serde_json::Value;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_known_again_whatever_is_said_under_it() {
        let asked = |key: &str, said: &str| CommandId::keyed(&[key.as_bytes()], &[said.as_bytes()]);
        assert_eq!(asked("a", "close"), asked("a", "close"));
        assert!(asked("a", "close").is_another_use(asked("a", "rework")));
        assert!(!asked("a", "close").is_another_use(asked("a", "close")));
        assert!(!asked("a", "close").is_another_use(asked("b", "close")));
        // Ids that nobody chose a key for are no uses of one.
        assert!(!CommandId(1).is_another_use(CommandId(2)));
    }
}

//! The registry of the kinds of entities that a node knows, where types are forgotten and found again.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use crate::activation::{Activation, AnyActivation, remember, stored_of};
use crate::clock::Timestamp;
use crate::entity::{Corrupt, Entity, EntityId, Refusal, Timers};
use crate::record::{EncodedState, Fold, PUT_AWAY, Record, Stored};

pub use crate::command::AnyCommand;
pub use crate::context::ContextCell;

/// One kind of entity, its type forgotten.
pub trait AnyKind: Send + Sync {
    /// The name for people, e.g. `case`.
    fn name(&self) -> &'static str;
    /// The version of the stored states it reads.
    fn state_version(&self) -> u16;
    /// Every code of its refusals.
    fn codes(&self) -> Vec<&'static str>;
    /// A command from its JSON.
    fn command(&self, json: &str) -> Result<AnyCommand, serde_json::Error>;
    /// A command as JSON, for [`AnyKind::command`]; none when it is of another kind, or cannot be written.
    fn written(&self, command: &AnyCommand) -> Option<String>;
    /// An activation that has yet to be told its stored value.
    fn activation(&self, id: EntityId) -> Box<dyn AnyActivation>;
    /// See [`Fold::fold`].
    fn fold(
        &self,
        before: Option<&Stored>,
        record: &Record,
        chain: u32,
        frame: u64,
    ) -> Result<Stored, Corrupt>;
    /// See [`Fold::put_away`].
    fn put_away(&self, id: &EntityId, stored: &Stored, now: Timestamp) -> Option<Stored>;
    /// What a person is shown of a stored value.
    fn view(&self, id: &EntityId, stored: &Stored) -> Result<Value, Corrupt>;
    /// The timers of a stored value.
    fn timers(&self, id: &EntityId, stored: &Stored) -> Result<Timers, Corrupt>;
}

struct KindOf<E: Entity> {
    context: Arc<ContextCell<E::Context>>,
}

impl<E: Entity> KindOf<E> {
    fn state(id: &EntityId, stored: &Stored) -> Result<E, Corrupt> {
        if stored.state_version != E::STATE_VERSION {
            return Err(Corrupt(format!("state version {}", stored.state_version)));
        }
        E::from_stored(id, &stored.state)
    }
}

impl<E: Entity> AnyKind for KindOf<E> {
    fn name(&self) -> &'static str {
        E::KIND.name
    }

    fn state_version(&self) -> u16 {
        E::STATE_VERSION
    }

    fn codes(&self) -> Vec<&'static str> {
        <E::Refusal as Refusal>::codes()
    }

    fn command(&self, json: &str) -> Result<AnyCommand, serde_json::Error> {
        serde_json::from_str::<E::Command>(json).map(AnyCommand::new)
    }

    fn written(&self, command: &AnyCommand) -> Option<String> {
        serde_json::to_string(command.get::<E::Command>()?).ok()
    }

    fn activation(&self, id: EntityId) -> Box<dyn AnyActivation> {
        Box::new(Activation::<E>::new(id, Arc::clone(&self.context)))
    }

    fn fold(
        &self,
        before: Option<&Stored>,
        record: &Record,
        chain: u32,
        frame: u64,
    ) -> Result<Stored, Corrupt> {
        let (sequence, prior) = before.map_or((0, 0), |s| (s.sequence, s.chain));
        if record.sequence != sequence + 1 {
            return Err(Corrupt(format!("record {} follows {sequence}", record.sequence)));
        }
        if record.prior != prior {
            return Err(Corrupt(format!(
                "record {} does not chain to the one before",
                record.sequence
            )));
        }
        let mut state = match before {
            None => E::initial(&record.entity),
            Some(stored) => Self::state(&record.entity, stored)?,
        };
        let events: Vec<E::Event> = serde_json::from_str(&record.events)
            .map_err(|e| Corrupt(format!("events of record {}: {e}", record.sequence)))?;
        for event in &events {
            state = state.evolve_under(event, record.rules)?;
        }
        let mut recent = before.map_or_else(Vec::new, |s| s.recent.clone());
        remember(&mut recent, record.asked.id, record.sequence);
        let sequence = record.sequence;
        Ok(Stored { frame, sequence, chain, recent, ..stored_of(&state, &state.timers()) })
    }

    fn put_away(&self, id: &EntityId, stored: &Stored, now: Timestamp) -> Option<Stored> {
        if stored.alarm.is_some() {
            return None;
        }
        let state = Self::state(id, stored).ok()?;
        let remains = EncodedState::from(state.remains(now)?);
        Some(Stored { state: remains, state_version: PUT_AWAY, ..stored.clone() })
    }

    fn view(&self, id: &EntityId, stored: &Stored) -> Result<Value, Corrupt> {
        Self::state(id, stored).map(|state| state.view())
    }

    fn timers(&self, id: &EntityId, stored: &Stored) -> Result<Timers, Corrupt> {
        Self::state(id, stored).map(|state| state.timers())
    }
}

/// The kinds of a node.
#[derive(Default)]
pub struct Registry {
    kinds: BTreeMap<u8, Box<dyn AnyKind>>,
}

impl Registry {
    /// No kinds yet.
    pub fn new() -> Registry {
        Registry::default()
    }

    /// Adds a kind, deciding with what `context` holds.
    #[must_use]
    pub fn with<E: Entity>(mut self, context: &Arc<ContextCell<E::Context>>) -> Registry {
        let kind = KindOf::<E> { context: Arc::clone(context) };
        self.kinds.insert(E::KIND.number, Box::new(kind));
        self
    }

    /// The kind of this number.
    pub fn kind(&self, number: u8) -> Option<&dyn AnyKind> {
        self.kinds.get(&number).map(AsRef::as_ref)
    }

    /// Every code of a refusal of any kind.
    pub fn codes(&self) -> impl Iterator<Item = &'static str> {
        self.kinds.values().flat_map(|kind| kind.codes())
    }

    /// The number of the kind with this name.
    pub fn number(&self, name: &str) -> Option<u8> {
        self.kinds.iter().find(|(_, kind)| kind.name() == name).map(|(number, _)| *number)
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.kinds.values().map(|kind| kind.name())).finish()
    }
}

impl Fold for Registry {
    fn fold(
        &self,
        before: Option<&Stored>,
        record: &Record,
        chain: u32,
        frame: u64,
    ) -> Result<Stored, Corrupt> {
        let kind = self
            .kind(record.entity.kind)
            .ok_or_else(|| Corrupt(format!("no kind {}", record.entity.kind)))?;
        kind.fold(before, record, chain, frame)
    }

    fn put_away(&self, id: &EntityId, stored: &Stored, now: Timestamp) -> Option<Stored> {
        self.kind(id.kind)?.put_away(id, stored, now)
    }

    fn state_version(&self, kind: u8) -> Option<u16> {
        self.kind(kind).map(AnyKind::state_version)
    }
}

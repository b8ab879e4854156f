//! A town of probes: what is asked of them, and that each tell of one to another is heard once.

use std::collections::BTreeMap;
use std::sync::Arc;

use compact_str::format_compact;

use super::{BAD_TIMER, Command, Dose, Probe, ProbeContext};
use crate::clock::Timestamp;
use crate::entity::{Asked, CommandId, Entity, EntityId};
use crate::record::{Record, Stored};
use crate::registry::{AnyCommand, ContextCell, Registry};
use crate::simulator::dice::Dice;
use crate::simulator::town::{Days, Eyes, Habits, Request, Said, Town, Witness};

const FOUNDED_MS: i64 = 1_700_000_000_000;

/// Ten probes, of which one is asked as often as all others together.
pub(in crate::simulator) struct Probes {
    context: Arc<ContextCell<ProbeContext>>,
}

impl Default for Probes {
    fn default() -> Probes {
        Probes { context: Arc::new(ContextCell::new(ProbeContext::default(), 1)) }
    }
}

impl Town for Probes {
    fn habits(&self) -> Habits {
        let (founded, requests) = (Timestamp::from_millis(FOUNDED_MS), (5, 25));
        Habits { founded, pace: 1, skew: 1, requests, weight: 1, days: Days::Numbered }
    }

    fn registry(&self) -> Arc<Registry> {
        Arc::new(Registry::new().with::<Probe>(&self.context))
    }

    fn next(&mut self, dice: &mut Dice, now: Timestamp, _: Eyes<'_>) -> Request {
        let id = dice.id();
        let to = any_probe(dice);
        let command = any_command(dice, id);
        let asked = Asked {
            expected: dice.once_in(12).then(|| dice.between(0, 9)),
            ..Asked::of(CommandId(id), ("somebody", "somebody"), now)
        };
        // Probes know how late they were asked.
        let (command, asked) =
            (move || AnyCommand::new(command.clone()), move |_| Asked::clone(&asked));
        Request { to, command: Box::new(command), asked: Box::new(asked) }
    }

    fn change_rules(&mut self, dice: &mut Dice, _: Option<Eyes<'_>>) {
        let before = self.context.current();
        let probes = before.0.with_timers_later_by(dice.between(0, 3_000));
        self.context.replace(probes, before.1 + 1);
    }

    fn witness(&self) -> Box<dyn Witness> {
        Box::new(Listener)
    }
}

fn any_probe(dice: &mut Dice) -> EntityId {
    let n = if dice.once_in(2) { 0 } else { dice.between(1, 9) };
    EntityId::new(Probe::KIND, format_compact!("toy-{n}"))
}

fn any_command(dice: &mut Dice, id: u128) -> Command {
    match dice.between(0, 19) {
        0..=6 => {
            // A timer of this name may stand already: it then moves.
            let name = format_compact!("t{}-{}", dice.between(0, 2), id % 97);
            let after_ms = u32::try_from(dice.between(0, 9_000)).unwrap_or(0);
            let chain = u8::try_from(dice.between(0, 4)).unwrap_or(0);
            Command::Arm { name, after_ms, chain }
        }
        7..=10 => Command::Count,
        11..=14 => {
            let chain = u8::try_from(dice.between(0, 3)).unwrap_or(0);
            Command::TellOn { to: any_probe(dice).key, chain }
        }
        15..=16 => Command::Notify(u8::try_from(dice.between(1, 3)).unwrap_or(1)),
        17 if dice.once_in(6) => Command::Arm { name: BAD_TIMER.into(), after_ms: 500, chain: 0 },
        17 if dice.once_in(6) => Command::Finish,
        17 => Command::Poison(Dose::Once),
        18 => Command::Poison(if dice.once_in(3) { Dose::Always } else { Dose::Once }),
        _ => Command::Count,
    }
}

/// Probes notice themselves what goes wrong with them.
struct Listener;

fn probe(stored: &Stored) -> Result<Probe, String> {
    Probe::parsed(&stored.state).map_err(|corrupt| corrupt.to_string())
}

impl Witness for Listener {
    fn hears(&mut self, _: &Record, after: &Stored) -> Result<(), String> {
        probe(after)?.wrong.map_or(Ok(()), Err)
    }

    fn may_be_set_aside(&self, stored: &Stored) -> bool {
        probe(stored).is_ok_and(|probe| probe.has_bad_timer().is_some())
    }

    fn holds(&self, _: Said<'_>) -> Result<(), String> {
        Ok(())
    }

    /// Every tell was heard once, or is parked for a person to look at.
    fn has_ended(&self, said: Said<'_>) -> Result<(), String> {
        let find = |id: &EntityId| said.entities.get(id).and_then(|stored| probe(stored).ok());
        let mut parked: BTreeMap<(String, String), u64> = BTreeMap::new();
        for tell in said.parked {
            if let Ok(Command::Hear { from, .. }) = serde_json::from_str(&tell.command) {
                *parked.entry((from.into(), tell.to.key.to_string())).or_insert(0) += 1;
            }
        }
        for id in said.entities.keys() {
            for (to, sent) in find(id).map(|probe| probe.sent).unwrap_or_default() {
                let target = EntityId { kind: id.kind, key: to.clone() };
                let heard = find(&target).and_then(|probe| Some(probe.heard.get(&id.key)?.len()));
                let heard = u64::try_from(heard.unwrap_or(0)).unwrap_or(0);
                let parked =
                    parked.get(&(id.key.to_string(), to.to_string())).copied().unwrap_or(0);
                if heard + parked != sent {
                    return Err(format!(
                        "{id} told {to} {sent} times: {heard} were heard, {parked} are parked"
                    ));
                }
            }
        }
        Ok(())
    }
}

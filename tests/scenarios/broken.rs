//! Broken entities: the laws notice every fault that they are there for.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use duban::registry;
use duban_actors::context::Context;
use duban_actors::role::Role;
use duban_rules::{Sources, parse};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Asked, Corrupt, Entity, EntityId, Fired, Kind, Timer, Timers};
use duban_tests::case_path::town;
use duban_tests::given::MONDAY_8AM;
use duban_tests::golden::{TABLES, assert_same};
use duban_tests::laws::{asked, assert_stored, decided, fired};
use serde::{Deserialize, Serialize};

/// What is wrong with a bell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Fault {
    Nothing,
    LosesAField,
    LosesOfItsEvent,
    SaysNothing,
    HidesACode,
    DeniesWhatItDecided,
    RingsForEver,
    RingsUnasked,
    RingsNever,
}

/// A bell that rings when it is due.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Bell {
    fault: Fault,
    due: Option<Timestamp>,
    set: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Command {
    Set,
    Break,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Event {
    Set {
        due: Timestamp,
        #[serde(skip)]
        unwritten: u32,
    },
    Rung,
}

#[derive(Debug, Serialize)]
enum Refusal {
    Listed,
    Hidden,
}

impl duban_runtime::entity::Refusal for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Refusal::Listed => "listed",
            Refusal::Hidden => "hidden",
        }
    }

    fn codes() -> Vec<&'static str> {
        vec!["listed"]
    }
}

impl Entity for Bell {
    const KIND: Kind = Kind { number: 200, name: "bell" };
    const STATE_VERSION: u16 = 1;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Context = Context;

    fn initial(_: &EntityId) -> Bell {
        bell(Fault::Nothing)
    }

    fn decide(&self, command: &Command, asked: &Asked, _: &Context) -> Result<Vec<Event>, Refusal> {
        match (command, self.fault) {
            (Command::Set, Fault::SaysNothing) => Ok(Vec::new()),
            (Command::Set, fault) => {
                let unwritten = u32::from(fault == Fault::LosesOfItsEvent);
                Ok(vec![Event::Set { due: asked.at, unwritten }])
            }
            (Command::Break, Fault::HidesACode) => Err(Refusal::Hidden),
            (Command::Break, _) => Err(Refusal::Listed),
        }
    }

    fn fired(&self, fired: &Fired, _: &Asked, _: &Context) -> Result<Vec<Event>, Corrupt> {
        let rings = match self.fault {
            Fault::RingsUnasked => true,
            Fault::RingsNever => false,
            Fault::Nothing
            | Fault::LosesAField
            | Fault::LosesOfItsEvent
            | Fault::SaysNothing
            | Fault::HidesACode
            | Fault::DeniesWhatItDecided
            | Fault::RingsForEver => self.timers().has(fired),
        };
        if rings { Ok(vec![Event::Rung]) } else { Err(Corrupt::unarmed(fired)) }
    }

    fn evolve(self, event: &Event) -> Result<Bell, Corrupt> {
        Ok(match event {
            Event::Set { .. } if self.fault == Fault::DeniesWhatItDecided => {
                return Err(Corrupt("set".into()));
            }
            Event::Set { due, .. } => Bell { due: Some(*due), set: self.set + 1, ..self },
            Event::Rung if self.fault == Fault::RingsForEver => self,
            Event::Rung => Bell { due: None, ..self },
        })
    }

    fn timers(&self) -> Timers {
        let timer = |due| Timer { name: "bell".into(), due, reason: "到点".into() };
        Timers(self.due.map(timer).into_iter().collect())
    }

    fn to_stored(&self) -> Vec<u8> {
        let set = if self.fault == Fault::LosesAField { 0 } else { self.set };
        serde_json::to_vec(&Bell { set, ..self.clone() }).unwrap()
    }

    fn from_stored(_: &EntityId, bytes: &[u8]) -> Result<Bell, Corrupt> {
        serde_json::from_slice(bytes).map_err(|error| Corrupt(error.to_string()))
    }

    fn view(&self) -> serde_json::Value {
        serde_json::Value::Null
    }
}

fn bell(fault: Fault) -> Bell {
    Bell { fault, due: None, set: 0 }
}

/// A bell that is to ring at eight, as it stands without any law.
fn set(fault: Fault) -> Bell {
    Bell { due: Some(MONDAY_8AM), set: 1, ..bell(fault) }
}

fn asks(state: &Bell, command: &Command) -> Result<Bell, Refusal> {
    let asked = asked(MONDAY_8AM, Role::Operator, "op");
    decided(town(), ("all", state), &asked, command).map(|(after, _)| after)
}

fn rings(state: &Bell) -> Result<Bell, Corrupt> {
    let timer = Fired { name: "bell".into(), due: MONDAY_8AM };
    fired(town(), ("all", state), MONDAY_8AM, &timer).map(|(after, _)| after)
}

#[test]
fn a_sound_entity_keeps_the_laws() {
    let sound = bell(Fault::Nothing);
    assert_stored("all", &set(Fault::Nothing));
    let after = asks(&sound, &Command::Set).unwrap();
    assert_eq!(after, set(Fault::Nothing));
    assert_eq!(rings(&after).unwrap(), Bell { set: 1, ..sound.clone() });
    assert!(rings(&sound).is_err() && asks(&sound, &Command::Break).is_err());
}

#[test]
#[should_panic(expected = "the state survives its stored form")]
fn a_field_that_is_not_stored_breaks_a_law() {
    assert_stored("all", &set(Fault::LosesAField));
}

#[test]
#[should_panic(expected = "the state survives its stored form")]
fn a_field_that_is_not_stored_breaks_a_law_after_the_event_that_wrote_it() {
    drop(asks(&bell(Fault::LosesAField), &Command::Set));
}

#[test]
#[should_panic(expected = "an event survives its JSON")]
fn a_field_of_an_event_that_is_not_written_breaks_a_law() {
    drop(asks(&bell(Fault::LosesOfItsEvent), &Command::Set));
}

#[test]
#[should_panic(expected = "accepted without an event")]
fn a_command_that_is_accepted_without_an_event_breaks_a_law() {
    drop(asks(&bell(Fault::SaysNothing), &Command::Set));
}

#[test]
#[should_panic(expected = "hidden is not among the codes")]
fn a_refusal_of_a_code_that_is_not_listed_breaks_a_law() {
    drop(asks(&bell(Fault::HidesACode), &Command::Break));
}

#[test]
#[should_panic(expected = "what was decided can have happened")]
fn an_event_that_cannot_have_happened_when_it_is_decided_breaks_a_law() {
    drop(asks(&bell(Fault::DeniesWhatItDecided), &Command::Set));
}

#[test]
#[should_panic(expected = "a timer that has fired is gone")]
fn a_timer_that_does_not_go_breaks_a_law() {
    drop(rings(&set(Fault::RingsForEver)));
}

#[test]
#[should_panic(expected = "only an armed timer fires")]
fn a_timer_that_nobody_armed_and_that_fires_breaks_a_law() {
    drop(rings(&bell(Fault::RingsUnasked)));
}

#[test]
#[should_panic(expected = "only an armed timer fires")]
fn a_timer_that_is_armed_and_does_not_fire_breaks_a_law() {
    drop(rings(&set(Fault::RingsNever)));
}

const GRID: &str = "quiet Set Set\nquiet Break — listed\n";

#[test]
#[should_panic(expected = "bell.txt, line 2")]
fn another_answer_than_that_of_the_grid_breaks_a_law() {
    assert_same("bell.txt", GRID, &GRID.replace("listed", "hidden"));
}

#[test]
#[should_panic(expected = "bell.txt differs")]
fn a_row_that_is_not_in_the_grid_breaks_a_law() {
    assert_same("bell.txt", GRID, &format!("{GRID}set Set Set\n"));
}

/// What is registered is held to the laws (a grid and samples), and, where the refusals have their words, to having
/// words for each code.
#[test]
fn every_kind_that_is_registered_is_held_to_the_laws_and_no_other() {
    let registry = registry::registry(&registry::in_force(parse(&Sources::shipped()).0));
    let kinds = (0..=u8::MAX).filter_map(|number| registry.kind(number));
    let kinds: BTreeSet<String> = kinds.map(|kind| kind.name().to_owned()).collect();
    let files = fs::read_dir(Path::new(TABLES).join("events")).unwrap();
    let samples = files.map(|file| file.unwrap().path().file_stem().unwrap().to_owned());
    assert_eq!(kinds, samples.map(|name| name.into_string().unwrap()).collect());
    for kind in kinds {
        let grid = Path::new(TABLES).join(&kind).with_extension("txt");
        assert!(grid.exists(), "{kind} has no grid");
    }
}

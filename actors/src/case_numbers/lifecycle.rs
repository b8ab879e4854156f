//! The life of a year's numbers: one state, one question. Pure.

use duban_core::entity::{Asked, Corrupt, Effect, Entity, EntityId, Kind, List, ListKey, Listing};
use serde_json::{Value, json};

use super::{Command, Event, KIND, Numbers, RECENT_MAX, Refusal};
use crate::context::Context;
use crate::refusal::permit;
use crate::role::Duty;
use crate::tells::{CaseId, ToCase};

impl Entity for Numbers {
    const KIND: Kind = KIND;
    const STATE_VERSION: u16 = 1;

    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Context = Context;

    fn initial(id: &EntityId) -> Numbers {
        Numbers { year: id.key.clone(), given: 0, recent: Vec::new() }
    }

    fn decide(&self, command: &Command, asked: &Asked, _: &Context) -> Result<Vec<Event>, Refusal> {
        permit(asked, Duty::Answer)?;
        let Command::Assign { case } = command;
        if !is_year(&self.year) {
            return Err(Refusal::NotAYear { key: self.year.clone() });
        }
        Ok(vec![assign(self, case)])
    }

    fn evolve(mut self, event: &Event) -> Result<Numbers, Corrupt> {
        match event {
            Event::Assigned { case, ordinal, .. } if *ordinal == self.given + 1 => {
                self.given = *ordinal;
                if self.recent.len() >= RECENT_MAX {
                    self.recent.remove(0);
                }
                self.recent.push((case.clone(), *ordinal));
                Ok(self)
            }
            Event::Assigned { ordinal, .. } => {
                Err(Corrupt(format!("number {ordinal} follows number {}", self.given)))
            }
            Event::ToldAgain { .. } => Ok(self),
        }
    }

    fn listing(&self) -> Listing {
        Listing(vec![ListKey { list: List::fixed("numbers"), order: self.year.clone() }])
    }

    fn effects(&self, event: &Event, _: &Context) -> Vec<Effect> {
        let (case, number) = match event {
            Event::Assigned { case, number, .. } | Event::ToldAgain { case, number } => {
                (case, number)
            }
        };
        vec![ToCase::Numbered { number: number.clone() }.tell(case)]
    }

    fn view(&self) -> Value {
        json!({ "year": self.year, "given": self.given, "last": self.on_paper(self.given) })
    }
}

fn assign(numbers: &Numbers, case: &CaseId) -> Event {
    let case = case.clone();
    if let Some(ordinal) = numbers.ordinal_of(&case) {
        return Event::ToldAgain { case, number: numbers.on_paper(ordinal) };
    }
    let ordinal = numbers.given + 1;
    Event::Assigned { case, ordinal, number: numbers.on_paper(ordinal) }
}

fn is_year(key: &str) -> bool {
    key.len() == 4 && key.bytes().all(|digit| digit.is_ascii_digit())
}

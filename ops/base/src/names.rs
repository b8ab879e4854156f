//! Display names of whoever asked: records keep login names, people read what somebody is called (article 12).

use std::cell::RefCell;
use std::collections::BTreeMap;

use compact_str::{CompactString, format_compact};
use duban_actors::person::{Person, is_login};
use duban_actors::role::Role;
use duban_runtime::entity::Asked;
use duban_runtime::journal::{Failure, Journal};

use crate::state;

/// What people are called now. An account is read once, however often it is asked for.
pub struct Names<'a> {
    journal: &'a Journal,
    known: RefCell<BTreeMap<CompactString, Option<CompactString>>>,
}

impl Names<'_> {
    pub fn of(journal: &Journal) -> Names<'_> {
        Names { journal, known: RefCell::default() }
    }

    /// Whoever a record names so, in a word. What is no login name, or nobody's, is said as it was recorded.
    pub fn called(&self, recorded: &str) -> Result<CompactString, Failure> {
        Ok(self.find(recorded)?.unwrap_or_else(|| recorded.into()))
    }

    /// What whoever asked is called; who has no account, as it was recorded. A timer or an entity is nobody in particular.
    pub fn name(&self, asked: &Asked) -> Result<CompactString, Failure> {
        if let Ok(Role::Timer | Role::Entity) = asked.role.parse() {
            return Ok(CompactString::const_new("系统"));
        }
        let recorded = || asked.name.as_ref().unwrap_or(&asked.by).clone();
        Ok(self.find(&asked.by)?.unwrap_or_else(recorded))
    }

    /// The same behind what they spoke for: `SW/钱水务`, as records of before say it themselves.
    pub fn asker(&self, asked: &Asked) -> Result<CompactString, Failure> {
        let name = self.name(asked)?;
        Ok(match &asked.speaks_for {
            Some(whom) => format_compact!("{whom}/{name}"),
            None => name,
        })
    }

    fn find(&self, login: &str) -> Result<Option<CompactString>, Failure> {
        if !is_login(login) {
            return Ok(None);
        }
        if let Some(known) = self.known.borrow().get(login) {
            return Ok(known.clone());
        }
        let person = state::read::<Person>(self.journal, login)?.map(|(person, _)| person);
        let name = person.and_then(|person| Some(person.standing.profile()?.name.clone()));
        self.known.borrow_mut().insert(login.into(), name.clone());
        Ok(name)
    }
}

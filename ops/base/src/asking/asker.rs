//! Askers: a person in one of their roles, or a part of the system, as the records of entities name them.

use compact_str::CompactString;
use duban_actors::person::{Issuer, Profile};
use duban_actors::role::Role;
use duban_rules::vocabulary::{CollectorId, UnitId};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::Asked;

use super::Terms;

/// Who asks on the machine itself, where whoever may run the program may do everything.
pub const ON_THE_MACHINE: &str = "本机";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asker {
    /// The login name, by which records keep who asked; of a part of the system, its name.
    pub login: CompactString,
    /// What people call them; none of a part of the system.
    pub name: Option<CompactString>,
    pub role: Role,
    /// The unit they speak for.
    pub unit: Option<UnitId>,
    pub collector: Option<CollectorId>,
    /// As whom they issue tokens.
    pub issuer: Issuer,
}

impl Asker {
    /// Whoever may run the program on the machine, as operator.
    pub fn on_the_machine() -> Asker {
        Asker::system(ON_THE_MACHINE, Role::Operator)
    }

    /// A part of the system, or somebody without an account.
    pub fn system(name: &str, role: Role) -> Asker {
        let (login, issuer) = (CompactString::new(name), Issuer::Person);
        Asker { login, name: None, role, unit: None, collector: None, issuer }
    }

    /// Whoever has the account of `login`, in one of their roles.
    pub fn of_account(login: &str, profile: &Profile, role: Role) -> Asker {
        Asker {
            login: CompactString::new(login),
            name: Some(profile.name.clone()),
            role,
            unit: profile.unit.clone().filter(|_| role.is_of_a_unit()),
            collector: profile.collector.clone().filter(|_| role == Role::Collector),
            issuer: Issuer::Person,
        }
    }

    /// How they ask at `at`.
    pub fn asked(&self, terms: Terms, at: Timestamp) -> Asked {
        let Terms { id, expected, on_behalf_of, looked: _ } = terms;
        // Nobody enters for their own unit on behalf of it.
        let on_behalf_of = on_behalf_of.filter(|unit| self.unit.as_ref() != Some(unit));
        Asked {
            id,
            by: self.login.clone(),
            name: self.name.clone(),
            role: CompactString::const_new(self.role.as_str()),
            speaks_for: self.speaks_for().map(CompactString::from),
            on_behalf_of: on_behalf_of.map(|unit| unit.as_str().into()),
            expected,
            at,
        }
    }

    /// Whether everything may be read: the centre's people, and who keeps duban running.
    pub fn sees_all(&self) -> bool {
        self.role.sees_all()
    }

    fn speaks_for(&self) -> Option<&str> {
        let unit = self.unit.as_ref().map(UnitId::as_str);
        unit.or(self.collector.as_ref().map(CollectorId::as_str))
    }
}

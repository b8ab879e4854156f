//! Askers: a person in one of their roles, or a part of the system, as the records of entities name them.

use compact_str::CompactString;
use duban_actors::person::{self, Issuer, Profile};
use duban_actors::role::Role;
use duban_rules::vocabulary::{CollectorId, UnitId};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Asked, Kind};

use super::Terms;

/// Who asks on the machine itself, where whoever may run the program may do everything.
pub const ON_THE_MACHINE: &str = "本机";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asker {
    /// The login name; of a part of the system, its name.
    pub login: CompactString,
    /// The name that records keep: what [`duban_actors::role`] says of `Asked::by`.
    pub by: CompactString,
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
        let by = CompactString::new(name);
        let (login, issuer) = (by.clone(), Issuer::Person);
        Asker { login, by, role, unit: None, collector: None, issuer }
    }

    /// Whoever has the account of `login`, in one of their roles.
    pub fn of_account(login: &str, profile: &Profile, role: Role) -> Asker {
        Asker {
            login: CompactString::new(login),
            by: profile.asks_as(role),
            role,
            unit: profile.unit.clone().filter(|_| role.is_of_a_unit()),
            collector: profile.collector.clone().filter(|_| role == Role::Collector),
            issuer: Issuer::Person,
        }
    }

    /// How they ask an entity of `kind` at `at`.
    pub fn asked(&self, kind: Kind, terms: Terms, at: Timestamp) -> Asked {
        let Terms { id, expected, on_behalf_of, looked: _ } = terms;
        // Nobody enters for their own unit on behalf of it.
        let on_behalf_of = on_behalf_of.filter(|unit| self.unit.as_ref() != Some(unit));
        Asked {
            id,
            by: self.known_to(kind).clone(),
            role: CompactString::const_new(self.role.as_str()),
            on_behalf_of: on_behalf_of.map(|unit| unit.as_str().into()),
            expected,
            at,
        }
    }

    /// Whether everything may be read: the centre's people, and who keeps duban running.
    pub fn sees_all(&self) -> bool {
        self.role.sees_all()
    }

    /// An account knows people by their login names, which no two of them share.
    fn known_to(&self, kind: Kind) -> &CompactString {
        if kind == person::KIND { &self.login } else { &self.by }
    }
}

//! Profiles of persons: their name, their posts, and where they belong (articles 3, 7 and 10).

use compact_str::CompactString;
use duban_rules::line;
use duban_rules::vocabulary::{CollectorId, UnitId};
use serde::{Deserialize, Serialize};

use super::Refusal;
use crate::context::Context;
use crate::role::Role;

/// Posts that one person holds at most.
pub const ROLES_MAX: usize = 4;
/// Characters of a display name, as everywhere that a name is read.
pub const NAME_CHARS_MAX: usize = 64;
/// Characters of a login name.
const LOGIN_CHARS: std::ops::RangeInclusive<usize> = 2..=32;

/// Who somebody is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The name people know them by.
    pub name: CompactString,
    /// Their posts, at most [`ROLES_MAX`], none twice.
    pub roles: Vec<Role>,
    /// The unit they belong to, exactly if a role is of a unit.
    pub unit: Option<UnitId>,
    /// Who they are in the rules' grid, exactly if they are a collector.
    pub collector: Option<CollectorId>,
}

/// Whether `text` is a login name: 2 to 32 lower-case letters, digits, `-` and `.`, a letter first.
pub fn is_login(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
    LOGIN_CHARS.contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(fits)
}

impl Profile {
    /// Whether they hold this role.
    pub fn holds(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// For what they speak in `role`: for which unit, or as which collector; in those of the centre for nothing else.
    pub fn speaks_for(&self, role: Role) -> Option<&str> {
        if role == Role::Collector {
            return self.collector.as_ref().map(CollectorId::as_str);
        }
        self.unit.as_ref().filter(|_| role.is_of_a_unit()).map(UnitId::as_str)
    }

    /// Whether somebody with this login name can be this, under these rules.
    ///
    /// # Errors
    /// The first thing that stands in the way.
    pub(super) fn check(&self, login: &str, cx: &Context) -> Result<(), Refusal> {
        self.check_name(login)?;
        self.check_roles()?;
        let units = &cx.rules.units;
        match (&self.unit, self.roles.iter().any(|role| role.is_of_a_unit())) {
            (None, true) => return Err(Refusal::NoUnit),
            (Some(_), false) => return Err(Refusal::UnitWithoutRole),
            (Some(unit), true) if units.get(unit).is_none() => {
                return Err(Refusal::UnknownUnit { unit: unit.clone() });
            }
            (Some(_), true) | (None, false) => {}
        }
        let grid = &cx.rules.grid;
        match (&self.collector, self.holds(Role::Collector)) {
            (None, true) => Err(Refusal::NoCollector),
            (Some(_), false) => Err(Refusal::CollectorWithoutRole),
            (Some(collector), true) if grid.collector(collector).is_none() => {
                Err(Refusal::UnknownCollector { collector: collector.clone() })
            }
            (Some(_), true) | (None, false) => Ok(()),
        }
    }

    fn check_name(&self, login: &str) -> Result<(), Refusal> {
        let name = self.name.as_str();
        let words: Vec<&str> = name.split_whitespace().collect();
        // Nothing that cannot be seen tells two people apart who look the same.
        let is_seen = !line::is_blank(name)
            && name.trim() == name
            && !name.contains(char::is_control)
            && line::one(name) == words.join(" ");
        if !is_seen || name.chars().count() > NAME_CHARS_MAX {
            return Err(Refusal::UnfitName);
        }
        // Earlier records name people by this, today's by login name: one must never be taken for the other.
        if is_login(name) && name != login {
            return Err(Refusal::NameOfAnother);
        }
        Ok(())
    }

    fn check_roles(&self) -> Result<(), Refusal> {
        if self.roles.is_empty() || self.roles.len() > ROLES_MAX {
            let roles = u32::try_from(self.roles.len()).unwrap_or(u32::MAX);
            return Err(Refusal::NumberOfRoles { roles });
        }
        for (place, role) in self.roles.iter().enumerate() {
            if !role.is_for_people() {
                return Err(Refusal::RoleNotForPeople { role: *role });
            }
            if self.roles.iter().skip(place + 1).any(|other| other == role) {
                return Err(Refusal::RoleTwice { role: *role });
            }
        }
        Ok(())
    }
}

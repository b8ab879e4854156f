//! Shifts at the desks of the centre, as they stand, read into what all entities decide by (article 3).
//!
//! Read when a store is opened and before messages are claimed, and to be read after every command to a shift that was
//! accepted. Who is on shift is looked up among the accounts, too: whoever is dismissed or has lost the post is on shift
//! nowhere from that moment on, also before the desk has been told.

use duban_actors::desks::{Desk, Desks, Keeper};
use duban_actors::person::Person;
use duban_actors::shift::Shift;
use duban_runtime::entity::{Entity as _, EntityId};
use duban_runtime::journal::{Failure, Journal};

use crate::registry::Rules;
use crate::state::readable;

/// Puts in force who keeps which desk, under whatever rules are in force.
///
/// # Errors
/// When the shifts cannot be read; what was known stays in force.
pub fn heed(journal: &Journal, rules: &Rules) -> Result<(), Failure> {
    rules.change(|context, hash| {
        let desks = desks(journal)?;
        Ok((desks != context.desks).then(|| (context.kept_by(desks), hash)))
    })
}

fn desks(journal: &Journal) -> Result<Desks, Failure> {
    let (mut keepers, mut allowed) = (Vec::new(), Vec::new());
    for desk in Desk::ALL {
        let id = EntityId::new(Shift::KIND, desk.as_str());
        let Some(shift) = readable::<Shift>(journal, &id)? else { continue };
        keepers.push((*desk, today(journal, *desk, shift.keeper())?));
        allowed.extend(shift.allowed);
    }
    Ok(Desks::of(keepers, allowed))
}

/// Who keeps it, as their account stands: by the name they have there. Whoever has none is known by what they were
/// called.
fn today(journal: &Journal, desk: Desk, keeper: Keeper) -> Result<Keeper, Failure> {
    let Keeper::OnShift { login, name } = keeper else { return Ok(keeper) };
    let id = EntityId::new(Person::KIND, &login);
    let Some(person) = readable::<Person>(journal, &id)? else {
        return Ok(Keeper::OnShift { login, name });
    };
    let profile = person.account().ok().map(|account| &account.profile);
    let profile = profile.filter(|profile| profile.holds(desk.role()));
    Ok(profile.map_or(Keeper::Nobody, |profile| {
        let name = profile.name.clone();
        Keeper::OnShift { login, name }
    }))
}

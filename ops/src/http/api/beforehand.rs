//! Permission before work: what a case would say, asked before a key is cut or a photo looked for.
//!
//! An entity is a pure decider, so that it can be asked without being told. What it says then is all that counts: by the
//! time it is told, it may stand elsewhere.

use actix_web::web::{self, Data};
use duban_actors::case::{Case, Command};
use duban_runtime::entity::{Asked, Entity as _, EntityId, Refusal as _};

use super::refused;
use crate::house::House;
use crate::http::problem::Problem;

/// Whether the case would take this now; what it was told before is for itself to answer again.
///
/// # Errors
/// Its refusal, and what keeps it from being read.
pub(super) async fn would_take(
    house: &Data<House>,
    id: &EntityId,
    command: &Command,
    asked: &Asked,
) -> Result<(), Problem> {
    let (house, id) = (Data::clone(house), id.clone());
    let (command, asked) = (command.clone(), asked.clone());
    let asking = web::block(move || ask(&house, &id, &command, &asked));
    asking.await.map_err(|_| Problem::unavailable("unreadable"))?
}

fn ask(house: &House, id: &EntityId, command: &Command, asked: &Asked) -> Result<(), Problem> {
    let store = house.store();
    let case = match store.journal.entity(id)? {
        Some(stored) if stored.recent.iter().any(|(known, _)| *known == asked.id) => return Ok(()),
        Some(stored) => store.case(id, &stored).map_err(|error| {
            tracing::error!(%error, "a case cannot be read");
            Problem::unavailable("unreadable")
        })?,
        None => Case::initial(id),
    };
    match case.decide(command, asked, &house.rules.current().0) {
        Ok(_) => Ok(()),
        Err(refusal) => {
            // Writing plain data cannot fail.
            let said = serde_json::to_string(&refusal).unwrap_or_default();
            Err(refused::problem(refusal.code(), &said))
        }
    }
}

//! What a case has forgotten: it remembers its last few commands, and a key stands for a day; its history knows the rest.

use actix_web::web::{self, Data};
use duban_runtime::answer::{Answer, KEY_USED_BEFORE, Novelty};
use duban_runtime::entity::{CommandId, EntityId};
use duban_runtime::record::RECENT_MAX;

use super::keys::REMEMBERED;
use crate::house::House;
use crate::http::problem::Problem;

/// What a keyed command was answered that the case has forgotten; none if it was not asked within a day. Reads the
/// disk only for a case that has so many records.
///
/// # Errors
/// When the history cannot be read.
pub(super) async fn answer(
    house: &Data<House>,
    case: &EntityId,
    id: CommandId,
) -> Result<Option<Answer>, Problem> {
    let records = house.node.journal().sequence(case)?.unwrap_or(0);
    if usize::try_from(records).is_ok_and(|records| records <= RECENT_MAX) {
        return Ok(None);
    }
    let (house, case) = (Data::clone(house), case.clone());
    let look = web::block(move || {
        let (history, now) = (house.node.journal().history(&case)?, house.now());
        let mut of_the_day =
            history.iter().rev().take_while(|record| now.since(record.asked.at) <= REMEMBERED);
        Ok::<_, Problem>(of_the_day.find_map(|record| told(record.asked.id, id, record.sequence)))
    });
    look.await.map_err(|_| Problem::unavailable("unreadable"))?
}

/// What the record of `was` says of a command of `id`.
fn told(was: CommandId, id: CommandId, sequence: u64) -> Option<Answer> {
    if was == id {
        Some(Answer::Accepted { sequence, novelty: Novelty::Again })
    } else if id.is_another_use(was) {
        Some(Answer::Refused { code: KEY_USED_BEFORE, detail: "null".to_owned() })
    } else {
        None
    }
}

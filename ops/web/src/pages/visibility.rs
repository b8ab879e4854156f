//! Visibility on pages: what the API shows somebody in any of their posts (articles 7, 8, 9 and 12).

use duban_actors::case::Case;
use duban_actors::context::Context;
use duban_actors::meeting::Meeting;
use duban_rules::vocabulary::UnitId;
use duban_runtime::entity::EntityId;

use super::refused::Refused;
use super::session::Stay;
use duban_api::http::api::{help, visibility};
use duban_base::store::Store;

/// Whether `stay` sees the cases of `unit`.
pub(super) fn sees_unit(stay: &Stay, unit: &UnitId, cx: &Context) -> bool {
    stay.askers().any(|asker| visibility::sees_unit(&asker, unit, cx))
}

/// Whether `stay` sees a meeting.
pub(super) fn sees_meeting(stay: &Stay, meeting: &Meeting, cx: &Context) -> bool {
    stay.askers().any(|asker| visibility::sees_meeting(&asker, meeting, cx))
}

/// The case of this id, if it is there for `stay`.
///
/// # Errors
/// What somebody may not see is answered like nothing.
pub(super) fn case(stay: &Stay, store: &Store, id: &EntityId) -> Result<Case, Refused> {
    let mut refused = Refused::NotFound;
    for asker in stay.askers() {
        match visibility::find(store, &asker, id) {
            Ok((case, _)) => return Ok(case),
            Err(problem) if problem.status.is_server_error() => refused = Refused::Broken,
            Err(_) => {}
        }
    }
    Err(refused)
}

/// Whether the case of this id was there for `stay`, and is with somebody else by now.
///
/// # Errors
/// What cannot be read is not known, and no answer.
pub(super) fn saw(stay: &Stay, store: &Store, id: &EntityId) -> Result<bool, Refused> {
    for asker in stay.askers() {
        // Its reason is told to the log where it is made.
        if visibility::saw(store, &asker, id).map_err(|_| Refused::Broken)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the case of this id, or a part of it in which they help, is there for `stay`.
///
/// # Errors
/// What somebody may not see is answered like nothing.
pub(super) fn case_or_part(stay: &Stay, store: &Store, id: &EntityId) -> Result<(), Refused> {
    match case(stay, store, id) {
        Err(Refused::NotFound)
            if stay.askers().any(|asker| help::to(store, &asker, id).is_ok()) =>
        {
            Ok(())
        }
        seen => seen.map(drop),
    }
}

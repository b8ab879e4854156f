//! Effects of a person's events: what the reservation of the last operator hears, and the shifts of desks whose post
//! they have no more.

use duban_core::entity::Effect;

use super::{Event, Person};
use crate::desks::Desk;
use crate::tells::{Post, ToOperators, ToShift};

/// What is told of `event`; the person is as after it.
pub(super) fn effects(person: &Person, event: &Event) -> Vec<Effect> {
    let login = person.login.clone();
    let told = match event {
        Event::PostsLeft { roles } => {
            let desks = roles.iter().filter_map(|role| Desk::of_role(*role));
            return desks.map(|desk| ToShift::Leave { login: login.clone() }.tell(desk)).collect();
        }
        Event::BecameOperator => ToOperators::Joined { login },
        Event::CeasedAsOperator { release } => ToOperators::Left { login, release: *release },
        Event::ReleaseRecalled { release } => {
            let post = if person.is_operator() { Post::Operator } else { Post::Other };
            ToOperators::Recalled { login, release: *release, post }
        }
        Event::Enrolled(_)
        | Event::Changed(_)
        | Event::PasswordSet(_)
        | Event::SignedIn(_)
        | Event::SignInFailed { .. }
        | Event::LockedOut { .. }
        | Event::SignedOut { .. }
        | Event::SignedOutEverywhere
        | Event::TokenIssued(_)
        | Event::TokenRevoked { .. }
        | Event::Dismissed { .. }
        | Event::Unlocked
        | Event::BrowserKnown(_)
        | Event::TokensRevoked
        | Event::WrongPasswordsForgotten(_) => return Vec::new(),
    };
    vec![told.tell()]
}

//! The desks of a town's centre: whoever keeps one hands it over when their shift ends, and the next one signs for it
//! (article 3).

use std::time::Duration;

use anyhow::Result;

use duban_actors::desks::{Desk, Keeper};
use duban_actors::shift::{self, Named, Post, Shift};
use duban_base::asking::Asker;
use duban_base::duty;
use duban_base::rules_in_force::shifts;
use duban_runtime::clock::Clock as _;

use super::agenda::Act;
use super::people::who;
use super::run::Demo;

/// How long a shift is, and how much of it is left when it is handed over.
const SHIFT: Duration = Duration::from_hours(12);
const LAST: Duration = Duration::from_mins(10);
/// How long a desk stays vacant that was left.
const VACANT: Duration = Duration::from_hours(1);

/// What becomes of a desk when a shift ends.
#[derive(Debug, PartialEq, Eq)]
enum Turn {
    /// Whoever keeps it goes on.
    Stays,
    /// It falls to the first of the post: a visitor left it and named nobody.
    Falls,
    /// It passes from one of the post to the next, by their places.
    Passes { gone: usize, next: usize },
}

/// What becomes of a desk of this keeper. Somebody whom the town does not know is a visitor, who keeps the desk as long as they
/// like.
fn turn(keeper: &Keeper, post: &[Asker]) -> Turn {
    let login = match keeper {
        Keeper::Everybody => return Turn::Stays,
        Keeper::Nobody => return Turn::Falls,
        Keeper::OnShift { login, .. } => login,
    };
    let Some(gone) = post.iter().position(|one| one.login == *login) else { return Turn::Stays };
    let next = (gone + 1) % post.len();
    if next == gone { Turn::Stays } else { Turn::Passes { gone, next } }
}

impl Demo<'_> {
    /// Every desk is taken over by the first of its post.
    pub(super) fn man(&mut self) {
        let begin = self.options.begin;
        for desk in Desk::ALL {
            self.agenda.add(begin, Act::TakeOver(*desk, 0));
            self.agenda.add(begin + SHIFT - LAST, Act::HandOver(*desk));
        }
    }

    /// Whoever is on shift hands over to the next one of the post; one of them goes before there is one.
    pub(super) async fn hand_over(&mut self, desk: Desk) -> Result<()> {
        let now = self.clock.now();
        self.agenda.add(now + SHIFT, Act::HandOver(desk));
        let in_force = self.rules.current();
        let cx = &in_force.0;
        let post = who::post(desk.role(), &cx.rules);
        let (gone, next) = match turn(cx.desks.keeper(desk), &post) {
            Turn::Stays => return Ok(()),
            Turn::Falls => return self.take_over(desk, 0).await,
            Turn::Passes { gone, next } => (gone, next),
        };
        let (Some(gone), Some(next_one)) = (post.get(gone), post.get(next)) else { return Ok(()) };
        let is_left = desk == Desk::Dispatch && self.script.is_left(now);
        let named = Named { login: next_one.login.clone(), post: Post::Held };
        let (to, wait) = if is_left { (None, VACANT) } else { (Some(named), LAST) };
        self.agenda.add(now + wait, Act::TakeOver(desk, next));
        let open = duty::open(self.node.journal(), desk)?;
        let note = format!("在办 {} 件,其余正常", open.len());
        self.shift(desk, gone, shift::Command::HandOver { to, note, open }).await
    }

    /// The one at this place of the post takes a desk over, and is on shift.
    pub(super) async fn take_over(&mut self, desk: Desk, place: usize) -> Result<()> {
        let in_force = self.rules.current();
        let post = who::post(desk.role(), &in_force.0.rules);
        let Some(next) = post.get(place) else { return Ok(()) };
        self.shift(desk, next, shift::Command::TakeOver { reason: None }).await?;
        if desk == Desk::DutyChief {
            let text = "值班设备和台账已清点,通讯畅通".to_owned();
            self.shift(desk, next, shift::Command::Note { text }).await?;
        }
        Ok(())
    }

    async fn shift(&mut self, desk: Desk, who: &Asker, command: shift::Command) -> Result<()> {
        self.ask::<Shift>(desk.as_str(), command, who).await?;
        shifts::heed(self.node.journal(), &self.rules)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use duban_actors::role::Role;

    use super::*;

    #[test]
    fn a_desk_that_a_visitor_left_to_nobody_falls_to_the_town_at_its_next_turn() {
        let post: Vec<Asker> =
            ["duty-chief", "duty-chief-2"].map(|one| Asker::system(one, Role::DutyChief)).into();
        let kept_by = |login: &str| Keeper::OnShift { login: login.into(), name: login.into() };
        assert_eq!(turn(&Keeper::Nobody, &post), Turn::Falls);
        assert_eq!(turn(&Keeper::Everybody, &post), Turn::Stays);
        assert_eq!(turn(&kept_by("demo"), &post), Turn::Stays, "a visitor stays");
        assert_eq!(turn(&kept_by("duty-chief-2"), &post), Turn::Passes { gone: 1, next: 0 });
        let alone = post.get(..1).unwrap();
        assert_eq!(turn(&kept_by("duty-chief"), alone), Turn::Stays, "there is nobody else");
    }
}

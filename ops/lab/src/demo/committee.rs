//! The committee of a town: what is to be done with a meeting is done when its hour has come (articles 4 and 19).

use anyhow::Result;

use duban_actors::case::CaseId;
use duban_actors::meeting::Meeting;
use duban_base::state;
use duban_runtime::clock::Clock as _;

use super::agenda::Act;
use super::people::convening;
use super::run::Demo;

impl Demo<'_> {
    /// A dispute was put to the committee: its meeting is gone on with.
    pub(super) fn call_the_committee(&mut self, id: &CaseId) -> Result<()> {
        let Some(case) = self.case(id)? else { return Ok(()) };
        let dispute = case.state.dispute();
        if let Some(no) = dispute.and_then(|(_, dispute)| dispute.committee.meeting()) {
            self.agenda.add(convening::first(self.clock.now()), Act::Convene(no.clone()));
        }
        Ok(())
    }

    /// Everything that is due to be done with a meeting is; the rest when it is.
    pub(super) async fn convene(&mut self, no: &str) -> Result<()> {
        while let Some((meeting, _)) = state::read::<Meeting>(self.node.journal(), no)? {
            let (now, in_force) = (self.clock.now(), self.rules.current());
            let Some(turn) = convening::next(&meeting, now, &in_force.0) else { break };
            if turn.at > now {
                self.agenda.add(turn.at, Act::Convene(no.into()));
                break;
            }
            if self.ask::<Meeting>(no, turn.command, &turn.asker).await?.is_some() {
                break;
            }
            // What was decided is done by the case at once.
            self.node.durable().await;
            for item in meeting.undecided() {
                self.think_on(&item.motion.case)?;
            }
        }
        Ok(())
    }
}

//! What people live through seldom, counted in a town: shifts, disputes and how they were found, meetings, applications and
//! what became of them, looks that were missed.

use anyhow::Result;
use serde::Serialize;

use duban_actors::case::calls::Outcome;
use duban_actors::case::command::Determination;
use duban_actors::case::event::Charge;
use duban_actors::case::{Case, Event};
use duban_actors::desks::Desk;
use duban_actors::meeting::{DONE, Meeting, State};
use duban_actors::shift::{self, Shift};
use duban_actors::unit::{ACTIVE, Unit};
use duban_base::state::readable;
use duban_rules::RuleBook;
use duban_rules::book::units::Method;
use duban_runtime::entity::{Entity, EntityId};
use duban_runtime::journal::Journal;
use duban_runtime::record::Record;

/// Units and meetings that are read.
const READ_MAX: usize = 4_096;
/// The longest month.
const DAYS_MAX: u32 = 31;

/// What was lived through, and how often.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Lived {
    /// Desks that somebody took over.
    pub shifts: u64,
    /// Desks that somebody left before there was somebody to take them over.
    pub vacancies: u64,
    /// Calls to units on the telephone that were answered.
    pub calls: u64,
    /// Calls that nobody answered.
    pub unanswered: u64,
    pub disputes: Disputes,
    pub applications: Applications,
    /// Parts of a case that a helper did.
    pub helped: u64,
    /// Days on which a unit's head did not look.
    pub missed_looks: u64,
}

/// Disputes, by what was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Disputes {
    pub asked: u64,
    pub unfounded: u64,
    pub credited: u64,
    pub moved: u64,
    pub joint: u64,
    /// Those of them that the committee found.
    pub by_committee: u64,
    /// Meetings on site that were held.
    pub met_on_site: u64,
    /// Meetings of the committee that are minuted.
    pub meetings: u64,
}

/// Applications, by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Applications {
    pub asked: u64,
    /// Extensions within the quota.
    pub extended: u64,
    /// Extensions that the head of the centre granted beyond it.
    pub beyond: u64,
    /// Extensions for which there was no place in it.
    pub quota_refused: u64,
    /// Refused on their merits, whatever was asked.
    pub refused: u64,
    pub deferred: u64,
    pub resumed: u64,
    /// Cases that were not as reported.
    pub withdrawn: u64,
}

impl Lived {
    /// Counts what a case lived through, if it was any of this.
    pub(super) fn count_case(
        &mut self,
        (id, case): (&EntityId, &Case),
        journal: &Journal,
        rules: &RuleBook,
    ) -> Result<()> {
        let Some(filing) = case.state.filing() else { return Ok(()) };
        let units = filing.facts.iter().map(|fact| &fact.unit).chain(case.state.unit());
        let mut units = units.filter_map(|unit| rules.units.get(unit));
        let is_called =
            filing.call.is_some() || units.any(|unit| unit.dispatch_by == Method::Phone);
        if !is_called && filing.returns.is_empty() {
            return Ok(());
        }
        each::<Case>(journal, id, |event| self.count(event))
    }

    /// Counts what is nobody's case: shifts, meetings and looks.
    pub(super) fn count_beside(&mut self, journal: &Journal) -> Result<()> {
        for desk in Desk::ALL {
            let id = EntityId::new(Shift::KIND, desk.as_str());
            each::<Shift>(journal, &id, |event| match event {
                shift::Event::TakenOver { .. } => self.shifts += 1,
                shift::Event::HandedOver(handover) => {
                    self.vacancies += u64::from(handover.to.is_none());
                }
                shift::Event::Noted(_)
                | shift::Event::ClosingAllowed { .. }
                | shift::Event::Left { .. } => {}
            })?;
        }
        for (_, id) in journal.list(&DONE, None, READ_MAX)? {
            let meeting = readable::<Meeting>(journal, &id)?;
            let is_minuted = |one: Meeting| matches!(one.standing, State::Minuted(..));
            self.disputes.meetings += u64::from(meeting.is_some_and(is_minuted));
        }
        for (_, id) in journal.list(&ACTIVE, None, READ_MAX)? {
            let Some(unit) = readable::<Unit>(journal, &id)? else { continue };
            for month in &unit.views.months {
                let missed = (1..=DAYS_MAX).filter(|day| month.missed.has(*day));
                self.missed_looks += u64::try_from(missed.count()).unwrap_or(u64::MAX);
            }
        }
        Ok(())
    }

    fn count(&mut self, event: &Event) {
        let (disputes, applications) = (&mut self.disputes, &mut self.applications);
        if let Event::Called(called) = event {
            match called.outcome {
                Outcome::Answered => self.calls += 1,
                Outcome::NoAnswer => self.unanswered += 1,
            }
        } else if let Event::HelpGiven(_) = event {
            self.helped += 1;
        } else if let Event::Disputed(_) = event {
            disputes.asked += 1;
        } else if let Event::SiteMeetingHeld(_) = event {
            disputes.met_on_site += 1;
        } else if let Event::Determined(found) = event {
            disputes.by_committee += u64::from(found.committee.is_some());
            match found.finding {
                Determination::Stays => disputes.unfounded += 1,
                Determination::StaysCredited => disputes.credited += 1,
                Determination::MovesTo(_) => disputes.moved += 1,
                Determination::Joint { .. } => disputes.joint += 1,
            }
        } else {
            applications.count(event);
        }
    }
}

impl Applications {
    fn count(&mut self, event: &Event) {
        if let Event::Applied(_) = event {
            self.asked += 1;
        } else if let Event::Extended(granted) = event {
            match granted.quota {
                Charge::Within => self.extended += 1,
                Charge::Beyond => self.beyond += 1,
            }
        } else if let Event::QuotaRefused(_) = event {
            self.quota_refused += 1;
        } else if let Event::ApplicationRefused { .. } = event {
            self.refused += 1;
        } else if let Event::Deferred(_) = event {
            self.deferred += 1;
        } else if let Event::Resumed(_) = event {
            self.resumed += 1;
        } else if let Event::Withdrawn(_) = event {
            self.withdrawn += 1;
        }
    }
}

/// Does something with each event of a history.
fn each<E: Entity>(
    journal: &Journal,
    id: &EntityId,
    mut with: impl FnMut(&E::Event),
) -> Result<()> {
    for Record { events, .. } in journal.history(id)? {
        for event in serde_json::from_str::<Vec<E::Event>>(&events)? {
            with(&event);
        }
    }
    Ok(())
}

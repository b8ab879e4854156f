//! Reviews of a town's units: each day their heads look at what is open, answer what they are ordered, and have the worst
//! done (articles 7 and 16).

use std::time::Duration;

use anyhow::Result;

use duban_actors::case::{Case, CaseId, Command, Holder, listing};
use duban_actors::unit::{self, views::Seen};
use duban_rules::book::units::Unit;
use duban_rules::vocabulary::{UnitClass, UnitId};
use duban_runtime::clock::Clock as _;

use super::agenda::Act;
use super::people::who;
use super::run::Demo;

/// A unit's review looks at so many cases.
const REVIEWED_MAX: usize = 20;

impl Demo<'_> {
    /// A unit's head answers supervision orders, and has the worst case done at last.
    pub(super) async fn review(&mut self, unit: UnitId) -> Result<()> {
        let now = self.clock.now();
        self.agenda.add(now + Duration::from_hours(24), Act::Review(unit.clone()));
        let list = listing::open_of(&unit);
        let in_force = self.rules.current();
        let rules = &in_force.0.rules;
        let head = who::head(&unit, rules);
        let is_first = rules.units.get(&unit).and_then(Unit::class) == Some(UnitClass::First);
        if is_first && self.script.looks(&unit, rules.calendar.local(now.into()).date(), rules) {
            let look = unit::Command::View { seen: Seen::Cases };
            self.ask::<unit::Unit>(unit.as_str(), look, &head).await?;
        }
        for (_, id) in self.node.journal().list(&list, None, REVIEWED_MAX)? {
            let id = CaseId(id.key);
            let Some(case) = self.case(&id)? else { continue };
            let orders = case.state.filing().map(|filing| filing.orders.iter());
            let open: Vec<u16> = orders
                .into_iter()
                .flatten()
                .filter(|o| o.clock().is_some())
                .map(|o| o.no)
                .collect();
            for order in open {
                let reply = Command::ReplySupervision { order, text: "已督促办理".to_owned() };
                self.ask::<Case>(id.as_str(), reply, &head).await?;
            }
            let forgotten = case.state.held().is_some_and(|(_, held, holder)| {
                let long_due = |due| now.since(due) > Duration::from_hours(48);
                matches!(holder, Holder::Unit { receipt: None }) && held.due.is_some_and(long_due)
            });
            if forgotten {
                self.agenda.add(now + Duration::from_hours(4), Act::Step(id, "handling"));
            }
        }
        Ok(())
    }
}

//! Reports of a town: where somebody sees something, what it is, and by which way they tell it (articles 13 and 14).

use std::time::Duration;

use anyhow::Result;
use rand::RngExt;

use duban_actors::case::command::NewReport;
use duban_actors::case::{Case, CaseId, Channel, Command};
use duban_actors::desks::Desk;
use duban_rules::vocabulary::ConditionCode;
use duban_runtime::clock::Clock as _;

use super::agenda::Act;
use super::people::{self, who};
use super::run::Demo;

impl Demo<'_> {
    /// Somebody reports something somewhere in the town, and the next one will before long.
    pub(super) async fn report(&mut self, n: u64) -> Result<()> {
        let in_force = self.rules.current();
        let rules = &in_force.0.rules;
        let now = self.clock.now();
        let mut chance = people::chance(self.options.seed, &[b"report", &n.to_le_bytes()]);
        let mean = 86_400 / u64::from(self.options.reports_a_day.max(1));
        let hour: u32 =
            rules.calendar.local(now.into()).format("%H").to_string().parse().unwrap_or(12);
        // Nights are quiet.
        let pause = if (6..22).contains(&hour) { mean * 7 / 10 } else { mean * 4 };
        let next = now + Duration::from_secs(chance.random_range(1..=pause.max(1) * 2));
        self.agenda.add(next, Act::Report(n + 1));

        let conditions: Vec<&ConditionCode> = rules.handbook.conditions.keys().collect();
        let cells: Vec<_> = rules.grid.cells().collect();
        let condition = conditions.get(chance.random_range(0..conditions.len().max(1)));
        let cell = cells.get(chance.random_range(0..cells.len().max(1)));
        let (Some(condition), Some(cell)) = (condition, cell) else { return Ok(()) };
        let known = rules.handbook.condition(condition);
        let text = known.map_or_else(String::new, |c| format!("{}:{}", c.small_class, c.filing));
        let channel = people::channel(&mut chance);
        let place = cell.middle();
        let found = rules.grid.locate(place).map(|(_, grid)| grid.id.clone());
        let posted = found.and_then(|grid| rules.grid.collectors(&grid).first().cloned());
        let by = posted.filter(|_| channel == Channel::Handset);
        let report = NewReport {
            channel,
            source: "demo".into(),
            external_id: n.to_string().into(),
            text,
            address: format!("{}号网格", cell.id),
            place: Some(place),
            reporter: None,
            photos: vec!["before.jpg".into()],
            collector: by.clone(),
            urgent: None,
            clock_ahead_s: None,
        };
        let case = CaseId::from_intake("demo", &n.to_string());
        self.conditions.insert(case.clone(), (*condition).clone());
        let asker = match &by {
            Some(collector) => who::collector(collector),
            None => who::at_desk(Desk::Intake, &in_force.0),
        };
        self.ask::<Case>(case.as_str(), Command::Register(Box::new(report)), &asker).await?;
        self.think_on(&case)
    }
}

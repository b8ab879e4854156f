//! Run of a demo: the earlier of the next act and the next timer, again and again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use rand::RngExt as _;

use duban_actors::case::application::Begun;
use duban_actors::case::{Case, CaseId, Command};
use duban_actors::collector::{self, Collector};
use duban_actors::context::Context as InForce;
use duban_rules::vocabulary::ConditionCode;
use duban_runtime::clock::{Clock, SystemClock, Timestamp, VirtualClock};
use duban_runtime::entity::{CommandId, Entity, EntityId};
use duban_runtime::journal::Journal;
use duban_runtime::node::{Node, Options as NodeOptions, Ticking};

use super::agenda::{Act, Agenda};
use super::enrolment;
use super::happenings::Script;
use super::options::{Afterwards, Going, Options};
use super::people::{self, Sight, Step, who};
use super::summary::{self, Summary};
use super::visited::Visited;
use super::watching::{Mail, Seen, Watcher};
use duban_api::operations::units::quota;
use duban_base::asking::{self, Asker, No, Terms};
use duban_base::registry::{self, Rules};
use duban_base::rules_in_force::establishment;
use duban_base::state;
use duban_messages::courier::Folder;
use duban_messages::courier::email::Sender;
use duban_messages::delivery::deliver_due;
use duban_server::server::left_alone;

/// Lets the town live; runs inside an actix system.
///
/// # Errors
/// When the journal or the folder cannot be written, or an entity refuses what people there may do.
pub async fn run(options: Options, watcher: Watcher<'_>) -> Result<Summary> {
    let rules = registry::in_force(options.rules.clone());
    let registry = registry::registry(&rules);
    let journal = Journal::open(options.store.clone(), Arc::clone(&registry) as _, &|_| {})
        .context("打开账本")?;
    let clock = Arc::new(VirtualClock::at(options.begin));
    let layout = NodeOptions { arbiters: 0, ticking: Ticking::ByHand, ..NodeOptions::default() };
    let node = Node::start(layout, registry, journal, Arc::clone(&clock) as Arc<dyn Clock>).await?;
    let node = Arc::new(node);
    enrolment::enrol(&node, &rules).await?;
    let visited = match &options.web_server {
        Some(open) => Some(Visited::open(open, &node, &rules).await?),
        None => None,
    };
    let folder = Folder::open(
        &options.mail,
        Sender::new(&options.sender)?,
        options.rules.calendar.offset(),
    )?;
    let way_in = visited.as_ref().map(Visited::way_in);
    let seen = Seen { way_in, ..Seen::default() };
    let mut demo = Demo {
        node: &node,
        clock: &clock,
        rules,
        mail: Mail { folder, seen },
        agenda: Agenda::default(),
        script: Script::of(options.seed, (options.begin, options.days), &options.rules),
        conditions: BTreeMap::new(),
        stages: BTreeMap::new(),
        refused: BTreeMap::new(),
        asked: 0,
        refusals: 0,
        options: &options,
    };
    demo.open().await?;
    demo.live(watcher).await?;
    if options.afterwards == Afterwards::Stay {
        demo.stay().await;
    }
    let told = (demo.mail.seen.messages, demo.refusals);
    let until = clock.now();
    node.durable().await;
    let summary = summary::read(node.journal(), &options.rules, until, told)?;
    let journal = node.journal().clone();
    if let Some(visited) = visited {
        visited.close().await;
    }
    let node = left_alone(node).await.context("小城还有访客没有离开")?;
    node.stop().await;
    journal.close()?;
    Ok(summary)
}

pub(super) struct Demo<'a> {
    pub(super) node: &'a Node,
    pub(super) clock: &'a VirtualClock,
    pub(super) rules: Rules,
    mail: Mail,
    pub(super) agenda: Agenda,
    pub(super) script: Script,
    /// What each case really is: people see it when they file.
    pub(super) conditions: BTreeMap<CaseId, ConditionCode>,
    stages: BTreeMap<CaseId, &'static str>,
    /// What was refused last, of which case at which stage.
    refused: BTreeMap<CaseId, (&'static str, &'static str)>,
    asked: u64,
    /// How often somebody was told no.
    refusals: u64,
    pub(super) options: &'a Options,
}

impl Demo<'_> {
    /// Units and collectors take up their posts, and the first things are put on the agenda.
    async fn open(&mut self) -> Result<()> {
        let in_force = self.rules.current();
        let rules = &in_force.0.rules;
        let begin = self.options.begin;
        let operator = who::operator();
        let established = establishment::establish(self.node, &self.rules, &operator).await?;
        anyhow::ensure!(established.unset.is_empty(), "简报没有排上:{:?}", established.unset);
        for unit in rules.units.iter().filter(|unit| unit.active) {
            let id = unit.id.as_str();
            let mut chance = people::chance(self.options.seed, &[b"review", id.as_bytes()]);
            let first = begin + Duration::from_secs(chance.random_range(0..7200));
            self.agenda.add(first, Act::Review(unit.id.clone()));
        }
        for entry in rules.grid.all_collectors() {
            let appoint = collector::Command::Appoint;
            self.ask::<Collector>(entry.id.as_str(), appoint, &operator).await?;
            let mut chance =
                people::chance(self.options.seed, &[b"leave", entry.id.as_str().as_bytes()]);
            let first = begin + Duration::from_secs(chance.random_range(0..20 * 86_400));
            self.agenda.add(first, Act::Leave(entry.id.clone()));
        }
        self.man();
        self.agenda.add(begin, Act::Report(0));
        Ok(())
    }

    async fn live(&mut self, watcher: Watcher<'_>) -> Result<()> {
        let wall = SystemClock::start();
        let end = self.options.begin + Duration::from_hours(24) * self.options.days;
        let mut shown = Duration::ZERO;
        while *self.options.stop.borrow() == Going::On {
            self.node.settled().await;
            let act = self.agenda.next().unwrap_or(Timestamp::NEVER);
            let timer = self.node.next_due().unwrap_or(Timestamp::NEVER);
            let next = act.min(timer);
            if next > end {
                break;
            }
            self.keep_pace(&wall, next).await;
            self.clock.advance_to(next);
            if act <= timer {
                self.act().await?;
            } else {
                self.node.fire_due().await;
            }
            self.node.durable().await;
            let tally = deliver_due(self.node, &self.rules, &mut self.mail).await?;
            self.mail.seen.messages += tally.delivered;
            let now = wall.monotonic();
            if now.saturating_sub(shown) >= Duration::from_millis(100) {
                shown = now;
                self.show(watcher);
            }
        }
        self.show(watcher);
        Ok(())
    }

    /// Keeps the HTTP server open until the town is told to stop; whoever gave it up has gone.
    async fn stay(&self) {
        let mut stop = self.options.stop.clone();
        drop(stop.wait_for(|going| *going == Going::Stop).await);
    }

    fn show(&mut self, watcher: Watcher<'_>) {
        let mut stages = BTreeMap::new();
        for stage in self.stages.values() {
            *stages.entry(*stage).or_default() += 1;
        }
        self.mail.seen.stages = stages;
        self.mail.seen.now = self.clock.now();
        watcher(&self.mail.seen);
    }

    /// Waits until the wall clock has caught up with the town's, at the speed that was asked for.
    async fn keep_pace(&self, wall: &SystemClock, next: Timestamp) {
        if self.options.speed > 0 {
            let lived = next.since(self.options.begin);
            let due = lived / self.options.speed;
            let ahead = due.saturating_sub(wall.monotonic());
            if !ahead.is_zero() {
                tokio::time::sleep(ahead).await;
            }
        }
    }

    async fn act(&mut self) -> Result<()> {
        match self.agenda.pop() {
            None => Ok(()),
            Some(Act::Report(n)) => self.report(n).await,
            Some(Act::Step(case, stage)) => self.step(case, stage).await,
            Some(Act::Review(unit)) => self.review(unit).await,
            Some(Act::Leave(collector)) => {
                let now = self.clock.now();
                let until = now + Duration::from_hours(24);
                self.agenda.add(now + Duration::from_hours(20 * 24), Act::Leave(collector.clone()));
                let leave = collector::Command::TakeLeave { until };
                self.ask::<Collector>(collector.as_str(), leave, &who::operator()).await.map(|_| ())
            }
            Some(Act::HandOver(desk)) => self.hand_over(desk).await,
            Some(Act::TakeOver(desk, place)) => self.take_over(desk, place).await,
            Some(Act::Convene(no)) => self.convene(&no).await,
        }
    }

    /// Whoever holds the case does the next thing, if it still stands where it stood.
    async fn step(&mut self, id: CaseId, stage: &'static str) -> Result<()> {
        let Some(case) = self.case(&id)? else { return Ok(()) };
        if case.state.name() != stage {
            return Ok(());
        }
        // A visitor's case is the visitor's to lead on.
        let Some(condition) = self.conditions.get(&id) else { return Ok(()) };
        let in_force = self.rules.current();
        let step = people::next(&case, condition, &self.sight(&id, &in_force.0));
        let Some(Step { asker, mut command, .. }) = step else { return Ok(()) };
        if let (Command::Apply { begun, .. }, Some(unit)) = (&mut command, case.state.unit()) {
            let (calendar, as_of) = (&in_force.0.rules.calendar, self.clock.now());
            let n = quota::begun(self.node.journal(), calendar, unit, as_of)?;
            *begun = Begun { n, as_of };
        }
        let mut refused = self.ask::<Case>(id.as_str(), command.clone(), &asker).await?;
        if let Some(other) = refused.and_then(|code| people::instead(&command, code)) {
            refused = self.ask::<Case>(id.as_str(), other, &asker).await?;
        }
        let before = match refused {
            Some(code) => self.refused.insert(id.clone(), (stage, code)),
            None => self.refused.remove(&id),
        };
        // Whoever goes on knows what the quota says, and of a meeting.
        self.node.durable().await;
        if let Command::Refer { .. } = command {
            self.call_the_committee(&id)?;
        }
        // Time or somebody else may have mended it: it is tried once more, and then left.
        if refused.is_none_or(|code| before != Some((stage, code))) {
            self.think_on(&id)?;
        }
        Ok(())
    }

    fn sight<'a>(&self, id: &CaseId, cx: &'a InForce) -> Sight<'a> {
        let Options { seed, begin, .. } = *self.options;
        let (now, meant) = (self.clock.now(), self.script.meant_for(id));
        Sight { seed, began: begin, now, cx, meant }
    }

    /// Puts the next thing that somebody will do with a case on the agenda.
    pub(super) fn think_on(&mut self, id: &CaseId) -> Result<()> {
        let Some(case) = self.case(id)? else { return Ok(()) };
        let stage = case.state.name();
        self.stages.insert(id.clone(), stage);
        let Some(condition) = self.conditions.get(id) else { return Ok(()) };
        let in_force = self.rules.current();
        self.script.heed(id, &case, self.clock.now(), &in_force.0);
        if let Some(step) = people::next(&case, condition, &self.sight(id, &in_force.0)) {
            self.agenda.add(self.clock.now() + step.after, Act::Step(id.clone(), stage));
        }
        Ok(())
    }

    pub(super) fn case(&self, id: &CaseId) -> Result<Option<Case>> {
        Ok(state::read(self.node.journal(), &id.0)?.map(|(case, _)| case))
    }

    /// Asks and waits until it is durable. A refusal is an answer, too, and its code is given: people go on with their day.
    pub(super) async fn ask<E: Entity>(
        &mut self,
        key: &str,
        command: E::Command,
        asker: &Asker,
    ) -> Result<Option<&'static str>> {
        self.asked += 1;
        let (seed, number) = (self.options.seed.to_le_bytes(), self.asked.to_le_bytes());
        let terms = Terms::of(CommandId::derived(&[b"demo", &seed, &number]));
        match asking::ask::<E>(self.node, asker, terms, key, command).await {
            Ok(_) => Ok(None),
            Err(No::Refused { code, detail }) => {
                self.refusals += 1;
                tracing::warn!(entity = %EntityId::new(E::KIND, key), code, detail, "refused");
                Ok(Some(code))
            }
            Err(no) => anyhow::bail!("{key}: {no:?}"),
        }
    }
}

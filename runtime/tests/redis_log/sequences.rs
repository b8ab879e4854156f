//! Random sequences of everything that can be asked of a log: scripts in Redis and the model in plain Rust answer the
//! same, and leave the same behind.
//!
//! Redis's clock cannot be set. Time passes there by moving back every instant that stands in the log, and in the model
//! by moving its clock ahead; what is compared is moved by as much.

mod dump;
mod questions;

use std::collections::BTreeMap;
use std::mem::discriminant;
use std::sync::{Arc, Mutex};

use duban_runtime::clock::Timestamp;
use duban_runtime::cluster::log::{
    Added, Adding, GroupId, Leased, Log, LogFailure, Logs as _, Overview, Seed, Seeded,
};
use duban_runtime::cluster::model::{Condition, Model, ModelLogs};
use duban_runtime::cluster::redis::{Durability, Settings};
use rand::{RngExt as _, SeedableRng as _};
use rand_pcg::Pcg64;

use self::dump::Behind;
use self::questions::{Group, Question};
use crate::world::World;

/// How many sequences are tried.
const SEQUENCES: u64 = 20_000;
/// How long each is at most.
const STEPS_MAX: usize = 15;
/// Sequences in the midst of which the server is killed and started again.
const RESTARTS: [u64; 4] = [1_000, 6_000, 11_000, 16_000];

/// Every kind of answer, as [`Trial::heard`] calls it.
const ANSWERS: [&str; 18] = [
    "added",
    "added before",
    "another reign",
    "behind",
    "fenced",
    "number",
    "read",
    "leases",
    "leases in another reign",
    "overview",
    "end",
    "begun",
    "not begun",
    "at work",
    "away",
    "full",
    "time passed",
    "scripts forgotten",
];

#[test]
fn scripts_and_model_give_the_same_answers_and_leave_the_same_behind() {
    // A disk that is safe before every answer is tried elsewhere; here it would only take long.
    let settings = ["appendonly yes", "appendfsync everysec", "maxmemory-policy noeviction"];
    let mut world =
        World::coming(&settings, |to| Settings { durability: Durability::EverySecond, ..to });
    let mut behind = Behind::of(&world);
    let mut log = world.log();
    let mut heard = BTreeMap::new();
    for sequence in 0..SEQUENCES {
        let mut trial = Trial::new(sequence, &mut *log, &mut behind, &mut heard);
        let n_steps = trial.dice.random_range(5..=STEPS_MAX);
        for step in 0..n_steps {
            trial.step();
            if step == n_steps / 2 && RESTARTS.contains(&sequence) {
                trial.restart(&mut world);
            }
        }
        trial.end();
    }
    let missing: Vec<&str> =
        ANSWERS.into_iter().filter(|answer| !heard.contains_key(answer)).collect();
    assert!(missing.is_empty(), "never heard: {missing:?} of {heard:?}");
    duban_gate::report::tell(&format!("{SEQUENCES} sequences of scripts: {heard:?}"));
}

/// One sequence.
struct Trial<'a> {
    sequence: u64,
    dice: Pcg64,
    model: Arc<Mutex<Model>>,
    modelled: Box<dyn Log>,
    log: &'a mut dyn Log,
    behind: &'a mut Behind,
    /// How much further the model's clock is, in milliseconds.
    ahead: i64,
    /// What was added so far, to be added again.
    groups: Vec<Group>,
    /// What was done, to be told when it comes to something else.
    steps: Vec<String>,
    heard: &'a mut BTreeMap<&'static str, u64>,
}

impl<'a> Trial<'a> {
    fn new(
        sequence: u64,
        log: &'a mut dyn Log,
        behind: &'a mut Behind,
        heard: &'a mut BTreeMap<&'static str, u64>,
    ) -> Trial<'a> {
        let model = Arc::new(Mutex::new(Model::new("first")));
        let modelled = ModelLogs(Arc::clone(&model)).log();
        let dice = Pcg64::seed_from_u64(sequence);
        let (ahead, groups, steps) = (0, Vec::new(), Vec::new());
        Trial { sequence, dice, model, modelled, log, behind, ahead, groups, steps, heard }
    }

    fn step(&mut self) {
        let question = {
            let model = self.model.lock().unwrap();
            questions::any(&mut self.dice, &model, &self.groups)
        };
        self.steps.push(format!("{question:?}"));
        match question {
            Question::Add(group) => self.add(group),
            Question::Read(after, most) => {
                let there = self.log.read(after, most, 0);
                self.same("read", there, |model| model.read(after, most, 0));
            }
            Question::Lease(reign, node, leasing) => {
                let there = self.log.lease(reign, node, &leasing);
                let there = there.map(|leased| self.moved_leased(leased));
                let answer = match there {
                    Ok(Leased::Reign(_)) => "leases in another reign",
                    Ok(Leased::Leases { .. }) | Err(_) => "leases",
                };
                self.same(answer, there, |model| model.lease(reign, node, &leasing));
            }
            Question::Look(looking) => {
                let there = self.log.look(&looking).map(|overview| self.moved(overview));
                self.same("overview", there, |model| model.look(&looking));
                let there = self.log.end();
                self.same("end", there, |model| model.end());
            }
            Question::Seed(seed) => self.seed(&seed),
            Question::Pass(millis) => {
                self.behind.age(millis);
                self.ahead += millis;
                self.hear("time passed");
            }
            Question::Forget => {
                self.behind.forget_scripts();
                self.hear("scripts forgotten");
            }
            Question::Fill(condition) => {
                self.behind.set_memory(condition);
                self.model.lock().unwrap().set_condition(condition);
            }
        }
    }

    fn add(&mut self, group: Group) {
        let Group { reign, mirrored, body, parts } = &group;
        let id = GroupId::of(body);
        let (reign, mirrored) = (*reign, *mirrored);
        let adding = Adding { reign, mirrored, group: id, release: "1.2.3", body, parts };
        let there = self.log.add(adding);
        let head = self.model.lock().unwrap().head().map(|head| head.frame);
        let answer = match &there {
            Ok(Added::In(frame)) if head.is_some_and(|head| head < *frame) => "added",
            Ok(Added::In(_)) => "added before",
            Ok(Added::Reign(_)) => "another reign",
            Ok(Added::Behind(_)) => "behind",
            Ok(Added::Fenced(..)) => "fenced",
            Ok(Added::Lsn(..)) => "number",
            Err(_) => "full",
        };
        self.same(answer, there, |model| model.add(adding));
        self.groups.push(group);
    }

    fn seed(&mut self, seed: &Seed) {
        // Its answer does not say when it was.
        let now = self.behind.now();
        self.set_now(now);
        let there = self.log.seed(seed);
        let answer = match &there {
            Ok(Seeded::Begun) => "begun",
            Ok(Seeded::Reign(_)) | Err(_) => "not begun",
            Ok(Seeded::AtWork(_)) => "at work",
        };
        self.same(answer, there, |model| model.seed(seed));
    }

    /// Kills the server and starts it again: whoever asks next is broken off, and all that was answered is there.
    fn restart(&mut self, world: &mut World) {
        self.steps.push("restart".to_owned());
        // Where neither was asked yet, there is nothing to break off.
        drop((self.log.run(), self.modelled.run()));
        self.behind.make_safe();
        world.server.kill();
        world.server.start_again();
        self.behind.connect_again();
        let mut model = self.model.lock().unwrap();
        model.restart("second");
        model.set_condition(Condition::Well);
        drop(model);
        let there = self.log.read(0, 1, 0);
        self.same("away", there, |model| model.read(0, 1, 0));
    }

    /// Compares all that is left behind, and takes it away.
    fn end(mut self) {
        self.behind.set_memory(Condition::Well);
        let there = self.behind.take(self.ahead);
        let here = dump::of(&self.model.lock().unwrap());
        assert_eq!(there, here, "left by sequence {}: {:#?}", self.sequence, self.steps);
        self.steps.clear();
    }

    /// Asks the model the same.
    fn same<T: PartialEq + std::fmt::Debug>(
        &mut self,
        answer: &'static str,
        there: Result<T, LogFailure>,
        ask: impl FnOnce(&mut dyn Log) -> Result<T, LogFailure>,
    ) {
        self.hear(answer);
        // Failures are worded otherwise.
        let kind = |failure: LogFailure| (discriminant(&failure), failure);
        let (there, here) = (there.map_err(kind), ask(&mut *self.modelled).map_err(kind));
        let is_same = match (&there, &here) {
            (Ok(there), Ok(here)) => there == here,
            (Err((there, _)), Err((here, _))) => there == here,
            (Ok(_), Err(_)) | (Err(_), Ok(_)) => false,
        };
        let Trial { sequence, steps, .. } = self;
        assert!(is_same, "sequence {sequence}: {there:#?} is not {here:#?} after {steps:#?}");
    }

    fn hear(&mut self, answer: &'static str) {
        *self.heard.entry(answer).or_default() += 1;
    }

    /// Sets the model's clock by Redis's.
    fn set_now(&self, now: Timestamp) {
        let now = dump::later(now, self.ahead);
        self.model.lock().unwrap().set_now(now);
    }

    /// As the model, whose clock it sets, sees it.
    fn moved_leased(&self, leased: Leased) -> Leased {
        match leased {
            Leased::Reign(reign) => Leased::Reign(reign),
            Leased::Leases { now, frame, mut leases } => {
                self.set_now(now);
                for lease in &mut leases {
                    lease.until = dump::later(lease.until, self.ahead);
                }
                Leased::Leases { now: dump::later(now, self.ahead), frame, leases }
            }
        }
    }

    /// As the model, whose clock it sets, sees it.
    fn moved(&self, mut overview: Overview) -> Overview {
        self.set_now(overview.now);
        overview.now = dump::later(overview.now, self.ahead);
        for lease in &mut overview.leases {
            lease.until = dump::later(lease.until, self.ahead);
        }
        for node in &mut overview.nodes {
            node.seen = dump::later(node.seen, self.ahead);
        }
        overview
    }
}

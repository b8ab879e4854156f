//! What each script does, in plain Rust: the same checks in the same order.

use compact_str::CompactString;

use super::{Check, Held, Model};
use crate::clock::Timestamp;
use crate::cluster::log::{
    Added, Adding, FORMAT, Holding, LEASE_MILLIS, Lease, Leased, Leasing, LogEntry, LogHead,
    Looking, NodeSeen, Overview, Part, REIGN_MAX, Seed, Seeded,
};

impl Model {
    /// The log's end, if it is in this reign; else the reign there is.
    fn head_in(&self, reign: u64) -> Result<&LogHead, Option<u64>> {
        let head = self.head.as_ref().filter(|head| head.reign == reign);
        head.ok_or_else(|| self.head.as_ref().map(|head| head.reign))
    }

    pub(super) fn add(&mut self, adding: &Adding<'_>) -> Added {
        let head = match self.head_in(adding.reign) {
            Ok(head) => head.clone(),
            Err(reign) => return Added::Reign(reign),
        };
        if head.frame < adding.mirrored {
            return Added::Behind(head);
        }
        let standing = |part: &Part| self.own.get(&Holding::Partition(part.partition));
        let before = adding.parts.iter().filter_map(|part| standing(part)?.last);
        if let Some((_, frame)) = before.into_iter().find(|(group, _)| *group == adding.group) {
            return Added::In(frame);
        }
        let named = |is_wrong: &dyn Fn(&Part) -> bool| {
            let wrong = adding.parts.iter().filter(|part| is_wrong(part));
            wrong.map(|part| part.partition).collect::<Vec<_>>()
        };
        let fenced = named(&|part| {
            let epoch = standing(part).map_or(0, |held| held.epoch);
            epoch == 0 || epoch != part.epoch
        });
        if !fenced.is_empty() && self.left_out != Some(Check::Epoch) {
            return Added::Fenced(fenced, head.frame);
        }
        let stale = named(&|part| standing(part).map_or(1, |held| held.next_lsn) != part.first_lsn);
        if !stale.is_empty() && self.left_out != Some(Check::Lsn) {
            return Added::Lsn(stale, head.frame);
        }
        Added::In(self.append(head, adding))
    }

    fn append(&mut self, head: LogHead, adding: &Adding<'_>) -> u64 {
        let (frame, link) = (head.frame.saturating_add(1), head.link.then(adding.group));
        let Adding { reign, group, release, body, .. } = *adding;
        let (release, body) = (CompactString::from(release), body.to_vec());
        self.entries.insert(frame, LogEntry { frame, group, reign, release, link, body });
        self.head = Some(LogHead { frame, link, ..head });
        for part in adding.parts {
            let held = self.own.entry(Holding::Partition(part.partition)).or_default();
            held.next_lsn = part.first_lsn.saturating_add(part.n_entries);
            held.last = Some((group, frame));
        }
        frame
    }

    pub(super) fn lease(&mut self, reign: u64, node: &str, leasing: &Leasing) -> Leased {
        let frame = match self.head_in(reign) {
            Ok(head) => head.frame,
            Err(reign) => return Leased::Reign(reign),
        };
        let now = self.now;
        match leasing {
            Leasing::Acquire(wanted) => {
                for holding in wanted {
                    self.acquire(reign, node, *holding);
                }
            }
            Leasing::Renew(held) => {
                self.change(node, held, |held| held.until = end(now));
            }
            Leasing::Release(held) => self.change(node, held, |held| {
                held.node = CompactString::default();
                held.until = now;
            }),
        }
        let stands = |holding| {
            let held = self.own.get(&holding).cloned().unwrap_or_default();
            lease(holding, held)
        };
        let leases = leasing.holdings().into_iter().map(stands).collect();
        Leased::Leases { now, frame, leases }
    }

    fn acquire(&mut self, reign: u64, node: &str, holding: Holding) {
        let now = self.now;
        let held = self.own.entry(holding).or_default();
        let ran_out = held.until < now || held.until > end(now);
        if held.node.is_empty() || held.node == node || ran_out {
            held.epoch = held.epoch.max(reign << 32).saturating_add(1);
            (held.node, held.until) = (node.into(), end(now));
        }
    }

    /// Changes what `node` holds by these epochs.
    fn change(&mut self, node: &str, held: &[(Holding, u64)], change: impl Fn(&mut Held)) {
        for (holding, epoch) in held {
            let held = self.own.get_mut(holding);
            if let Some(held) = held.filter(|held| held.epoch == *epoch && held.node == node) {
                change(held);
            }
        }
    }

    pub(super) fn look(&mut self, looking: &Looking) -> Overview {
        match looking {
            Looking::Look => {}
            Looking::Say(said, run) => {
                let seen = NodeSeen { said: (**said).clone(), seen: self.now };
                self.nodes.insert(said.name.clone(), seen);
                if let Some(head) = &mut self.head {
                    head.run.clone_from(run);
                }
            }
            Looking::Strike(name) => {
                self.nodes.remove(name);
            }
            Looking::Trim(first) => self.entries = self.entries.split_off(first),
        }
        let taken = self.own.iter().filter(|(_, held)| held.epoch > 0);
        Overview {
            now: self.now,
            head: self.head.clone(),
            first: self.entries.keys().next().copied(),
            leases: taken.map(|(holding, held)| lease(*holding, held.clone())).collect(),
            nodes: self.nodes.values().cloned().collect(),
        }
    }

    pub(super) fn seed(&mut self, seed: &Seed) -> Seeded {
        let there = self.head.as_ref().map(|head| head.reign);
        let grows = there.is_none_or(|there| there < seed.reign);
        if there != seed.instead_of || !grows || seed.reign > REIGN_MAX {
            return Seeded::Reign(there);
        }
        let is_working = |node: &&NodeSeen| {
            let apart = self.now.as_millis().abs_diff(node.seen.as_millis());
            apart <= LEASE_MILLIS.unsigned_abs()
        };
        let working = self.nodes.values().filter(is_working);
        let working: Vec<CompactString> = working.map(|node| node.said.name.clone()).collect();
        if !working.is_empty() {
            return Seeded::AtWork(working);
        }
        let Seed { reign, frame, link, .. } = *seed;
        let (run, base) = (seed.run.clone(), frame);
        self.head = Some(LogHead { reign, frame, link, run, format: FORMAT, base });
        self.entries.clear();
        self.nodes.clear();
        let held = |next_lsn| Held { next_lsn, ..Held::default() };
        let numbers = seed.next_lsn.iter();
        self.own = numbers.map(|(number, lsn)| (Holding::Partition(*number), held(*lsn))).collect();
        Seeded::Begun
    }
}

/// When a lease that is taken at this instant ends.
fn end(now: Timestamp) -> Timestamp {
    Timestamp::from_millis(now.as_millis().saturating_add(LEASE_MILLIS))
}

fn lease(holding: Holding, held: Held) -> Lease {
    let Held { epoch, node, until, .. } = held;
    Lease { holding, epoch, node, until }
}

//! Evidence that a course has left: every node's ledger, held against the others' and against what callers were told.

use std::time::Duration;

use duban_runtime::journal::disk::{Disk as _, OsDisk};
use duban_runtime::journal::ledger::LedgerReader;

use super::deed::{Deed, Outcome};
use super::letters::{self, Letters};
use super::standing::Standing;
use super::town::{Node, Town};
use crate::audit::{self, Findings};

/// What no node logs, whatever breaks around it.
const NEVER_SAID: [&str; 2] = ["panicked", "a bundle takes no line"];

/// What a course came to.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) frames: u64,
    pub(crate) records: usize,
    pub(crate) done: usize,
    pub(crate) unknown: usize,
    /// Of those that nobody acknowledged, how many stand all the same.
    pub(crate) unknown_that_stand: usize,
    /// Asked more than once.
    pub(crate) repeated: usize,
    pub(crate) steps: usize,
    pub(crate) messages: usize,
    pub(crate) letters: Letters,
    /// From the first time it was asked to the answer, the longest.
    pub(crate) longest: Duration,
}

/// Checks everything; the nodes do not run.
#[track_caller]
pub(crate) fn of(town: &Town, deeds: &[Deed]) -> Tally {
    for deed in deeds {
        if let Outcome::Unexpected(answer) = &deed.outcome {
            panic!("{answer}: {deed}\n{}", town.logged());
        }
    }
    for wrong in NEVER_SAID {
        let saying: Vec<&Node> = town.nodes.iter().filter(|node| node.has_said(wrong)).collect();
        assert!(saying.is_empty(), "{wrong}: {}", town.logged());
    }
    let (longest, shared) = ledgers(town);
    for node in &town.nodes {
        let (is_sound, said) = node.run(&["verify", "--deep"]);
        assert!(is_sound, "{}: {said}", node.name());
    }
    let mut found = Findings::default();
    for node in &town.nodes {
        let sound = audit::sound(node.options());
        sound.journal.close().unwrap();
        found = sound.found;
    }
    let mut tally = Tally {
        frames: found.last_frame,
        records: found.records,
        steps: found.steps,
        messages: found.messages,
        letters: letters::of(town),
        ..Tally::default()
    };
    let standing = Standing::in_ledger(town.nodes[longest].store());
    standing.told_truly(deeds, shared, &mut tally);
    standing.in_real_order(deeds);
    tally
}

/// The place of the node with the longest ledger, and up to which frame all nodes hold the same, byte for byte.
fn ledgers(town: &Town) -> (usize, u64) {
    let all: Vec<Vec<(u64, Vec<u8>)>> = town.nodes.iter().map(ledger).collect();
    let longest = (0..all.len()).max_by_key(|place| all[*place].len()).unwrap();
    for (node, ledger) in town.nodes.iter().zip(&all) {
        for (here, there) in ledger.iter().zip(&all[longest]) {
            assert_eq!(here, there, "{} holds another frame {}", node.name(), here.0);
        }
    }
    let shortest = all.iter().filter_map(|ledger| Some(ledger.last()?.0)).min().unwrap();
    (longest, shortest)
}

fn ledger(node: &Node) -> Vec<(u64, Vec<u8>)> {
    let reader = LedgerReader::over(OsDisk::at(node.store()).reader()).unwrap();
    reader.bodies_from(1).map(Result::unwrap).collect()
}

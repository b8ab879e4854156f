//! The lives of a town: started again and again on one directory, with everything it ever said kept.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::dice::Dice;
use duban_tests::child::{NextLine, PATIENCE, Running};

/// When a life ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ends {
    /// So long after its start.
    After(Duration),
    /// So long after it took commands.
    AfterReady(Duration),
    /// As soon as it says this, or so long after its start.
    AtWord(&'static str, Duration),
    /// After so many acknowledged commands.
    AfterAnswers(u64),
}

impl Ends {
    /// Some moment: of the opening, of the first work, or of the full.
    pub(crate) fn thrown(dice: &mut Dice) -> Ends {
        match dice.below(6) {
            0 | 1 => Ends::After(dice.within_millis(400)),
            2 | 3 => Ends::AfterReady(dice.within_millis(400)),
            4 => {
                let words = ["step ledger", "step store", "step snapshot", "step fold"];
                let word = words[usize::try_from(dice.below(4)).unwrap()];
                Ends::AtWord(word, Duration::from_millis(400))
            }
            _ => Ends::AfterAnswers(1 + dice.below(600)),
        }
    }
}

/// How far a life came.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Life {
    pub ready: bool,
    pub folded: bool,
    pub answers: u64,
}

/// By case and command: the sequence.
pub(crate) type Acknowledged = BTreeMap<(String, u128), u64>;

/// Something that is done beside a life, knowing what was acknowledged by then.
pub(crate) type Deed<'a> = Box<dyn FnMut(&Acknowledged) + 'a>;

/// A town in a directory, over all its lives.
pub(crate) struct Lives {
    dir: PathBuf,
    runs: u32,
    pub acknowledged: Acknowledged,
    /// Messages that the courier had in its hands.
    pub sent: BTreeSet<String>,
    /// Answers that no caller should have got.
    pub unexpected: Vec<String>,
    pub kills: u64,
    pub kills_while_opening: u64,
    pub recoveries: u64,
}

impl Lives {
    pub(crate) fn in_dir(dir: &Path) -> Lives {
        Lives {
            dir: dir.to_owned(),
            runs: 0,
            acknowledged: BTreeMap::new(),
            sent: BTreeSet::new(),
            unexpected: Vec::new(),
            kills: 0,
            kills_while_opening: 0,
            recoveries: 0,
        }
    }

    /// One life that is ended by `kill -9`.
    pub(crate) fn killed(&mut self, ends: Ends) -> Life {
        let town = self.start("work");
        let mut life = Life::default();
        let mut until = match ends {
            Ends::After(age) | Ends::AtWord(_, age) => age,
            Ends::AfterReady(_) | Ends::AfterAnswers(_) => PATIENCE,
        };
        loop {
            match town.line_until(until) {
                NextLine::Nothing if until < PATIENCE => break,
                NextLine::Nothing => panic!("it said nothing for {PATIENCE:?} ({ends:?})"),
                NextLine::End => panic!("it ended by itself ({ends:?})"),
                NextLine::Line(line) => {
                    self.heard(&line, &mut life);
                    match ends {
                        Ends::AfterReady(later) if line == "ready" => until = town.age() + later,
                        Ends::AtWord(word, _) if line == word => break,
                        Ends::AfterAnswers(n) if life.answers >= n => break,
                        _ => {}
                    }
                }
            }
        }
        for line in town.kill() {
            self.heard(&line, &mut life);
        }
        self.kills += 1;
        self.kills_while_opening += u64::from(!life.ready);
        self.recoveries += u64::from(life.ready && life.folded);
        life
    }

    /// One life that is asked to stop after so many answers; what it said of its end.
    pub(crate) fn stopped(&mut self, answers: u64) -> (Life, u64) {
        let town = self.start("work");
        let mut life = Life::default();
        while life.answers < answers {
            match town.line_until(PATIENCE) {
                NextLine::Line(line) => self.heard(&line, &mut life),
                said => panic!("{said:?} after {} answers", life.answers),
            }
        }
        let (said, status) = town.stop();
        assert!(status.success(), "{status}: {:?}", said.last());
        for line in &said {
            self.heard(line, &mut life);
        }
        let stopped = said.last().and_then(|line| line.strip_prefix("stopped "));
        (life, stopped.expect("it says that it stopped").parse().unwrap())
    }

    /// One life in which, after so many answers each time, something is done beside it; then it is ended by `kill -9`.
    pub(crate) fn beside(&mut self, answers: u64, deeds: &mut [Deed<'_>]) {
        let town = self.start("work");
        let mut life = Life::default();
        for (deed, n) in deeds.iter_mut().zip(1..) {
            while life.answers < n * answers {
                match town.line_until(PATIENCE) {
                    NextLine::Line(line) => self.heard(&line, &mut life),
                    said => panic!("{said:?} after {} answers", life.answers),
                }
            }
            deed(&self.acknowledged);
        }
        for line in town.kill() {
            self.heard(&line, &mut life);
        }
        self.kills += 1;
    }

    /// The last life: begins nothing new and ends when nothing is under way or due any more.
    pub(crate) fn finished(&mut self) -> Life {
        let mut life = Life::default();
        let town = self.start("finish");
        let (said, status) = town.wait(PATIENCE);
        assert!(status.success(), "{status}: {:?}", said.last());
        for line in &said {
            self.heard(line, &mut life);
        }
        assert!(said.iter().any(|line| line == "quiet"), "{:?}", said.last());
        life
    }

    fn start(&mut self, mode: &str) -> Running {
        self.runs += 1;
        let mut command = Command::new(env!("CARGO_BIN_EXE_crash-child"));
        Running::start(command.arg(&self.dir).arg(self.runs.to_string()).arg(mode))
    }

    fn heard(&mut self, line: &str, life: &mut Life) {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["ok", case, command, sequence, _] => {
                let command = u128::from_str_radix(command, 16).unwrap();
                let sequence = sequence.parse().unwrap();
                let key = (case.to_owned(), command);
                let first = *self.acknowledged.entry(key).or_insert(sequence);
                assert_eq!(first, sequence, "the first answer stands: {line}");
                life.answers += 1;
            }
            ["sent", id] => drop(self.sent.insert(id.to_owned())),
            ["ready"] => life.ready = true,
            ["step", "fold"] => life.folded = true,
            ["no", ..] => self.unexpected.push(line.to_owned()),
            ["step" | "stopped", _] | ["quiet"] => {}
            _ => panic!("what does it say? {line}"),
        }
    }
}

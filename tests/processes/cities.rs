//! What is known of a city's history, and how a replay of it is asked for.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use duban_gate::report::tell;

/// The figures of a city and of each department.
const FIGURES: [&str; 6] =
    ["cases", "no_target", "closed_on_time", "closed_late", "open_overdue", "open_in_time"];

/// A history with its oracles.
pub(crate) struct City {
    file: PathBuf,
    oracle: Value,
    steps: Value,
    as_of: String,
}

impl City {
    /// The one of this name; none, and said so, where the data is absent.
    pub(crate) fn find(file: &str, name: &str) -> Option<City> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let data = root.join("../shared/data/boston311");
        let file = data.join(file);
        if !file.exists() {
            tell(&format!("skipped: there is no {}", file.display()));
            return None;
        }
        let json = |name: &str| -> Value {
            serde_json::from_slice(&std::fs::read(data.join(name)).unwrap()).unwrap()
        };
        let oracle = json(&format!("{name}_oracle.json"));
        let as_of = oracle["as_of"].as_str().unwrap().to_owned();
        let steps = json("ladder_oracle.json")[name].clone();
        Some(City { file, oracle, steps, as_of })
    }

    /// `duban replay` of it, in a store.
    pub(crate) fn replay(&self, store: &Path) -> Command {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_duban-child"));
        command.arg("replay").arg(&self.file);
        command.arg("--profile").arg(root.join("rules/profiles/boston311.toml"));
        command.arg("--as-of").arg(&self.as_of);
        command.arg("--store").arg(store);
        command.args(["--report", "json"]);
        command
    }

    /// Whether a report says exactly what is known.
    #[track_caller]
    pub(crate) fn check(&self, report: &Value) {
        same(report, &self.oracle["total"], "the city");
        let units = self.oracle["by_department"].as_object().unwrap();
        let found = report["by_unit"].as_object().unwrap();
        assert_eq!(found.keys().collect::<Vec<_>>(), sorted(units.keys()));
        for (name, expected) in units {
            same(&found[name], expected, name);
        }
        assert_eq!(report["escalations"], self.steps);
        // Of steps that come at one instant the highest speaks for all; nothing else is left unsaid.
        assert_eq!(report["messages"]["200"], self.steps["200"]);
        let flag = &self.oracle["flag"];
        assert_eq!(report["flags"]["agree"], flag["agree"]);
        assert_eq!(report["flags"]["differ"], flag["disagree"]);
    }
}

#[track_caller]
fn same(found: &Value, expected: &Value, whose: &str) {
    for figure in FIGURES {
        assert_eq!(found[figure], expected[figure], "{figure} of {whose}");
    }
}

fn sorted<'a>(names: impl Iterator<Item = &'a String>) -> Vec<&'a String> {
    let mut names: Vec<&String> = names.collect();
    names.sort();
    names
}

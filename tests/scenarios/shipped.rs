//! Samples hold what they promise: what was ever shipped is missed when it goes, and what it said when it is lost.

use std::fs;

use duban_tests::samples::Samples;
use duban_tests::scratch_dir::ScratchDir;
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Shipped {
    Refused { reason: String },
}

/// Somebody renames a field, and has old forms decode with a default.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Careless {
    Refused {
        #[serde(default)]
        because: String,
    },
}

/// Somebody renames a field, and has the old name read.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Careful {
    Refused {
        #[serde(alias = "reason")]
        because: String,
    },
}

/// Somebody renames a field.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Hasty {
    Refused { because: String },
}

const OLD: &str = r#"{"Refused":{"reason":"太远"}}"#;
const NEW: &str = r#"{"Refused":{"because":"太远"}}"#;

fn shipped(ground: &ScratchDir) -> Samples {
    let mut samples = Samples::read(ground.path(), "one");
    samples.add(&[Shipped::Refused { reason: "太远".into() }]);
    samples.write();
    Samples::read(ground.path(), "one")
}

#[test]
fn an_update_after_a_renamed_field_leaves_the_old_form_which_must_still_be_read() {
    let ground = ScratchDir::new();
    let mut samples = shipped(&ground);
    samples.add(&[Careful::Refused { because: "太远".into() }]);
    samples.write();
    let text = fs::read_to_string(ground.join("one.jsonl")).unwrap();
    assert_eq!(text.lines().collect::<Vec<_>>(), [OLD, NEW]);
    assert_eq!(samples.readable::<Careful>(), Ok(()));
    assert!(samples.readable::<Hasty>().unwrap_err().contains("line 1: not read any more"));
    let lost = samples.readable::<Careless>().unwrap_err();
    assert!(lost.contains("line 1: \"太远\" is lost"), "{lost}");
}

#[test]
fn a_sample_that_is_removed_or_changed_is_missed() {
    let ground = ScratchDir::new();
    assert_eq!(shipped(&ground).whole(), Ok(()));
    for instead in ["", NEW] {
        fs::write(ground.join("one.jsonl"), instead).unwrap();
        let gone = Samples::read(ground.path(), "one").whole().unwrap_err();
        assert!(gone.contains("seal 1") && gone.contains("Refused"), "{gone}");
    }
}

#[test]
fn a_form_that_is_there_is_added_once() {
    let ground = ScratchDir::new();
    let before = shipped(&ground);
    let mut after = before.clone();
    after.add(&[Shipped::Refused { reason: "太远".into() }]);
    assert_eq!(after, before);
}

//! What lies in `ops/deploy` works: the example of a configuration is read, the units are units.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use duban_rules::Lang;

fn deploy(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy").join(name)
}

#[test]
fn the_example_of_a_configuration_is_without_problems() {
    let text = fs::read(deploy("duban.toml")).unwrap();
    let reading = duban::config::parse("duban.toml", &text);
    assert!(reading.problems.is_empty(), "{}", reading.render(Lang::Zh));
}

#[test]
fn the_example_is_of_a_machine_alone_and_its_sample_of_a_cluster_holds_once_it_is_uncommented() {
    let text = fs::read_to_string(deploy("duban.toml")).unwrap();
    let node_of = |text: &str| {
        let reading = duban::config::parse("duban.toml", text.as_bytes());
        assert!(reading.problems.is_empty(), "{}", reading.render(Lang::Zh));
        reading.config.cluster.node().cloned()
    };
    assert_eq!(node_of(&text), None);
    let is_setting = |line: &&str| line.starts_with('[') || line.contains(" = ");
    let uncommented: Vec<&str> = text
        .lines()
        .map(|line| line.strip_prefix("# ").filter(is_setting).unwrap_or(line))
        .collect();
    let node = node_of(&uncommented.join("\n")).unwrap();
    assert_eq!((node.cluster.as_str(), node.name.as_str()), ("suning", "node-1"));
    assert_eq!(node.redis.secret_file, Path::new("redis"));
}

#[test]
fn the_compose_file_sets_only_what_can_be_set() {
    let text = fs::read_to_string(deploy("compose.yaml")).unwrap();
    let names: Vec<&str> = text
        .lines()
        .filter_map(|line| line.trim().split_once(':'))
        .filter_map(|(name, _)| name.strip_prefix("DUBAN_"))
        .collect();
    assert!(names.len() > 5, "{names:?}");
    for name in names {
        let is_field = |field: &duban::config::fields::Field| {
            field.name().replace('.', "_").eq_ignore_ascii_case(name)
        };
        assert!(duban::config::fields::all().any(is_field), "no field for DUBAN_{name}");
    }
}

#[test]
fn the_units_are_units() {
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let units = ["duban.service", "duban-backup.service", "duban-backup.timer"];
    for unit in units {
        // The program that a unit starts must be there to be verified.
        let text = fs::read_to_string(deploy(unit)).unwrap();
        fs::write(dir.path().join(unit), text.replace("/usr/local/bin/duban", "/bin/true"))
            .unwrap();
    }
    for unit in ["duban.service", "duban-backup.timer"] {
        let mut command = Command::new("systemd-analyze");
        let verified = command.arg("verify").arg(dir.path().join(unit)).output().unwrap();
        let said = String::from_utf8_lossy(&verified.stderr);
        assert!(verified.status.success() && said.is_empty(), "{unit}: {said}");
    }
}

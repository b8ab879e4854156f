//! Rules that came into force when weekdays could be numbers, on a server that takes names only.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::process::Command;

use duban_tests::before::put_in_force;
use duban_tests::child::{NextLine, PATIENCE, Running};
use duban_tests::scratch_dir::ScratchDir;
use serde_json::Value;

/// Thursday, 2026-12-03 09:00 by the county's clock; and the mornings of the Sunday and the Monday after it.
const THURSDAY_9AM: i64 = 1_796_259_600_000;
const SUNDAY_8AM: (i64, &str) = (1_796_515_200_000, "2026-12-06T00:00:00");
const MONDAY_8AM: &str = "2026-12-07T00:00:00";

#[test]
fn rules_in_force_that_name_weekdays_by_numbers_go_on_as_ever_and_say_which_days_those_are() {
    let place = Place::with_rules_of_before();
    let (code, said) = place.run(&["rules", "check", "rules"]);
    assert!(code == Some(1) && said.contains("R0711") && said.contains("Mon-Fri"), "{said}");

    let mut server = place.serve();
    let expected = "单位简报“0 0 8 * * 1-5”按旧读法:周日至周四";
    let (_, said) = place.run(&["status"]);
    assert!(said.contains(expected), "{said}");
    let (_, said) = place.run(&["status", "--format", "json"]);
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["schedules_by_number"][0]["days"], "Sun-Thu", "{said}");

    // Not on Friday, not on Saturday: on Sunday, and on Monday.
    let (sunday, told) = SUNDAY_8AM;
    assert_eq!(place.briefs(), BTreeSet::from([told.to_owned()]));
    server.tell(&sunday.to_string());
    let until = server.age() + PATIENCE;
    while place.briefs() != BTreeSet::from([MONDAY_8AM.to_owned()]) {
        assert!(server.age() < until, "{:?}: {}", place.briefs(), place.logged());
    }

    // Nobody can put them in force anew, and that changes nothing.
    let (code, said) = place.run(&["rules", "apply"]);
    assert!(code == Some(1) && said.contains("R0711"), "{said}");
    assert_eq!(place.briefs(), BTreeSet::from([MONDAY_8AM.to_owned()]));
    server.signal("TERM");
    let (said, status) = server.wait(PATIENCE);
    assert!(status.success(), "{said:?}");
}

/// A store whose rules in force and whose directory are the same, with weekdays by numbers.
struct Place {
    ground: ScratchDir,
}

impl Place {
    fn with_rules_of_before() -> Place {
        let ground = ScratchDir::new();
        let rules = ground.rules();
        let config = format!(
            "[store]\ndir = \"{}\"\n[rules]\ndir = \"{}\"\n[http]\nlisten = \"127.0.0.1:0\"\n",
            ground.join("data").display(),
            rules.display()
        );
        fs::write(ground.join("duban.toml"), config).unwrap();
        let place = Place { ground };
        let (code, said) = place.run(&["init"]);
        assert_eq!(code, Some(0), "{said}");
        let file = rules.join("notices.toml");
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, text.replace("\"0 0 8 * * *\"", "\"0 0 8 * * 1-5\"")).unwrap();
        put_in_force(&place.ground.join("data"), &rules);
        place
    }

    fn serve(&self) -> Running {
        let log = File::options().create(true).append(true).open(self.ground.join("log"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_clocked-server"));
        command.arg(self.ground.join("duban.toml")).arg(THURSDAY_9AM.to_string());
        let server = Running::start(command.stderr(log.unwrap()));
        let said = server.line_until(PATIENCE);
        let is_ready = matches!(&said, NextLine::Line(line) if line.contains("http://"));
        assert!(is_ready, "{said:?}: {}", self.logged());
        server
    }

    fn run(&self, args: &[&str]) -> (Option<i32>, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_duban-child"));
        command.args(["--config", "duban.toml"]).args(args).current_dir(self.ground.path());
        let ran = command.output().unwrap();
        let said = [ran.stdout, ran.stderr].map(|said| String::from_utf8(said).unwrap()).concat();
        (ran.status.code(), said)
    }

    fn logged(&self) -> String {
        fs::read_to_string(self.ground.join("log")).unwrap_or_default()
    }

    /// When the next briefs are due.
    fn briefs(&self) -> BTreeSet<String> {
        let (code, said) = self.run(&["timer", "list", "--limit", "500", "--format", "json"]);
        assert_eq!(code, Some(0), "{said}");
        let said: Value = serde_json::from_str(&said).unwrap();
        let timers = said["timers"].as_array().unwrap().iter();
        let briefs = timers.filter(|timer| timer["timer"] == "brief");
        briefs.map(|timer| timer["due"].as_str().unwrap()[..19].to_owned()).collect()
    }
}

//! A case explained by a server after its calendar was changed: on the command line, over HTTP and on its page.

use std::path::Path;
use std::process::Command;

use duban_actors::role::Role;
use duban_tests::case_path::{LOOSE_COVER, place};
use duban_tests::scratch_dir::ScratchDir;
use serde_json::Value;

use crate::server::{Client, Server, token};

/// A place with rules of its own, and a command on its store.
pub(crate) struct Place {
    ground: ScratchDir,
}

impl Place {
    /// A place with the shipped rules in a directory of its own.
    pub(crate) fn with_rules() -> Place {
        let ground = ScratchDir::new();
        ground.rules();
        Place { ground }
    }

    pub(crate) fn path(&self) -> &Path {
        self.ground.path()
    }

    pub(crate) fn change(&self, file: &str, change: impl FnOnce(String) -> String) {
        let path = self.ground.join("rules").join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, change(text)).unwrap();
    }

    pub(crate) fn rules(&self) -> (&'static str, String) {
        ("DUBAN_RULES_DIR", self.ground.join("rules").to_string_lossy().into_owned())
    }

    #[track_caller]
    pub(crate) fn done(&self, args: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_duban-child"));
        command.args(args).args(["--store", "data"]).current_dir(self.ground.path());
        let ran = command.envs([self.rules()]).output().unwrap();
        let said = [ran.stdout, ran.stderr].map(|said| String::from_utf8(said).unwrap());
        assert!(ran.status.success(), "{args:?}: {said:?}");
        said.concat()
    }

    /// A case that is with its unit, for two working days.
    pub(crate) fn dispatched(&self) -> String {
        std::fs::write(self.ground.join("password"), "correct-horse-battery\n").unwrap();
        for (login, role) in [("shouli", "intake"), ("paiqian", "dispatcher")] {
            let file = ["--password-file", "password"];
            self.done(&[&["person", "add", login, "--role", role][..], &file].concat());
        }
        let at = format!("{},{}", place().lon, place().lat);
        let case = self.done(
            &[
                &["case", "register", "--by", "shouli", "--channel", "leadership"][..],
                &["--source", "L", "--external-id", "1", "--text", "井盖松动", "--place", &at],
            ]
            .concat(),
        );
        let case = case.split_once(':').unwrap().0.to_owned();
        let order = ["--condition", LOOSE_COVER, "--checked", "--reason", "领导指派"];
        self.done(&[&["case", "file", &case, "--by", "shouli"][..], &order].concat());
        self.done(&["case", "dispatch", &case, "--by", "paiqian", "--unit", "SW"]);
        case
    }
}

#[test]
fn after_a_closure_nobody_recalculated_every_door_tells_the_due_in_force_and_what_it_would_be() {
    let place = Place::with_rules();
    let token = {
        Server::start(place.path(), &[place.rules()]).kill();
        token(place.path(), Role::DutyChief)
    };
    let server = Server::start(place.path(), &[place.rules()]);
    let case = place.done(&["rules", "history", "--format", "json"]);
    assert!(case.contains("editions"), "the first rules are on record: {case}");
    let case = place.dispatched();
    let explain = |case: &str| -> Value {
        let said = place.done(&["case", "explain", case, "--format", "json"]);
        serde_json::from_str(&said).unwrap()
    };
    let before = explain(&case);
    assert!(before["anew"].is_null(), "{before}");

    // Closed from the day of the dispatch until long after.
    let start = before["account"]["start"].as_str().unwrap().get(..10).unwrap().to_owned();
    let from: chrono::NaiveDate = start.parse().unwrap();
    let until = from + chrono::Days::new(20);
    let closure =
        format!("\n[[closure]]\nfrom = \"{from}\"\nuntil = \"{until}\"\nreason = \"暴雪停办\"\n");
    place.change("calendar.toml", |text| {
        text.replace("version = \"2026-1\"", "version = \"2026-2\"") + &closure
    });
    place.done(&["rules", "apply"]);

    let after = explain(&case);
    for same in ["account", "due", "steps"] {
        assert_eq!(after[same], before[same], "{same}");
    }
    assert!(after["anew"]["due"].as_str() > after["due"].as_str(), "{after}");
    let mut client = Client::connect(&server.address, &token).unwrap();
    let (status, body) =
        client.ask("GET", &format!("/api/v1/cases/{case}/explanation"), "").unwrap();
    let over_http: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &over_http["anew"]), (200, &after["anew"]), "{body}");
    assert_eq!(over_http["account"], before["account"]);

    let said = place.done(&["case", "explain", &case]);
    let due = line_after(&said, "截止时刻:");
    assert!(place.done(&["case", "show", &case]).contains(&format!("截止:{due}")), "{said}");
    let anew = line_after(&said, "按现行日历将是 ");
    assert!(anew.contains(",尚未重算"), "{said}");
    assert!(said.contains("日历:2026-1(推算时);现行日历 2026-2"), "{said}");
    assert!(
        !said.contains("暴雪停办"),
        "the account is of the calendar it was reckoned by: {said}"
    );

    // Recalculated, all of them agree.
    place.done(&["rules", "recalculate", "--reason", "暴雪停办"]);
    let moved = explain(&case);
    assert_eq!((&moved["anew"], &moved["due"]), (&Value::Null, &after["anew"]["due"]));
    assert!(place.done(&["case", "explain", &case]).contains("暴雪停办"));
    server.kill();
}

#[track_caller]
fn line_after<'a>(said: &'a str, words: &str) -> &'a str {
    let (_, rest) = said.split_once(words).unwrap_or_else(|| panic!("no {words}: {said}"));
    rest.lines().next().unwrap_or_default()
}

//! Operations on the command line: over a running server the same is done, said and remembered as over a store at rest.

use std::path::Path;
use std::process::Command;

use duban::config::Config;
use duban::store;
use duban_runtime::record::RECENT_MAX;
use duban_tests::case_path::{LOOSE_COVER, place};
use duban_tests::scratch_dir::ScratchDir;
use serde_json::Value;

use crate::server::Server;

/// What is typed, one after the other; each line also says what is refused and what had been done before.
const TYPED: [&str; 41] = [
    "collector appoint CJ-01 --by admin",
    "collector appoint CJ-01 --by admin",
    "collector appoint CJ-99 --by admin",
    "collector sign-on CJ-01 --by caiji1 --key a",
    "collector sign-on CJ-01 --by caiji1 --key a",
    "collector sign-off CJ-01 --by caiji1 --key a",
    "collector sign-on CJ-02 --by caiji1",
    "collector dismiss CJ-01 --by caiji1 --reason x",
    "collector take-leave CJ-01 --by caiji1 --until 2001-01-01T08:00",
    "collector take-leave CJ-01 --by caiji1 --until 2099-01-01T08:00 --expect 2",
    "collector end-leave CJ-01 --by admin --role operator --expect 2",
    "collector end-leave CJ-01 --by admin --format json",
    "collector show CJ-01",
    "collector list --format json",
    "unit establish SW --by admin",
    "unit deactivate SW --by shuiwu --reason x",
    "unit take-leave SW --by shuiwu --name 岑示例 --until 2099-01-01T08:00 --key a",
    "unit take-leave SW --by shuiwu --name 岑示例 --until 2099-01-01T08:00 --key a",
    "unit take-leave CG-HW --by shuiwu --name 吴示例 --until 2099-01-01T08:00",
    "unit end-leave SW --by admin --name 薛示例",
    "unit end-leave SW --by paiqian --name 岑示例 --format json",
    "unit deactivate SW --by admin --reason 机构撤并",
    "case register --by shouli --channel hotline --source 12319 --external-id 1 --text 井盖 --key a",
    "case register --by shouli --channel hotline --source 12319 --external-id 1 --text 井盖 --key a",
    "case register --by shouli --channel hotline --source 12319 --external-id 1 --text 雨篦",
    "case register --by shouli --channel import --source 12319 --external-id 2 --text 井盖",
    "case decline cpqtqqatnmhhw6834c0demvb --by caiji1 --reason x",
    "case decline cpqt --by shouli --reason x --expect 9",
    "case decline cpqt --by shouli --reason 不在范围 --key b --format json",
    "case decline cpqt --by shouli --reason 不在范围 --key b --format json",
    "case decline cpqt --by shouli --reason 另一理由 --key b",
    "case close nowhere --by shouli",
    "person unlock caiji1 --key a",
    "person unlock caiji1 --key a",
    "person unlock caiji1 --by admin",
    "person dismiss caiji1 --by shuiwu --reason x",
    "person sign-out caiji1",
    "token revoke caiji1 --all",
    "person change caiji1 --by admin --name 曹示例",
    "person dismiss caiji1 --by admin --reason 调离 --format json",
    "person show caiji1",
];

#[test]
fn what_is_typed_does_and_says_the_same_over_a_running_server_and_over_a_store_at_rest() {
    let (at_rest, served) = (ScratchDir::new(), ScratchDir::new());
    for ground in [&at_rest, &served] {
        std::fs::write(ground.join("password"), "correct-horse-battery\n").unwrap();
        for words in [
            "person add admin --role operator --password-file password",
            "person add caiji1 --role collector --collector CJ-01 --password-file password",
            "person add shuiwu --role unit-staff --unit SW --password-file password",
            "person add paiqian --role dispatcher --password-file password",
            "person add shouli --role intake --password-file password",
        ] {
            let said = typed(ground.path(), words);
            assert!(said.starts_with("0 "), "{said}");
        }
    }
    // Its first start establishes the units.
    ended(Server::start(at_rest.path(), &[]));
    let server = Server::start(served.path(), &[]);
    let over_the_server: Vec<String> =
        TYPED.iter().map(|words| typed(served.path(), words)).collect();
    ended(server);
    let over_the_store: Vec<String> =
        TYPED.iter().map(|words| typed(at_rest.path(), words)).collect();
    for (words, (one, other)) in TYPED.iter().zip(over_the_server.iter().zip(&over_the_store)) {
        assert_eq!(one, other, "{words}");
    }
    let ends: String = over_the_store.iter().filter_map(|said| said.chars().next()).collect();
    assert_eq!(ends, "01100111101000110011000011110011000111000", "{over_the_store:#?}");
    let by_the_countys_clock = over_the_store.iter().any(|said| said.contains("2001-01-01 08:00"));
    assert!(by_the_countys_clock, "{over_the_store:#?}");
    // What a server did is there when it is gone.
    let list = "collector list --format json";
    assert_eq!(typed(served.path(), list), typed(at_rest.path(), list));
}

#[test]
fn a_collector_who_registers_on_the_command_line_reports_in_their_own_name() {
    let ground = ScratchDir::new();
    std::fs::write(ground.join("password"), "correct-horse-battery\n").unwrap();
    let person = "person add caiji1 --role collector --collector CJ-01 --password-file password";
    let said = typed(ground.path(), person);
    assert!(said.starts_with("0 "), "{said}");
    // As it was kept by a server, before cases were noted beside photos.
    let config = Config { store_dir: ground.join("data"), ..Config::default() };
    let journal = store::open_existing(&config).unwrap().journal;
    let photo = journal.blobs().put(b"\xff\xd8\xff a lid of cast iron").unwrap();
    journal.close().unwrap();
    let (lon, lat) = (place().lon, place().lat);
    let report = format!(
        "case register --by caiji1 --channel handset --source 1 --external-id 1 --text 井盖 \
        --photo {photo} --place {lon},{lat} --key a"
    );
    for _ in 0..2 {
        let said = typed(ground.path(), &report);
        assert!(said.starts_with("0 "), "{said}");
    }
    let registered = "case list --format json --stage registered";
    let said = typed(ground.path(), registered);
    let list: Value = serde_json::from_str(&said[2..]).unwrap();
    let case = list["cases"][0]["case"].as_str().unwrap();
    let said = typed(ground.path(), &format!("case show {case} --format json"));
    let shown: Value = serde_json::from_str(&said[2..]).unwrap();
    let event = &shown["history"][0]["events"][0]["Registered"];
    assert_eq!(event["collector"], "CJ-01", "{shown}");
    assert_eq!(shown["sequence"], 1, "under the same key it is registered once");
}

#[test]
fn a_report_that_is_typed_once_more_is_the_same_case_and_another_one_is_told_what_that_is_called() {
    let ground = ScratchDir::new();
    std::fs::write(ground.join("password"), "correct-horse-battery\n").unwrap();
    typed(ground.path(), "person add shouli --role intake --password-file password");
    let registered = |text: &str| {
        let report = "case register --by shouli --channel hotline --source 1 --external-id 1";
        typed(ground.path(), &format!("{report} --reply-to 13911112222 --text {text}"))
    };
    let first = registered("井盖");
    let case = first.split_once("0 ").and_then(|(_, said)| said.split_once(':')).unwrap().0;
    let again = registered("井盖");
    assert!(again.starts_with(&format!("0 {case}:")) && again.contains("此前已做过"), "{again}");
    let other = registered("路灯");
    assert!(other.starts_with("1 ") && other.contains(case), "{other}");
}

#[test]
fn what_is_typed_under_a_key_is_done_once_however_much_happens_to_the_case_meanwhile() {
    let ground = ScratchDir::new();
    std::fs::write(ground.join("password"), "correct-horse-battery\n").unwrap();
    let done = |words: &str| done(ground.path(), words);
    done("person add zhiban --role duty-chief --password-file password");
    let registered = done(
        "case register --by zhiban --channel hotline --source 1 --external-id 1 --text 井盖 \
        --format json",
    );
    let registered: Value = serde_json::from_str(&registered[2..]).unwrap();
    let case = registered["case"].as_str().unwrap();
    let looked_at = |key: &str| {
        done(&format!("case validate {case} --by zhiban{key}"));
        done(&format!(
            "case give-validation {case} --by zhiban --finding confirmed --waiver 有录像为证"
        ));
    };
    looked_at(" --key v");
    for _ in 0..RECENT_MAX / 2 {
        looked_at("");
    }
    let again = done(&format!("case validate {case} --by zhiban --key v"));
    assert!(again.contains("此前已做过"), "{again}");
}

#[test]
fn an_application_beyond_the_quota_is_refused_with_its_figures_where_it_is_typed() {
    let ground = ScratchDir::new();
    std::fs::write(ground.join("password"), "correct-horse-battery\n").unwrap();
    let done = |words: &str| done(ground.path(), words);
    done("person add shouli --role intake --password-file password");
    done("person add paiqian --role dispatcher --password-file password");
    done("person add shuiwu --role unit-staff --unit SW --password-file password");
    let server = Server::start(ground.path(), &[]);
    let (lon, lat) = (place().lon, place().lat);
    let applied = |n: u32| {
        let registered = done(&format!(
            "case register --by shouli --channel leadership --source 1 --external-id {n} \
            --text 井盖 --place {lon},{lat} --format json"
        ));
        let registered: Value = serde_json::from_str(&registered[2..]).unwrap();
        let case = registered["case"].as_str().unwrap();
        done(&format!(
            "case file {case} --by shouli --condition {LOOSE_COVER} --checked --reason 领导指派"
        ));
        done(&format!("case dispatch {case} --by paiqian --unit SW"));
        format!(
            "case apply {case} --by shuiwu --extension 1工作日 --reason 配件未到 --signer 贺示例 \
            --key k"
        )
    };
    done(&applied(1));
    for which in ["applied", "申请待审核 --unit SW"] {
        assert!(done(&format!("case list --stage {which}")).contains("SW"));
    }
    assert!(!done("case list --stage returning").contains("SW"));
    let month = |which: &str| typed(ground.path(), &format!("unit quota SW --month {which}"));
    assert!(month("2020-01").contains("SW 2020-01:案件 0 件"), "{}", month("2020-01"));
    for none in ["2199-01", "2020-13", "三月"] {
        assert!(month(none).starts_with("1 "), "{none}: {}", month(none));
    }
    let apply = applied(2);
    let second = typed(ground.path(), &apply);
    let figures = "本月案件 2 件,可延期 1 件,已用 1 件";
    assert!(second.starts_with("1 ") && second.contains(figures), "{second}");
    assert!(second.contains("(quota-used-up)"), "{second}");
    // Under the same key the answer is the same, after a restart, too.
    assert_eq!(typed(ground.path(), &apply), second);
    ended(server);
    assert_eq!(typed(ground.path(), &apply), second);
    let server = Server::start(ground.path(), &[]);
    assert_eq!(typed(ground.path(), &apply), second);
    ended(server);
}

#[test]
fn a_head_who_is_added_or_changed_on_the_command_line_is_watched_from_then_on() {
    let ground = ScratchDir::new();
    std::fs::write(ground.join("password"), "correct-horse-battery\n").unwrap();
    let server = Server::start(ground.path(), &[]);
    let done = |words: &str| done(ground.path(), words);
    let waits_for = |unit: &str| {
        let shown = done(&format!("unit show {unit} --format json"));
        let shown: Value = serde_json::from_str(&shown[2..]).unwrap();
        shown["entity"]["next_view"].clone()
    };
    assert_eq!([waits_for("YL"), waits_for("DL")], ["Off", "Off"]);
    done("person add zou --role unit-head --unit YL --password-file password");
    assert!(waits_for("YL")["Reminder"].is_object(), "{}", waits_for("YL"));
    done("person change zou --unit DL");
    assert!(waits_for("DL")["Reminder"].is_object(), "{}", waits_for("DL"));
    assert_eq!(waits_for("YL"), "Off");
    ended(server);
}

#[test]
fn a_desk_whose_keeper_loses_the_post_tells_all_of_it_from_then_on() {
    let ground = ScratchDir::new();
    std::fs::write(ground.join("password"), "correct-horse-battery\n").unwrap();
    let server = Server::start(ground.path(), &[]);
    let done = |words: &str| done(ground.path(), words);
    let told = || done("shift show dispatch").matches("139").count();
    assert_eq!(told(), 2, "two of the post");
    done("person add tan --name 谈示例 --role dispatcher --role intake --password-file password");
    done("shift take-over dispatch --by tan");
    assert_eq!(told(), 1, "whoever is on shift");
    done("person change tan --role intake");
    assert_eq!(told(), 3, "all of the post and the head of the centre");
    // The log calls people by name, whoever wrote the line.
    let log = done("shift log dispatch");
    assert!(log.contains("离岗:谈示例 已不在该岗位"), "{log}");
    assert!(!log.contains("partition") && !log.contains("tan"), "{log}");
    ended(server);
}

#[test]
fn the_desk_of_the_chiefs_says_to_whom_it_is_handed_over_and_who_may_close() {
    let ground = ScratchDir::new();
    std::fs::write(ground.join("password"), "correct-horse-battery\n").unwrap();
    let server = Server::start(ground.path(), &[]);
    let done = |words: &str| done(ground.path(), words);
    done("person add ji --name 计示例 --role duty-chief --password-file password");
    done("person add song --name 宋示例 --role duty-chief --password-file password");
    let shown = || done("shift show duty-chief");
    assert!(shown().contains("可以结案:任何值班长"), "{}", shown());
    done("shift take-over duty-chief --by ji");
    done("shift hand-over duty-chief --by ji --to song");
    assert!(
        shown().contains("交班给:宋示例") && shown().contains("可以结案:计示例"),
        "{}",
        shown()
    );
    let log = done("shift log duty-chief");
    assert!(log.contains("交班:宋示例"), "{log}");
    assert!(!done("shift show dispatch").contains("可以结案"));
    ended(server);
}

fn ended(server: Server) {
    server.signal("TERM");
    let (said, status) = server.wait();
    assert!(status.success(), "{said:?}");
}

/// Everything it said, and that it was done.
#[track_caller]
fn done(dir: &Path, words: &str) -> String {
    let said = typed(dir, words);
    assert!(said.starts_with("0 "), "{words}: {said}");
    said
}

/// How it ended, and everything it said.
fn typed(dir: &Path, words: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_duban-child"));
    command.args(words.split(' ')).args(["--store", "data"]).current_dir(dir);
    let ran = command.output().unwrap();
    let [out, err] = [ran.stdout, ran.stderr].map(|said| String::from_utf8(said).unwrap());
    format!("{} {out}{err}", ran.status.code().unwrap())
}

//! Accounts looked after on the machine itself, as an operator sees it.

use std::path::Path;

use super::{Exit, duban, golden, transcript};

#[test]
fn an_operator_looks_after_accounts_on_the_machine_before_any_server_runs() {
    let dir = tempfile::tempdir().unwrap();
    let (store, password, short) =
        (path(dir.path(), "data"), path(dir.path(), "password"), path(dir.path(), "short"));
    std::fs::write(&password, "correct horse\n").unwrap();
    std::fs::write(&short, "horse\n").unwrap();
    let at = |words: &[&str]| {
        let words = words.iter().map(|word| match *word {
            "PASSWORD" => password.clone(),
            "SHORT" => short.clone(),
            word => word.to_owned(),
        });
        words.chain(["--store".to_owned(), store.clone()]).collect::<Vec<String>>()
    };
    let add = ["person", "add"];
    let file = ["--password-file", "PASSWORD"];
    let calls = [
        at(&["person", "list"]),
        at(&[&add[..], &["admin", "--role", "operator", "--password-file", "SHORT"]].concat()),
        at(&[&add[..], &["Admin", "--role", "operator"], &file].concat()),
        at(&[&add[..], &["admin", "--role", "importer"], &file].concat()),
        at(&[&add[..], &["admin", "--role", "operator"]].concat()),
        at(&[&add[..], &["admin", "--role", "operator"], &file].concat()),
        at(&[&add[..], &["qian", "--name", "钱示例", "--role", "unit-staff"], &file].concat()),
        at(&[
            &add[..],
            &["qian", "--name", "钱示例", "--role", "unit-staff", "--unit", "SW"],
            &file,
        ]
        .concat()),
        at(&["person", "list"]),
        at(&["person", "change", "qian", "--role", "duty-chief", "--role", "intake"]),
        at(&["person", "show", "qian"]),
        at(&["person", "unlock", "qian"]),
        at(&[&["person", "password", "qian"], &file[..]].concat()),
        at(&["person", "dismiss", "admin", "--reason", "调离"]),
        at(&["person", "dismiss", "qian", "--reason", "调离"]),
        at(&["person", "list", "--dismissed", "--format", "json"]),
        at(&["token", "create", "admin", "--role", "dispatcher", "--label", "报表"]),
        at(&["token", "list", "admin"]),
        at(&["token", "revoke", "admin", "none"]),
        at(&["person", "show", "nobody"]),
    ];
    let calls: Vec<Vec<&str>> =
        calls.iter().map(|call| call.iter().map(String::as_str).collect()).collect();
    let calls: Vec<&[&str]> = calls.iter().map(Vec::as_slice).collect();
    golden("persons.txt", &transcript(dir.path(), &calls));
}

#[test]
fn whoever_only_looks_after_accounts_puts_no_rules_on_record() {
    let dir = tempfile::tempdir().unwrap();
    let (store, password) = (path(dir.path(), "data"), path(dir.path(), "password"));
    std::fs::write(&password, "correct horse\n").unwrap();
    let run = |words: &[&str]| duban(&[words, &["--store", &store]].concat());
    for (login, role) in [("admin", "operator"), ("qian", "intake")] {
        let add = ["person", "add", login, "--role", role, "--password-file", &password];
        assert_eq!(run(&add).exit, Exit::Done);
    }
    assert_eq!(run(&["person", "unlock", "qian"]).exit, Exit::Done);
    assert_eq!(run(&["person", "dismiss", "qian", "--reason", "调离"]).exit, Exit::Done);
    let history = run(&["rules", "history", "--format", "json"]).json();
    assert_eq!(history["editions"], serde_json::json!([]), "{history}");
}

#[test]
fn a_token_is_shown_once_and_its_id_from_then_on() {
    let dir = tempfile::tempdir().unwrap();
    let (store, password) = (path(dir.path(), "data"), path(dir.path(), "password"));
    std::fs::write(&password, "correct horse\n").unwrap();
    let run = |words: &[&str]| duban(&[words, &["--store", &store]].concat());
    let add = ["person", "add", "admin", "--role", "operator", "--password-file", &password];
    assert_eq!(run(&add).exit, Exit::Done);
    let create = ["token", "create", "admin", "--role", "operator", "--label", "报表"];
    let created = run(&create);
    assert_eq!(created.exit, Exit::Done, "{}", created.err);
    let token = created.out.trim().to_owned();
    assert!(token.starts_with("dbn_admin."), "{token}");
    let id = token.split('.').nth(1).unwrap();
    let secret = token.rsplit('.').next().unwrap();
    let listed = run(&["token", "list", "admin", "--format", "json"]);
    assert_eq!(listed.json()["tokens"][0]["id"], id);
    assert!(!listed.out.contains(secret));
    assert!(run(&["person", "show", "admin"]).out.contains(id));
    assert_eq!(run(&["token", "revoke", "admin", id]).exit, Exit::Done);
    assert_eq!(run(&["token", "list", "admin"]).out, "没有令牌。\n");
    let created = run(&[&create[..], &["--format", "json"]].concat()).json();
    assert!(created["token"].as_str().unwrap().starts_with("dbn_admin."), "{created}");
}

fn path(dir: &Path, name: &str) -> String {
    dir.join(name).to_string_lossy().into_owned()
}

//! `duban.toml`: explained, generated, and refused like a wrong rule.

use super::{Exit, duban, golden, transcript};

const BROKEN: &str = "\
[store]
dir = 7
cache_mib = 4
sgment_mib = 64

[output]
lang = \"zh-CN\"
rows = \"fifty\"

[courier]
sender = \"  \"

[stroe]
dir = \"data\"

[log]
level = \"很多\"
level = \"info\"
";

#[test]
fn every_wrong_field_is_a_diagnostic_like_a_wrong_rule() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("duban.toml");
    std::fs::write(&file, BROKEN).unwrap();
    let file = file.to_str().unwrap();
    let text = transcript(
        dir.path(),
        &[
            &["--config", file, "unit", "list"],
            &["--config", file, "--lang", "en", "config", "explain", "output"],
        ],
    );
    golden("configuration.txt", &text);
}

/// Every field is right by itself.
const AT_ODDS: &str = "\
[courier.email]
by = \"smtp\"

[courier.smtp]
host = \"mail.suning.example\"
security = \"none\"
user = \"duban\"

[courier.sms]
by = \"http\"

[courier.gateway]
url = \"http://sms.suning.example/send\"
content = \"json\"
body = \"to={number}&key={secret}\"
auth = \"basic\"
codes_refused = \"12, 13\"
";

#[test]
fn fields_that_do_not_go_together_are_named_with_the_way_out() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("duban.toml");
    std::fs::write(&file, AT_ODDS).unwrap();
    let file = file.to_str().unwrap();
    let text = transcript(dir.path(), &[&["--config", file, "unit", "list"]]);
    golden("configuration-at-odds.txt", &text);
}

#[test]
fn the_explanation_lists_every_field() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("duban.toml");
    std::fs::write(&file, "[store]\ncache_mib = 512\n").unwrap();
    let file = file.to_str().unwrap();
    golden(
        "config-explain.txt",
        &transcript(dir.path(), &[&["--config", file, "config", "explain"]]),
    );
}

#[test]
fn the_template_is_a_configuration_with_the_defaults() {
    let template = duban(&["config", "explain", "--template"]).out;
    let read = duban::config::parse("template", template.as_bytes());
    assert_eq!(read.problems, []);
    assert_eq!(read.config, duban::config::Config::default());
}

#[test]
fn garbage_is_refused_and_does_not_panic() {
    let large = vec![b'x'; 2 << 20];
    for bytes in [&b"\xff\xfe\x00"[..], b"[[store]]", b"store = 1", b"[store", b"= =", &large] {
        let read = duban::config::parse("duban.toml", bytes);
        assert!(!read.problems.is_empty());
        let _shown = read.render(duban_rules::Lang::Zh);
    }
}

#[test]
fn every_code_of_the_configuration_has_a_page_in_both_languages() {
    for code in duban::config::codes() {
        for lang in ["zh", "en"] {
            let page = duban(&["rules", "explain", code, "--lang", lang]);
            assert_eq!(page.exit, Exit::Done);
            assert!(page.out.lines().count() >= 3, "{}", page.out);
        }
    }
}

#[test]
fn a_configuration_that_is_not_there_is_named() {
    let ran = duban(&["--config", "/nowhere/duban.toml", "rules", "check"]);
    assert_eq!(ran.exit, Exit::Failed);
    assert!(ran.err.contains("/nowhere/duban.toml"), "{}", ran.err);
}

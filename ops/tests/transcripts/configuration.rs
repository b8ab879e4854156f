//! `duban.toml`: explained, generated, and refused like a wrong rule.

use std::collections::BTreeSet;

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

[cluster]
name = \"肃宁\"
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

[cluster]
name = \"suning\"

[redis]
user = \"duban\"
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
    std::fs::write(&file, "[store]\ncache_mib = 1024\n").unwrap();
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

/// The sources that raise codes of their own, and the letter that these begin with.
const RAISING: [(&str, &str); 2] = [
    (include_str!("../../base/src/config/problem.rs"), "C0"),
    (include_str!("../../lab/src/replay/profile/check.rs"), "P0"),
];

#[test]
fn every_code_of_the_configuration_and_of_a_profile_has_a_page_in_both_languages_and_no_other() {
    let quoted = RAISING.iter().flat_map(|(source, letter)| {
        source.split('"').filter(move |word| word.len() == 5 && word.starts_with(letter))
    });
    let codes: BTreeSet<&str> = quoted.collect();
    let pages = duban::config::PAGES.iter().chain(&*duban::replay::PAGES);
    assert_eq!(codes, pages.map(|page| page.code.as_str()).collect());
    for code in codes {
        for lang in ["zh", "en"] {
            let page = duban(&["rules", "explain", code, "--lang", lang]);
            assert_eq!(page.exit, Exit::Done);
            let (title, text) = page.out.split_once("\n\n").unwrap();
            assert!(title.chars().count() > code.len() + 3, "{}", page.out);
            assert!(text.trim().chars().count() > 10, "{}", page.out);
        }
    }
}

#[test]
fn a_configuration_that_is_not_there_is_named() {
    let ran = duban(&["--config", "/nowhere/duban.toml", "rules", "check"]);
    assert_eq!(ran.exit, Exit::Failed);
    assert!(ran.err.contains("/nowhere/duban.toml"), "{}", ran.err);
}

/// Every field is well written, and no server works like this.
const UNUSABLE: &str = "\
[store]
dir = \"<dir>/nothing\"

[rules]
dir = \"<dir>/no-rules\"

[http]
listen = \"0.0.0.0:8440\"
public_url = \"duban.example\"

[courier]
sender = \"督办\"

[courier.email]
by = \"smtp\"

[courier.smtp]
host = \"mail.suning.example\"
user = \"duban\"
secret_file = \"<dir>/no-secret\"

[courier.sms]
by = \"smpp\"

[courier.smpp]
system_id = \"a-very-long-account\"
secret_file = \"<dir>/empty\"

[cluster]
name = \"suning\"
node = \"node-1\"
secret_file = \"<dir>/empty\"
blobs_dir = \"<dir>/no-blobs\"

[redis]
url = \"redis://10.0.0.9\"
secret_file = \"<dir>/no-secret\"
";

#[test]
fn all_that_keeps_a_server_from_starting_is_found_at_once_and_a_start_says_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let (file, empty) = (dir.path().join("duban.toml"), dir.path().join("empty"));
    std::fs::write(&empty, "\n").unwrap();
    let text = UNUSABLE.replace("<dir>", &dir.path().to_string_lossy());
    std::fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap();
    let checked = transcript(
        dir.path(),
        &[
            &["--config", file, "config", "check"],
            &["--config", file, "--lang", "en", "config", "check"],
        ],
    );
    golden("config-check.txt", &checked);
    let served = duban(&["--config", file, "serve"]);
    assert_eq!(served.exit, Exit::Failed);
    let words = [
        "`http.public_url`:`duban.example` 不是网址",
        "`courier.sender`:`督办` 不是邮件地址",
        "`courier.smtp.secret_file`:无法读取文件",
        "`courier.smpp.system_id`:账号最多 15 个英文字符",
        "`courier.smpp.secret_file`:密码文件",
        "`cluster.secret_file`:密码文件",
        "`redis.secret_file`:无法读取文件",
        "`cluster.address`:其他节点不能用",
        "`cluster.blobs_dir`:",
    ];
    for sentence in words {
        assert!(served.err.contains(sentence), "{sentence}: {}", served.err);
        assert!(checked.contains(sentence), "{sentence}: {checked}");
    }
}

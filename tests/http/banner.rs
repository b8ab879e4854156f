//! What stands above every page while the configured rules are not those in force.

use duban_tests::before;
use duban_tests::scratch_dir::ScratchDir;
use reqwest::Method;
use serde_json::json;

use crate::passwords::{OWN, Session};
use crate::people;
use crate::server::{Server, run};

#[test]
fn rules_that_nobody_applied_are_said_on_every_page_of_the_centre_and_to_nobody_else() {
    let ground = ScratchDir::new();
    let (store, rules) = (ground.join("store"), ground.rules());
    let (tokens, settings) =
        (people::enrol(&store), [("DUBAN_RULES_DIR", rules.to_str().unwrap())]);
    let first = Server::start(&store, tokens.clone(), &settings);
    first.ask_to_stop();
    assert!(first.ended().success());
    let notices = rules.join("notices.toml");
    let text = std::fs::read_to_string(&notices).unwrap();
    std::fs::write(notices, text.replace("催收:", "请签收:")).unwrap();

    let server = Server::start(&store, tokens, &settings);
    let said = |page: &str| page.contains("规则目录有未生效的改动,仍按原规则办理。");
    run(async {
        let page = async |session: &Session<'_>, path| {
            let response = session.request(Method::GET, path).send().await.unwrap();
            assert!(response.status().is_success(), "{path}: {}", response.status());
            response.text().await.unwrap()
        };
        for (login, is_told) in [("chief", true), ("operator", true), ("water", false)] {
            let session = Session::chosen(&server, login).await;
            for path in ["/", "/units/SW"] {
                assert_eq!(said(&page(&session, path).await), is_told, "{login} {path}");
            }
        }
        let chief = Session::of(&server, "chief", OWN).await;
        let operator = Session::of(&server, "operator", OWN).await;
        operator.post("/api/v1/rules/apply", &json!({})).await.is(200);
        assert!(!said(&page(&chief, "/").await));
    });
}

#[test]
fn weekdays_by_numbers_in_the_rules_in_force_are_said_on_the_pages_of_the_centre() {
    let ground = ScratchDir::new();
    let (store, rules) = (ground.join("store"), ground.rules());
    let (tokens, settings) =
        (people::enrol(&store), [("DUBAN_RULES_DIR", rules.to_str().unwrap())]);
    let notices = rules.join("notices.toml");
    let text = std::fs::read_to_string(&notices).unwrap();
    let numbered =
        text.replacen("brief_unit = \"0 0 8 * * *\"", "brief_unit = \"0 0 8 * * 1-5\"", 1);
    std::fs::write(&notices, numbered).unwrap();
    before::put_in_force(&store, &rules);

    let server = Server::start(&store, tokens, &settings);
    run(async {
        for (login, is_told) in [("chief", true), ("water", false)] {
            let session = Session::chosen(&server, login).await;
            let page = session.request(Method::GET, "/").send().await.unwrap();
            let page = page.text().await.unwrap();
            assert_eq!(page.contains("按旧读法:周日至周四"), is_told, "{login}: {page}");
        }
    });
}

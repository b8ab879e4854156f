//! A case whose calendar was changed after its dispatch and that nobody has recalculated, as its page tells it.

use chrono::{Days, NaiveDate};
use duban_tests::scratch_dir::ScratchDir;
use reqwest::Method;
use serde_json::json;

use crate::passwords::Session;
use crate::people::{self, PASSWORD};
use crate::server::{Server, run};

#[test]
fn the_page_of_a_case_tells_the_due_in_force_and_beside_it_what_it_would_be() {
    let ground = ScratchDir::new();
    let (rules, store) = (ground.rules(), ground.join("store"));
    let tokens = people::enrol(&store);
    let dir = rules.to_str().unwrap();
    let server = Server::start(&store, tokens, &[("DUBAN_RULES_DIR", dir)]);
    run(async {
        let case = server.dispatched(1).await;
        let why = format!("/api/v1/cases/{case}/explanation");
        let before = server.get("chief", &why).await.is(200).body;
        let from: NaiveDate = before["account"]["start"].as_str().unwrap()[..10].parse().unwrap();
        let until = from + Days::new(20);
        let closure = format!(
            "\n[[closure]]\nfrom = \"{from}\"\nuntil = \"{until}\"\nreason = \"暴雪停办\"\n"
        );
        let path = rules.join("calendar.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        let text = text.replace("version = \"2026-1\"", "version = \"2026-2\"");
        std::fs::write(path, text + &closure).unwrap();
        server.post("operator", "/api/v1/rules/apply", &json!({})).await.is(200);
        let after = server.get("chief", &why).await.is(200).body;
        assert_eq!((&after["due"], &after["account"]), (&before["due"], &before["account"]));

        let first = Session::of(&server, "chief", PASSWORD).await;
        let own = "another long password";
        let change = json!({"old": PASSWORD, "new": own});
        first.put("/api/v1/session/password", &change).await.is(204);
        let session = Session::of(&server, "chief", own).await;
        let page = session.request(Method::GET, &format!("/cases/{case}")).send().await.unwrap();
        let page = page.text().await.unwrap();
        let (_, account) = page.split_once("时限明细").unwrap();
        assert!(account.contains("2026-1(推算时);现行日历 2026-2"), "{account}");
        let (_, anew) = account.split_once("按现行日历将是 ").unwrap();
        assert!(anew.contains(",尚未重算。"), "{anew}");
        assert!(!account.contains("暴雪停办"), "{account}");
    });
    server.kill();
}

//! Helpers over HTTP (协办, article 19): a unit that helps sees and does what its part needs, and nothing else of the case.

use duban_tests::scratch_dir::ScratchDir;
use reqwest::Method;
use serde_json::json;

use crate::passwords::Session;
use crate::server::{Server, run};

#[test]
fn a_helper_sees_and_does_its_part_and_nothing_else_of_the_case() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.dispatched(1).await;
        let path = format!("/api/v1/cases/{case}");
        let help = format!("{path}/help");
        server.change("water", &case, "receipt", &json!({})).await;
        let dispute = json!({"ground": "ownership", "reason": "x"});
        server.change("water", &case, "dispute", &dispute).await;
        server.get("sweeper", &help).await.is(404);
        let joint = json!({"finding": "joint", "unit": "SW", "helpers": ["CG-HW"], "reason": "x"});
        server.change("chief", &case, "determination", &joint).await;

        let shown = server.get("sweeper", &help).await.is(200).body;
        assert_eq!((&shown["lead"], &shown["tasks"][0]["unit"]), (&"SW".into(), &"CG-HW".into()));
        assert_eq!(shown["tasks"][0]["standing"], "asked");
        for behind in ["", "/history", "/explanation"] {
            server.get("sweeper", &format!("{path}{behind}")).await.is(404);
        }
        server.get("enforcer", &help).await.is(404);
        server.get("water", &help).await.is(200);
        let own = server.get("sweeper", "/api/v1/cases").await.is(200);
        assert!(!own.body.to_string().contains(&case), "it is not among its cases");
        let parts = server.get("sweeper", "/api/v1/cases?stage=help").await.is(200).body;
        let part = &parts["cases"][0];
        assert_eq!((&part["case"], &part["unit"]), (&case.as_str().into(), &"SW".into()));
        assert_eq!(part["stage_due"], shown["tasks"][0]["due"]);
        assert_eq!((&part["due"], &part["level"]), (&serde_json::Value::Null, &0.into()));
        let of = |who: &'static str, query: &'static str| {
            let path = format!("/api/v1/cases?stage=help{query}");
            async { server.get(who, &{ path }).await.is(200).body["cases"].clone() }
        };
        assert_eq!(of("water", "").await, json!([]), "the lead helps nobody");
        assert_eq!(of("enforcer", "").await, json!([]));
        assert_eq!(of("dispatcher", "").await[0]["case"], case);
        let page = Session::chosen(&server, "leader").await;
        let page = page.request(Method::GET, "/units/CG-HW").send().await.unwrap();
        let page = page.text().await.unwrap();
        assert!(page.contains("由其他单位主办") && page.contains("协办截止"), "{page}");

        let photo = server.photo("water").await;
        let done = json!({"result": "已修复", "photos": [photo]});
        let feedback = format!("{path}/feedback");
        server.post("water", &feedback, &done).await.problem(409, "help-awaited");
        server.post("sweeper", &feedback, &done).await.problem(403, "other-unit");
        let photo = server.photo("sweeper").await;
        let part = json!({"result": "垃圾已清运", "photos": [photo]});
        server.post("enforcer", &help, &part).await.problem(404, "not-found");
        server.post("sweeper", &help, &part).await.is(200);
        assert_eq!(of("sweeper", "").await, json!([]));
        server.change("water", &case, "feedback", &done).await;
    });
}

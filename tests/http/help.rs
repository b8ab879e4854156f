//! Helpers over HTTP (协办, article 19): a unit that helps sees and does what its part needs, and nothing else of the case.

use duban_tests::scratch_dir::ScratchDir;
use serde_json::json;

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

        let photo = server.photo("water").await;
        let done = json!({"result": "已修复", "photos": [photo]});
        let feedback = format!("{path}/feedback");
        server.post("water", &feedback, &done).await.problem(409, "help-awaited");
        server.post("sweeper", &feedback, &done).await.problem(403, "other-unit");
        let photo = server.photo("sweeper").await;
        let part = json!({"result": "垃圾已清运", "photos": [photo]});
        server.post("enforcer", &help, &part).await.problem(404, "not-found");
        server.post("sweeper", &help, &part).await.is(200);
        server.change("water", &case, "feedback", &done).await;
    });
}

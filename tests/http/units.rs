//! Units over HTTP: what one lacks of article 7, and who may know.

use duban_tests::scratch_dir::ScratchDir;
use serde_json::{Value, json};

use crate::server::{Server, run};

#[test]
fn what_a_unit_lacks_is_told_to_its_own_people_and_the_centre_and_to_nobody_else() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        for who in ["enforcer", "chief"] {
            let shown = server.get(who, "/api/v1/units/CG-ZF").await.is(200);
            assert_eq!(shown.body["lacks"], json!([]), "{who}");
        }
        let shown = server.get("chief", "/api/v1/units/YL").await.is(200);
        assert_eq!(shown.body["lacks"], json!(["head-account", "account"]));
        let shown = server.get("water", "/api/v1/units/YL").await.is(200);
        assert_eq!(shown.body.get("lacks"), None::<&Value>);
    });
}

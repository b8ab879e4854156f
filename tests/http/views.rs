//! The daily view of a unit's main leader (article 7), over HTTP.

use duban_tests::scratch_dir::ScratchDir;
use serde_json::{Value, json};

use crate::passwords::Session;
use crate::server::{Caller, Server, run};

/// Reports after which a look that nobody waited for must be on record: each of them waits for the disk.
const REPORTS_MAX: usize = 200;

#[test]
fn a_look_at_the_list_is_on_record_for_every_terminal_of_the_leader_and_nobody_elses_is() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        server.get("enforcer", "/api/v1/units/CG-ZF/cases").await.is(200);
        server.get("chief", "/api/v1/units/CG-ZF/cases").await.is(200);
        let views = server.get("chief", "/api/v1/units/CG-ZF/views").await.is(200).body;
        assert_eq!(views, json!({"unit": "CG-ZF", "looked_today": false, "months": []}));
        server.get("leader", "/api/v1/units/CG-HW/cases").await.is(200);
        for unit in ["CG-ZF", "CG-HW"] {
            let views = on_record(&server, unit).await;
            assert_eq!(views["months"].as_array().unwrap().len(), 1, "{views}");
            assert_eq!(views["months"][0]["looked"].as_array().unwrap().len(), 1, "{views}");
            assert_eq!(views["months"][0]["missed"], json!([]));
        }
        // Another unit's are not there.
        server.get("water", "/api/v1/units/CG-ZF/views").await.is(404);
        server.get("chief", "/api/v1/units/NOWHERE/views").await.is(404);
    });
}

#[test]
fn opening_the_units_page_is_a_look() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let session = Session::chosen(&server, "leader").await;
        session.get("/units/CG-ZF").await.is(200);
        on_record(&server, "CG-ZF").await;
    });
}

/// The views of a unit, once somebody has looked.
async fn on_record(server: &Caller, unit: &str) -> Value {
    for n in 0..REPORTS_MAX {
        let views = server.get("chief", &format!("/api/v1/units/{unit}/views")).await.is(200);
        if views.body["looked_today"] == true {
            return views.body;
        }
        server.register(n).await;
    }
    panic!("no look at {unit} is on record")
}

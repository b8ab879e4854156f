//! Units over HTTP: what one lacks of article 7, and who may know.

use duban_tests::scratch_dir::ScratchDir;
use serde_json::{Value, json};

use crate::server::{Server, filing, run};

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

#[test]
fn an_organisation_has_a_row_for_its_terminals_together_where_all_of_them_are_seen() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        for (n, unit) in [(0, "CG-ZF"), (1, "CG-HW"), (2, "CG-HW"), (3, "SW")] {
            let case = server.register(n).await;
            server.change("intake", &case, "filing", &filing()).await;
            let to = json!({"unit": unit, "reason": "值班长指定"});
            server.change("chief", &case, "dispatch", &to).await;
        }
        let cases = |open| json!({"open": open, "overdue": 0});
        let of = |listed: &Value, unit: &str| {
            let rows = listed["units"].as_array().unwrap();
            rows.iter().find(|row| row["unit"] == unit).unwrap()["cases"].clone()
        };
        let whole = json!([{
            "organisation": "县城管局", "units": ["CG-GG", "CG-HW", "CG-WB", "CG-ZF"], "ranked": false,
            "cases": cases(3),
        }]);
        // The head of one terminal is that of all; its staff sees its own.
        for (who, organisations, cleaning, water) in [
            ("chief", whole.clone(), cases(2), cases(1)),
            ("leader", whole, cases(2), Value::Null),
            ("enforcer", json!([]), Value::Null, Value::Null),
            ("water", json!([]), Value::Null, cases(1)),
        ] {
            let listed = server.get(who, "/api/v1/units").await.is(200).body;
            assert_eq!(listed["organisations"], organisations, "{who}");
            assert_eq!(of(&listed, "CG-HW"), cleaning, "{who}");
            assert_eq!(of(&listed, "SW"), water, "{who}");
            let one = server.get(who, "/api/v1/units/SW").await.is(200).body;
            assert_eq!(one["cases"], water, "{who}");
        }
        // The row stands on every page, whichever terminals do.
        let page = server.get("chief", "/api/v1/units?limit=1").await.is(200).body;
        assert_eq!(page["organisations"][0]["cases"], cases(3));
    });
}

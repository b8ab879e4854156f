//! The OpenAPI document: it says what there is, and a program that knows nothing but it finds no server error.

use std::fs;
use std::process::Command;

use duban_gate::report::tell;
use duban_tests::scratch_dir::ScratchDir;
use serde_json::Value;

use crate::python;
use crate::server::{Server, run};
use crate::town;

/// Examples for each operation: few, so that the gate stays fast; `DUBAN_EXAMPLES` asks for more.
const EXAMPLES: &str = "8";

#[test]
fn every_operation_has_a_name_a_chinese_summary_and_its_problems() {
    let document = serde_json::to_value(duban::http::api::openapi()).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = std::collections::BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(ids.insert(id), "{id} twice");
            assert!(!operation["summary"].as_str().unwrap().is_ascii(), "{method} {path}");
            assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{method} {path}");
            if id != "getDocument" {
                let content = &operation["responses"]["422"]["content"];
                assert!(
                    content["application/problem+json"]["schema"].is_object(),
                    "{method} {path}"
                );
            }
        }
    }
    assert!(ids.len() > 50);
    let text = document.to_string();
    let wanted =
        text.split("#/components/schemas/").skip(1).map(|rest| rest.split('"').next().unwrap());
    for name in wanted {
        assert!(document["components"]["schemas"][name].is_object(), "no schema `{name}`");
    }
}

#[test]
fn the_command_line_prints_the_document_without_a_server() {
    let child = env!("CARGO_BIN_EXE_duban-child");
    let printed = Command::new(child).arg("openapi").output().unwrap();
    let printed: Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert_eq!(printed, serde_json::to_value(duban::http::api::openapi()).unwrap());
}

#[test]
fn the_page_to_try_it_is_served_without_anything_from_elsewhere() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let page = server.request("", reqwest::Method::GET, "/api/docs/").send().await.unwrap();
        assert_eq!(page.status(), 200);
        let page = page.text().await.unwrap();
        assert!(page.contains("swagger-ui") && !page.contains("https://"), "{page}");
    });
}

#[test]
fn a_program_that_knows_only_the_document_finds_no_server_error() {
    if town::is_left_out(town::ASKED) {
        return;
    }
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    let case = run(server.dispatched(1));
    let examples = std::env::var("DUBAN_EXAMPLES").unwrap_or_else(|_| EXAMPLES.to_owned());
    for (who, role) in [("chief", "duty-chief"), ("water", "unit-staff"), ("operator", "operator")]
    {
        fs::write(ground.join("schemathesis.toml"), known(&case, role)).unwrap();
        let output = Command::new(python::python())
            .args(["-m", "schemathesis.cli", "run"])
            .arg(format!("{}/api/v1/openapi.json", server.base()))
            .args(["--header", &format!("Authorization: Bearer {}", server.tokens[who])])
            .args(["--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"])
            .args(["--exclude-operation-id", "streamEvents", "--exclude-operation-id", "signOut"])
            .args(["--max-examples", &examples, "--phases", "examples,coverage,fuzzing", "--seed", "1"])
            // One worker: several threads in Python 3.11 fall over each other where its strategies are parsed.
            .args(["--request-timeout", "20", "--workers", "1", "--no-color"])
            .current_dir(ground.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
        tell(&format!("schemathesis as {who}: {}", summary(&said)));
    }
    run(async { server.get("chief", "/api/v1/cases").await.is(200) });
}

/// What a program cannot guess: which case there is, and in which role it asks.
fn known(case: &str, role: &str) -> String {
    let ids = [("cases", case), ("units", "SW"), ("collectors", "CJY-01")];
    let ids = ids.map(|(what, id)| {
        format!("[[operations]]\ninclude-path-regex = \"^/api/v1/{what}/\"\nparameters = {{ id = \"{id}\" }}\n")
    });
    format!(
        "[parameters]\n\"X-Duban-Role\" = \"{role}\"\n\"If-Match\" = \"*\"\nlogin = \"sweeper\"\ndesk = \"duty-chief\"\n{}",
        ids.concat()
    )
}

/// The lines that say how much was tried.
fn summary(said: &str) -> String {
    let lines = said.lines().skip_while(|line| !line.contains("SUMMARY")).map(str::trim);
    lines
        .filter(|line| line.contains(':') || line.contains("generated"))
        .collect::<Vec<_>>()
        .join("; ")
}

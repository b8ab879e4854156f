//! Attachments: signed forms, scans and recordings, which kinds there are, how much of them, and who sees them.

use duban_tests::scratch_dir::ScratchDir;
use reqwest::Method;
use serde_json::json;

use crate::passwords::Session;
use crate::people;
use crate::server::{Caller, Reply, Server, by_handset, filing, run, sent};

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
const CALL: &[u8] = b"#!AMR\n\x3c\x55\0\0\0\0\0\0\0\0";

async fn put(server: &Caller, who: &str, bytes: impl Into<Vec<u8>>) -> Reply {
    sent(server.request(who, Method::POST, "/api/v1/attachments").body(bytes.into())).await
}

async fn kept(server: &Caller, who: &str, bytes: impl Into<Vec<u8>>) -> String {
    put(server, who, bytes).await.is(201).body["file"].as_str().unwrap().to_owned()
}

#[test]
fn a_signed_form_is_seen_by_the_centre_and_its_unit_and_by_no_collector_and_no_later_unit() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let mut theirs = by_handset(1);
        theirs["photos"] = json!([server.photo("collector").await]);
        let reply = server.post("collector", "/api/v1/cases", &theirs).await.is(201);
        let case = reply.body["case"].as_str().unwrap().to_owned();
        server.change("intake", &case, "filing", &filing()).await;
        server.change("dispatcher", &case, "dispatch", &json!({"unit": "SW"})).await;
        let form = kept(&server, "water", PDF).await;
        let body = json!({"reason": "属产权单位", "ground": "ownership", "form": form});
        server.change("water", &case, "return", &body).await;
        let at = |rest: &str| format!("/api/v1/attachments/{form}{rest}");
        let of_case = at(&format!("?case={case}"));
        for (who, status) in [("chief", 200), ("water", 200), ("collector", 404), ("sweeper", 404)]
        {
            assert_eq!(server.get(who, &at("")).await.status, status, "{who}");
            assert_eq!(server.get(who, &of_case).await.status, status, "{who} in the case");
        }
        server.get("chief", &format!("/api/v1/photos/{form}")).await.is(404);
        let reply = server.get("chief", &at("")).await;
        assert_eq!(reply.header("content-type"), "application/pdf");
        assert!(reply.header("content-disposition").starts_with("attachment; filename="));

        let accept = json!({"decision": "accept", "reason": "同意"});
        let agree = json!({"opinion": "agree", "reason": "查看权属资料"});
        server.change("dispatcher", &case, "return-opinion", &agree).await;
        server.change("chief", &case, "return-decision", &accept).await;
        let elsewhere = json!({"unit": "CG-HW", "reason": "近期由环卫站代管"});
        server.change("dispatcher", &case, "dispatch", &elsewhere).await;
        assert_eq!(server.get("sweeper", &of_case).await.status, 404, "another unit has the case");
    });
}

#[test]
fn a_recording_of_a_call_stands_on_the_page_of_the_case_for_the_centre_alone() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.dispatched(1).await;
        let call = kept(&server, "intake", CALL).await;
        let body = json!({"file": call, "note": "居民来电录音"});
        server.change("intake", &case, "attachment", &body).await;
        for (who, sees) in [("chief", true), ("intake", true), ("water", false)] {
            let history = server.get(who, &format!("/api/v1/cases/{case}/history")).await.is(200);
            let said = history.body.to_string();
            assert!(said.contains("Attached"), "that there is one is no secret: {said}");
            assert_eq!(
                (said.contains("居民来电录音"), said.contains(&call)),
                (sees, sees),
                "{who}"
            );
        }
        for (who, sees) in [("chief", true), ("water", false)] {
            let session = Session::chosen(&server, who).await;
            let shown =
                async |path: String| session.request(Method::GET, &path).send().await.unwrap();
            let page = shown(format!("/cases/{case}")).await.text().await.unwrap();
            assert_eq!(page.contains(&format!("/photos/{call}")), sees, "{who}: {page}");
            assert!(page.contains("附上文件"), "{who}: {page}");
            assert_eq!(page.contains("居民来电录音"), sees, "{who}: {page}");
            let status = shown(format!("/cases/{case}/photos/{call}")).await.status().as_u16();
            assert_eq!(status, if sees { 200 } else { 404 }, "{who}");
        }
    });
}

#[test]
fn a_file_stands_only_where_one_of_its_kind_may_and_is_whole() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.dispatched(1).await;
        server.change("water", &case, "receipt", &json!({})).await;
        put(&server, "water", &b"<html>"[..]).await.problem(415, "unsupported-media-type");
        put(&server, "water", &b"PK\x03\x04 a sheet"[..])
            .await
            .problem(415, "unsupported-media-type");
        put(&server, "water", &PDF[..30]).await.problem(422, "unfit-file");
        put(&server, "water", &b"\xff\xd8\xff"[..]).await.problem(422, "unfit-photo");
        put(&server, "collector", PDF).await.problem(403, "not-permitted");
        let (form, call) = (kept(&server, "water", PDF).await, kept(&server, "water", CALL).await);
        let at = |rest: &str| format!("/api/v1/cases/{case}/{rest}");
        let done = json!({"result": "已修复", "photos": [form]});
        server.post("water", &at("feedback"), &done).await.problem(422, "unfit-file");
        let asked = json!({"reason": "x", "form": call});
        server.post("water", &at("return"), &asked).await.problem(422, "unfit-file");
        let unknown = json!({"reason": "x", "form": "0".repeat(64)});
        server.post("water", &at("return"), &unknown).await.problem(422, "unknown-file");
        let others = json!({"file": form, "note": "x", "on_behalf_of": "SW"});
        server.post("dispatcher", &at("attachment"), &others).await.is(200);
        let not_theirs = kept(&server, "chief", [PDF, b"%%EOF"].concat()).await;
        let named = json!({"file": not_theirs, "note": "x"});
        server.post("water", &at("attachment"), &named).await.problem(422, "unknown-file");
    });
}

#[test]
fn a_case_takes_so_much_and_no_more() {
    let ground = ScratchDir::new();
    let store = ground.join("store");
    let tokens = people::enrol(&store);
    let settings = [("DUBAN_HTTP_ATTACHMENT_MIB", "1"), ("DUBAN_HTTP_CASE_ATTACHMENTS_MIB", "1")];
    let server = Server::start(&store, tokens, &settings);
    run(async {
        let case = server.dispatched(1).await;
        let sized = |n: u8| [b"%PDF-1.7\n", &vec![n; 600 << 10][..], b"%%EOF"].concat();
        let too_large = [b"%PDF-1.7\n", &vec![0; 1 << 20][..], b"%%EOF"].concat();
        assert_eq!(put(&server, "intake", too_large).await.status, 413);
        let (first, second) =
            (kept(&server, "intake", sized(1)).await, kept(&server, "intake", sized(2)).await);
        let attached = |file: &str| json!({"file": file, "note": "权属资料"});
        server.change("intake", &case, "attachment", &attached(&first)).await;
        let path = format!("/api/v1/cases/{case}/attachment");
        let refused = server.post("intake", &path, &attached(&second)).await;
        let refused = refused.problem(422, "too-many-papers");
        assert!(refused.body["detail"].as_str().unwrap().contains("1 MiB"), "{}", refused.body);
        // The same one once more takes no more room.
        server.post("intake", &path, &attached(&first)).await.is(200);
    });
}

//! What people of the centre send over HTTP to lead a case along its life: the same transitions as a [`Stage`],
//! entered by the desk, the dispatcher and the duty chief.

use std::sync::Arc;

use duban_rules::vocabulary::TimeLimit;
use serde_json::{Value, json};

use crate::client;
use crate::load::Asking;
use crate::server::Tokens;
use crate::workload::{PHOTO, Post, Stage, Workload, key};

/// The request that takes case `n` through `stage`; the same one always has the same key.
pub fn request(
    workload: &Workload,
    tokens: &Tokens,
    n: u64,
    stage: Stage,
) -> anyhow::Result<Vec<u8>> {
    let (verb, post, body) = said(workload, n, stage)?;
    let path = if stage == Stage::Register {
        "/api/v1/cases".to_owned()
    } else {
        format!("/api/v1/cases/{}/{verb}", key(n))
    };
    let token = tokens.of(post);
    let head = format!("Authorization: Bearer {token}\r\nIdempotency-Key: {n}-{verb}\r\n");
    Ok(client::request("POST", &path, &head, &body.to_string()))
}

/// The `i`-th request, made by `one`.
pub fn asking(
    workload: &Arc<Workload>,
    tokens: &Tokens,
    one: impl Fn(&Workload, &Tokens, u64) -> anyhow::Result<Vec<u8>> + Send + Sync + 'static,
) -> Asking {
    let (workload, tokens) = (Arc::clone(workload), tokens.clone());
    Arc::new(move |i| one(&workload, &tokens, i))
}

/// The request by which a tenth more time is applied for in case `n`, entered for its unit.
pub fn application(workload: &Workload, tokens: &Tokens, n: u64) -> anyhow::Result<Vec<u8>> {
    let ((_, _, unit), (limit, head)) = (workload.about(n)?, workload.limit_and_head(n)?);
    let tenth = TimeLimit::new(limit.thousandths() / 10, limit.unit());
    let body = json!({
        "extension": tenth.to_string(), "reason": "配件未到", "signer": head,
        "form": PHOTO.as_str(), "on_behalf_of": unit,
    });
    let head = format!("{}Idempotency-Key: {n}-application\r\n", bearer(tokens));
    let path = format!("/api/v1/cases/{}/application", key(n));
    Ok(client::request("POST", &path, &head, &body.to_string()))
}

/// The line of a head by which the duty chief comes in.
pub fn bearer(tokens: &Tokens) -> String {
    format!("Authorization: Bearer {}\r\n", tokens.of(Post::Chief))
}

/// The request for the first page of the open cases of a unit: another one each time.
pub fn list(workload: &Workload, tokens: &Tokens, n: u64) -> anyhow::Result<Vec<u8>> {
    let (_, _, unit) = workload.about(n)?;
    Ok(client::request("GET", &format!("/api/v1/cases?unit={unit}"), &bearer(tokens), ""))
}

fn said(workload: &Workload, n: u64, stage: Stage) -> anyhow::Result<(&'static str, Post, Value)> {
    let (place, condition, unit) = workload.about(n)?;
    let place = json!({ "lon": place.lon, "lat": place.lat });
    Ok(match stage {
        Stage::Register => (
            "register",
            Post::Desk,
            json!({
                "channel": "leadership", "source": "bench", "external_id": n.to_string(),
                "text": crate::workload::SUMMARY, "address": "胜利路与和平街交叉口东侧",
                "place": place, "photos": [PHOTO.as_str()],
            }),
        ),
        Stage::File => {
            let body = json!({
                "condition": condition, "checklist": "confirmed", "reason": "领导现场指派",
            });
            ("filing", Post::Desk, body)
        }
        Stage::Dispatch => ("dispatch", Post::Dispatcher, json!({ "unit": unit })),
        Stage::Receive => ("receipt", Post::Dispatcher, json!({ "on_behalf_of": unit })),
        Stage::GiveFeedback => {
            let body = json!({
                "result": "已更换井盖并恢复路面", "photos": [PHOTO.as_str()], "on_behalf_of": unit,
            });
            ("feedback", Post::Dispatcher, body)
        }
        Stage::Verify => {
            let body = json!({
                "outcome": "passed", "photo": PHOTO.as_str(), "place": place,
                "waiver": "值班长到场核查",
            });
            ("verification", Post::Chief, body)
        }
        // The same chief has waived the look.
        Stage::Close => ("closing", Post::Chief, json!({ "waiver": "夜间一人值班" })),
    })
}

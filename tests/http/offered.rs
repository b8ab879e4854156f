//! Offers on the page of a case: to each of the people of the town, after each step, the forms that are theirs.

use duban_runtime::clock::{Clock as _, SystemClock, Timestamp};
use duban_tests::golden;
use duban_tests::scratch_dir::ScratchDir;
use reqwest::Method;
use serde_json::json;

use crate::forms::{answer, offered};
use crate::passwords::Session;
use crate::people::PEOPLE;
use crate::server::{Server, by_handset, filing, run};
use crate::town;

/// The next five o'clock in the morning of the county: what may follow later, and until when, is another thing by day.
fn next_night() -> Timestamp {
    const DAY_MS: i64 = 24 * 3_600 * 1_000;
    const FIVE_IN_THE_COUNTY_MS: i64 = 21 * 3_600 * 1_000;
    let now = SystemClock::start().now().as_millis();
    let days = (now - FIVE_IN_THE_COUNTY_MS).div_euclid(DAY_MS) + 1;
    Timestamp::from_millis(days * DAY_MS + FIVE_IN_THE_COUNTY_MS)
}

#[test]
fn who_is_offered_which_form_stands_in_a_table() {
    if town::is_left_out(town::CLOCK) {
        return;
    }
    let ground = ScratchDir::new();
    let server = Server::clocked(&ground, next_night());
    run(async {
        let photo = server.photo("water").await;
        let mut people = Vec::new();
        for (login, ..) in PEOPLE.iter().filter(|(login, ..)| *login != "deputy") {
            people.push((*login, Session::chosen(&server, login).await));
        }
        // A password of one's own ends one's tokens.
        let of = |who: &str| &people.iter().find(|(login, _)| *login == who).unwrap().1;
        let reply = of("collector").post("/api/v1/cases", &by_handset(1)).await.is(201);
        let case = reply.body["case"].as_str().unwrap().to_owned();
        let fed_back = json!({"result": "已更换井盖", "photos": [photo]});
        let place = duban_tests::case_path::place();
        let place = json!({"lon": place.lon, "lat": place.lat});
        let asked = json!({"ground": "duty", "reason": "不属本单位"});
        let passed = json!({"outcome": "passed", "photo": photo, "place": place});
        let steps = [
            ("intake", "filing", filing()),
            ("dispatcher", "dispatch", json!({"unit": "SW"})),
            ("water", "receipt", json!({})),
            ("water", "return", asked.clone()),
            ("dispatcher", "return-opinion", json!({"opinion": "disagree", "reason": "属水务"})),
            ("chief", "return-decision", json!({"decision": "refuse", "reason": "属水务"})),
            ("water", "dispute", json!({"ground": "ownership", "reason": "不属本单位"})),
            ("chief", "determination", json!({"finding": "stays", "reason": "属水务"})),
            ("chief", "supervision-orders", json!({"kind": "leader", "text": "今日办结"})),
            ("water", "feedback", fed_back),
            ("collector", "verification", passed),
            ("chief", "closing", json!({})),
        ];
        let mut table =
            vec!["# Which forms of a case each is offered, and after which step.".to_owned()];
        let mut add = async |step: &str| {
            table.extend([String::new(), step.to_owned()]);
            for (login, session) in &people {
                let shown = answer(session.request(Method::GET, &format!("/cases/{case}"))).await;
                let forms =
                    if shown.status == 200 { offered(&shown.page).join(" ") } else { "–".into() };
                table.push(format!("  {login:<10} {forms}"));
            }
        };
        add("registered").await;
        for (who, what, body) in steps {
            of(who).post(&format!("/api/v1/cases/{case}/{what}"), &body).await.is(200);
            add(what).await;
        }
        table.push(String::new());
        golden::assert_golden("forms.txt", &table.join("\n"));
    });
}

//! Forms on pages: who is offered which, what is asked by them, and what is told beside their fields.

use duban_tests::scratch_dir::ScratchDir;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::json;

use crate::passwords::Session;
use crate::server::{PHOTO, Server, by_handset, filing, run};
use crate::town;

/// A file of a form: its field, and what is in it.
pub(crate) type File<'a> = (&'a str, &'a [u8]);

/// What came back of a form: its status, where it leads, and the page.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) leads_to: String,
    cookies: Vec<String>,
    pub(crate) page: String,
}

impl Answer {
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Answer {
        assert_eq!(self.status, status, "{}", self.page);
        self
    }

    /// The cookie of this name, as a browser brings it back; empty if none was set.
    pub(crate) fn cookie(&self, name: &str) -> String {
        let set = self.cookies.iter().find(|set| set.starts_with(name));
        set.and_then(|set| set.split(';').next()).unwrap_or_default().to_owned()
    }

    /// The page says this.
    #[track_caller]
    pub(crate) fn says(&self, words: &str) {
        assert!(self.page.contains(words), "no {words} in {}", self.page);
    }
}

thread_local! {
    /// One for each test: its connections live in that test's runtime.
    static CLIENT: Client =
        town::client().redirect(Policy::none()).build().unwrap();
}

/// Asks once: where an answer leads is for the test to look.
pub(crate) async fn answer(request: RequestBuilder) -> Answer {
    let client = CLIENT.with(Client::clone);
    let request = request.header("Accept", "text/html").build().unwrap();
    let response = client.execute(request).await.unwrap();
    let status = response.status().as_u16();
    let leads_to = response.headers().get("location");
    let leads_to = leads_to.map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default();
    let cookies = response.headers().get_all("set-cookie").iter();
    let cookies = cookies.map(|set| set.to_str().unwrap().to_owned()).collect();
    Answer { status, leads_to, cookies, page: response.text().await.unwrap() }
}

pub(crate) async fn page(session: &Session<'_>, path: &str) -> String {
    answer(session.request(Method::GET, path)).await.is(200).page
}

/// Sends a form as a browser does, whatever stands in it.
pub(crate) async fn sent(
    session: &Session<'_>,
    path: &str,
    texts: &[(&str, &str)],
    files: &[File<'_>],
) -> Answer {
    brought(session.request(Method::POST, path), texts, files).await
}

/// The same by a request that says more of itself.
pub(crate) async fn brought(
    request: RequestBuilder,
    texts: &[(&str, &str)],
    files: &[File<'_>],
) -> Answer {
    let boundary = "----a-browser-s-boundary";
    let mut body = Vec::new();
    for (name, text) in texts {
        let head =
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(format!("{text}\r\n").as_bytes());
    }
    for (name, file) in files {
        let named = if file.is_empty() { "" } else { "a photo.png" };
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"; \
             filename=\"{named}\"\r\nContent-Type: image/png\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    let kind = format!("multipart/form-data; boundary={boundary}");
    answer(request.header("Content-Type", kind).body(body)).await
}

/// The same with what a form of ours brings along.
pub(crate) async fn filled(
    (session, role, once): (&Session<'_>, &str, &str),
    path: &str,
    texts: &[(&str, &str)],
    files: &[File<'_>],
) -> Answer {
    let own = [("csrf", session.csrf()), ("role", role), ("once", once)];
    sent(session, path, &[&own, texts].concat(), files).await
}

/// The forms that a page offers, in their order.
pub(crate) fn offered(page: &str) -> Vec<&str> {
    let forms = page.split("<details class=\"act\" name=\"act\" id=\"act-").skip(1);
    forms.map(|form| form.split('"').next().unwrap()).collect()
}

#[test]
fn a_unit_receives_and_feeds_back_with_a_photo_by_forms_alone() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.dispatched(1).await;
        let water = Session::chosen(&server, "water").await;
        let at = format!("/cases/{case}");
        let begun = page(&water, &at).await;
        let forms = offered(&begun);
        assert!(forms.contains(&"receipt") && forms.contains(&"feedback"), "{forms:?}");
        for not_theirs in ["dispatch", "closing", "return-decision", "verification", "recall"] {
            assert!(!forms.contains(&not_theirs), "{forms:?}");
        }
        assert!(!begun.contains("on-behalf-of"), "a unit speaks for itself: {begun}");

        let who = (&water, "unit-staff", "key-1");
        let received = filled(who, &format!("{at}/receipt"), &[], &[]).await.is(303);
        assert_eq!(received.leads_to, format!("{at}?done=receipt"));
        let after = page(&water, &received.leads_to).await;
        assert!(after.contains("签收:已办理"), "{after}");
        assert!(!offered(&after).contains(&"receipt"), "it is received");

        // Without a photo it is told beside the photo, and what was typed stands there still.
        let feedback = format!("{at}/feedback");
        let who = (&water, "unit-staff", "key-2");
        let typed = [("result", "已更换<b>井盖")];
        let refused = filled(who, &feedback, &typed, &[("photo", b"")]).await.is(422);
        refused.says("已更换&lt;b&gt;井盖</textarea>");
        refused.says("id=\"feedback-photo-wrong\">缺少照片");
        refused.says("id=\"act-feedback\" open");
        // What is no photo is told there, too.
        let no_photo = filled(who, &feedback, &typed, &[("photo", b"<svg>")]).await.is(415);
        no_photo.says("id=\"feedback-photo-wrong\">不是照片");
        // A field that must be filled in.
        let empty = filled(who, &feedback, &[("result", " ")], &[("photo", PHOTO)]).await.is(422);
        empty.says("id=\"feedback-result-wrong\">须填写");
        empty.says("已上传的照片 1");

        let who = (&water, "unit-staff", "key-3");
        let after_it = [PHOTO, b"afterwards"].concat();
        let given = filled(who, &feedback, &typed, &[("photo", &after_it)]).await.is(303);
        let after = page(&water, &given.leads_to).await;
        assert!(
            after.contains("核查中") && after.contains("处置后的照片") && !after.contains("缺少"),
            "{after}"
        );
    });
}

#[test]
fn a_form_that_is_sent_twice_is_done_once() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.dispatched(1).await;
        let water = Session::chosen(&server, "water").await;
        let arrival = format!("/cases/{case}/arrival");
        let begun = server.get("chief", &format!("/api/v1/cases/{case}")).await.is(200);
        for _ in 0..2 {
            let who = (&water, "unit-staff", "one-key");
            filled(who, &arrival, &[("place", "115.83,38.43")], &[]).await.is(303);
        }
        let now = server.get("chief", &format!("/api/v1/cases/{case}")).await.is(200);
        let sequence = |reply: &crate::server::Reply| -> u64 {
            reply.header("etag").trim_matches('"').parse().unwrap()
        };
        assert_eq!(sequence(&now), sequence(&begun) + 1);
        // Under a key of its own it is asked once more, and refused.
        let again = filled((&water, "unit-staff", "other"), &arrival, &[], &[]).await.is(409);
        again.says("报告到场:已报告过");
    });
}

#[test]
fn nobody_sends_a_form_that_is_not_theirs() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.dispatched(1).await;
        let (water, sweeper) =
            (Session::chosen(&server, "water").await, Session::chosen(&server, "sweeper").await);
        let receipt = format!("/cases/{case}/receipt");
        // A form of somebody else's page does not know the word; nor does one that says none.
        for csrf in ["", "guessed", sweeper.csrf()] {
            let texts = [("csrf", csrf), ("role", "unit-staff"), ("once", "k")];
            sent(&water, &receipt, &texts, &[]).await.is(403).says("表单已失效");
        }
        let own = [("csrf", water.csrf()), ("role", "unit-staff"), ("once", "k")];
        let elsewhere =
            water.request(Method::POST, &receipt).header("Origin", "http://evil.example");
        answer(elsewhere).await.is(403).says("表单已失效");
        // A post that is not theirs, a form that there is not, a case that is not there for them, nobody at all.
        filled((&water, "duty-chief", "k"), &receipt, &[], &[]).await.is(403);
        sent(&water, &format!("/cases/{case}/nothing"), &own, &[]).await.is(404);
        sent(&water, "/cases/nowhere/receipt", &own, &[]).await.is(404);
        filled((&sweeper, "unit-staff", "k"), &receipt, &[], &[]).await.is(404);
        let nobody = answer(server.request("", Method::POST, &receipt)).await.is(303);
        assert!(nobody.leads_to.starts_with("/login"), "{}", nobody.leads_to);
        // What their post may not do is refused whoever made the form.
        let closing = format!("/cases/{case}/closing");
        filled((&water, "unit-staff", "k"), &closing, &[], &[]).await.is(403).says("没有权限");
        // A photo of whoever brings no word is not kept.
        let texts = [("csrf", "guessed"), ("role", "unit-staff"), ("once", "k"), ("result", "x")];
        let feedback = format!("/cases/{case}/feedback");
        sent(&water, &feedback, &texts, &[("photo", PHOTO)]).await.is(403);
        let stands = server.get("chief", &format!("/api/v1/cases/{case}")).await.is(200);
        assert_eq!(stands.body["stands"], "dispatched", "{}", stands.body);
    });
}

#[test]
fn the_centre_files_dispatches_and_decides_by_forms() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.register(1).await;
        let at = format!("/cases/{case}");
        let intake = Session::chosen(&server, "intake").await;
        let shown = page(&intake, &at).await;
        assert_eq!(offered(&shown), ["validation", "filing", "declining", "attachment"]);
        assert!(shown.contains("value=\"part-01-01-1\""), "conditions are chosen: {shown}");
        let who = (&intake, "intake", "f1");
        let texts = [("condition", "part-01-01-1"), ("checked", "yes"), ("reason", "领导指派")];
        filled(who, &format!("{at}/filing"), &texts[..2], &[])
            .await
            .is(409)
            .says("id=\"filing-reason-wrong\">尚未核实");
        let filed = filled(who, &format!("{at}/filing"), &texts, &[]).await.is(303);
        assert!(filed.leads_to.starts_with(&at), "{}", filed.leads_to);

        let dispatcher = Session::chosen(&server, "dispatcher").await;
        let shown = page(&dispatcher, &at).await;
        assert!(offered(&shown).contains(&"dispatch"), "{:?}", offered(&shown));
        assert!(shown.contains("手册 · 在办 0,超期 0</option>"), "candidates: {shown}");
        let who = (&dispatcher, "dispatcher", "d1");
        let other = filled(who, &format!("{at}/dispatch"), &[("unit", "YL")], &[]).await.is(422);
        other.says("id=\"dispatch-reason-wrong\">不是手册规定的单位");
        other.says("value=\"YL\" selected");
        filled(who, &format!("{at}/dispatch"), &[("unit", "SW")], &[]).await.is(303);

        // 代录: the unit is written already.
        let shown = page(&dispatcher, &at).await;
        assert!(offered(&shown).contains(&"receipt"), "{:?}", offered(&shown));
        assert!(shown.contains("name=\"on-behalf-of\" value=\"SW\""), "{shown}");
        let who = (&dispatcher, "dispatcher", "r1");
        filled(who, &format!("{at}/receipt"), &[("on-behalf-of", "SW")], &[]).await.is(303);
    });
}

#[test]
fn a_look_on_site_is_reported_by_a_form_and_whoever_sees_the_case_no_more_is_led_home() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let reply = server.post("collector", "/api/v1/cases", &by_handset(1)).await.is(201);
        let case = reply.body["case"].as_str().unwrap().to_owned();
        server.change("intake", &case, "filing", &filing()).await;
        server.change("dispatcher", &case, "dispatch", &json!({"unit": "SW"})).await;
        let photo = server.photo("water").await;
        let fed_back = json!({"result": "已更换井盖", "photos": [photo]});
        server.change("water", &case, "feedback", &fed_back).await;
        let collector = Session::chosen(&server, "collector").await;
        let at = format!("/cases/{case}");
        let shown = page(&collector, &at).await;
        assert!(offered(&shown).contains(&"verification"), "{:?}", offered(&shown));
        assert!(!shown.contains("name=\"waiver\""), "a waiver is the chief's alone: {shown}");
        let who = (&collector, "collector", "v1");
        let verification = format!("{at}/verification");
        let far = [("outcome", "passed"), ("seen-at", "115.0,38.0")];
        filled(who, &verification, &far, &[("photo", PHOTO)])
            .await
            .is(422)
            .says("id=\"verification-seen-at-wrong\">拍摄位置过远");
        let place = duban_tests::case_path::place();
        let here = format!("{},{}", place.lon, place.lat);
        let texts = [("outcome", "passed"), ("seen-at", here.as_str())];
        filled(who, &verification, &texts, &[("photo", PHOTO)]).await.is(303);
        let chief = Session::chosen(&server, "chief").await;
        assert!(offered(&page(&chief, &at).await).contains(&"closing"));
        filled((&chief, "duty-chief", "c1"), &format!("{at}/closing"), &[], &[]).await.is(303);
        assert!(!offered(&page(&chief, &at).await).contains(&"closing"));
    });
}

#[test]
fn the_leave_to_close_is_given_at_the_duty_chiefs_desk_alone() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let head = Session::chosen(&server, "head").await;
        assert_eq!(offered(&page(&head, "/desk").await), ["duty-chief-allowances"]);
    });
}

#[test]
fn a_shift_is_taken_over_noted_and_handed_over_by_forms_of_the_desk() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let intake = Session::chosen(&server, "intake").await;
        let desk = page(&intake, "/desk").await;
        assert_eq!(offered(&desk), ["intake-take-over"]);
        let who = (&intake, "intake", "s1");
        let taken = filled(who, "/desk/intake/take-over", &[], &[]).await.is(303);
        let desk = page(&intake, &taken.leads_to).await;
        assert!(desk.contains("接班:已接班"), "{desk}");
        assert_eq!(offered(&desk), ["intake-hand-over", "intake-notes"]);
        assert!(desk.contains("deputy示例(deputy)"), "whom it can be handed over to: {desk}");
        let noted =
            filled((&intake, "intake", "s2"), "/desk/intake/notes", &[("text", "靖宁街")], &[]);
        noted.await.is(303);
        let who = (&intake, "intake", "s3");
        let hand_over = "/desk/intake/hand-over";
        let own = filled(who, hand_over, &[("to", "intake")], &[]).await.is(422);
        own.says("id=\"intake-hand-over-to-wrong\">不能交班给自己");
        filled(who, hand_over, &[("to", "deputy"), ("note", "两件待核实")], &[]).await.is(303);
        let dispatcher = Session::chosen(&server, "dispatcher").await;
        let elsewhere = (&dispatcher, "dispatcher", "s4");
        filled(elsewhere, "/desk/intake/take-over", &[], &[]).await.is(403);
    });
}

#[test]
fn a_helper_is_shown_its_part_and_gives_it_by_a_form() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.disputed(1).await;
        let at = format!("/cases/{case}");
        let sweeper = Session::chosen(&server, "sweeper").await;
        answer(sweeper.request(Method::GET, &at)).await.is(404);
        let joint = json!({"finding": "joint", "unit": "SW", "helpers": ["CG-HW"], "reason": "x"});
        server.change("chief", &case, "determination", &joint).await;
        let part = page(&sweeper, &at).await;
        assert_eq!(offered(&part), ["help"]);
        assert!(part.contains("水务局") && !part.contains("经过"), "{part}");
        let who = (&sweeper, "unit-staff", "h1");
        let help = format!("{at}/help");
        let given = filled(who, &help, &[("result", "垃圾已清运")], &[("photo", PHOTO)]).await;
        let given = given.is(303);
        let part = page(&sweeper, &given.leads_to).await;
        assert!(part.contains("协办反馈:已反馈") && offered(&part).is_empty(), "{part}");
    });
}

#[test]
fn a_collector_reports_by_a_form_with_a_photo_and_a_place_and_nobody_else_may_say_so() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let (collector, chief) =
            (Session::chosen(&server, "collector").await, Session::chosen(&server, "chief").await);
        let shown = page(&collector, "/report").await;
        assert_eq!(offered(&shown), ["report"]);
        let place = duban_tests::case_path::place();
        let here = format!("{},{}", place.lon, place.lat);
        let named = [("source", "page"), ("external-id", "r1"), ("text", "井盖松动")];
        let handset = [&named[..], &[("channel", "handset")]].concat();
        let who = (&collector, "collector", "r1");
        let bare = filled(who, "/report/report", &handset, &[]).await.is(422);
        bare.says("上报不完整:采集员上报须有照片和位置");
        let other = [&named[..], &[("channel", "visit"), ("place", here.as_str())]].concat();
        filled(who, "/report/report", &other, &[("photo", PHOTO)])
            .await
            .is(422)
            .says("id=\"report-channel-wrong\">采集员用城管通上报");
        let whole = [&handset[..], &[("place", here.as_str())]].concat();
        let made = filled(who, "/report/report", &whole, &[("photo", PHOTO)]).await.is(303);
        let case = page(&collector, &made.leads_to).await;
        assert!(case.contains("登记上报:已登记") && case.contains("井盖松动"), "{case}");
        // Sent twice, it is one case.
        filled(who, "/report/report", &whole, &[("photo", PHOTO)]).await.is(303);
        let all = chief.get("/api/v1/cases").await.is(200);
        assert_eq!(all.body["cases"].as_array().unwrap().len(), 1, "{}", all.body);
        // Of a telephone number nothing is seen by those who look at the case.
        let visit = [("source", "page"), ("external-id", "r2"), ("text", "路灯不亮")];
        let visit = [&visit[..], &[("channel", "visit"), ("reply-to", "13911112222")]].concat();
        let made =
            filled((&chief, "duty-chief", "r2"), "/report/report", &visit, &[]).await.is(303);
        assert!(!page(&chief, &made.leads_to).await.contains("13911112222"));
        let theirs: Vec<_> =
            whole.iter().filter(|(name, _)| *name != "external-id").copied().collect();
        let theirs = [&theirs[..], &[("external-id", "r3")]].concat();
        filled((&chief, "duty-chief", "r3"), "/report/report", &theirs, &[("photo", PHOTO)])
            .await
            .is(422)
            .says("不是城管通上报");
        let water = Session::chosen(&server, "water").await;
        answer(water.request(Method::GET, "/report")).await.is(403);
        filled((&water, "unit-staff", "r4"), "/report/report", &visit, &[]).await.is(403);
    });
}

//! Interrupted forms: what somebody wrote whose session had ended is theirs again after signing in, and is sent by them alone.

use duban_tests::scratch_dir::ScratchDir;
use reqwest::{Method, RequestBuilder};
use serde_json::json;

use crate::forms::{Answer, answer, brought, filled, offered, page, sent};
use crate::passwords::{OWN, Session};
use crate::people::PASSWORD;
use crate::server::{self, PHOTO, Server, run};

/// What the page holds in a field that nobody sees.
fn hidden(page: &str, name: &str) -> String {
    let field = format!("<input type=\"hidden\" name=\"{name}\" value=\"");
    let held = page.split(&field).nth(1).unwrap_or_default().split('"').next().unwrap();
    let plain = held.replace("&quot;", "\"").replace("&#x2f;", "/").replace("&#x27;", "'");
    plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// Signs in on the page, with what it carries.
async fn signs_in(server: &Server, login: &str, carried: &str) -> (u16, String, String) {
    let form = [("login", login), ("password", OWN), ("interrupted", carried)];
    let entered = typed_in(server.request("", Method::POST, "/login"), &form).await;
    (entered.status, entered.cookie("duban_session"), entered.page)
}

/// Signs in as whoever wrote what is carried: their session, and the page by which it goes back into its form.
async fn resumes<'a>(server: &'a Server, login: &str, carried: &str) -> (Session<'a>, String) {
    let (status, cookie, resumed) = signs_in(server, login, carried).await;
    assert_eq!(status, 200, "{resumed}");
    (Session::entered(server, &cookie, &hidden(&resumed, "csrf")), resumed)
}

/// Sends a form without files.
async fn typed_in(request: RequestBuilder, form: &[(&str, &str)]) -> Answer {
    let typed = |text: &str| {
        text.bytes().fold(String::new(), |typed, byte| typed + &format!("%{byte:02X}"))
    };
    let form = form.iter().map(|(name, text)| format!("{name}={}", typed(text)));
    let form = form.collect::<Vec<_>>().join("&");
    answer(request.header("Content-Type", "application/x-www-form-urlencoded").body(form)).await
}

/// Ends a session.
async fn goes(session: &Session<'_>) {
    let out = session.request(Method::DELETE, "/api/v1/session");
    answer(out.header("X-CSRF-Token", session.csrf())).await.is(204);
}

#[test]
fn what_was_written_when_a_session_had_ended_is_in_its_form_again_after_signing_in() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.dispatched(1).await;
        let at = format!("/cases/{case}");
        let sent_to = format!("{at}/return");
        let water = Session::chosen(&server, "water").await;
        Session::chosen(&server, "sweeper").await;
        assert!(page(&water, &at).await.contains("name=\"by\" value=\"water\""));
        goes(&water).await;

        let typed =
            [("by", "water"), ("ground", "ownership"), ("reason", "管线属<热力>公司\n见“附图”")];
        let who = (&water, "unit-staff", "i1");
        let first = filled(who, &sent_to, &typed, &[("form", PHOTO)]).await.is(401);
        first.says("刚才填写的内容还没有发送");
        first.says("照片和文件没有保留");
        let carried = hidden(&first.page, "interrupted");
        assert!(carried.contains("ownership") && !carried.contains(water.csrf()), "{carried}");
        // From elsewhere, nothing is carried; nor is anything where nothing was written.
        let own = [("csrf", water.csrf()), ("role", "unit-staff"), ("once", "i1")];
        let elsewhere =
            water.request(Method::POST, &sent_to).header("Origin", "http://evil.example");
        let elsewhere = brought(elsewhere, &[&own, &typed[..]].concat(), &[]).await.is(303);
        assert!(elsewhere.leads_to.starts_with("/login") && elsewhere.page.is_empty());
        filled(who, &format!("{at}/receipt"), &[("by", "water")], &[]).await.is(303);

        // Somebody else who signs in there sees nothing of it.
        let (status, _, theirs) = signs_in(&server, "sweeper", &carried).await;
        assert_eq!((status, theirs.contains("热力")), (303, false), "{theirs}");
        // Nor does what was carried lead anywhere but to a form of ours, by whatever name.
        for to in ["//evil.example", "/logout", "/password", "/cases/c1"] {
            let tampered = carried.replace(&sent_to, to);
            assert_ne!(tampered, carried);
            let (status, _, page) = signs_in(&server, "water", &tampered).await;
            assert_eq!((status, page.contains("热力")), (303, false), "{to}: {page}");
        }

        let (water, resumed) = resumes(&server, "water", &carried).await;
        assert!(resumed.contains(&format!("action=\"{}\"", sent_to.replace('/', "&#x2f;"))));
        let reason = hidden(&resumed, "reason");
        let back = [("resumed", "yes"), ("ground", "ownership"), ("reason", reason.as_str())];
        // A word that is not the session's opens nothing.
        let foreign = [("csrf", "guessed"), ("role", "unit-staff"), ("resumed", "yes")];
        sent(&water, &sent_to, &foreign, &[]).await.is(403);
        let shown = filled((&water, "unit-staff", ""), &sent_to, &back, &[]).await.is(200);
        shown.says("登录前填写的内容还没有发送");
        shown.says("id=\"act-return\" open");
        shown.says("管线属&lt;热力&gt;公司");
        shown.says("value=\"ownership\" selected");
        assert!(offered(&page(&water, &at).await).contains(&"return"), "nothing was done by that");
        let who = (&water, "unit-staff", "i2");
        filled(who, &sent_to, &typed[1..], &[]).await.is(303);
    });
}

#[test]
fn whoever_signed_in_once_more_on_the_way_is_led_to_the_page_of_the_form() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let intake = Session::chosen(&server, "intake").await;
        for (sent_to, page) in [
            ("/desk/intake/notes", "/desk"),
            ("/leader/c1/consent", "/leader"),
            ("/report/report", "/report"),
            ("/meetings/c1-1/call", "/meetings/c1-1#act-call"),
            ("/cases/c1/receipt", "/cases/c1#act-receipt"),
        ] {
            let led = answer(intake.request(Method::GET, sent_to)).await.is(303);
            assert_eq!(led.leads_to, page, "{sent_to}");
        }
    });
}

#[test]
fn whoever_signs_in_where_a_form_was_interrupted_and_may_not_see_its_case_is_told_that_nothing_was_sent()
 {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.dispatched(1).await;
        let sent_to = format!("/cases/{case}/return");
        let water = Session::chosen(&server, "water").await;
        for who in ["sweeper", "chief"] {
            Session::chosen(&server, who).await;
        }
        goes(&water).await;
        let typed = [("by", "water"), ("ground", "ownership"), ("reason", "管线属热力公司")];
        let first = filled((&water, "unit-staff", "i1"), &sent_to, &typed, &[]).await.is(401);
        let (next, carried) = (hidden(&first.page, "next"), hidden(&first.page, "interrupted"));

        // Somebody else, whose case it is not; of a case that is none they hear the same.
        for (sent_to, carried) in [(next, carried), ("/cases/none/return".into(), String::new())] {
            let shown = lands(&server, "sweeper", (&sent_to, &carried)).await;
            let shown = shown.is(404);
            shown.says("填写的内容没有发送");
            shown.says("不在您可以查看的范围");
            shown.says("href=\"/units\"");
            assert!(
                !shown.page.contains("热力") && !shown.page.contains("靖宁街"),
                "{}",
                shown.page
            );
        }
        // Somebody else who sees it is led to it; and where a page is not theirs, its reason is told.
        lands(&server, "chief", (&sent_to, "")).await.is(200).says("靖宁街");
        let desk = lands(&server, "sweeper", ("/desk/intake/notes", "")).await.is(403);
        desk.says("填写的内容没有发送");

        // Whoever wrote it, and may not see it.
        let sweeper = Session::of(&server, "sweeper", OWN).await;
        let back = [("resumed", "yes"), ("ground", "ownership"), ("reason", "管线属热力公司")];
        let shown = filled((&sweeper, "unit-staff", "i2"), &sent_to, &back, &[]).await.is(404);
        shown.says("填写的内容没有发送");
        shown.says("<dd>管线属热力公司</dd>");
        assert!(!shown.page.contains("靖宁街"), "{}", shown.page);
    });
}

/// Signs in where a form was interrupted that was sent to an address, and follows to where that leads.
async fn lands(server: &Server, login: &str, (next, carried): (&str, &str)) -> Answer {
    let form = [("login", login), ("password", OWN), ("next", next), ("interrupted", carried)];
    let entered = typed_in(server.request("", Method::POST, "/login"), &form).await.is(303);
    let session = Session::entered(server, &entered.cookie("duban_session"), "");
    let led = answer(session.request(Method::GET, &entered.leads_to)).await.is(303);
    let (page, _) = led.leads_to.split_once('#').unwrap_or((&led.leads_to, ""));
    answer(session.request(Method::GET, page)).await
}

/// A text of a form, as it is sent.
fn part(name: &str, text: &str) -> String {
    format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
}

#[test]
fn a_form_of_which_not_all_came_says_so_when_it_comes_back() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.dispatched(1).await;
        let sent_to = format!("/cases/{case}/return");
        let water = Session::chosen(&server, "water").await;
        goes(&water).await;
        let whole = part("by", "water") + &part("ground", "ownership");
        let broken = whole.clone() + part("reason", "管线属热力公司").trim_end();
        let told = "可能没有收全";
        for (body, is_told) in [(broken, true), (whole + "--b--\r\n", false)] {
            let sending = water.request(Method::POST, &sent_to);
            let sending = sending.header("Content-Type", "multipart/form-data; boundary=b");
            let first = answer(sending.body(body)).await.is(401);
            assert_eq!(first.page.contains(told), is_told, "{}", first.page);
            let carried = hidden(&first.page, "interrupted");
            assert!(carried.contains("ownership"), "what came is kept: {carried}");
            let (_, resumed) = resumes(&server, "water", &carried).await;
            assert_eq!(resumed.contains(told), is_told, "{resumed}");
        }
    });
}

#[test]
fn a_form_that_breaks_off_while_it_is_sent_is_not_done_and_comes_back_with_what_came() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.dispatched(1).await;
        let water = Session::chosen(&server, "water").await;
        let own = [("csrf", water.csrf()), ("role", "unit-staff"), ("once", "b1")];
        let written = [&own[..], &[("reason", "管线属热力公司")]].concat();
        let came: String = written.iter().map(|(name, text)| part(name, text)).collect();
        let photo = "--b\r\nContent-Disposition: form-data; name=\"form\"; filename=\"a.png\"\r\n\
                     Content-Type: image/png\r\n\r\nhalf of it";
        for (broken, told) in [("--b\r\nContent-Dispo", "表单没有收全"), (photo, "文件没有传完")]
        {
            let sending = water.request(Method::POST, &format!("/cases/{case}/return"));
            let sending = sending.header("Content-Type", "multipart/form-data; boundary=b");
            let back = answer(sending.body(came.clone() + broken)).await.is(422);
            back.says(told);
            back.says("管线属热力公司");
        }
        let shown = server.get("chief", &format!("/api/v1/cases/{case}")).await.is(200);
        assert_eq!(shown.body["stands"], "dispatched", "{}", shown.body);
    });
}

#[test]
fn what_is_too_long_or_has_no_owner_is_told_to_be_lost_and_nothing_of_it_is_carried() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.dispatched(1).await;
        let sent_to = format!("/cases/{case}/return");
        let water = Session::chosen(&server, "water").await;
        goes(&water).await;
        let who = (&water, "unit-staff", "i1");
        let piece = "热".repeat(10_000);
        let many = [&[("by", "water")][..], &[("reason", piece.as_str()); 10]].concat();
        // As many parts as there may be, and one that is longer than any field takes.
        let longest = "热".repeat(20_000);
        let long = [("by", "water"), ("reason", longest.as_str())];
        for typed in [&many[..], &long[..]] {
            let told = filled(who, &sent_to, typed, &[]).await.is(401);
            told.says("刚才填写的内容过长");
            assert_eq!(hidden(&told.page, "interrupted"), "", "nothing is promised");
            assert!(!told.page.contains('热') && told.page.len() < 16 << 10, "{}", told.page);
        }
        // A page of an earlier version does not say whose it is.
        let typed = [("ground", "ownership"), ("reason", "管线属热力公司")];
        let told = filled(who, &sent_to, &typed, &[]).await.is(401);
        told.says("没有发送,也没有保留");
        assert!(!told.page.contains("热力") && !told.page.contains("接着填写"), "{}", told.page);
    });
}

#[test]
fn a_report_whose_answer_was_lost_is_sent_again_under_its_key_and_is_one() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let chief = Session::chosen(&server, "chief").await;
        let typed = [
            ("by", "chief"),
            ("source", "page"),
            ("external-id", "key-1"),
            ("channel", "visit"),
            ("text", "路灯不亮"),
            ("reply-to", "13911112222"),
        ];
        let who = (&chief, "duty-chief", "key-1");
        let taken = filled(who, "/report/report", &typed, &[]).await.is(303).leads_to;
        goes(&chief).await;
        let first = filled(who, "/report/report", &typed, &[]).await.is(401);
        let carried = hidden(&first.page, "interrupted");
        assert!(carried.contains("路灯不亮") && !first.page.contains("13911112222"), "{carried}");
        first.says("电话号码没有保留,须重新填写");
        // It is told once more where the password is wrong.
        let form = [("login", "chief"), ("password", "wrong"), ("interrupted", carried.as_str())];
        let wrong = typed_in(server.request("", Method::POST, "/login"), &form).await.is(401);
        wrong.says("电话号码没有保留,须重新填写");

        let (chief, resumed) = resumes(&server, "chief", &carried).await;
        assert_eq!(hidden(&resumed, "once"), "key-1", "{resumed}");
        let back = [&[("resumed", "yes")], &typed[1..5]].concat();
        let who = (&chief, "duty-chief", "key-1");
        let shown = filled(who, "/report/report", &back, &[]).await.is(200);
        shown.says("登录前填写的内容还没有发送");
        assert_eq!(hidden(&shown.page, "once"), "key-1", "{}", shown.page);
        assert_eq!(hidden(&shown.page, "external-id"), "key-1", "{}", shown.page);
        let again = filled(who, "/report/report", &typed, &[]).await.is(303).leads_to;
        assert_eq!(again, taken);
        let all = chief.get("/api/v1/cases").await.is(200);
        assert_eq!(all.body["cases"].as_array().unwrap().len(), 1, "{}", all.body);
    });
}

#[test]
fn a_note_of_a_desk_is_there_again_in_its_form_after_signing_in() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let intake = Session::chosen(&server, "intake").await;
        let who = (&intake, "intake", "d1");
        filled(who, "/desk/intake/take-over", &[], &[]).await.is(303);
        goes(&intake).await;
        let typed = [("by", "intake"), ("text", "靖宁街停水")];
        let first = filled(who, "/desk/intake/notes", &typed, &[]).await.is(401);
        let carried = hidden(&first.page, "interrupted");
        let (intake, _) = resumes(&server, "intake", &carried).await;
        let back = [("resumed", "yes"), ("text", "靖宁街停水")];
        let who = (&intake, "intake", "d2");
        let shown = filled(who, "/desk/intake/notes", &back, &[]).await.is(200);
        shown.says("id=\"act-intake-notes\" open");
        shown.says("靖宁街停水</textarea>");
    });
}

#[test]
fn whoever_must_choose_a_password_first_takes_what_they_wrote_along() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.dispatched(1).await;
        let sent_to = format!("/cases/{case}/return");
        let water = Session::chosen(&server, "water").await;
        let reset = server.request("operator", Method::PUT, "/api/v1/persons/water/password");
        server::sent(reset.json(&json!({"password": PASSWORD}))).await.is(200);
        let typed = [("by", "water"), ("ground", "ownership"), ("reason", "管线属热力公司")];
        let who = (&water, "unit-staff", "p1");
        let first = filled(who, &sent_to, &typed, &[]).await.is(401);
        let carried = hidden(&first.page, "interrupted");
        let form = [("login", "water"), ("password", PASSWORD), ("interrupted", carried.as_str())];
        let chooses = typed_in(server.request("", Method::POST, "/login"), &form).await.is(200);
        chooses.says("更改密码并重新登录后可以接着填写");
        let water = Session::entered(
            &server,
            &chooses.cookie("duban_session"),
            &hidden(&chooses.page, "csrf"),
        );
        let carried = hidden(&chooses.page, "interrupted");
        let choice = |again| {
            [
                ("old", PASSWORD),
                ("new", OWN),
                ("again", again),
                ("csrf", water.csrf()),
                ("interrupted", carried.as_str()),
            ]
        };
        let differs = typed_in(water.request(Method::POST, "/password"), &choice("other")).await;
        let differs = differs.is(422);
        assert_eq!(hidden(&differs.page, "interrupted"), carried);
        let chosen = typed_in(water.request(Method::POST, "/password"), &choice(OWN)).await.is(200);
        assert_eq!(chosen.cookie("duban_session"), "duban_session=", "it has ended");
        let carried = hidden(&chosen.page, "interrupted");
        let (_, resumed) = resumes(&server, "water", &carried).await;
        assert_eq!(hidden(&resumed, "reason"), "管线属热力公司");
    });
}

#[test]
fn a_form_of_another_tab_is_shown_again_to_whoever_signed_in_anew_and_not_to_anybody_else() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.dispatched(1).await;
        let sent_to = format!("/cases/{case}/return");
        let before = Session::chosen(&server, "water").await;
        let water = Session::of(&server, "water", OWN).await;
        let own = [("csrf", before.csrf()), ("role", "unit-staff"), ("once", "t1")];
        let typed = [("ground", "ownership"), ("reason", "管线属热力公司")];
        let from = |origin: &str| water.request(Method::POST, &sent_to).header("Origin", origin);
        let of = |by| [&own[..], &[("by", by)], &typed].concat();
        let shown = brought(from(server.base()), &of("water"), &[("form", PHOTO)]).await.is(200);
        shown.says("登录前填写的内容还没有发送,核对后再发送;照片和文件没有保留");
        shown.says("管线属热力公司</textarea>");
        assert_eq!(hidden(&shown.page, "csrf"), water.csrf());
        assert!(!shown.page.contains("已上传的文件"), "{}", shown.page);
        // Of somebody else, from elsewhere, from nowhere, it is a form that is not ours.
        brought(from(server.base()), &of("sweeper"), &[]).await.is(403).says("表单已失效");
        brought(from("http://evil.example"), &of("water"), &[]).await.is(403);
        sent(&water, &sent_to, &of("water"), &[]).await.is(403);
        let offered_still = page(&water, &format!("/cases/{case}")).await;
        assert!(offered(&offered_still).contains(&"return"), "nothing was done by that");
    });
}

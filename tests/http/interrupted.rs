//! Interrupted forms: what somebody wrote whose session had ended is theirs again after signing in, and is sent by them alone.

use duban_tests::scratch_dir::ScratchDir;
use reqwest::Method;

use crate::forms::{answer, filled, offered, page, sent};
use crate::passwords::{OWN, Session};
use crate::server::{PHOTO, Server, run};

/// What the page holds in a field that nobody sees.
fn hidden(page: &str, name: &str) -> String {
    let field = format!("<input type=\"hidden\" name=\"{name}\" value=\"");
    let held = page.split(&field).nth(1).unwrap_or_default().split('"').next().unwrap();
    let plain = held.replace("&quot;", "\"").replace("&#x2f;", "/").replace("&#x27;", "'");
    plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// Signs in on the page, with what it carries.
async fn signs_in(server: &Server, login: &str, carried: &str) -> (u16, String, String) {
    let typed = |text: &str| {
        text.bytes().fold(String::new(), |typed, byte| typed + &format!("%{byte:02X}"))
    };
    let form = [("login", login), ("password", OWN), ("interrupted", carried)];
    let form = form.map(|(name, text)| format!("{name}={}", typed(text))).join("&");
    let request = server.request("", Method::POST, "/login").body(form);
    let kind = "application/x-www-form-urlencoded";
    let entered = answer(request.header("Content-Type", kind)).await;
    (entered.status, entered.cookie("duban_session"), entered.page)
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
        let out = water.request(Method::DELETE, "/api/v1/session");
        answer(out.header("X-CSRF-Token", water.csrf())).await.is(204);

        let typed =
            [("by", "water"), ("ground", "ownership"), ("reason", "管线属<热力>公司\n见“附图”")];
        let who = (&water, "unit-staff", "i1");
        let first = filled(who, &sent_to, &typed, &[("form", PHOTO)]).await.is(401);
        first.says("刚才填写的内容还没有发送");
        let carried = hidden(&first.page, "interrupted");
        assert!(carried.contains("ownership") && !carried.contains(water.csrf()), "{carried}");
        // From elsewhere, nothing is carried; nor is anything where nothing was written.
        let elsewhere =
            water.request(Method::POST, &sent_to).header("Origin", "http://evil.example");
        assert!(answer(elsewhere).await.is(303).leads_to.starts_with("/login"));
        filled(who, &format!("{at}/receipt"), &[("by", "water")], &[]).await.is(303);

        // Somebody else who signs in there sees nothing of it.
        let (status, _, theirs) = signs_in(&server, "sweeper", &carried).await;
        assert_eq!((status, theirs.contains("热力")), (303, false), "{theirs}");

        let (status, cookie, resumed) = signs_in(&server, "water", &carried).await;
        assert_eq!(status, 200, "{resumed}");
        let csrf = hidden(&resumed, "csrf");
        let water = Session::entered(&server, &cookie, &csrf);
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

//! Who comes in, and what they get to see.

use crate::browser::{Browser, Screen};
use crate::town::{PASSWORD, TEMPORARY, Town};

#[test]
fn a_unit_comes_in_by_its_password_and_sees_its_own_cases_and_no_others() {
    actix::System::new().block_on(async {
        let browser = Browser::open(Screen::Desk).await;
        let town = Town::open("井盖松动").await;
        // Whoever is not signed in is asked to, and gets to where they wanted to go.
        browser.go(&town.page("units/SW")).await;
        assert_eq!(browser.address().await, town.page("login?next=/units/SW"));
        browser.type_into("login", "water").await;
        browser.type_into("password", "somebody guesses").await;
        browser.click("main form button").await;
        assert_eq!(browser.text("[role=alert]").await, "登录名或密码不对。");
        browser.type_into("password", PASSWORD).await;
        browser.click("main form button").await;
        assert_eq!(browser.address().await, town.page("units/SW"));

        let table = browser.text("table.cases").await;
        for part in ["绿", "退单审核", "井盖松动", "计时暂停"] {
            assert!(table.contains(part), "{part}: {table}");
        }
        browser.click("table.cases a").await;
        assert_eq!(browser.address().await, town.page(&format!("cases/{}", town.case)));
        let case = browser.text("main").await;
        for part in ["时限明细", "处置时限", "预警和督办", "申请退单", "钱水务", "专业信息员"]
        {
            assert!(case.contains(part), "{part}: {case}");
        }
        let photo = "document.querySelector('.photos img')";
        browser.look(&format!("{photo}.loading = 'eager'; return {photo}.decode()")).await;

        browser.go(&town.page("units/CG-HW")).await;
        assert_eq!(browser.text("h1").await, "没有权限查看");
        browser.go(&town.page("outbox")).await;
        assert_eq!(browser.text("h1").await, "没有权限查看");
        browser.go(&town.page("units")).await;
        assert!(!browser.text("table").await.contains("环卫站"));

        browser.click("header form button").await;
        browser.go(&town.page("units/SW")).await;
        assert_eq!(browser.address().await, town.page("login?next=/units/SW"));
    });
}

#[test]
fn a_head_sees_the_terminals_of_their_organisation_and_their_lights_and_the_chief_sees_all() {
    actix::System::new().block_on(async {
        let browser = Browser::open(Screen::Desk).await;
        let town = Town::open("井盖松动").await;
        browser.sign_in(&town.address, "head", PASSWORD).await;
        browser.go(&town.page("units")).await;
        let units = browser.text("table").await;
        assert!(units.contains("城管局环卫站") && units.contains("城管局广告站"), "{units}");
        assert!(!units.contains("水务局"), "{units}");
        browser.go(&town.page("units/CG-HW")).await;
        let rows = browser.look("return document.querySelectorAll('table.cases tbody tr').length");
        assert_eq!(rows.await, 40);
        // Those that are due first are on top, and the first of them is overdue soon after the start.
        while !browser.text("table.cases tbody tr").await.contains('红') {
            browser.go(&town.page("units/CG-HW")).await;
        }
        assert!(browser.text("table.cases tbody tr").await.contains("已超过"));
        browser.go(&town.page(&format!("cases/{}", town.case))).await;
        assert_eq!(browser.text("h1").await, "没有这一页");

        browser.click("header form button").await;
        browser.sign_in(&town.address, "chief", PASSWORD).await;
        for page in ["units/SW", "units/CG-HW", &format!("cases/{}", town.case), "outbox"] {
            browser.go(&town.page(page)).await;
            let title = browser.text("h1").await;
            assert!(!title.contains("没有"), "{page}: {title}");
        }
    });
}

#[test]
fn whoever_got_a_first_password_chooses_one_of_their_own_before_anything_else() {
    actix::System::new().block_on(async {
        let browser = Browser::open(Screen::Desk).await;
        let town = Town::open("井盖松动").await;
        browser.sign_in(&town.address, "newcomer", TEMPORARY).await;
        assert_eq!(browser.address().await, town.page("password"));
        for (old, again, error) in [
            (TEMPORARY, "something else", "两次输入的新密码不一致。"),
            ("not this one", PASSWORD, "现在的密码不对。"),
        ] {
            choose(&browser, old, again).await;
            assert_eq!(browser.text("[role=alert]").await, error);
        }
        choose(&browser, TEMPORARY, PASSWORD).await;
        assert_eq!(browser.address().await, town.page("login"));
        browser.sign_in(&town.address, "newcomer", PASSWORD).await;
        assert_eq!(browser.address().await, town.page("units"));
    });
}

#[test]
fn after_too_many_wrong_passwords_the_page_says_until_when_it_is_locked() {
    actix::System::new().block_on(async {
        let browser = Browser::open(Screen::Desk).await;
        let town = Town::open("井盖松动").await;
        let mut said = String::new();
        for _ in 0..20 {
            browser.sign_in(&town.address, "water", "somebody guesses").await;
            said = browser.text("[role=alert]").await;
            if said != "登录名或密码不对。" {
                break;
            }
        }
        assert!(said.contains("已暂时锁定") && said.contains("之后可以再试"), "{said}");
    });
}

#[test]
fn a_form_of_another_page_is_refused() {
    actix::System::new().block_on(async {
        duban::tls::ready();
        let town = Town::open("井盖松动").await;
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let form = [("login", "water"), ("password", PASSWORD)];
        let body = form.map(|(name, value)| format!("{name}={value}")).join("&");
        for (origin, status) in [("http://evil.example", 403), ("null", 403)] {
            let request = client.post(town.page("login")).header("Origin", origin);
            let request = request.header("Content-Type", "application/x-www-form-urlencoded");
            let answer = request.body(body.clone()).send().await.unwrap();
            assert_eq!(answer.status().as_u16(), status, "{origin}");
            assert!(answer.headers().get("set-cookie").is_none(), "{origin}");
        }
    });
}

async fn choose(browser: &Browser, old: &str, again: &str) {
    browser.type_into("old", old).await;
    browser.type_into("new", PASSWORD).await;
    browser.type_into("again", again).await;
    browser.click("main form button").await;
}

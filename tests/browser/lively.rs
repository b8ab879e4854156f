//! The front page lives: whoever has it open sees what happens, without touching it.

use serde_json::json;

use crate::browser::{Browser, Screen};
use crate::town::{DUE_ONE_BY_ONE, PASSWORD, Town};

#[test]
fn the_front_page_shows_a_new_report_and_an_overdue_case_by_itself() {
    actix::System::new().block_on(async {
        let browser = Browser::open(Screen::Desk).await;
        let town = Town::open("井盖松动").await;
        browser.go(&town.address).await;
        browser.until("document.querySelector('[data-live]').dataset.live === 'on'").await;
        // What a reload would take away.
        browser.look("window.mark = 'here'").await;
        let open = |n| format!("document.querySelector('[data-k=open]').textContent === '{n}'");
        browser.until(&open(DUE_ONE_BY_ONE + 1)).await;

        let number = "Number(document.querySelector('[data-k=overdue]').textContent)";
        let before = browser.look(&format!("return {number}")).await.as_u64().unwrap();
        assert!(before < DUE_ONE_BY_ONE, "the machine is too slow for this test");
        browser.until(&format!("{number} > {before}")).await;
        browser.until("document.querySelector('[data-k=overdue].changed') !== null").await;

        report(&town).await;
        browser.until(&open(DUE_ONE_BY_ONE + 2)).await;
        browser.until("document.querySelector('[data-k=registered]').textContent === '1'").await;
        assert_eq!(browser.look("return window.mark").await, "here");
        assert_eq!(browser.complaints().await, Vec::<String>::new());

        // Whoever watches does not keep the server from stopping, and is told that it is gone.
        assert!(town.stop().success());
        browser.until("document.querySelector('[data-live]').dataset.live === 'off'").await;
    });
}

#[test]
fn rules_that_were_refused_are_said_on_every_page_of_the_centre_and_to_everybody_without_the_reason()
 {
    actix::System::new().block_on(async {
        let (chief, public) =
            (Browser::open(Screen::Phone).await, Browser::open(Screen::Desk).await);
        let town = Town::open("井盖松动").await;
        chief.sign_in(&town.address, "chief", PASSWORD).await;
        public.go(&town.address).await;
        let banner = "return document.querySelector('.banner')?.textContent.trim() ?? ''";
        assert_eq!(chief.look(banner).await, "");

        let (right, wrong) = ("[warning]", "[warn");
        town.amend_rules("notices.toml", (right, wrong));
        let health = "document.querySelector('.health').textContent";
        public.until(&format!("{health}.includes('沿用原规则')")).await;
        assert_eq!(public.look(banner).await, "");
        for page in ["", "units", "outbox"] {
            chief.go(&town.page(page)).await;
            let said = chief.look(banner).await.as_str().unwrap().to_owned();
            assert!(said.starts_with("新规则未生效,仍按原规则办理。规则文件有错误:R"), "{said}");
        }
        let wide = chief.look("return document.scrollingElement.scrollWidth").await;
        assert_eq!(wide, 390);

        town.amend_rules("notices.toml", (wrong, right));
        public.until(&format!("!{health}.includes('沿用原规则')")).await;
        chief.go(&town.address).await;
        assert_eq!(chief.look(banner).await, "");
    });
}

#[test]
fn without_scripts_the_front_page_is_whole_and_looks_again_by_itself() {
    actix::System::new().block_on(async {
        let town = Town::open("井盖松动").await;
        let page = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut html = String::new();
        // The cases of before the start are counted within a beat or two.
        while !html.contains(&format!("data-k=\"open\">{}<", DUE_ONE_BY_ONE + 1)) {
            html = page.get(&town.address).send().await.unwrap().text().await.unwrap();
        }
        for part in ["各环节在办", "城管局环卫站", "最近督办", "最近消息", "定时器"]
        {
            assert!(html.contains(part), "{part}");
        }
        assert!(html.contains("<noscript><meta http-equiv=\"refresh\""), "{html}");
    });
}

/// Somebody calls the desk.
async fn report(town: &Town) {
    let report = json!({
        "channel": "hotline", "source": "12319", "external_id": "1", "text": "路灯不亮",
    });
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.post(town.page("api/v1/cases")).bearer_auth(&town.token).json(&report);
    let answer = request.send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
}

//! Every page fits the screen it is shown on, can be read aloud in order, and gives the browser nothing to complain of.

use crate::browser::{Browser, Screen};
use crate::town::{PASSWORD, Town};

#[test]
fn every_page_fits_a_desk_and_a_phone_and_is_well_formed_for_those_who_listen() {
    actix::System::new().block_on(async {
        let long = "武垣街与富强路交叉口东南角人行道旁第三个路灯杆下方排水井盖松动异响VeryLongWord"
            .repeat(2);
        let town = Town::open(&long).await;
        for (screen, width) in [(Screen::Desk, 1280), (Screen::Phone, 390)] {
            let browser = Browser::open(screen).await;
            browser.go(&town.page("login")).await;
            sound(&browser, "login", width).await;
            browser.sign_in(&town.address, "chief", PASSWORD).await;
            let case = format!("cases/{}", town.case);
            let pages = ["", "units", "units/SW", "units/CG-HW", "units/SW/quota", &case, "outbox"];
            let centre =
                ["desk", "applications", "disputes", "deferrals", "leader", "report", "password"];
            for page in pages.into_iter().chain(centre) {
                browser.go(&town.page(page)).await;
                sound(&browser, page, width).await;
            }
        }
    });
}

async fn sound(browser: &Browser, page: &str, width: u64) {
    assert_eq!(browser.look("return innerWidth").await, width, "{page}");
    let wide = browser.look("return document.scrollingElement.scrollWidth").await;
    assert!(wide.as_u64().unwrap() <= width, "{page} is {wide} wide on {width}");
    let language = browser.look("return document.documentElement.lang").await;
    assert_eq!(language, "zh-CN", "{page}");
    for (landmark, n) in [("main", 1), ("h1", 1), ("header", 1), ("footer", 1)] {
        let found = format!("return document.querySelectorAll('{landmark}').length");
        assert_eq!(browser.look(&found).await, n, "{page}: {landmark}");
    }
    let unnamed = "return [...document.querySelectorAll('input:not([type=hidden]), th, button, a')]\
        .filter(e => !(e.labels?.length || e.textContent.trim() || e.querySelector('img')?.alt)).length";
    assert_eq!(browser.look(unnamed).await, 0, "{page}: something has no name");
    assert_eq!(browser.complaints().await, Vec::<String>::new(), "{page}");
}

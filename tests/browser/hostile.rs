//! What people wrote stays words, on every page and in every place.

use crate::browser::{Browser, Screen};
use crate::town::{PASSWORD, Town};

/// Runs, if it is ever taken for HTML.
const HOSTILE: &str = "</script><img src=x onerror=a()><script>a()</script><b>粗</b>\"'`{{7*7}}";

#[test]
fn html_in_every_text_is_shown_as_text_and_nothing_of_it_runs() {
    actix::System::new().block_on(async {
        let browser = Browser::open(Screen::Desk).await;
        let town = Town::open(HOSTILE).await;
        browser.sign_in(&town.address, "desk", PASSWORD).await;
        let case = format!("cases/{}", town.case);
        for page in ["", "units", "units/SW", "units/CG-HW", &case] {
            browser.go(&town.page(page)).await;
            let found = browser
                .look(
                    "return [...document.querySelectorAll('script, img[src=x], b')].filter(\
                     e => e.textContent === '粗' || e.textContent === 'a()' || \
                     e.getAttribute('src') === 'x').length",
                )
                .await;
            assert_eq!(found, 0, "{page}");
            assert_eq!(browser.complaints().await, Vec::<String>::new(), "{page}");
        }
        // It is there, as words.
        for page in ["units/SW", &case] {
            browser.go(&town.page(page)).await;
            assert!(browser.text("main").await.contains(HOSTILE), "{page}");
        }
        browser.go(&town.page("login?next=%22%3E%3Cscript%3Ea()%3C/script%3E")).await;
        assert_eq!(browser.look("return document.querySelectorAll('main script').length").await, 0);
    });
}

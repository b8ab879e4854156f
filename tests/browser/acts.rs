//! Each role does its day's work by forms alone, at a desk and on a telephone with one thumb.

use duban_tests::case_path;

use crate::browser::{Browser, Screen};
use crate::town::{PASSWORD, Town};

/// Somebody at work in a town.
struct Worker<'a> {
    browser: &'a Browser,
    town: &'a Town,
    case: String,
}

impl Worker<'_> {
    /// Somebody else comes to the browser.
    async fn is(&self, login: &str) {
        self.browser.go(&self.town.page("")).await;
        if self.browser.look("return !!document.querySelector('header form')").await == true {
            self.browser.click("header form button").await;
        }
        self.browser.sign_in(&self.town.address, login, PASSWORD).await;
    }

    /// Goes to the case from a page on which it is listed.
    async fn finds(&self, page: &str) {
        self.browser.go(&self.town.page(page)).await;
        self.browser.click(&format!("main a[href='/cases/{}']", self.case)).await;
    }

    /// Opens the form of this name; everything in it can be hit with a thumb.
    async fn opens(&self, form: &str) {
        self.browser.tap(&format!("#act-{form} > summary")).await;
        let small = format!(
            "return [...document.querySelectorAll('#act-{form} :is(summary, button, select, textarea, \
             input:not([type=hidden], [type=checkbox]))')]\
             .filter(e => e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML).join()"
        );
        assert_eq!(self.browser.look(&small).await, "", "{form}");
        let wide = self.browser.look("return document.scrollingElement.scrollWidth > innerWidth");
        assert_eq!(wide.await, false, "{form} is wider than the screen");
    }

    /// Types into a field of it.
    async fn puts(&self, form: &str, field: &str, text: &str) {
        self.browser.put(&format!("#act-{form} [name='{field}']:not([type=checkbox])"), text).await;
    }

    async fn chooses(&self, form: &str, field: &str, value: &str) {
        let option = format!("#act-{form} [name='{field}'] option[value='{value}']");
        self.browser.tap(&option).await;
    }

    async fn sends(&self, form: &str) {
        self.browser.click(&format!("#act-{form} form > .send")).await;
    }

    /// It was taken, and the page says so.
    async fn done(&self, words: &str) {
        assert_eq!(self.browser.text(".taken").await, words);
        assert_eq!(self.browser.complaints().await, Vec::<String>::new());
    }

    /// It was refused, and the page says why beside the field.
    async fn refused(&self, (form, field): (&str, &str), words: &str) {
        let said = self.browser.text(&format!("#act-{form} #{form}-{field}-wrong")).await;
        assert!(said.contains(words), "{said}");
        // A browser says itself that an answer was no success.
        self.browser.complaints().await;
    }
}

#[test]
fn a_case_goes_its_whole_way_by_forms_at_a_desk() {
    whole_way(Screen::Desk);
}

#[test]
fn a_case_goes_its_whole_way_by_forms_on_a_telephone() {
    whole_way(Screen::Phone);
}

fn whole_way(screen: Screen) {
    actix::System::new().block_on(async {
        let (town, browser) = (Town::open("井盖松动").await, Browser::open(screen).await);
        let case = town.report(1).await;
        let worker = Worker { browser: &browser, town: &town, case };
        filed_and_dispatched(&worker).await;

        worker.is("water").await;
        worker.finds("units/SW").await;
        worker.opens("receipt").await;
        worker.sends("receipt").await;
        worker.done("签收:已办理").await;
        worker.opens("arrival").await;
        worker.sends("arrival").await;
        worker.done("报告到场:已办理").await;
        worker.opens("feedback").await;
        worker.puts("feedback", "result", "已更换井盖").await;
        worker.sends("feedback").await;
        worker.refused(("feedback", "photo"), "缺少照片").await;
        worker.puts("feedback", "photo", &town.photo()).await;
        worker.sends("feedback").await;
        worker.done("处理反馈:已办理").await;

        worker.is("look").await;
        worker.finds("tasks").await;
        worker.opens("verification").await;
        worker.chooses("verification", "outcome", "passed").await;
        worker.puts("verification", "seen-at", "115.0,38.0").await;
        worker.puts("verification", "photo", &town.photo()).await;
        worker.sends("verification").await;
        worker.refused(("verification", "seen-at"), "拍摄位置过远").await;
        let place = case_path::place();
        browser.tap("#act-verification [name='seen-at']").await;
        browser
            .look("document.querySelector(\"#act-verification [name='seen-at']\").value = ''")
            .await;
        worker.puts("verification", "seen-at", &format!("{},{}", place.lon, place.lat)).await;
        worker.sends("verification").await;
        assert_eq!(browser.address().await, town.page("tasks"), "it is theirs no more");

        worker.is("chief").await;
        worker.finds("desk").await;
        worker.opens("closing").await;
        worker.sends("closing").await;
        worker.done("结案:已办理").await;
        assert!(browser.text("main").await.contains("已结案"));
    });
}

async fn filed_and_dispatched(worker: &Worker<'_>) {
    worker.is("desk").await;
    worker.finds("desk").await;
    worker.opens("filing").await;
    worker.chooses("filing", "condition", case_path::LOOSE_COVER).await;
    worker.browser.tap("#act-filing [name=checked]").await;
    worker.sends("filing").await;
    worker.refused(("filing", "reason"), "尚未核实").await;
    worker.puts("filing", "reason", "领导指派").await;
    worker.sends("filing").await;
    worker.done("立案:已办理").await;

    worker.is("dispatch").await;
    worker.finds("desk").await;
    worker.opens("dispatch").await;
    let offered = worker.browser.text("#act-dispatch optgroup").await;
    assert!(offered.contains("水务局(SW) · 手册 · 在办"), "{offered}");
    worker.chooses("dispatch", "unit", "SW").await;
    worker.sends("dispatch").await;
    worker.done("派遣:已办理").await;
}

#[test]
fn a_return_a_dispute_and_a_deferral_are_asked_and_decided_by_forms_at_a_desk() {
    asked_and_decided(Screen::Desk);
}

#[test]
fn a_return_a_dispute_and_a_deferral_are_asked_and_decided_by_forms_on_a_telephone() {
    asked_and_decided(Screen::Phone);
}

fn asked_and_decided(screen: Screen) {
    actix::System::new().block_on(async {
        let (town, browser) = (Town::open("井盖松动").await, Browser::open(screen).await);
        let returned = Worker { browser: &browser, town: &town, case: town.case.clone() };
        returned_and_decided(&returned).await;
        let case = town.report(2).await;
        let worker = Worker { browser: &browser, town: &town, case };
        filed_and_dispatched(&worker).await;
        disputed_and_determined(&worker).await;
        deferred(&worker).await;
    });
}

/// The case that the water bureau asked to give back.
async fn returned_and_decided(worker: &Worker<'_>) {
    worker.is("dispatch").await;
    worker.browser.go(&worker.town.page(&format!("cases/{}", worker.case))).await;
    worker.opens("return-opinion").await;
    worker.chooses("return-opinion", "opinion", "disagree").await;
    worker.puts("return-opinion", "reason", "手册第 12 条").await;
    worker.sends("return-opinion").await;
    worker.done("退单初审:已办理").await;
    worker.is("chief").await;
    worker.finds("desk").await;
    worker.opens("return-decision").await;
    worker.chooses("return-decision", "decision", "refuse").await;
    worker.puts("return-decision", "reason", "属本单位").await;
    worker.sends("return-decision").await;
    worker.done("审核退单:已办理").await;
}

async fn disputed_and_determined(worker: &Worker<'_>) {
    worker.is("water").await;
    worker.finds("units/SW").await;
    worker.opens("dispute").await;
    worker.chooses("dispute", "ground", "ownership").await;
    worker.puts("dispute", "reason", "属供电井").await;
    worker.chooses("dispute", "proposes", "DL").await;
    worker.puts("dispute", "form", &worker.town.photo()).await;
    worker.sends("dispute").await;
    worker.done("申请责任认定:已申请").await;
    worker.is("chief").await;
    worker.finds("disputes").await;
    worker.opens("determination").await;
    worker.chooses("determination", "finding", "stays").await;
    worker.puts("determination", "reason", "井盖属水务").await;
    worker.sends("determination").await;
    worker.done("责任认定:已认定").await;
}

/// Applied for, looked at, agreed to, and signed by the county leader.
async fn deferred(worker: &Worker<'_>) {
    worker.is("water").await;
    worker.finds("units/SW").await;
    worker.opens("application").await;
    worker.chooses("application", "wish", "deferral").await;
    worker.puts("application", "reason", "冬季不能施工").await;
    worker.puts("application", "signer", "贺示例").await;
    worker.puts("application", "form", &worker.town.photo()).await;
    worker.sends("application").await;
    let said = worker.browser.text("#act-application [role=alert]").await;
    assert!(said.contains("缓办须写明何日复核"), "{said}");
    worker.browser.complaints().await;
    // Sixty days from today, whichever day that is.
    let day = "const day = new Date(Date.now() + 60 * 86400e3); \
        document.querySelector('#act-application [type=date]').valueAsDate = day";
    worker.browser.look(day).await;
    worker.sends("application").await;
    worker.done("申请延期、撤案、缓办:已申请").await;
    worker.is("dispatch").await;
    worker.finds("applications").await;
    worker.opens("application-opinion").await;
    worker.chooses("application-opinion", "opinion", "agree").await;
    worker.puts("application-opinion", "reason", "情况属实").await;
    worker.sends("application-opinion").await;
    worker.done("申请初审:已办理").await;
    worker.is("director").await;
    worker.finds("applications").await;
    worker.opens("application-decision").await;
    worker.chooses("application-decision", "ruling", "grant").await;
    worker.puts("application-decision", "reason", "同意报批").await;
    worker.sends("application-decision").await;
    worker.done("审核申请:已审核").await;
    worker.is("county").await;
    worker.browser.go(&worker.town.page("leader")).await;
    assert!(worker.browser.text("main").await.contains("按期结案率"));
    let form = format!("{}-consent", worker.case);
    worker.opens(&form).await;
    worker.chooses(&form, "ruling", "grant").await;
    worker.sends(&form).await;
    worker.done("缓办签批:已签批").await;
    worker.finds("deferrals").await;
    assert!(worker.browser.text("main").await.contains("缓办中"));
}

#[test]
fn a_collector_reports_what_they_see_by_a_form_on_a_telephone() {
    actix::System::new().block_on(async {
        let (town, browser) = (Town::open("井盖松动").await, Browser::open(Screen::Phone).await);
        let worker = Worker { browser: &browser, town: &town, case: town.case.clone() };
        worker.is("look").await;
        browser.click("nav a[href='/report']").await;
        worker.chooses("report", "channel", "handset").await;
        worker.puts("report", "text", "路灯杆倾斜").await;
        let place = case_path::place();
        worker.puts("report", "place", &format!("{},{}", place.lon, place.lat)).await;
        worker.puts("report", "photo", &town.photo()).await;
        worker.sends("report").await;
        worker.done("登记上报:已登记").await;
        assert!(browser.text("main").await.contains("路灯杆倾斜"));
    });
}

#[test]
fn a_desk_is_taken_over_noted_and_handed_over_on_a_telephone() {
    actix::System::new().block_on(async {
        let (town, browser) = (Town::open("井盖松动").await, Browser::open(Screen::Phone).await);
        let worker = Worker { browser: &browser, town: &town, case: town.case.clone() };
        worker.is("desk").await;
        browser.go(&town.page("desk")).await;
        worker.opens("intake-take-over").await;
        worker.sends("intake-take-over").await;
        worker.done("接班:已接班").await;
        worker.opens("intake-notes").await;
        worker.puts("intake-notes", "text", "水务局值班电话已换").await;
        worker.sends("intake-notes").await;
        assert!(browser.text("main").await.contains("水务局值班电话已换"));
        worker.opens("intake-hand-over").await;
        worker.puts("intake-hand-over", "note", "两件待核实").await;
        worker.sends("intake-hand-over").await;
        worker.done("交班:已交班").await;
    });
}

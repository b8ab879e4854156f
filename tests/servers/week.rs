//! A week of a town on the server itself, with a real mail server and a real SMS gateway: every brief, every escalation
//! and every folded letter of it is counted on the other side.
//!
//! The clock is the test's; everything else is what an operator runs. In that week the process is killed, stopped over a
//! night, and the mail server is away for three hours.

mod count;
mod town;

use duban_tests::golden::assert_golden;
use serde_json::json;

use count::{Ledger, brief_mailboxes};
use town::{Town, local};

/// A cover that is loose: two working days.
const LOOSE_COVER: &str = "part-01-01-2";
/// A cover of the sewer that is missing: two hours by the clock on the wall.
const MISSING_COVER: &str = "part-01-02-1";
/// A street lamp that is out: two working days.
const LAMP: &str = "part-01-37-2";
/// A bin that overflows: four working hours.
const BIN: &str = "part-03-05-2";
/// A power pole that leans: two working days.
const POLE: &str = "part-01-30-1";
/// Bins that overflow while the mail server is away.
const BINS: usize = 8;

/// Monday to Monday; everything asked for at the instant that is named before it.
async fn week(town: &mut Town) {
    monday(town).await;
    tuesday_and_wednesday(town).await;
    thursday(town).await;
    weekend(town).await;
    town.until("12-07 09:00").await;
}

async fn monday(town: &mut Town) {
    for (login, unit) in [("water", "SW"), ("works", "ZJ"), ("power", "DL"), ("sweeper", "CG-HW")] {
        town.enrol(login, "unit-staff", unit);
    }
    town.until("11-30 09:00").await;
    let swift = town.dispatched("及时办结", LOOSE_COVER, "SW").await;
    town.dispatched("无人处理", LAMP, "CT").await;
    town.until("11-30 09:20").await;
    town.change("water", &swift, "receipt", json!({})).await;
    town.until("11-30 16:00").await;
    town.fed_back("water", &swift).await;
    town.until("11-30 16:30").await;
    town.verified(&swift, "passed").await;
    town.until("11-30 16:40").await;
    town.change("chief", &swift, "closing", json!({})).await;
}

async fn tuesday_and_wednesday(town: &mut Town) {
    // A missing cover at night, handled half an hour after the second level.
    town.until("12-01 22:00").await;
    let urgent = town.dispatched("夜间井盖丢失", MISSING_COVER, "ZJ").await;
    town.until("12-02 01:20").await;
    town.change("works", &urgent, "receipt", json!({})).await;
    town.until("12-02 01:30").await;
    town.fed_back("works", &urgent).await;
    town.until("12-02 02:00").await;
    town.verified(&urgent, "passed").await;
    town.change("chief", &urgent, "closing", json!({})).await;
    // The process dies while the briefs of Wednesday go out.
    town.until("12-02 07:59").await;
    town.clock(local("2026-12-02 08:00"));
    town.kill();
    town.open();
    town.until("12-02 09:00").await;
    let reworked = town.dispatched("返工", BIN, "CG-HW").await;
    town.change("sweeper", &reworked, "receipt", json!({})).await;
    town.until("12-02 10:00").await;
    town.fed_back("sweeper", &reworked).await;
    town.until("12-02 10:30").await;
    town.verified(&reworked, "failed").await;
    town.until("12-02 11:00").await;
    town.fed_back("sweeper", &reworked).await;
    town.until("12-02 11:20").await;
    town.verified(&reworked, "passed").await;
    town.change("chief", &reworked, "closing", json!({})).await;
}

async fn thursday(town: &mut Town) {
    town.until("12-03 09:00").await;
    let returned = town.dispatched("退单", POLE, "DL").await;
    town.until("12-03 09:10").await;
    town.change("power", &returned, "return", json!({"reason": "不是电力杆"})).await;
    let agree = json!({"opinion": "agree", "reason": "查看杆号"});
    town.change("dispatcher", &returned, "return-opinion", agree).await;
    let accept = json!({"decision": "accept", "reason": "属通信杆"});
    town.change("chief", &returned, "return-decision", accept).await;
    let elsewhere = json!({"unit": "DX", "reason": "产权在电信公司"});
    town.change("dispatcher", &returned, "dispatch", elsewhere).await;
    // Three hours without a mail server, in which a lot is to be told to the same people.
    town.until("12-03 10:00").await;
    town.mail_is_away();
    let mut bins = Vec::new();
    for n in 0..BINS {
        bins.push(town.dispatched(&format!("果皮箱满溢 {n}"), BIN, "CG-HW").await);
        town.until(&format!("12-03 10:{:02}", 2 * (n + 1))).await;
    }
    town.until("12-03 13:00").await;
    town.mail_is_back();
    town.until("12-03 15:30").await;
    for case in &bins {
        town.change("sweeper", case, "receipt", json!({})).await;
        town.fed_back("sweeper", case).await;
        town.verified(case, "passed").await;
        town.change("chief", case, "closing", json!({})).await;
    }
}

async fn weekend(town: &mut Town) {
    town.until("12-05 21:30").await;
    town.dispatched("周末井盖丢失", MISSING_COVER, "ZJ").await;
    town.until("12-05 22:00").await;
    assert!(town.close().success());
    // Sunday's brief, the warning and two levels fell due while nothing ran.
    town.clock(local("2026-12-06 10:30"));
    town.open();
}

#[actix::test]
async fn a_week_on_the_server_sends_every_brief_escalation_and_folded_letter_once() {
    let mut town = Town::found(local("2026-11-30 06:00")).await;
    week(&mut town).await;
    let status = town.duban(&["status"]);
    assert!(status.contains("没有告警"), "{status}");
    assert!(town.close().success());
    town.duban(&["verify", "--deep"]);

    let ledger = Ledger::read(&town.store());
    ledger.every_message_has_one_outcome();
    ledger.agrees_with(&town.arrived);
    assert_golden("week.txt", &ledger.table());
    let days = ["11-30", "12-01", "12-02", "12-03", "12-04", "12-05", "12-06", "12-07"];
    let briefs = count::briefs(&town.arrived);
    for (mailbox, each_day) in brief_mailboxes() {
        let came = briefs.get(&mailbox).cloned().unwrap_or_default();
        let wanted: Vec<&str> = days.iter().flat_map(|day| vec![*day; each_day]).collect();
        assert_eq!(came, wanted, "briefs of {mailbox}");
    }
    assert_eq!(briefs.len(), brief_mailboxes().len(), "nobody else gets one");
}

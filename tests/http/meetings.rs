//! Meetings of the committee by the forms of their page: who may call them, answer for them, call them off.

use std::time::Duration;

use duban::asking::{Asker, ask_once};
use duban_actors::meeting::{Command, Meeting};
use duban_actors::role::Role;
use duban_actors::tells::{CaseId, Motion};
use duban_rules::Sources;
use duban_rules::vocabulary::UnitId;
use duban_runtime::clock::{Clock as _, SystemClock, Timestamp};
use duban_tests::scratch_dir::ScratchDir;
use serde_json::json;

use crate::desks::proposed;
use crate::forms::{filled, offered, page};
use crate::passwords::{OWN, Session};
use crate::people;
use crate::server::{Server, run};
use crate::town;

/// A dispute that the chief puts to the committee: its case, and the page of the meeting.
async fn before_the_committee(server: &Server) -> (String, String) {
    let case = server.disputed(1).await;
    let refer = json!({"finding": "to-committee", "named": ["CG-ZF"], "reason": "涉及多个单位"});
    server.change("chief", &case, "determination", &refer).await;
    let no = format!("{case}-1");
    proposed(server, &no).await;
    (case, format!("/meetings/{no}"))
}

#[test]
fn the_head_calls_a_meeting_enters_answers_and_calls_it_off_by_forms() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let (_, at) = before_the_committee(&server).await;
        let head = Session::chosen(&server, "head").await;
        assert_eq!(offered(&page(&head, &at).await), ["call", "cancellation"]);

        let (call, place) = (format!("{at}/call"), ("place", "政府三楼会议室"));
        let who = (&head, "centre-head", "m1");
        let past = filled(who, &call, &[("at", "2020-01-01T09:00"), place], &[]).await.is(422);
        past.says("id=\"call-at-wrong\">时间已过");
        past.says("value=\"政府三楼会议室\"");
        let called = filled(who, &call, &[("at", "2099-01-05T09:00"), place], &[]).await.is(303);
        let shown = page(&head, &called.leads_to).await;
        assert!(shown.contains("召集会议:已召集") && shown.contains("政府三楼会议室"), "{shown}");
        assert_eq!(offered(&shown), ["call", "answers", "cancellation"]);

        let answers = format!("{at}/answers");
        let who = (&head, "centre-head", "m2");
        let nobody = [("coming", "comes"), ("name", "无此人")];
        filled(who, &answers, &nobody, &[])
            .await
            .is(422)
            .says("id=\"answers-name-wrong\">不在邀请之列");
        let comes = [("coming", "comes"), ("name", "贺示例")];
        filled(who, &answers, &comes, &[]).await.is(303);

        let county = Session::chosen(&server, "county").await;
        assert!(offered(&page(&county, &at).await).is_empty(), "others look");
        let off = format!("{at}/cancellation");
        let who = (&county, "county-leader", "m3");
        filled(who, &off, &[("reason", "已协商一致")], &[]).await.is(403);
        let who = (&head, "centre-head", "m4");
        filled(who, &off, &[("reason", "已协商一致")], &[]).await.is(303);
        assert!(offered(&page(&head, &at).await).is_empty(), "it is off");
    });
}

#[test]
fn what_the_committee_decided_is_entered_by_forms_after_its_hour_and_done_once() {
    const MINUTE: Duration = Duration::from_mins(1);
    if town::is_left_out(town::CLOCK) {
        return;
    }
    let ground = ScratchDir::new();
    let begin = SystemClock::start().now() + MINUTE;
    let mut server = Server::clocked(&ground, begin);
    let (rules, _) = duban_rules::parse(&Sources::shipped());
    let local =
        |at: Timestamp| rules.calendar.local(at.into()).format("%Y-%m-%dT%H:%M").to_string();
    let (case, at) = run(async {
        let (case, at) = before_the_committee(&server).await;
        let head = Session::chosen(&server, "head").await;
        let who = (&head, "centre-head", "m1");
        let call = [("at", &*local(begin + 5 * MINUTE)), ("place", "政府三楼会议室")];
        filled(who, &format!("{at}/call"), &call, &[]).await.is(303);
        let who = (&head, "centre-head", "m2");
        let early = [("chair", "米示例"), ("present", "贺示例")];
        filled(who, &format!("{at}/sitting"), &early, &[]).await.is(409).says("会议尚未召开");
        (case, at)
    });
    server.move_clock(begin + 30 * MINUTE);
    run(async {
        let head = Session::of(&server, "head", OWN).await;
        assert_eq!(
            offered(&page(&head, &at).await),
            ["call", "answers", "cancellation", "sitting"]
        );
        for (key, form, typed, then) in [
            (
                "m3",
                "sitting",
                &[("chair", "米示例"), ("present", "贺示例")][..],
                &["decisions"][..],
            ),
            (
                "m4",
                "decisions",
                &[
                    ("case", &*case),
                    ("finding", "moves-to"),
                    ("unit", "DL"),
                    ("reason", "杆线归供电"),
                ],
                &["minutes"],
            ),
            ("m5", "minutes", &[("record", "会议决定归供电单位处置")], &[]),
        ] {
            // Twice, as a finger does.
            for _ in 0..2 {
                let who = (&head, "centre-head", key);
                filled(who, &format!("{at}/{form}"), typed, &[]).await.is(303);
            }
            assert_eq!(offered(&page(&head, &at).await), then, "after {form}");
        }
        let shown = server.get("chief", &format!("/api/v1/cases/{case}")).await.is(200);
        assert_eq!(shown.body["unit"], "DL", "{}", shown.body);
        let told = server.get("chief", &format!("/api/v1/cases/{case}/history")).await.is(200);
        let told = told.body.to_string();
        assert_eq!(told.matches("{\"Determined\"").count(), 1, "{told}");
    });
}

#[test]
fn of_the_meetings_that_have_ended_the_latest_come_first_whatever_their_numbers() {
    /// More than the page shows.
    const ENDED: usize = 55;
    let ground = ScratchDir::new();
    let store = ground.join("store");
    let tokens = people::enrol(&store);
    people::at_store(&store, async |node| {
        let head = Asker::system("head", Role::CentreHead);
        let case = Asker::system("case", Role::Entity);
        for no in (0..ENDED).map(|n| format!("m-{n:02}")) {
            let propose = Command::Propose(Motion {
                case: CaseId(no.as_str().into()),
                subject: format!("议题 {no}"),
                applicant: UnitId::new("SW"),
                units: Vec::new(),
                reason: "涉及多个单位".to_owned(),
                by: "chief".into(),
            });
            ask_once::<Meeting>(node, &case, &no, propose).await.unwrap();
            let cancel = Command::Cancel { reason: "已协商一致".to_owned() };
            ask_once::<Meeting>(node, &head, &no, cancel).await.unwrap();
        }
    });
    let server = Server::start(&store, tokens, &[]);
    run(async {
        let chair = Session::chosen(&server, "chair").await;
        let shown = page(&chair, "/disputes").await;
        let (_, ended) = shown.split_once("已结束的会议").expect(&shown);
        let place = |no: &str| ended.find(&format!("href=\"/meetings/{no}\""));
        assert!(place("m-54").is_some() && place("m-54") < place("m-10"), "{ended}");
        assert_eq!(place("m-04"), None, "what ended first is left out: {ended}");
        assert!(ended.contains("用 duban meeting list 查看全部"), "{ended}");
    });
}

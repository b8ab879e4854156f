//! Pages of the centre: what waits at a desk, what units have applied for, what is disputed and deferred, and who may look.

use duban_tests::scratch_dir::ScratchDir;
use reqwest::Method;
use serde_json::json;

use crate::forms::{filled, offered, page};
use crate::passwords::Session;
use crate::server::{Caller, Server, filing, run};

/// Reports after which what one entity tells another must have come: each of them waits for the disk.
const REPORTS_MAX: usize = 200;

#[test]
fn a_desk_shows_what_waits_for_its_post_who_is_on_shift_and_whom_to_call() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        server.register(1).await;
        let by_phone = server.register(2).await;
        server.change("intake", &by_phone, "filing", &filing()).await;
        let unit = json!({"unit": "SL-TY", "reason": "体育场内的井盖"});
        server.change("dispatcher", &by_phone, "dispatch", &unit).await;
        server.post("intake", "/api/v1/shifts/intake/take-over", &json!({})).await.is(200);
        let note = json!({"text": "靖宁街<b>整改"});
        server.post("intake", "/api/v1/shifts/intake/notes", &note).await.is(200);

        let desk = shown(&Session::chosen(&server, "dispatcher").await, "/desk", 200).await;
        for said in
            ["指挥中心 · 待派遣", "指挥中心 · 待打电话", "0317-5550022", "intake示例", &by_phone]
        {
            assert!(desk.contains(said), "{said}: {desk}");
        }
        assert!(desk.contains("靖宁街&lt;b&gt;整改"), "what was noted is a text: {desk}");
        assert!(!desk.contains("监督中心 · 待立案"), "another desk's: {desk}");
        let head = shown(&Session::chosen(&server, "head").await, "/desk", 200).await;
        assert!(head.contains("监督中心 · 待立案") && head.contains("指挥中心 · 待派遣"), "{head}");
        for page in [&desk, &head] {
            assert!(!page.contains("13911112222"), "no reporter is named: {page}");
        }
    });
}

#[test]
fn the_number_by_which_a_unit_was_called_is_one_that_can_be_dialled() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.register(1).await;
        server.change("intake", &case, "filing", &filing()).await;
        let unit = json!({"unit": "SL-TY", "reason": "体育场内的井盖"});
        server.change("dispatcher", &case, "dispatch", &unit).await;
        let body = json!({"number": "abc", "outcome": "no-answer"});
        let path = format!("/api/v1/cases/{case}/call");
        server.post("dispatcher", &path, &body).await.problem(422, "unfit-body");
        let dispatcher = Session::chosen(&server, "dispatcher").await;
        let shown = page(&dispatcher, &format!("/cases/{case}")).await;
        assert!(offered(&shown).contains(&"call"), "{shown}");
        assert!(shown.contains("<option value=\"0317-5550022\""), "its numbers: {shown}");

        let called = async |key: &str, number: &str| {
            let typed = [("number", number), ("outcome", "no-answer")];
            let who = (&dispatcher, "dispatcher", key);
            filled(who, &format!("/cases/{case}/call"), &typed, &[]).await
        };
        for (key, number) in [("c1", "abc"), ("c2", "办公室"), ("c3", "0317-5550022 转 8")] {
            called(key, number).await.is(422).says("不是能拨打的号码");
        }
        called("c4", "0317—5550022").await.is(303);
    });
}

#[test]
fn a_desk_tells_how_many_more_wait_than_it_lists() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        for n in 0..22 {
            server.register(n).await;
        }
        let desk = shown(&Session::chosen(&server, "intake").await, "/desk", 200).await;
        assert!(desk.contains("… 还有 2 件。"), "{desk}");
        assert_eq!(desk.matches("<a href=\"/cases/").count(), 20, "{desk}");
    });
}

#[test]
fn what_is_applied_for_stands_on_the_page_of_applications_until_it_is_answered() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.dispatched(1).await;
        server.change("water", &case, "receipt", &json!({})).await;
        let session = Session::chosen(&server, "county").await;
        let empty = shown(&session, "/applications", 200).await;
        assert!(empty.contains("没有待审核的申请") && empty.contains("没有待签批的申请"));
        let form = server.photo("water").await;
        let wish = json!({
            "wish": "mismatch", "reason": "现场没有井盖", "signer": "贺示例", "form": form,
        });
        server.change("water", &case, "application", &wish).await;
        let page = shown(&session, "/applications", 200).await;
        assert!(page.contains(&case) && page.contains("案情不符"), "{page}");
        let ledger = shown(&session, "/deferrals", 200).await;
        assert!(ledger.contains("没有缓办和待签批的案件"), "{ledger}");
    });
}

#[test]
fn a_units_quota_of_extensions_is_shown_to_the_unit_and_the_centre_and_to_no_other_unit() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.dispatched(1).await;
        for who in ["water", "chief"] {
            let session = Session::chosen(&server, who).await;
            let unit = shown(&session, "/units/SW", 200).await;
            assert!(unit.contains("href=\"/units/SW/quota\""), "{unit}");
            let page = shown(&session, "/units/SW/quota", 200).await;
            for said in ["本月案件", "本月没有延期申请", &case] {
                assert!(page.contains(said), "{who}, {said}: {page}");
            }
            if who == "water" {
                shown(&session, "/units/CG-ZF/quota", 403).await;
            } else {
                shown(&session, "/units/NOWHERE/quota", 404).await;
            }
        }
    });
}

#[test]
fn the_page_of_a_quota_calls_cases_by_their_numbers_and_leads_to_earlier_months() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.dispatched(1).await;
        let known = server.get("chief", &format!("/api/v1/cases/{case}")).await.is(200);
        let number = known.body["filing"]["number"].as_str().unwrap().to_owned();
        let form = server.photo("water").await;
        let wish = json!({
            "extension": "1工作日", "reason": "等待材料", "signer": "贺示例", "form": form,
        });
        server.change("water", &case, "receipt", &json!({})).await;
        server.change("water", &case, "application", &wish).await;
        booked(&server, &number).await;
        let session = Session::chosen(&server, "water").await;
        let page = shown(&session, "/units/SW/quota", 200).await;
        let called = format!("<a href=\"/cases/{case}\">{number}</a>");
        assert_eq!(page.matches(&called).count(), 2, "asked, and open: {page}");

        let earlier = shown(&session, "/units/SW/quota?month=2026-03", 200).await;
        for said in ["延期名额 <small>2026-03", "当月案件", "当月没有延期申请"] {
            assert!(earlier.contains(said), "{said}: {earlier}");
        }
        assert!(!earlier.contains("在办案件") && !earlier.contains(&number), "{earlier}");
        assert!(earlier.contains("href=\"/units/SW/quota?month="), "and back: {earlier}");
        for wrong in ["2026-13", "2026-3月", "三月", "", "2999-01"] {
            let told = shown(&session, &format!("/units/SW/quota?month={wrong}"), 422).await;
            assert!(told.contains("月份(month)写成 2026-03,不晚于本月"), "{wrong}: {told}");
        }
    });
}

/// Waits until the water bureau knows of an application for the case of this number.
async fn booked(server: &Server, number: &str) {
    for n in 0..REPORTS_MAX {
        let quota = server.get("water", "/api/v1/units/SW/quota").await.is(200);
        if quota.body["asked"][0]["number"] == number {
            assert_eq!(quota.body["open"][0]["number"], number);
            return;
        }
        server.register(1_000 + n).await;
    }
    unreachable!("no application of {number}");
}

#[test]
fn a_dispute_before_the_committee_leads_to_its_meeting() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.disputed(1).await;
        let refer = json!({
            "finding": "to-committee", "named": ["CG-ZF"], "reason": "涉及多个单位",
        });
        server.change("chief", &case, "determination", &refer).await;
        let no = format!("{case}-1");
        proposed(&server, &no).await;
        let session = Session::chosen(&server, "chair").await;
        let page = shown(&session, "/disputes", 200).await;
        assert!(page.contains(&format!("href=\"/meetings/{no}\"")), "{page}");
        let meeting = shown(&session, &format!("/meetings/{no}"), 200).await;
        for said in ["待召集", "涉及多个单位", "尚未召集", &case] {
            assert!(meeting.contains(said), "{said}: {meeting}");
        }
        shown(&session, "/meetings/nowhere-1", 404).await;
        assert!(!page.contains("已结束的会议"), "it is ahead: {page}");
        let cancel = json!({"reason": "双方已协商"});
        let cancellation = format!("/api/v1/meetings/{no}/cancellation");
        server.post("head", &cancellation, &cancel).await.is(200);
        let page = shown(&session, "/disputes", 200).await;
        let (_, ended) = page.split_once("已结束的会议").expect(&page);
        assert!(ended.contains(&format!("href=\"/meetings/{no}\"")), "{page}");
    });
}

#[test]
fn what_was_found_of_a_units_disputes_is_reported_to_those_who_see_all() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let asked = json!({"ground": "ownership", "reason": "属供电杆"});
        let stays = json!({"finding": "stays", "reason": "产权属水务"});
        let moves = json!({"finding": "moves-to", "unit": "DL", "reason": "杆号属供电"});
        for (n, finding) in [(1, &stays), (2, &moves)] {
            let case = server.dispatched(n).await;
            server.change("water", &case, "receipt", &json!({})).await;
            server.change("water", &case, "dispute", &asked).await;
            server.change("chief", &case, "determination", finding).await;
        }
        let at = |period: &str| format!("/api/v1/precedents/report?period={period}");
        server.get("water", &at("2026")).await.problem(403, "not-permitted");
        server.get("chief", &at("2999")).await.problem(422, "unfit-parameter");
        let report = server.get("chief", "/api/v1/precedents/report").await.is(200).body;
        let of = &report["units"][0];
        assert_eq!(report["units"].as_array().unwrap().len(), 1, "{report}");
        let counted = (&of["unit"], &of["found"], &of["unfounded"], &of["moved"]);
        assert_eq!(counted, (&json!("SW"), &json!(2), &json!(1), &json!(1)), "{report}");
        assert_eq!(of["unfounded_permille"], 500, "{report}");
        let session = Session::chosen(&server, "county").await;
        let page = shown(&session, "/disputes", 200).await;
        assert!(page.contains("推诿占比") && page.contains("50.0%"), "{page}");
    });
}

#[test]
fn whoever_is_invited_or_whose_case_it_is_sees_the_meeting_and_nobody_else_of_the_units() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.disputed(1).await;
        let refer = json!({"finding": "to-committee", "named": ["CG-ZF"], "reason": "x"});
        server.change("chief", &case, "determination", &refer).await;
        let no = format!("{case}-1");
        proposed(&server, &no).await;
        let (page, path) = (format!("/meetings/{no}"), format!("/api/v1/meetings/{no}"));
        // Whose case it is sees it at once; who is named, once it is called.
        server.get("water", &path).await.is(200);
        server.get("enforcer", &path).await.problem(403, "not-permitted");
        let call = json!({"at": "2046-03-06T09:00:00+08:00", "place": "三楼会议室"});
        server.post("chair", &format!("{path}/call"), &call).await.is(200);
        server.get("sweeper", &path).await.problem(403, "not-permitted");
        server.get("water", "/api/v1/meetings").await.problem(403, "not-permitted");
        server.get("water", "/api/v1/meetings/nowhere-1").await.problem(403, "not-permitted");
        for who in ["water", "enforcer", "leader"] {
            server.get(who, &path).await.is(200);
            let session = Session::chosen(&server, who).await;
            let said = shown(&session, &page, 200).await;
            assert!(said.contains("三楼会议室"), "{who}: {said}");
            let leads_to_it = said.contains(&format!("href=\"/cases/{case}\""));
            assert_eq!(leads_to_it, who == "water", "{who}: {said}");
            assert!(!said.contains("href=\"/disputes\""), "{who}: {said}");
        }
        let session = Session::chosen(&server, "sweeper").await;
        shown(&session, &page, 403).await;
    });
}

#[test]
fn the_pages_of_the_centre_are_not_for_units_and_desks_are_for_those_who_keep_them() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let pages =
            ["/desk", "/applications", "/deferrals", "/disputes", "/leader", "/meetings/x-1"];
        for who in ["water", "leader", "collector"] {
            let session = Session::chosen(&server, who).await;
            for page in pages {
                let said = shown(&session, page, 403).await;
                assert!(!said.contains("href=\"/desk\""), "{who} is offered a desk");
                assert!(!said.contains("href=\"/disputes\""), "{who} is offered disputes");
            }
        }
        for who in ["county", "operator"] {
            let session = Session::chosen(&server, who).await;
            shown(&session, "/desk", 403).await;
            let page = shown(&session, "/disputes", 200).await;
            assert!(page.contains("href=\"/deferrals\"") && !page.contains("href=\"/desk\""));
        }
        for page in pages {
            let reply = server.request("", Method::GET, page).send().await.unwrap();
            assert_eq!(reply.url().path(), "/login", "{page}");
        }
    });
}

#[test]
fn the_countys_leader_sees_the_months_share_in_time_and_signs_nothing_that_is_not_asked() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let county = Session::chosen(&server, "county").await;
        let begun = shown(&county, "/leader", 200).await;
        assert!(
            begun.contains("<dt>按期结案率</dt><dd>—</dd>"),
            "nothing was to be closed: {begun}"
        );
        assert!(begun.contains("没有等待签批的事项"), "{begun}");
        let case = server.dispatched(1).await;
        let photo = server.photo("water").await;
        let fed_back = json!({"result": "已更换井盖", "photos": [photo]});
        server.change("water", &case, "feedback", &fed_back).await;
        let waived = json!({"outcome": "passed", "waiver": "照片已说明"});
        server.change("chief", &case, "verification", &waived).await;
        server.change("chief", &case, "closing", &json!({"waiver": "夜间一人值班"})).await;
        let page = shown(&county, "/leader", 200).await;
        assert!(page.contains("<dt>按期结案率</dt><dd>100.0 %</dd>"), "{page}");
        assert!(page.contains("<dt>应结案</dt><dd>1</dd>"), "{page}");
        assert!(!page.contains("<form method=\"post\" action=\"/leader"), "{page}");
    });
}

#[test]
fn a_collector_finds_their_looks_on_site_and_nobody_else_has_any() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.register(1).await;
        server.change("intake", &case, "validation", &json!({})).await;
        let collector = Session::chosen(&server, "collector").await;
        let tasks = shown(&collector, "/tasks", 200).await;
        assert!(tasks.contains(&format!("href=\"/cases/{case}\"")), "{tasks}");
        assert!(tasks.contains("href=\"/report\"") && !tasks.contains("href=\"/desk\""));
        for who in ["water", "intake"] {
            shown(&Session::chosen(&server, who).await, "/tasks", 403).await;
        }
    });
}

/// A page as somebody sees it.
async fn shown(session: &Session<'_>, path: &str, status: u16) -> String {
    let reply = session.request(Method::GET, path).send().await.unwrap();
    let (got, text) = (reply.status().as_u16(), reply.text().await.unwrap());
    assert_eq!(got, status, "{path}: {text}");
    text
}

/// Waits until the meeting of this number is there.
pub(crate) async fn proposed(server: &Caller, no: &str) {
    for n in 1_000..1_000 + REPORTS_MAX {
        if server.get("chair", &format!("/api/v1/meetings/{no}")).await.status == 200 {
            return;
        }
        server.register(n).await;
    }
    panic!("no meeting {no} was proposed")
}

//! Mistakes in forms: what is told of one that cannot be taken, and where on its page.

use duban_tests::scratch_dir::ScratchDir;
use reqwest::Method;
use serde_json::json;

use crate::forms::{answer, filled, page};
use crate::passwords::Session;
use crate::server::{PHOTO, Server, report, run};

#[test]
fn a_return_without_a_ground_is_told_beside_it_and_is_none_for_want_of_duty() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.dispatched(1).await;
        let water = Session::chosen(&server, "water").await;
        let at = format!("/cases/{case}");
        let who = (&water, "unit-staff", "r1");
        filled(who, &format!("{at}/receipt"), &[], &[]).await.is(303);
        let typed = [("ground", ""), ("reason", "管线属热力公司")];
        let who = (&water, "unit-staff", "r2");
        let refused = filled(who, &format!("{at}/return"), &typed, &[]).await.is(422);
        refused.says("id=\"return-ground-wrong\">须填写");
        refused.says("管线属热力公司</textarea>");
        let chosen = [("ground", "ownership"), ("reason", "管线属热力公司")];
        let who = (&water, "unit-staff", "r3");
        let taken = filled(who, &format!("{at}/return"), &chosen, &[]).await.is(303);
        assert!(page(&water, &taken.leads_to).await.contains("申请退单(权属不符)"));
    });
}

#[test]
fn what_has_no_digits_is_no_number_of_a_reporter_at_any_door() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let chief = Session::chosen(&server, "chief").await;
        let named = [("source", "page"), ("external-id", "p1"), ("text", "路灯不亮")];
        let typed = |number| [&named[..], &[("channel", "visit"), ("reply-to", number)]].concat();
        let who = (&chief, "duty-chief", "p1");
        for number in ["找门卫", "1391111222x", "13"] {
            let refused = filled(who, "/report/report", &typed(number), &[]).await.is(422);
            refused.says("id=\"report-reply-to-wrong\">不是电话号码");
            refused.says(number);
        }
        let by_phone = typed("(0317)5021234 转 8");
        filled(who, "/report/report", &by_phone, &[]).await.is(303);
        let mut body = report(2);
        body["reporter"] = json!({"name": "冯某", "phone": "找门卫", "reply": "wanted"});
        let refused = server.post("collector", "/api/v1/cases", &body).await;
        let detail = refused.problem(422, "unfit-body").body["detail"].to_string();
        assert!(detail.contains("不是电话号码"), "{detail}");
    });
}

#[test]
fn a_form_of_a_case_that_was_recalled_meanwhile_says_so_to_whoever_had_it_and_shows_what_was_written()
 {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.dispatched(1).await;
        let at = format!("/cases/{case}");
        let (water, sweeper) =
            (Session::chosen(&server, "water").await, Session::chosen(&server, "sweeper").await);
        server.change("dispatcher", &case, "recall", &json!({"reason": "选错了单位"})).await;
        let typed = [("ground", "ownership"), ("reason", "管线属热力公司")];
        let sent_to = format!("{at}/return");
        let moved = filled((&water, "unit-staff", "g1"), &sent_to, &typed, &[]).await.is(409);
        moved.says("案件已不在本单位");
        moved.says("管线属热力公司");
        moved.says("<dd>权属</dd>");
        let photo = [("photo", PHOTO)];
        let fed_back = [("result", "已更换井盖")];
        let sent_to = format!("{at}/feedback");
        let who = (&water, "unit-staff", "g2");
        filled(who, &sent_to, &fed_back, &photo).await.is(409).says("已更换井盖");
        // Whoever never had it hears of nothing, and the page itself is there for neither.
        let stranger = (&sweeper, "unit-staff", "g3");
        let nothing = filled(stranger, &sent_to, &fed_back, &photo).await.is(404);
        nothing.says("填写的内容没有发送");
        nothing.says("<dd>已更换井盖</dd>");
        assert!(!nothing.page.contains(&case) && !nothing.page.contains("靖宁街"), "of the case");
        answer(water.request(Method::GET, &at)).await.is(404);
    });
}

#[test]
fn what_was_written_in_a_form_that_is_offered_no_more_is_shown() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.dispatched(1).await;
        let water = Session::chosen(&server, "water").await;
        let at = format!("/cases/{case}/return");
        let typed = [("ground", "ownership"), ("reason", "管线属热力公司")];
        filled((&water, "unit-staff", "w1"), &at, &typed, &[]).await.is(303);
        let typed = [("ground", "class"), ("reason", "类别应为热力井盖")];
        let late = filled((&water, "unit-staff", "w2"), &at, &typed, &[]).await.is(409);
        late.says("此环节不能这样办理");
        late.says("<dd>类别应为热力井盖</dd>");
        late.says("<dd>类别</dd>");
    });
}

#[test]
fn a_collector_whose_task_was_passed_on_meanwhile_keeps_what_they_wrote_and_hears_nothing_of_the_case()
 {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.dispatched(1).await;
        let photo = server.photo("water").await;
        let fed_back = json!({"result": "已更换井盖", "photos": [photo]});
        server.change("water", &case, "feedback", &fed_back).await;
        let collector = Session::chosen(&server, "collector").await;
        let at = format!("/cases/{case}");
        assert!(page(&collector, &at).await.contains("act-verification"));
        let passed_on = json!({"task": 1, "reason": "请假"});
        server.change("intake", &case, "reassignment", &passed_on).await;
        let typed = [("outcome", "failed"), ("note", "井盖仍在响动")];
        let who = (&collector, "collector", "p1");
        let late = filled(who, &format!("{at}/verification"), &typed, &[]).await.is(404);
        late.says("填写的内容没有发送");
        late.says("<dd>井盖仍在响动</dd>");
        assert!(!late.page.contains(&case), "of the case: {}", late.page);
        answer(collector.request(Method::GET, &at)).await.is(404);
    });
}

#[test]
fn what_was_written_is_shown_by_the_names_that_people_know() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.dispatched(1).await;
        let dispatcher = Session::chosen(&server, "dispatcher").await;
        let typed = [("unit", "DL"), ("reason", "属供电杆")];
        let who = (&dispatcher, "dispatcher", "n1");
        let late = filled(who, &format!("/cases/{case}/dispatch"), &typed, &[]).await.is(409);
        late.says("<dd>电力局(DL)</dd>");
        let intake = Session::chosen(&server, "intake").await;
        let typed = [("condition", "part-01-01-2"), ("checked", "on"), ("reason", "领导指派")];
        let who = (&intake, "intake", "n2");
        let late = filled(who, &format!("/cases/{case}/filing"), &typed, &[]).await.is(409);
        late.says("<dd>是</dd>");
        assert!(!late.page.contains("<dd>part-01-01-2</dd>"), "{}", late.page);
    });
}

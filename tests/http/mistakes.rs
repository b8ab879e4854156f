//! Mistakes in forms: what is told of one that cannot be taken, and where on its page.

use duban_tests::scratch_dir::ScratchDir;
use serde_json::json;

use crate::forms::{filled, page};
use crate::passwords::Session;
use crate::server::{Server, report, run};

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
fn what_cannot_be_dialled_is_no_number_of_a_reporter_at_any_door() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let chief = Session::chosen(&server, "chief").await;
        let named = [("source", "page"), ("external-id", "p1"), ("text", "路灯不亮")];
        let typed = |number| [&named[..], &[("channel", "visit"), ("reply-to", number)]].concat();
        let who = (&chief, "duty-chief", "p1");
        for number in ["找门卫", "1391111222x", "139"] {
            let refused = filled(who, "/report/report", &typed(number), &[]).await.is(422);
            refused.says("id=\"report-reply-to-wrong\">不是电话号码");
            refused.says(number);
        }
        filled(who, "/report/report", &typed("+86 139 1111 2222"), &[]).await.is(303);
        let mut body = report(2);
        body["reporter"] = json!({"name": "冯某", "phone": "找门卫", "reply": "wanted"});
        let refused = server.post("collector", "/api/v1/cases", &body).await;
        let detail = refused.problem(422, "unfit-body").body["detail"].to_string();
        assert!(detail.contains("不是电话号码"), "{detail}");
    });
}

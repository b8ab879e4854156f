//! Meetings of the committee by the forms of their page: who may call them, answer for them, call them off.

use duban_tests::scratch_dir::ScratchDir;
use serde_json::json;

use crate::desks::proposed;
use crate::forms::{filled, offered, page};
use crate::passwords::Session;
use crate::server::{Server, run};

#[test]
fn the_head_calls_a_meeting_enters_answers_and_calls_it_off_by_forms() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.disputed(1).await;
        let refer =
            json!({"finding": "to-committee", "named": ["CG-ZF"], "reason": "涉及多个单位"});
        server.change("chief", &case, "determination", &refer).await;
        let no = format!("{case}-1");
        proposed(&server, &no).await;
        let at = format!("/meetings/{no}");
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

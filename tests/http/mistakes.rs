//! Mistakes in forms: what is told of one that cannot be taken, and where on its page.

use duban_tests::scratch_dir::ScratchDir;

use crate::forms::{filled, page};
use crate::passwords::Session;
use crate::server::{Server, run};

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

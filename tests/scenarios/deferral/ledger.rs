//! The ledger of deferrals (缓办台账, article 27).

use duban::deferrals::{self, Line, Standing};
use duban::figures;
use duban_actors::case::CaseId;
use duban_actors::case::command::{Opinion, Resumption, Ruling};
use duban_actors::role::Role;
use duban_rules::vocabulary::UnitId;
use duban_runtime::answer::Answer;
use duban_runtime::clock::Clock as _;
use duban_tests::case_path::{LOOSE_COVER, consent, deferral, opinion, resume, ruling};

use super::date;
use crate::world::{self, MORNING};

#[test]
fn the_ledger_says_who_waits_until_when_and_by_whose_consent() {
    world::at(MORNING, async |world| {
        let wants = async |name: &str, (month, day): (u32, u32)| {
            let id = world.handling(name, LOOSE_COVER).await;
            for (role, command) in [
                (Role::UnitStaff, deferral(month, day)),
                (Role::Dispatcher, opinion(Opinion::Agree)),
                (Role::CentreHead, ruling(Ruling::Grant)),
            ] {
                let answer = world.ask(&id, role, command).await;
                assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
            }
            id
        };
        let (late, soon) = (wants("1", (5, 15)).await, wants("2", (4, 1)).await);
        let wanted = wants("3", (6, 1)).await;
        for id in [&late, &soon] {
            world.ask(id, Role::CountyLeader, consent(Ruling::Grant)).await;
        }
        let lines = || {
            let cx = &world.rules.current().0;
            let found = deferrals::ledger(world.node.journal(), cx, 9).unwrap();
            let line = |one: Line| (one.case, one.standing, one.review_on, one.leader);
            found.into_iter().map(line).collect::<Vec<_>>()
        };
        let leader = Some("主管县长".to_owned());
        let key = |id: &CaseId| id.as_str().to_owned();
        let waits = (key(&wanted), Standing::ConsentWanted, date(6, 1), None);
        let second = (key(&late), Standing::Deferred, date(5, 15), leader.clone());
        let first = (key(&soon), Standing::Deferred, date(4, 1), leader);
        assert_eq!(lines(), [waits.clone(), first, second.clone()]);
        world.ask(&soon, Role::DutyChief, resume(Resumption::Rest)).await;
        assert_eq!(lines(), [waits, second]);
    });
}

#[test]
fn a_deferred_case_is_in_nobodys_hands_in_any_count_of_a_unit() {
    world::at(MORNING, async |world| {
        let case = world.handling("1", LOOSE_COVER).await;
        world.handling("2", LOOSE_COVER).await;
        let counts = || {
            let (journal, now, water) =
                (world.node.journal(), world.clock.now(), UnitId::new("SW"));
            let all = figures::of_all(journal, now).unwrap();
            let one = figures::of_open(journal, &water, now).unwrap();
            (all.get(&water).map(|of| of.open), one.open)
        };
        assert_eq!(counts(), (Some(2), 2));
        for (role, command) in [
            (Role::UnitStaff, deferral(5, 15)),
            (Role::Dispatcher, opinion(Opinion::Agree)),
            (Role::CentreHead, ruling(Ruling::Grant)),
            (Role::CountyLeader, consent(Ruling::Grant)),
        ] {
            world.ask(&case, role, command).await;
        }
        assert_eq!(world.case(&case).state.name(), "deferred");
        assert_eq!(counts(), (Some(1), 1));
        world.ask(&case, Role::DutyChief, resume(Resumption::Rest)).await;
        assert_eq!(counts(), (Some(2), 2));
    });
}

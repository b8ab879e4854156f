//! The quota of extensions (延期比例, article 27): one in ten of a unit's cases of a month, and one at least.

use duban_actors::case::application::Begun;
use duban_actors::case::command::{Opinion, Ruling};
use duban_actors::case::event::Charge;
use duban_actors::case::{CaseId, Command as CaseCommand, Event as CaseEvent, Refusal, listing};
use duban_actors::refusal::Common;
use duban_actors::role::{Duty, Role};
use duban_actors::tells::{Became, Booking, QuotaAnswer, ToCase};
use duban_actors::unit::quota::{Quota, Reckoned};
use duban_actors::unit::{Command, Event, Unit};
use duban_runtime::answer::Answer;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Effect, Entity, EntityId, Tell};
use duban_tests::case_path::{
    CasePath, LOOSE_COVER, MONDAY_9AM, application_reviewed, asked_for_more, extension, hours,
    minutes, opinion, ruling, somebody, town, used_up,
};
use duban_tests::given::{given, given_case};
use duban_tests::laws::asked;

use crate::world;

/// Nine o'clock of a day of March.
fn march(day: u64) -> Timestamp {
    MONDAY_9AM + hours((day - 2) * 24)
}

fn id(case: &str) -> CaseId {
    CaseId(case.into())
}

/// The garden bureau in March, as its cases ask.
struct March {
    bureau: Unit,
    known: Vec<Event>,
}

impl March {
    fn new() -> March {
        March { bureau: Unit::initial(&EntityId::new(Unit::KIND, "YL")), known: Vec::new() }
    }

    fn takes(&mut self, at: Timestamp, command: &Command) -> Event {
        let events = given::<Unit>("YL", &self.known).when(at, Role::Entity, command);
        let asked = asked(at, Role::Entity, "case");
        let decided = self.bureau.decide(command, &asked, town()).unwrap();
        drop(events.then(&decided));
        let [event] = decided.as_slice() else { panic!("{decided:?}") };
        self.bureau = self.bureau.clone().evolve(event).unwrap();
        self.known.push(event.clone());
        event.clone()
    }

    /// A case asks; whether it has a place, by which n, allowed and used.
    fn asks(&mut self, day: u64, case: &str, n: u32) -> (bool, [u32; 3]) {
        let as_of = march(day);
        let booking = Booking { case: id(case), no: 1, month: "2026-03".into(), n, as_of };
        let event = self.takes(as_of, &Command::Reserve(booking));
        let has_place = matches!(event, Event::Reserved(_));
        let (Event::Reserved(found) | Event::QuotaUsedUp(found)) = event else {
            panic!("{event:?}")
        };
        (has_place, [found.booking.n, found.allowed, found.used])
    }

    fn becomes(&mut self, day: u64, case: &str, became: Became) {
        self.takes(march(day), &Command::Settle { case: id(case), no: 1, became });
    }

    fn used(&self) -> u32 {
        self.bureau.quota.of("2026-03").unwrap().used()
    }
}

/// The garden bureau on the twenty-fifth: three of three places are used.
fn three_of_three() -> March {
    let mut march = March::new();
    assert_eq!(march.asks(2, "february", 5), (true, [5, 1, 1]));
    march.becomes(3, "february", Became::Granted);
    assert_eq!(march.asks(10, "c2", 20), (true, [20, 2, 2]));
    march.becomes(11, "c2", Became::Refused);
    assert_eq!(march.asks(25, "c3", 34), (true, [34, 3, 3]));
    march
}

#[test]
fn one_in_ten_and_at_least_one() {
    let mut march = March::new();
    // Four assignments began in March, and a case of February asks: five.
    assert_eq!(march.asks(2, "february", 5), (true, [5, 1, 1]));
    assert_eq!(march.asks(9, "c2", 19), (false, [19, 1, 1]));
    assert_eq!(march.asks(10, "c2", 20), (true, [20, 2, 2]));
    // April begins anew.
    let booking =
        Booking { case: id("c4"), no: 1, month: "2026-04".into(), n: 0, as_of: march_end() };
    let event = march.takes(march_end(), &Command::Reserve(booking.clone()));
    assert_eq!(event, Event::Reserved(Reckoned { at: march_end(), booking, allowed: 1, used: 1 }));
}

#[test]
fn a_case_that_asks_again_and_again_beyond_the_quota_takes_no_place_from_others() {
    let mut march = three_of_three();
    for day in 26..30 {
        assert_eq!(march.asks(day, "c4", 34), (false, [34, 3, 3]));
    }
    assert_eq!(march.bureau.quota.of("2026-03").unwrap().asked.len(), 4);
    assert_eq!(march.asks(31, "c5", 40), (true, [40, 4, 4]));
}

/// The first of April.
fn march_end() -> Timestamp {
    march(32)
}

#[test]
fn the_case_itself_counts_once_whichever_month_it_began_in() {
    let n = |road: &CasePath| {
        let CaseEvent::Applied(applied) = road.events.last().unwrap() else { panic!() };
        (applied.month.to_string(), applied.n)
    };
    // It began in March and is among the twenty that were counted.
    assert_eq!(n(&asked_for_more()), ("2026-03".to_owned(), 20));
    // On the last day of the month it had not begun yet for the next.
    let mut late = duban_tests::case_path::dispatched();
    late = late.then(minutes(15), Role::UnitStaff, CaseCommand::Receive);
    let held = late.case.state.assignment().unwrap();
    assert_eq!(
        late.case
            .listing()
            .0
            .iter()
            .filter(|key| key.list == listing::begun_by(&held.unit))
            .count(),
        1
    );
}

#[test]
fn refused_on_its_merits_counts_and_for_the_quota_does_not() {
    let mut march = three_of_three();
    assert_eq!(march.used(), 3, "one was refused on its merits");
    // Taken back it is free, and may be asked again.
    march.takes(self::march(25), &Command::Release { case: id("c3"), no: 1 });
    assert_eq!(march.used(), 2);
    assert_eq!(march.asks(25, "c3", 34), (true, [34, 3, 3]));
    assert_eq!(march.asks(25, "c4", 34), (false, [34, 3, 3]));
    assert_eq!(march.used(), 3, "refused for the quota it uses no place");
}

#[test]
fn beyond_the_quota_the_head_answers_for_it() {
    let mut march = three_of_three();
    assert_eq!(march.asks(25, "c4", 34), (false, [34, 3, 3]));
    march.becomes(25, "c4", Became::Beyond);
    let month = march.bureau.quota.of("2026-03").unwrap();
    let over = month.used() - town().rules.extensions.allowed(34);
    assert_eq!((month.used(), over), (4, 1), "4 of 34 are 11.8 %");

    // The case: the chief is refused, the head grants with a reason, and the unit hears of it.
    let over = used_up(asked_for_more());
    let held = over.case.state.assignment().unwrap();
    assert!(held.application.pending().is_none() && held.application.over_quota().is_some());
    let later = over.at + minutes(5);
    given_case(over.clone())
        .when(later, Role::DutyChief, &ruling(Ruling::Grant))
        .then_refused(&Refusal::QuotaUsedUp { n: 20, allowed: 2, used: 2 });
    let silent = CaseCommand::DecideApplication { ruling: Ruling::Grant, reason: " ".into() };
    given_case(over.clone())
        .when(later, Role::CentreHead, &silent)
        .then_refused(&Refusal::Common(Common::ReasonMissing));
    let road = over.clone().then(minutes(5), Role::CentreHead, ruling(Ruling::Grant));
    let Some(CaseEvent::Extended(granted)) = road.events.last() else { panic!() };
    assert_eq!(granted.quota, Charge::Beyond);
    let told = road.case.effects(road.events.last().unwrap(), town());
    let settles = |effect: &Effect| matches!(effect, Effect::Tell(tell) if tell.to.key == "SW" && tell.command.contains("beyond"));
    assert!(told.iter().any(settles), "{told:?}");
    // Nobody has to decide it: the case may be closed, and the unit may ask anew.
    assert!(!over.case.timers().0.iter().any(|timer| timer.name.starts_with("application")));
    over.asks(minutes(5), &somebody(Role::UnitStaff), &extension("0.5")).unwrap();
}

#[test]
fn nobody_is_asked_for_a_decision_before_there_is_a_place() {
    let templates = |road: &CasePath| -> Vec<String> {
        let effects = road.case.effects(road.events.last().unwrap(), town());
        effects.iter().filter_map(duban_tests::template).collect()
    };
    let clocks = |road: &CasePath| {
        let timers = duban_tests::timers(&road.case);
        timers.iter().filter(|name| name.starts_with("application")).count()
    };
    let asked = asked_for_more();
    assert_eq!((templates(&asked), clocks(&asked)), (vec![], 0));
    let has_place = duban_tests::case_path::applied();
    assert_eq!((templates(&has_place), clocks(&has_place)), (vec!["application-due".into()], 3));
    // It is due as it was from the asking on.
    let pending = has_place.case.state.assignment().unwrap().application.pending().unwrap();
    assert_eq!(pending.since, asked.at);
    let none = used_up(asked);
    assert_eq!((templates(&none), clocks(&none)), (vec!["application-result".into()], 0));
}

#[test]
fn what_has_no_answer_from_the_quota_is_neither_looked_at_nor_granted() {
    let asked = asked_for_more();
    for (role, command) in
        [(Role::Dispatcher, opinion(Opinion::Agree)), (Role::CentreHead, ruling(Ruling::Grant))]
    {
        let answer = asked.asks(minutes(1), &somebody(role), &command).unwrap_err();
        assert!(matches!(answer, Refusal::QuotaUnanswered | Refusal::OpinionMissing), "{answer:?}");
    }
    // Taken back meanwhile, its answer changes nothing.
    let back = CaseCommand::TakeBack { reason: "配件已到".into() };
    let back = asked_for_more().then(minutes(1), Role::UnitStaff, back);
    let before = back.case.clone();
    let answer = QuotaAnswer { no: 1, n: 20, allowed: 2, used: 1 };
    let late = back.then(minutes(1), Role::Entity, CaseCommand::QuotaReserved(answer));
    assert_eq!(late.case, before);
}

#[test]
fn nobody_but_a_case_reserves() {
    let booking =
        Booking { case: id("c1"), no: 1, month: "2026-03".into(), n: 20, as_of: MONDAY_9AM };
    for role in [Role::UnitHead, Role::CentreHead, Role::Operator] {
        given::<Unit>("YL", &[])
            .when(MONDAY_9AM, role, &Command::Reserve(booking.clone()))
            .then_refused(&Common::NotPermitted { duty: Duty::Answer }.into());
    }
}

#[test]
fn what_becomes_of_an_application_is_told_to_the_unit() {
    let told = |road: &CasePath| -> Vec<String> {
        let effects = road.case.effects(road.events.last().unwrap(), town());
        let word = |effect| {
            let Effect::Tell(Tell { to, command }) = effect else { return None };
            let word = command.split('"').nth(1).map(str::to_owned);
            word.filter(|_| to.key == "SW")
        };
        effects.into_iter().filter_map(word).collect()
    };
    assert_eq!(told(&asked_for_more()), ["Reserve"]);
    for ruled in [Ruling::Grant, Ruling::Refuse] {
        let road = application_reviewed().then(minutes(5), Role::DutyChief, ruling(ruled));
        assert_eq!(told(&road), ["Settle"]);
    }
    let back = CaseCommand::TakeBack { reason: "配件已到".into() };
    assert_eq!(told(&asked_for_more().then(minutes(5), Role::UnitStaff, back)), ["Release"]);
    let booking =
        Booking { case: id("c1"), no: 1, month: "2026-03".into(), n: 9, as_of: MONDAY_9AM };
    let reserved = Reckoned { at: MONDAY_9AM, booking: booking.clone(), allowed: 1, used: 1 };
    given::<Unit>("SW", &[])
        .when(MONDAY_9AM, Role::Entity, &Command::Reserve(booking))
        .then(&[Event::Reserved(reserved)])
        .tells(&[tell(
            "c1",
            &ToCase::QuotaReserved(QuotaAnswer { no: 1, n: 9, allowed: 1, used: 1 }),
        )]);
}

fn tell(case: &str, word: &ToCase) -> Tell {
    let Effect::Tell(tell) = word.tell(&id(case)) else { panic!() };
    tell
}

#[test]
fn two_who_ask_at_once_do_not_both_get_the_last_one() {
    world::at(world::MORNING, async |world| {
        let cases =
            [world.handling("1", LOOSE_COVER).await, world.handling("2", LOOSE_COVER).await];
        let asks = |_| {
            let CaseCommand::Apply { wish, reason, form, signer, .. } = extension("1") else {
                unreachable!()
            };
            let begun = Begun { n: 2, as_of: world::MORNING };
            CaseCommand::Apply { wish, reason, form, signer, begun }
        };
        for case in &cases {
            let answer = world.ask(case, Role::UnitStaff, asks(case)).await;
            assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
        }
        world.until(world::MORNING + minutes(1)).await;
        let application =
            |case: &CaseId| world.case(case).state.assignment().unwrap().application.clone();
        let has_place = cases.iter().filter(|case| application(case).pending().is_some()).count();
        let has_none = cases.iter().filter(|case| application(case).over_quota().is_some()).count();
        assert_eq!((has_place, has_none), (1, 1));
        let bureau = EntityId::new(Unit::KIND, "SW");
        let stored = world.node.journal().entity(&bureau).unwrap().unwrap();
        let quota: Quota = Unit::from_stored(&bureau, &stored.state).unwrap().quota;
        assert_eq!(quota.of("2026-03").unwrap().used(), 1);
        assert_eq!(world.list(&listing::begun_by(&"SW".into())).len(), 2);
    });
}

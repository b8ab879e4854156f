//! Letters about a deferral: what unit and desk had said when each was caused, and that a consent is not wanted any more
//! (article 27).

use duban_actors::case::{Command, Event};
use duban_actors::role::Role;
use duban_runtime::entity::{Effect, Entity};
use duban_runtime::outbox::Claim;
use duban_tests::case_path::{
    CasePath, consent_wanted, deferral_reviewed, feedback, minutes, town,
};

#[test]
fn a_leader_who_need_not_consent_any_more_hears_it_and_so_does_the_head_who_was_for_it() {
    let told = |road: &CasePath| {
        let of = |event: &&Event| matches!(event, Event::TakenBack { .. });
        let event = road.events.iter().rev().find(of).unwrap();
        let sent = road.case.effects(event, town()).into_iter().filter_map(|effect| match effect {
            Effect::Send(message) => Some(message),
            Effect::Tell(_) => None,
        });
        let sent = sent.map(|message| match road.case.claim(&message, road.at, town()) {
            Claim::Deliver(to, words) => {
                let words: serde_json::Value = serde_json::from_str(&words).unwrap();
                let mut roles: Vec<&str> = to.iter().map(|one| one.role.as_str()).collect();
                roles.dedup();
                assert_eq!(roles, ["county-leader", "centre-head"]);
                (message.template.to_string(), words["review_on"].clone())
            }
            Claim::Withdraw(why) => panic!("withdrawn: {why}"),
        });
        sent.collect::<Vec<_>>()
    };
    let back = || Command::TakeBack { reason: "已具备条件".into() };
    let off = [("consent-off".to_owned(), "2026-05-15".into())];
    let by = |command| consent_wanted().then(minutes(1), Role::UnitStaff, command);
    assert_eq!(told(&by(back())), off);
    assert_eq!(told(&by(feedback())), off);
    // Whoever was not asked yet need not hear of it.
    let early = deferral_reviewed().then(minutes(1), Role::UnitStaff, back());
    assert_eq!(told(&early), []);
}

#[test]
fn a_letter_says_what_unit_and_desk_had_said_when_it_was_caused() {
    // Each letter is put into words once the leader is asked.
    let road = consent_wanted();
    let letters = road.events.iter().enumerate().flat_map(|(n, event)| {
        let then = CasePath::after(road.events.iter().take(n + 1).cloned().collect());
        then.case.effects(event, town())
    });
    let mut said = Vec::new();
    for letter in letters {
        let Effect::Send(message) = letter else { continue };
        let Claim::Deliver(_, words) = road.case.claim(&message, road.at, town()) else {
            continue;
        };
        let words: serde_json::Value = serde_json::from_str(&words).unwrap();
        if words["unit_reason"].is_string() {
            let word = |name: &str| words[name].as_str().unwrap_or_default().to_owned();
            said.push((
                message.template.to_string(),
                ["unit_reason", "opinion", "reason"].map(word),
            ));
        }
    }
    let of = |template: &str, [unit, desk, why]: [&str; 3]| {
        (template.to_owned(), [unit.to_owned(), desk.to_owned(), why.to_owned()])
    };
    assert_eq!(
        said,
        [of("consent-wanted", ["冬季不能施工", "同意", "情况属实"])],
        "letters to the centre are not of use any more"
    );
    let reviewed = deferral_reviewed();
    let asked = reviewed.events.iter().find(|event| matches!(event, Event::Applied(_))).unwrap();
    let asked_only = CasePath::after(reviewed.events[..reviewed.events.len() - 1].to_vec());
    let first =
        asked_only.case.effects(asked, town()).into_iter().find_map(|effect| match effect {
            Effect::Send(message) => Some(message),
            Effect::Tell(_) => None,
        });
    let Claim::Deliver(_, words) = reviewed.case.claim(&first.unwrap(), reviewed.at, town()) else {
        panic!("withdrawn")
    };
    let words: serde_json::Value = serde_json::from_str(&words).unwrap();
    assert_eq!(words["opinion"], serde_json::Value::Null, "the desk had not said anything yet");
    assert_eq!(words["reason"], words["unit_reason"]);
    let (template, _, words) = super::said(&reviewed).remove(0);
    assert_eq!((template.as_str(), &words["opinion"]), ("application-due", &"同意".into()));
    assert_ne!(words["reason"], words["unit_reason"], "the desk's words and the unit's");
}

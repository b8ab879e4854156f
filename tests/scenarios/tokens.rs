//! Article 12: what programs come in by, and what ends it.

use duban_actors::person::{
    Cause, Command, Event, Hidden, Issuer, LABEL_CHARS_MAX, NewToken, Password, Person, Profile,
    Refusal, TOKEN_DAYS_MAX, TOKENS_MAX, Token,
};
use duban_actors::refusal::Common;
use duban_actors::role::{Duty, Role};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::Asked;
use duban_tests::given::{DAY, MILLISECOND, MONDAY_8AM, given};
use duban_tests::laws::asked;

use crate::persons::{
    LOGIN, PHC, account, dispatcher, enrolled, forgotten, head, issue, issued, own, set, signed_in,
    token,
};

#[test]
fn a_token_speaks_in_one_role_of_the_person_and_makes_none_in_another() {
    let both = Profile { roles: vec![Role::Dispatcher, Role::Operator], ..dispatcher() };
    let history = [Event::Enrolled(both)];
    given::<Person>(LOGIN, &history)
        .when_asked(&own(), &issue(token("t1", Role::Dispatcher)))
        .then(&[issued("t1", MONDAY_8AM)]);
    given::<Person>(LOGIN, &history)
        .when_asked(&own(), &issue(token("t1", Role::Operator)))
        .then_refused(&Refusal::Common(Common::NotPermitted { duty: Duty::Administer }));
    given::<Person>(LOGIN, &history)
        .when(MONDAY_8AM, Role::Operator, &issue(token("t1", Role::DutyChief)))
        .then_refused(&Refusal::RoleNotHeld { role: Role::DutyChief });
}

#[test]
fn a_token_ends_with_its_day_with_its_role_and_when_it_is_revoked() {
    let then = given::<Person>(LOGIN, &[enrolled()])
        .when_asked(&own(), &issue(token("t1", Role::Dispatcher)))
        .then(&[issued("t1", MONDAY_8AM)]);
    assert!(then.state.token("t1", MONDAY_8AM + DAY - MILLISECOND).is_some());
    assert!(then.state.token("t1", MONDAY_8AM + DAY).is_none());
    given::<Person>(LOGIN, &[enrolled(), issued("t1", MONDAY_8AM)])
        .when(MONDAY_8AM, Role::Operator, &Command::Change { profile: head(), release: None })
        .then(&[
            Event::Changed(head()),
            Event::TokenRevoked { id: "t1".into() },
            Event::PostsLeft { roles: vec![Role::Dispatcher] },
        ]);
    let revoked = given::<Person>(LOGIN, &[enrolled(), issued("t1", MONDAY_8AM)])
        .when_asked(&own(), &Command::RevokeToken { id: "t1".into() })
        .then(&[Event::TokenRevoked { id: "t1".into() }]);
    assert!(revoked.state.token("t1", MONDAY_8AM).is_none());
}

#[test]
fn tokens_are_few_named_and_end_within_a_year() {
    let ask = |history: &[Event], token: NewToken, at: Timestamp| {
        let asked = Asked { at, ..own() };
        given::<Person>(LOGIN, history).when_asked(&asked, &issue(token))
    };
    let plain = || token("t1", Role::Dispatcher);
    for expires in
        [MONDAY_8AM, MONDAY_8AM + DAY * u32::try_from(TOKEN_DAYS_MAX).unwrap() + MILLISECOND]
    {
        ask(&[enrolled()], NewToken { expires, ..plain() }, MONDAY_8AM)
            .then_refused(&Refusal::TokenLifetime { expires });
    }
    for id in ["", "A", "a.b", &"a".repeat(17)] {
        ask(&[enrolled()], NewToken { id: id.into(), ..plain() }, MONDAY_8AM)
            .then_refused(&Refusal::UnfitTokenId);
    }
    for label in ["", "  ", &"长".repeat(LABEL_CHARS_MAX + 1)] {
        ask(&[enrolled()], NewToken { label: label.to_owned(), ..plain() }, MONDAY_8AM)
            .then_refused(&Refusal::UnfitLabel);
    }
    ask(&[enrolled(), issued("t1", MONDAY_8AM)], plain(), MONDAY_8AM)
        .then_refused(&Refusal::TokenExists { id: "t1".into() });
    let mut history = vec![enrolled()];
    history.extend((0..TOKENS_MAX).map(|n| issued(&format!("n{n}"), MONDAY_8AM)));
    ask(&history, plain(), MONDAY_8AM).then_refused(&Refusal::TooManyTokens);
    // Those that have ended make room.
    let later = MONDAY_8AM + DAY;
    let then = ask(&history, NewToken { expires: later + DAY, ..plain() }, later)
        .then(&[issued("t1", later)]);
    assert_eq!(account(&then.state).tokens.len(), 1);
}

#[test]
fn a_token_issues_none_but_the_operators_and_that_none_beyond_its_own_end() {
    let until = MONDAY_8AM + DAY;
    let issuer = Issuer::Token(until);
    let command = |token| Command::IssueToken { token, issuer };
    for role in [Role::Dispatcher, Role::CentreHead] {
        let asked = asked(MONDAY_8AM, role, LOGIN);
        let both = Profile { roles: vec![Role::Dispatcher, Role::CentreHead], ..dispatcher() };
        given::<Person>(LOGIN, &[Event::Enrolled(both)])
            .when_asked(&asked, &command(token("t2", role)))
            .then_refused(&Refusal::TokenFromToken);
    }
    let longer = NewToken { expires: until + MILLISECOND, ..token("t2", Role::Dispatcher) };
    given::<Person>(LOGIN, &[enrolled()])
        .when(MONDAY_8AM, Role::Operator, &command(longer))
        .then_refused(&Refusal::TokenOutlivesIssuer { until });
    given::<Person>(LOGIN, &[enrolled()])
        .when(MONDAY_8AM, Role::Operator, &command(token("t1", Role::Dispatcher)))
        .then(&[issued("t1", MONDAY_8AM)]);
}

#[test]
fn a_new_password_ends_every_token_whoever_sets_it() {
    let history = [enrolled(), set(), issued("t1", MONDAY_8AM), issued("t2", MONDAY_8AM)];
    let new = |cause| Command::SetPassword { phc: Hidden::new(PHC), cause };
    let (temporary, chosen) =
        (Password::Temporary(Hidden::new(PHC)), Password::Own(Hidden::new(PHC)));
    let by_admin = given::<Person>(LOGIN, &history)
        .when(MONDAY_8AM, Role::Operator, &new(Cause::ByAdmin))
        .then(&[Event::PasswordSet(temporary), forgotten(), Event::TokensRevoked]);
    let by_themselves = given::<Person>(LOGIN, &history)
        .when_asked(&own(), &new(Cause::ByThemselves))
        .then(&[Event::PasswordSet(chosen), Event::TokensRevoked]);
    for then in [by_admin, by_themselves] {
        assert!(then.state.token("t1", MONDAY_8AM).is_none());
        assert!(then.state.token("t2", MONDAY_8AM).is_none());
    }
}

#[test]
fn all_tokens_are_revoked_at_once_and_sessions_stay() {
    let history = [enrolled(), set(), signed_in("one", MONDAY_8AM), issued("t1", MONDAY_8AM)];
    let then = given::<Person>(LOGIN, &history)
        .when_asked(&own(), &Command::RevokeAllTokens)
        .then(&[Event::TokensRevoked]);
    assert!(then.state.token("t1", MONDAY_8AM).is_none());
    assert!(then.state.session("one", MONDAY_8AM).is_some());
    given::<Person>(LOGIN, &[enrolled()])
        .when_asked(&own(), &Command::RevokeAllTokens)
        .then_refused(&Refusal::NoToken);
}

#[test]
fn a_token_ends_when_its_role_is_held_in_another_unit() {
    let staff = |unit: &str| Profile {
        roles: vec![Role::UnitStaff, Role::Intake],
        unit: Some(unit.into()),
        ..dispatcher()
    };
    let of = |id: &str, role| {
        let NewToken { id, label, digest, role, expires } = token(id, role);
        Event::TokenIssued(Token { id, label, digest, role, issued: MONDAY_8AM, expires })
    };
    let history = [Event::Enrolled(staff("SW")), of("t1", Role::UnitStaff), of("t2", Role::Intake)];
    let moved = Command::Change { profile: staff("CG-HW"), release: None };
    let then = given::<Person>(LOGIN, &history)
        .when(MONDAY_8AM, Role::Operator, &moved)
        .then(&[Event::Changed(staff("CG-HW")), Event::TokenRevoked { id: "t1".into() }]);
    assert!(then.state.token("t2", MONDAY_8AM).is_some());
}

//! Articles 3, 7 and 12: who may come in, and as what.

use std::time::Duration;

use duban_actors::person::{
    Account, Browser, Cause, Command, Event, Forgotten, Hidden, Issuer, NewToken, OPEN_FOR,
    Password, Person, Profile, Refusal, SESSIONS_MAX, Session, Shown, Token,
};
use duban_actors::refusal::Common;
use duban_actors::role::{Duty, Role};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Asked, Entity, Fired};
use duban_tests::case_path::town;
use duban_tests::given::{DAY, HOUR, MILLISECOND, MONDAY_8AM, When, given};
use duban_tests::laws::{asked, laws};

pub(crate) const LOGIN: &str = "zhao.min";
pub(crate) const PHC: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA";
const QUARTER: Duration = Duration::from_mins(15);

#[test]
fn one_person_holds_several_posts_and_asks_as_each_of_them() {
    let (unit, collector) = (somewhere(), somebody_on_site());
    let profile = Profile {
        roles: vec![Role::Dispatcher, Role::UnitHead, Role::Collector],
        unit: Some(unit.as_str().into()),
        collector: Some(collector.as_str().into()),
        ..dispatcher()
    };
    let then = enrol(LOGIN, profile.clone()).then(&[Event::Enrolled(profile)]);
    let they_are = then.state.standing.profile().unwrap();
    assert_eq!(they_are.speaks_for(Role::Dispatcher), None);
    assert_eq!(they_are.speaks_for(Role::UnitHead), Some(unit.as_str()));
    assert_eq!(they_are.speaks_for(Role::Collector), Some(collector.as_str()));
}

#[test]
fn a_login_name_is_two_to_thirty_two_plain_characters() {
    for login in ["ab", "zhao.min", "z-9", &"a".repeat(32)] {
        enrol(login, dispatcher()).then(&[Event::Enrolled(dispatcher())]);
    }
    for login in ["", "a", "Zhao", "赵敏", "a b", "a/b", "9a", ".a", "a_b", &"a".repeat(33)] {
        let refusal = Refusal::NotALogin { login: login.into() };
        enrol(login, dispatcher()).then_refused(&refusal);
    }
}

#[test]
fn a_person_is_what_the_rules_know() {
    let with = |change: fn(&mut Profile)| {
        let mut profile = dispatcher();
        change(&mut profile);
        enrol(LOGIN, profile)
    };
    with(|p| p.roles.clear()).then_refused(&Refusal::NumberOfRoles { roles: 0 });
    with(|p| p.roles = Role::ALL.iter().copied().take(5).collect())
        .then_refused(&Refusal::NumberOfRoles { roles: 5 });
    with(|p| p.roles.push(Role::Dispatcher))
        .then_refused(&Refusal::RoleTwice { role: Role::Dispatcher });
    with(|p| p.roles = vec![Role::UnitStaff]).then_refused(&Refusal::NoUnit);
    with(|p| p.unit = Some("SW".into())).then_refused(&Refusal::UnitWithoutRole);
    with(|p| (p.roles, p.unit) = (vec![Role::UnitStaff], Some("nowhere".into())))
        .then_refused(&Refusal::UnknownUnit { unit: "nowhere".into() });
    with(|p| p.roles = vec![Role::Collector]).then_refused(&Refusal::NoCollector);
    with(|p| p.collector = Some("CJ-01".into())).then_refused(&Refusal::CollectorWithoutRole);
    with(|p| (p.roles, p.collector) = (vec![Role::Collector], Some("nobody".into())))
        .then_refused(&Refusal::UnknownCollector { collector: "nobody".into() });
    with(|p| p.name = " ".into()).then_refused(&Refusal::UnfitName);
    with(|p| p.name = "赵\n敏".into()).then_refused(&Refusal::UnfitName);
    with(|p| p.name = "赵".repeat(65).into()).then_refused(&Refusal::UnfitName);
}

#[test]
fn no_person_is_a_part_of_the_system() {
    for role in [Role::Importer, Role::Timer, Role::Entity, Role::Door] {
        enrol(LOGIN, Profile { roles: vec![role], ..dispatcher() })
            .then_refused(&Refusal::RoleNotForPeople { role });
    }
}

#[test]
fn nobody_is_called_like_the_account_of_another() {
    let called = |name: &str| enrol(LOGIN, Profile { name: name.into(), ..dispatcher() });
    called("admin").then_refused(&Refusal::NameOfAnother);
    let own = Profile { name: LOGIN.into(), ..dispatcher() };
    called(LOGIN).then(&[Event::Enrolled(own)]);
}

#[test]
fn whoever_has_no_password_stays_outside() {
    let person = given::<Person>(LOGIN, &[enrolled()]);
    assert_eq!(person.state.may_enter(), Err(Refusal::NoPassword));
    person.when_asked(&door(MONDAY_8AM), &right("one")).then_refused(&Refusal::NoPassword);
}

#[test]
fn a_right_password_begins_a_session_that_ends_by_itself() {
    let then = given::<Person>(LOGIN, &[enrolled(), set()])
        .when_asked(&door(MONDAY_8AM), &right("one"))
        .then(&[signed_in("one", MONDAY_8AM)]);
    let until = MONDAY_8AM + HOUR;
    assert!(then.state.session("one", until - MILLISECOND).is_some());
    assert!(then.state.session("one", until).is_none());
    assert!(then.state.session("two", MONDAY_8AM).is_none());
}

#[test]
fn what_older_versions_wrote_of_wrong_passwords_shuts_nobody_out() {
    let until = MONDAY_8AM + 30 * DAY;
    let wrong = Event::SignInFailed { wrong: 4 };
    let history = [enrolled(), set(), wrong, Event::LockedOut { wrong: 41, until }];
    let person = given::<Person>(LOGIN, &history);
    assert_eq!(person.state.may_enter(), Ok(()));
    person.when_asked(&door(MONDAY_8AM), &right("one")).then(&[signed_in("one", MONDAY_8AM)]);
    let unlocked = given::<Person>(LOGIN, &[enrolled(), set(), Event::Unlocked]);
    assert_eq!(unlocked.state.may_enter(), Ok(()));
}

#[test]
fn an_admin_forgets_the_wrong_passwords_until_now_also_by_setting_a_new_one() {
    assert_eq!(given::<Person>(LOGIN, &[enrolled()]).state.forgotten(), Forgotten::NONE);
    let opened = Forgotten { until: MONDAY_8AM, open_until: MONDAY_8AM + OPEN_FOR };
    let unlocked = given::<Person>(LOGIN, &[enrolled(), set()])
        .when(MONDAY_8AM, Role::Operator, &Command::Unlock)
        .then(&[Event::WrongPasswordsForgotten(opened)]);
    assert_eq!(unlocked.state.forgotten(), opened);
    let new = Command::SetPassword { phc: Hidden::new(PHC), cause: Cause::ByAdmin };
    given::<Person>(LOGIN, &[enrolled()])
        .when(MONDAY_8AM, Role::Operator, &new)
        .then(&[Event::PasswordSet(Password::Temporary(Hidden::new(PHC))), forgotten()]);
}

#[test]
fn a_new_session_ends_the_oldest_when_there_are_too_many() {
    let mut history = vec![enrolled(), set()];
    history.extend((0..SESSIONS_MAX).map(|n| signed_in(&n.to_string(), MONDAY_8AM)));
    let then = given::<Person>(LOGIN, &history)
        .when_asked(&door(MONDAY_8AM), &right("more"))
        .then(&[signed_in("more", MONDAY_8AM)]);
    assert_eq!(account(&then.state).sessions.len(), SESSIONS_MAX);
    assert!(then.state.session("0", MONDAY_8AM).is_none());
    assert!(then.state.session("1", MONDAY_8AM).is_some());
    // Those that have ended make room first.
    let later = MONDAY_8AM + DAY;
    let then = given::<Person>(LOGIN, &history)
        .when_asked(&door(later), &right_at("more", later))
        .then(&[signed_in("more", later)]);
    assert_eq!(account(&then.state).sessions.len(), 1);
}

#[test]
fn a_password_set_by_an_admin_is_to_be_changed_and_one_set_by_the_person_is_their_own() {
    let new = |cause| Command::SetPassword { phc: Hidden::new(PHC), cause };
    let history = [enrolled(), set(), signed_in("one", MONDAY_8AM)];
    let temporary = given::<Person>(LOGIN, &history)
        .when(MONDAY_8AM, Role::Operator, &new(Cause::ByAdmin))
        .then(&[Event::PasswordSet(Password::Temporary(Hidden::new(PHC))), forgotten()]);
    assert!(temporary.state.session("one", MONDAY_8AM).is_none(), "all sessions end");
    given::<Person>(LOGIN, &history)
        .when_asked(&own(), &new(Cause::ByThemselves))
        .then(&[Event::PasswordSet(Password::Own(Hidden::new(PHC)))]);
    let refusal = Refusal::Common(Common::NotPermitted { duty: Duty::Administer });
    given::<Person>(LOGIN, &history)
        .when(MONDAY_8AM, Role::Operator, &new(Cause::ByThemselves))
        .then_refused(&refusal);
    given::<Person>(LOGIN, &history)
        .when_asked(&own(), &new(Cause::ByAdmin))
        .then_refused(&refusal);
}

#[test]
fn an_account_is_nobodys_but_the_persons_and_the_admins() {
    let refusal = Refusal::Common(Common::NotPermitted { duty: Duty::Administer });
    let history = [enrolled(), set(), signed_in("one", MONDAY_8AM), issued("t1", MONDAY_8AM)];
    let foreign = asked(MONDAY_8AM, Role::Dispatcher, "li.si");
    let in_another_role = asked(MONDAY_8AM, Role::DutyChief, LOGIN);
    let commands = [
        Command::Change { profile: head(), release: Some(1) },
        Command::SetPassword { phc: Hidden::new(PHC), cause: Cause::ByThemselves },
        Command::SignOut { digest: Hidden::new("one") },
        Command::SignOutEverywhere,
        issue(token("t2", Role::Dispatcher)),
        Command::RevokeToken { id: "t1".into() },
        Command::RevokeAllTokens,
        Command::Dismiss { reason: "离职".to_owned(), release: Some(1) },
        Command::Unlock,
    ];
    for command in &commands {
        for asked in [&foreign, &in_another_role] {
            given::<Person>(LOGIN, &history).when_asked(asked, command).then_refused(&refusal);
        }
    }
    given::<Person>(LOGIN, &history)
        .when_asked(&own(), &right("two"))
        .then_refused(&Refusal::Common(Common::NotPermitted { duty: Duty::Admit }));
}

#[test]
fn whoever_is_dismissed_leaves_no_key_behind() {
    let history = [enrolled(), set(), signed_in("one", MONDAY_8AM), issued("t1", MONDAY_8AM)];
    let command = Command::Dismiss { reason: "离职".to_owned(), release: None };
    let then = given::<Person>(LOGIN, &history).when(MONDAY_8AM, Role::Operator, &command).then(&[
        Event::Dismissed { reason: "离职".to_owned() },
        Event::PostsLeft { roles: vec![Role::Dispatcher] },
    ]);
    assert_eq!(then.state.may_enter(), Err(Refusal::Dismissed));
    assert!(then.state.session("one", MONDAY_8AM).is_none());
    assert!(then.state.token("t1", MONDAY_8AM).is_none());
    let again = then.state.evolve(&enrolled()).unwrap();
    assert_eq!(again.may_enter(), Err(Refusal::NoPassword));
}

#[test]
fn what_secrets_are_held_against_is_never_seen() {
    let mut secret = signed_in("one", MONDAY_8AM);
    if let Event::SignedIn(session) = &mut secret {
        session.digest = Hidden::new("5ec2e7");
    }
    let command = Command::SetPassword { phc: Hidden::new(PHC), cause: Cause::ByAdmin };
    let state = given::<Person>(LOGIN, &[enrolled(), set(), secret.clone()]).state;
    let texts = [state.view().to_string(), format!("{state:?} {secret:?} {:?} {command:?}", set())];
    for text in texts {
        assert!(!text.contains("argon2") && !text.contains("5ec2e7"), "{text}");
    }
}

#[test]
fn persons_stand_in_lists_by_their_login_names() {
    let listed = |events: &[Event]| {
        let listing = given::<Person>(LOGIN, events).state.listing();
        listing.0.into_iter().map(|key| (key.list.to_string(), key.order)).collect::<Vec<_>>()
    };
    assert_eq!(listed(&[]), []);
    assert_eq!(listed(&[enrolled()]), [("person/active".into(), LOGIN.into())]);
    let dismissed = Event::Dismissed { reason: "离职".to_owned() };
    assert_eq!(listed(&[enrolled(), dismissed]), [("person/dismissed".into(), LOGIN.into())]);
}

#[test]
fn the_laws_of_entities_hold_for_the_person() {
    let state = |events: &[Event]| (LOGIN, given::<Person>(LOGIN, events).state);
    let (one, t1) = (signed_in("one", MONDAY_8AM), issued("t1", MONDAY_8AM));
    let locked = Event::LockedOut { wrong: 5, until: MONDAY_8AM + QUARTER };
    let operator = Profile { roles: vec![Role::Operator], ..dispatcher() };
    let dismissed = Event::Dismissed { reason: "离职".to_owned() };
    let standings = [
        ("unknown", state(&[])),
        ("enrolled", state(&[enrolled()])),
        ("with password", state(&[enrolled(), set()])),
        ("inside", state(&[enrolled(), set(), t1, one])),
        ("locked", state(&[enrolled(), set(), locked])),
        ("operator", state(&[Event::Enrolled(operator), set()])),
        ("dismissed", state(&[enrolled(), dismissed])),
    ];
    let admin = || asked(MONDAY_8AM, Role::Operator, "op");
    let password = |cause| Command::SetPassword { phc: Hidden::new(PHC), cause };
    let dismiss = |reason: &str| Command::Dismiss { reason: reason.into(), release: None };
    let change = |profile| Command::Change { profile, release: None };
    let new = || issue(token("t2", Role::Dispatcher));
    let by_token = || Command::IssueToken {
        token: token("t2", Role::Dispatcher),
        issuer: Issuer::Token(MONDAY_8AM + HOUR),
    };
    let commands = [
        ("Enrol", admin(), Command::Enrol(dispatcher())),
        ("Enrol (own)", own(), Command::Enrol(dispatcher())),
        ("Change", admin(), change(head())),
        ("Change, same", admin(), change(dispatcher())),
        ("SetPassword", admin(), password(Cause::ByAdmin)),
        ("SetPassword (own)", own(), password(Cause::ByThemselves)),
        ("SignIn", door(MONDAY_8AM), right("two")),
        ("SignIn, new browser", door(MONDAY_8AM), met("b2")),
        ("SignIn (own)", own(), right("two")),
        ("SignOut", door(MONDAY_8AM), Command::SignOut { digest: Hidden::new("one") }),
        ("SignOutEverywhere", own(), Command::SignOutEverywhere),
        ("IssueToken (own)", own(), new()),
        ("IssueToken", admin(), new()),
        ("IssueToken by token", admin(), by_token()),
        ("RevokeToken", own(), Command::RevokeToken { id: "t1".into() }),
        ("RevokeAllTokens", own(), Command::RevokeAllTokens),
        ("Dismiss", admin(), dismiss("离职")),
        ("Dismiss, no reason", admin(), dismiss(" ")),
        ("Unlock", admin(), Command::Unlock),
        (
            "Dismiss, released",
            admin(),
            Command::Dismiss { reason: "离职".into(), release: Some(1) },
        ),
        ("Recall", asked(MONDAY_8AM, Role::Entity, "operators"), Command::Recall { release: 1 }),
        ("Recall (admin)", admin(), Command::Recall { release: 1 }),
    ];
    let timers = [("Fired", (MONDAY_8AM, Fired { name: "any".into(), due: MONDAY_8AM }))];
    laws(&standings, &commands, &timers, (19, &every_event()));
}

/// One of each form.
fn every_event() -> Vec<Event> {
    let staff = Profile {
        roles: vec![Role::UnitStaff, Role::Collector],
        unit: Some("SW".into()),
        collector: Some("CJ-01".into()),
        ..dispatcher()
    };
    vec![
        enrolled(),
        Event::Changed(staff),
        Event::PasswordSet(Password::Temporary(Hidden::new(PHC))),
        set(),
        signed_in("one", MONDAY_8AM),
        Event::SignInFailed { wrong: 1 },
        Event::LockedOut { wrong: 5, until: MONDAY_8AM + QUARTER },
        Event::SignedOut { begun: MONDAY_8AM, digest: Hidden::new("one") },
        Event::SignedOutEverywhere,
        issued("t1", MONDAY_8AM),
        Event::TokenRevoked { id: "t1".into() },
        Event::Dismissed { reason: "离职".to_owned() },
        Event::Unlocked,
        known("b1", "Firefox"),
        Event::TokensRevoked,
        forgotten(),
        Event::BecameOperator,
        Event::CeasedAsOperator { release: 1 },
        Event::ReleaseRecalled { release: 2 },
        Event::PostsLeft { roles: vec![Role::Dispatcher] },
    ]
}

#[track_caller]
fn enrol(login: &str, profile: Profile) -> When<Person> {
    given::<Person>(login, &[]).when(MONDAY_8AM, Role::Operator, &Command::Enrol(profile))
}

pub(crate) fn dispatcher() -> Profile {
    Profile { name: "赵敏".into(), roles: vec![Role::Dispatcher], unit: None, collector: None }
}

pub(crate) fn head() -> Profile {
    Profile { roles: vec![Role::CentreHead], ..dispatcher() }
}

pub(crate) fn enrolled() -> Event {
    Event::Enrolled(dispatcher())
}

pub(crate) fn set() -> Event {
    Event::PasswordSet(Password::Own(Hidden::new(PHC)))
}

pub(crate) fn own() -> Asked {
    asked(MONDAY_8AM, Role::Dispatcher, LOGIN)
}

pub(crate) fn door(at: Timestamp) -> Asked {
    asked(at, Role::Door, "door")
}

fn session(digest: &str, begun: Timestamp) -> Session {
    let until = begun + HOUR;
    Session { digest: Hidden::new(digest), begun, until, device: "Firefox".to_owned() }
}

fn right(digest: &str) -> Command {
    right_at(digest, MONDAY_8AM)
}

fn right_at(digest: &str, at: Timestamp) -> Command {
    Command::SignIn { session: session(digest, at), shown: Shown::Known }
}

pub(crate) fn met(browser: &str) -> Command {
    let Event::BrowserKnown(browser) = known(browser, "Firefox") else { unreachable!("it is") };
    Command::SignIn { session: session("one", MONDAY_8AM), shown: Shown::New(browser) }
}

pub(crate) fn known(digest: &str, device: &str) -> Event {
    let (since, until) = (MONDAY_8AM, MONDAY_8AM + DAY);
    let (digest, device) = (Hidden::new(digest), device.to_owned());
    Event::BrowserKnown(Browser { digest, since, until, device })
}

/// What an admin's new password does to wrong ones.
pub(crate) fn forgotten() -> Event {
    let (until, open_until) = (MONDAY_8AM, MONDAY_8AM);
    Event::WrongPasswordsForgotten(Forgotten { until, open_until })
}

pub(crate) fn issue(token: NewToken) -> Command {
    Command::IssueToken { token, issuer: Issuer::Person }
}

pub(crate) fn signed_in(digest: &str, begun: Timestamp) -> Event {
    Event::SignedIn(session(digest, begun))
}

pub(crate) fn token(id: &str, role: Role) -> NewToken {
    let (label, digest) = ("报表".to_owned(), Hidden::new("d1"));
    NewToken { id: id.into(), label, digest, role, expires: MONDAY_8AM + DAY }
}

pub(crate) fn issued(id: &str, issued: Timestamp) -> Event {
    let NewToken { id, label, digest, role, .. } = token(id, Role::Dispatcher);
    Event::TokenIssued(Token { id, label, digest, role, issued, expires: issued + DAY })
}

pub(crate) fn account(person: &Person) -> &Account {
    person.account().unwrap()
}

fn somewhere() -> String {
    town().rules.units.iter().next().unwrap().id.to_string()
}

fn somebody_on_site() -> String {
    town().rules.grid.all_collectors().next().unwrap().id.to_string()
}

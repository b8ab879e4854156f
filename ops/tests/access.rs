//! Who comes in, over a real node: with a password, a session, a token (articles 7 and 12).
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::allow_attributes,
    reason = "a test binary's helpers are not `in tests` for clippy"
)]

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use duban::access::attempts::{ACCOUNT_WRONG_MAX, PAUSE_FIRST, PAUSE_MAX, WRONG_MAX};
use duban::access::denied::Denied;
use duban::access::guard::{Chosen, Entered, Entry, Guard, Met, SESSION};
use duban::access::origin::{Network, Origin};
use duban::access::password::Unfit;
use duban::access::persons::{self, Issued, TokenWish, Which};
use duban::asking::{self, Asker, Terms};
use duban::registry;
use duban_actors::person::{Cause, Command, Hidden, Person, Profile};
use duban_actors::role::Role;
use duban_rules::{Sources, parse};
use duban_runtime::clock::{Clock, Timestamp, VirtualClock};
use duban_runtime::journal::Journal;
use duban_runtime::node::{Node, Options, Ticking};
use futures_util::future::join;

/// Monday, 2 March 2026, 08:00 local time.
const MONDAY_8AM: Timestamp = Timestamp::from_millis(1_772_409_600_000);
const DAY: Duration = Duration::from_hours(24);
const PASSWORD: &str = "correct horse";

#[test]
fn whoever_knows_the_password_begins_a_session_and_ends_it() {
    server(async |server| {
        server.enrol("zhao.min", &[Role::Dispatcher, Role::DutyChief]).await;
        let entered = server.sign_in("zhao.min", PASSWORD).await.unwrap();
        let visitor = server.guard.by_session(&entered.cookie()).await.unwrap().unwrap();
        assert_eq!(visitor, entered.visitor);
        assert_eq!(visitor.roles(), [Role::Dispatcher, Role::DutyChief]);
        let asker = visitor.asker(Role::Dispatcher).unwrap();
        assert_eq!((asker.login.as_str(), asker.name.as_deref()), ("zhao.min", Some("赵敏")));
        let Entry::Session { csrf, password, until } = &visitor.entry else { panic!() };
        assert_eq!((csrf, *password), (&entered.session.csrf(), Chosen::ByAdmin));
        assert_eq!(*until, MONDAY_8AM + SESSION);
        server.guard.sign_out(&entered.cookie()).await.unwrap();
        assert!(server.guard.by_session(&entered.cookie()).await.unwrap().is_none());
        // What has ended has ended.
        server.guard.sign_out(&entered.cookie()).await.unwrap();
        server.guard.sign_out("nonsense").await.unwrap();
    });
}

#[test]
fn a_session_ends_by_itself_also_when_the_guard_remembers_it() {
    server(async |server| {
        server.enrol("zhao.min", &[Role::Dispatcher]).await;
        let cookie = server.sign_in("zhao.min", PASSWORD).await.unwrap().cookie();
        server.clock.advance_to(MONDAY_8AM + SESSION - Duration::from_millis(1));
        assert!(server.guard.by_session(&cookie).await.unwrap().is_some());
        server.clock.advance_to(MONDAY_8AM + SESSION);
        assert!(server.guard.by_session(&cookie).await.unwrap().is_none());
    });
}

#[test]
fn a_login_name_that_nobody_has_is_answered_like_a_wrong_password() {
    server(async |server| {
        server.enrol("zhao.min", &[Role::Dispatcher]).await;
        server.enrol_without_password("qian").await;
        for (login, password) in [
            ("zhao.min", "battery staple"),
            ("nobody", PASSWORD),
            ("qian", PASSWORD),
            ("Not a login!", PASSWORD),
            ("zhao.min", &"x".repeat(10_000)),
        ] {
            let denied = server.sign_in(login, password).await;
            assert!(matches!(denied, Err(Denied::Wrong)), "{login}: {denied:?}");
        }
    });
}

#[test]
fn whoever_guesses_finds_the_door_shut_and_neither_the_right_password_nor_a_name_is_learnt() {
    server(async |server| {
        server.enrol("zhao.min", &[Role::Dispatcher]).await;
        server.enrol_without_password("qian").await;
        let shut = MONDAY_8AM + PAUSE_FIRST;
        let names = ["zhao.min", "qian", "nobody.here", "no login at all", ""];
        for name in names {
            for _ in 0..WRONG_MAX {
                let denied = server.sign_in(name, "battery staple").await;
                assert!(matches!(denied, Err(Denied::Wrong)), "{name}: {denied:?}");
            }
            for password in [PASSWORD, "battery staple"] {
                let denied = server.sign_in(name, password).await;
                let is_locked = matches!(denied, Err(Denied::Locked { until }) if until == shut);
                assert!(is_locked, "{name}: {denied:?}");
            }
        }
        server.clock.advance_to(shut);
        server.sign_in("zhao.min", PASSWORD).await.unwrap();
        let denied = server.sign_in("nobody.here", PASSWORD).await;
        assert!(matches!(denied, Err(Denied::Wrong)), "{denied:?}");
    });
}

#[test]
fn nobody_is_shut_out_by_what_others_try_elsewhere_and_nothing_is_written_of_it() {
    server(async |server| {
        server.enrol("zhao.min", &[Role::DutyChief]).await;
        let before = server.node.journal().place();
        for n in 0..ACCOUNT_WRONG_MAX - 1 {
            let elsewhere = from(u8::try_from(100 + n / WRONG_MAX).unwrap(), None);
            let denied = server.guard.sign_in("zhao.min", "battery staple", &elsewhere).await;
            assert!(matches!(denied, Err(Denied::Wrong)), "{n}: {denied:?}");
        }
        assert_eq!(server.node.journal().place(), before);
        server.sign_in("zhao.min", PASSWORD).await.unwrap();
    });
}

#[test]
fn however_many_guess_from_everywhere_a_browser_that_was_in_before_comes_in_and_the_operator_hears()
{
    server(async |server| {
        server.enrol("zhao.min", &[Role::DutyChief]).await;
        let entered = server.sign_in("zhao.min", PASSWORD).await.unwrap();
        let Met::Now(browser) = entered.browser else { panic!("{:?}", entered.browser) };
        for name in ["zhao.min", "nobody.here"] {
            for n in 0..ACCOUNT_WRONG_MAX {
                let from = from(u8::try_from(n).unwrap(), None);
                drop(server.guard.sign_in(name, "battery staple", &from).await);
            }
            let denied = server.guard.sign_in(name, PASSWORD, &from(200, None)).await;
            assert!(matches!(denied, Err(Denied::Crowded { .. })), "{name}: {denied:?}");
        }
        // A name that nobody has may be a password in the wrong field.
        assert_eq!(server.guard.guessed(), ["zhao.min"]);
        let own = from(200, Some(browser.expose()));
        let entered = server.guard.sign_in("zhao.min", PASSWORD, &own).await.unwrap();
        assert_eq!(entered.browser, Met::Before);
        // It is known for one account, and no secret of another one is.
        let other = from(201, Some("no secret of a browser"));
        let denied = server.guard.sign_in("zhao.min", PASSWORD, &other).await;
        assert!(matches!(denied, Err(Denied::Crowded { .. })), "{denied:?}");
        // An admin makes room for whoever has no browser yet.
        server.ask("zhao.min", Command::Unlock).await;
        server.guard.sign_in("zhao.min", PASSWORD, &from(201, None)).await.unwrap();
        server.clock.advance_to(MONDAY_8AM + PAUSE_MAX);
        assert!(server.guard.guessed().is_empty());
    });
}

#[test]
fn a_browser_is_known_no_more_once_its_person_went_out_everywhere() {
    server(async |server| {
        server.enrol("zhao.min", &[Role::DutyChief]).await;
        let entered = server.sign_in("zhao.min", PASSWORD).await.unwrap();
        let Met::Now(browser) = entered.browser else { panic!("{:?}", entered.browser) };
        let own = from(1, Some(browser.expose()));
        let again = server.guard.sign_in("zhao.min", PASSWORD, &own).await.unwrap();
        assert_eq!(again.browser, Met::Before);
        server.ask("zhao.min", Command::SignOutEverywhere).await;
        let again = server.guard.sign_in("zhao.min", PASSWORD, &own).await.unwrap();
        assert!(matches!(again.browser, Met::Now(_)), "{:?}", again.browser);
    });
}

#[test]
fn many_guesses_at_once_are_no_more_than_the_door_bears() {
    server(async |server| {
        server.enrol("zhao.min", &[Role::Dispatcher]).await;
        let guesses = (0..2 * WRONG_MAX).map(|_| server.sign_in("zhao.min", "battery staple"));
        let denied = futures_util::future::join_all(guesses).await;
        let wrong = denied.iter().filter(|denied| matches!(denied, Err(Denied::Wrong))).count();
        assert_eq!(wrong, usize::try_from(WRONG_MAX).unwrap(), "{denied:?}");
    });
}

#[test]
fn a_first_password_is_changed_and_the_old_one_is_asked_for() {
    server(async |server| {
        server.enrol("zhao.min", &[Role::Dispatcher]).await;
        let entered = server.sign_in("zhao.min", PASSWORD).await.unwrap();
        let network = from(1, None).network;
        let change = async |old, new| {
            server.guard.change_password(&entered.visitor, (old, new), network).await
        };
        let denied = change("battery staple", "another horse").await;
        assert!(matches!(denied, Err(Denied::Wrong)), "{denied:?}");
        let denied = change(PASSWORD, "short").await;
        assert!(matches!(denied, Err(Denied::Unfit(Unfit::TooShort))), "{denied:?}");
        change(PASSWORD, "another horse").await.unwrap();
        assert!(
            server.guard.by_session(&entered.cookie()).await.unwrap().is_none(),
            "sessions end"
        );
        assert!(matches!(server.sign_in("zhao.min", PASSWORD).await, Err(Denied::Wrong)));
        let entered = server.sign_in("zhao.min", "another horse").await.unwrap();
        let Entry::Session { password, .. } = &entered.visitor.entry else { panic!() };
        assert_eq!(*password, Chosen::ByThemselves);
    });
}

#[test]
fn a_token_speaks_in_its_role_until_it_is_revoked_or_its_day_has_come() {
    server(async |server| {
        server.enrol("zhao.min", &[Role::Dispatcher, Role::DutyChief]).await;
        let (first, id) = server.token("zhao.min", Role::DutyChief).await;
        let (second, _) = server.token("zhao.min", Role::Dispatcher).await;
        let visitor = server.guard.by_token(&first).await.unwrap().unwrap();
        assert_eq!(visitor.roles(), [Role::DutyChief]);
        assert!(visitor.asker(Role::Dispatcher).is_none());
        let asker = visitor.asker(Role::DutyChief).unwrap();
        let asked = asker.asked(Terms::once().unwrap(), MONDAY_8AM);
        assert_eq!((asked.by.as_str(), asked.role.as_str()), ("zhao.min", "duty-chief"));

        let revoke = Command::RevokeToken { id: id.as_str().into() };
        asking::ask_once::<Person>(&server.node, &asker, "zhao.min", revoke).await.unwrap();
        assert!(
            server.guard.by_token(&first).await.unwrap().is_none(),
            "at once, remembered or not"
        );
        assert!(server.guard.by_token(&second).await.unwrap().is_some());
        server.clock.advance_to(MONDAY_8AM + DAY);
        assert!(server.guard.by_token(&second).await.unwrap().is_none());
    });
}

#[test]
fn nothing_but_the_whole_secret_lets_anybody_in() {
    server(async |server| {
        server.enrol("zhao.min", &[Role::Dispatcher]).await;
        server.enrol("qian", &[Role::Dispatcher]).await;
        let cookie = server.sign_in("zhao.min", PASSWORD).await.unwrap().cookie();
        let (token, _) = server.token("zhao.min", Role::Dispatcher).await;
        let others = cookie.replace("zhao.min", "qian");
        let last = if token.ends_with('0') { '1' } else { '0' };
        let forged = format!("{}{last}", &token[..token.len() - 1]);
        for text in ["", "zhao.min", &others, &token, &cookie[..cookie.len() - 1]] {
            assert!(server.guard.by_session(text).await.unwrap().is_none(), "{text}");
        }
        for text in ["", &forged, &cookie, &token.replace("zhao.min", "qian")] {
            assert!(server.guard.by_token(text).await.unwrap().is_none(), "{text}");
        }
    });
}

#[test]
fn a_change_of_a_person_is_heeded_by_the_next_request() {
    server(async |server| {
        server.enrol("zhao.min", &[Role::Dispatcher]).await;
        let cookie = server.sign_in("zhao.min", PASSWORD).await.unwrap().cookie();
        assert!(server.guard.by_session(&cookie).await.unwrap().is_some());
        let profile = profile(&[Role::DutyChief]);
        let asker = Asker::on_the_machine();
        let changed = persons::change(&server.node, &asker, once(), "zhao.min", profile).await;
        changed.unwrap().unwrap();
        let visitor = server.guard.by_session(&cookie).await.unwrap().unwrap();
        assert_eq!(visitor.roles(), [Role::DutyChief]);
        let dismissed =
            persons::dismiss(&server.node, &asker, once(), "zhao.min", "调离".into()).await;
        dismissed.unwrap().unwrap();
        assert!(server.guard.by_session(&cookie).await.unwrap().is_none());
        assert!(matches!(server.sign_in("zhao.min", PASSWORD).await, Err(Denied::Wrong)));
    });
}

#[test]
fn the_last_operator_who_can_come_in_stays() {
    server(async |server| {
        server.enrol("admin", &[Role::Operator]).await;
        // One without a password could not let anybody in.
        server.enrol_without_password("qian").await;
        let dismiss = async || {
            let asker = Asker::on_the_machine();
            persons::dismiss(&server.node, &asker, once(), "admin", "调离".into()).await.unwrap()
        };
        let refused = dismiss().await.unwrap_err();
        assert_eq!(refused.code(), Some("person-last-operator"));
        server.enrol("another", &[Role::Operator]).await;
        assert!(dismiss().await.is_ok());
        let names = |which| {
            let found = persons::list(server.node.journal(), which, None, 10).unwrap();
            found.into_iter().map(|person| person.login.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(names(Which::Active), ["another", "qian"]);
        assert_eq!(names(Which::Dismissed), ["admin"]);
    });
}

/// Each of two operators dismisses the other, gives the other another role, or goes themself, in every pairing and at
/// the same instant.
#[test]
fn two_operators_who_send_each_other_away_at_once_are_never_both_gone() {
    for (first, second) in [("qian", "admin"), ("admin", "qian")] {
        for ways in 0..4_u8 {
            server(async |server| {
                server.enrol("admin", &[Role::Operator]).await;
                server.enrol("qian", &[Role::Operator]).await;
                let go = async |login: &str, by: &str, dismissed: u8| {
                    let asker = Asker::system(by, Role::Operator);
                    if dismissed == 0 {
                        persons::dismiss(&server.node, &asker, once(), login, "调离".into()).await
                    } else {
                        let profile = profile(&[Role::Dispatcher]);
                        persons::change(&server.node, &asker, once(), login, profile).await
                    }
                    .unwrap()
                };
                let (one, other) =
                    join(go(first, "admin", ways & 1), go(second, "qian", ways & 2)).await;
                let gone = [&one, &other];
                let gone = gone.iter().filter(|outcome| outcome.is_ok());
                assert_eq!(gone.count(), 1, "{first}, {second}, {ways}: {one:?} {other:?}");
                let stays = ["admin", "qian"].map(|login| {
                    let found = persons::find(server.node.journal(), login).unwrap();
                    found.is_some_and(|(person, _)| person.is_operator())
                });
                assert!(stays.contains(&true), "{first}, {second}, {ways}: nobody is left");
            });
        }
    }
}

struct Server {
    node: Arc<Node>,
    clock: Arc<VirtualClock>,
    guard: Guard,
}

/// A server with a guard, over a node in memory.
fn server(test: impl AsyncFnOnce(&Server)) {
    actix::System::new().block_on(async {
        let rules = registry::in_force(parse(&Sources::shipped()).0);
        let registry = registry::registry(&rules);
        let journal = Journal::in_memory(Arc::clone(&registry) as _).unwrap();
        let clock = Arc::new(VirtualClock::at(MONDAY_8AM - Duration::from_millis(1)));
        let options = Options { arbiters: 0, ticking: Ticking::ByHand, ..Options::default() };
        let ticking = Arc::clone(&clock) as Arc<dyn Clock>;
        let node = Arc::new(Node::start(options, registry, journal, ticking).await.unwrap());
        let guard = Guard::before(Arc::clone(&node)).unwrap();
        let server = Server { node, clock, guard };
        test(&server).await;
        let Server { node, guard, .. } = server;
        drop(guard);
        let journal = node.journal().clone();
        Arc::into_inner(node).unwrap().stop().await;
        journal.close().unwrap();
    });
}

impl Server {
    async fn sign_in(&self, login: &str, password: &str) -> Result<Entered, Denied> {
        self.guard.sign_in(login, password, &from(1, None)).await
    }

    async fn enrol(&self, login: &str, roles: &[Role]) {
        self.ask(login, Command::Enrol(profile(roles))).await;
        let phc: Hidden = self.guard.hasher().hash(PASSWORD).await.unwrap();
        self.ask(login, Command::SetPassword { phc, cause: Cause::ByAdmin }).await;
        // What is wrong after a first password was set counts.
        self.clock.advance_to(MONDAY_8AM);
    }

    async fn enrol_without_password(&self, login: &str) {
        self.ask(login, Command::Enrol(profile(&[Role::Operator]))).await;
    }

    async fn ask(&self, login: &str, command: Command) {
        let asker = Asker::on_the_machine();
        asking::ask_once::<Person>(&self.node, &asker, login, command).await.unwrap();
    }

    async fn token(&self, login: &str, role: Role) -> (String, String) {
        let wish = TokenWish { label: "报表".to_owned(), role, lifetime: DAY };
        let asker = Asker::on_the_machine();
        match persons::issue_token(&self.node, &asker, once(), login, wish).await.unwrap() {
            Issued::Token { text, id, .. } => (text, id),
            Issued::Not(answer) => panic!("{answer:?}"),
        }
    }
}

fn from(n: u8, browser: Option<&str>) -> Origin<'_> {
    let network = Network::of(IpAddr::from([203, 0, 113, n]));
    Origin { network, device: "Firefox", browser }
}

fn once() -> Terms {
    Terms::once().unwrap()
}

fn profile(roles: &[Role]) -> Profile {
    Profile { name: "赵敏".into(), roles: roles.to_vec(), unit: None, collector: None }
}

//! The persons of the test town, each with a token in their role; made before the server starts, as an admin would.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use duban::access::password::Hasher;
use duban::config::Config;
use duban::store;
use duban_actors::person::Profile;
use duban_actors::role::Role;
use duban_rules::vocabulary::{CollectorId, UnitId};
use duban_runtime::clock::SystemClock;
use duban_runtime::node::{Node, Options};
use duban_tests::{case_path, people};

use crate::server::PHOTO;

/// Everybody's first password.
pub(crate) const PASSWORD: &str = "a good long password";

/// Whoever asks: login name, role, unit.
pub(crate) const PEOPLE: [(&str, Role, &str); 13] = [
    ("intake", Role::Intake, ""),
    ("dispatcher", Role::Dispatcher, ""),
    ("chief", Role::DutyChief, ""),
    ("head", Role::CentreHead, ""),
    ("collector", Role::Collector, ""),
    ("water", Role::UnitStaff, "SW"),
    ("sweeper", Role::UnitStaff, "CG-HW"),
    ("enforcer", Role::UnitStaff, "CG-ZF"),
    ("leader", Role::UnitHead, "CG-ZF"),
    ("chair", Role::CommitteeChair, ""),
    ("operator", Role::Operator, ""),
    ("county", Role::CountyLeader, ""),
    // Signs in with a password, and holds two posts.
    ("deputy", Role::Dispatcher, ""),
];

/// Bearer tokens by login name.
pub(crate) type Tokens = BTreeMap<&'static str, String>;

/// Enrols everybody in the store in `dir`.
pub(crate) fn enrol(dir: &Path) -> Tokens {
    at_store(dir, async |node| {
        node.journal().blobs().put(PHOTO).unwrap();
        let mut tokens = Tokens::new();
        let hasher = Hasher::start().unwrap();
        let phc = hasher.hash(PASSWORD).await.unwrap();
        for (login, role, unit) in PEOPLE {
            let mut roles = vec![role];
            if login == "deputy" {
                roles.push(Role::Intake);
            }
            let profile = Profile {
                name: format!("{login}示例").into(),
                roles,
                unit: (!unit.is_empty()).then(|| UnitId::new(unit)),
                collector: (role == Role::Collector).then(own_collector),
            };
            people::enrol(node, login, profile).await;
            people::give_password(node, login, phc.clone()).await;
            // With an operator's token, others are issued that last for a day.
            let lifetime = Duration::from_hours(48);
            tokens.insert(login, people::token(node, login, role, lifetime).await);
        }
        tokens
    })
}

/// What is done at the store in `dir` before a server starts on it.
pub(crate) fn at_store<T>(dir: &Path, work: impl AsyncFnOnce(&Node) -> T) -> T {
    let config = Config { store_dir: dir.to_owned(), ..Config::default() };
    let store = store::open_or_make(&config).unwrap();
    let journal = store.journal.clone();
    let done = actix::System::new().block_on(async {
        let clock = Arc::new(SystemClock::start());
        let options = Options { arbiters: 0, ..Options::default() };
        let node = Node::start(options, store.registry, store.journal, clock).await.unwrap();
        let done = work(&node).await;
        node.stop().await;
        done
    });
    journal.close().unwrap();
    done
}

/// The collector of the grid in which the test town's reports lie.
pub(crate) fn own_collector() -> CollectorId {
    case_path::collector()
}

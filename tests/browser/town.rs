//! A small town with a server: some people, some cases, and the program that serves them.

use std::net::IpAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use duban::access::guard::Guard;
use duban::access::origin::{Network, Origin};
use duban::config::Config;
use duban::store::{self, Store};
use duban_actors::case::command::{Adoption, Ground, NewReport};
use duban_actors::case::{Case, CaseId, Command as Step};
use duban_actors::person::Profile;
use duban_actors::role::Role;
use duban_rules::vocabulary::UnitId;
use duban_runtime::answer::Answer;
use duban_runtime::clock::{SystemClock, Timestamp};
use duban_runtime::entity::{Asked, CommandId};
use duban_runtime::node::{Ask, Node, Options, Ticking};
use duban_tests::case_path::{self, Who, asked, somebody};
use duban_tests::child::{NextLine, PATIENCE, Running};
use duban_tests::people;
use duban_tests::scratch_dir::ScratchDir;

/// Everybody's password.
pub(crate) const PASSWORD: &str = "春风又绿江南岸-2026";
/// The first password of whoever has yet to choose one.
pub(crate) const TEMPORARY: &str = "初始密码-请更换-1";
/// Cases that become overdue one after the other.
pub(crate) const DUE_ONE_BY_ONE: u64 = 40;
/// How long one is due after the other.
const APART: Duration = Duration::from_secs(3);

/// A photo of one pixel.
const PHOTO: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\r\
    IDATx\x9cc\xf8\x7f`\xc1\x7f\0\x08\x80\x03_\x9a\xef\xb9\x87\0\0\0\0IEND\xaeB`\x82";

/// A town that is served. Dropped, its server is killed.
pub(crate) struct Town {
    server: Running,
    /// Where it is, with a slash at the end.
    pub(crate) address: String,
    /// The water bureau's case.
    pub(crate) case: String,
    /// A bearer token of the desk.
    pub(crate) token: String,
    ground: ScratchDir,
}

/// What stands in a town before it is served.
struct Before {
    case: String,
    token: String,
}

impl Town {
    /// A town in which somebody wrote `words` wherever words can be written.
    pub(crate) async fn open(words: &str) -> Town {
        let ground = ScratchDir::new();
        let Before { case, token } = prepare(ground.path(), words).await;
        let server = Running::start(
            Command::new(env!("CARGO_BIN_EXE_duban-child"))
                .args(["serve", "--listen", "127.0.0.1:0", "--store"])
                .arg(ground.join("data"))
                .env("DUBAN_RULES_DIR", ground.rules())
                .current_dir(ground.path())
                .stderr(Stdio::null()),
        );
        let NextLine::Line(ready) = server.line_until(PATIENCE) else {
            panic!("the server said nothing")
        };
        let (_, address) = ready.split_once("http").unwrap();
        let address = format!("http{address}");
        Town { server, address, case, token, ground }
    }

    /// A photo that lies on the disk.
    pub(crate) fn photo(&self) -> String {
        let file = self.ground.join("a photo.png");
        std::fs::write(&file, PHOTO).unwrap();
        file.display().to_string()
    }

    /// The desk registers a leader's order; gives its case.
    pub(crate) async fn report(&self, n: u32) -> String {
        let place = case_path::place();
        let report = serde_json::json!({
            "channel": "leadership", "source": "forms", "external_id": format!("{n}"),
            "text": "井盖松动", "address": "靖宁街", "place": {"lon": place.lon, "lat": place.lat},
        });
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.post(self.page("api/v1/cases")).bearer_auth(&self.token);
        let answer: serde_json::Value =
            request.json(&report).send().await.unwrap().json().await.unwrap();
        answer["case"].as_str().unwrap().to_owned()
    }

    /// The address of a page.
    pub(crate) fn page(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// The rules file of this name has `new` for `old` from now on, and the server reads its rules again.
    pub(crate) fn amend_rules(&self, name: &str, (old, new): (&str, &str)) {
        let file = self.ground.join("rules").join(name);
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(old), "{name} has no {old}");
        std::fs::write(file, text.replace(old, new)).unwrap();
        self.server.signal("HUP");
    }

    /// Asks the server to stop, and waits until it has: in good order, or not.
    pub(crate) fn stop(self) -> std::process::ExitStatus {
        self.server.signal("TERM");
        self.server.wait(PATIENCE).1
    }
}

async fn prepare(dir: &Path, words: &str) -> Before {
    let config = Config { store_dir: dir.join("data"), ..Config::default() };
    let Store { journal, registry, .. } = store::make(&config).unwrap();
    let clock = Arc::new(SystemClock::start());
    let options = Options { arbiters: 0, resident_max: 1_000, ticking: Ticking::ByHand };
    let node = Arc::new(Node::start(options, registry, journal, clock).await.unwrap());
    everybody(&node, words).await;
    let case = cases(&node, words).await;
    let token = people::token(&node, "desk", Role::Intake, Duration::from_hours(1)).await;
    node.durable().await;
    let journal = node.journal().clone();
    Arc::into_inner(node).unwrap().stop().await;
    journal.close().unwrap();
    Before { case, token }
}

async fn everybody(node: &Arc<Node>, words: &str) {
    let guard = Guard::before(Arc::clone(node)).unwrap();
    let unit = |roles: &[Role], unit: &str| (roles.to_vec(), Some(UnitId::new(unit)));
    let named: String = words.chars().take(32).collect();
    let all = [
        ("chief", "陈值班", (vec![Role::DutyChief, Role::Operator], None), Some(PASSWORD)),
        ("desk", named.as_str(), (vec![Role::Intake], None), Some(PASSWORD)),
        ("head", "周主任", unit(&[Role::UnitHead], "CG-HW"), Some(PASSWORD)),
        ("county", "贝示例", (vec![Role::CountyLeader], None), Some(PASSWORD)),
        ("director", "明示例", (vec![Role::CentreHead], None), Some(PASSWORD)),
        ("dispatch", "赵派遣", (vec![Role::Dispatcher], None), Some(PASSWORD)),
        ("look", "吴采集", (vec![Role::Collector], None), Some(PASSWORD)),
        ("newcomer", "新人", unit(&[Role::UnitStaff], "SW"), None),
        ("water", "钱水务", unit(&[Role::UnitStaff], "SW"), Some(PASSWORD)),
    ];
    for (login, name, (roles, unit), own) in all {
        let collector = roles.contains(&Role::Collector).then(case_path::collector);
        let profile = Profile { name: name.into(), roles, unit, collector };
        people::enrol(node, login, profile).await;
        let phc = guard.hasher().hash(TEMPORARY).await.unwrap();
        people::give_password(node, login, phc).await;
        if let Some(own) = own {
            let entered = guard.sign_in(login, TEMPORARY, &here()).await.unwrap();
            guard
                .change_password(&entered.visitor, (TEMPORARY, own), here().network)
                .await
                .unwrap();
        }
    }
}

fn here() -> Origin<'static> {
    let network = Network::of(IpAddr::from([127, 0, 0, 1]));
    Origin { network, device: "test", browser: None }
}

/// A case that the water bureau is at, others that become overdue one by one; gives the first one's id.
async fn cases(node: &Node, words: &str) -> String {
    let now = node.clock().now();
    let Step::Register(report) = case_path::report() else { unreachable!("a report registers") };
    let photo = node.journal().blobs().put(PHOTO).unwrap().to_string();
    let (text, address) = (words.to_owned(), words.to_owned());
    let report = NewReport { text, address, photos: vec![photo.into()], ..*report };
    let key = CaseId::from_intake(&report.source, &report.external_id).0;
    let give_back = Step::Return { reason: words.to_owned(), ground: Ground::Duty, form: None };
    let steps = [
        (Role::Collector, Step::Register(Box::new(report))),
        (Role::Intake, case_path::file(case_path::LOOSE_COVER)),
        (Role::Dispatcher, case_path::dispatch("SW")),
        (Role::UnitStaff, Step::Receive),
        (Role::UnitStaff, give_back),
    ];
    for (n, (role, command)) in (0..).zip(steps) {
        // The unit's own person, whom the pages call by their name.
        let who = Who {
            by: if role.is_of_a_unit() { "water" } else { "desk" }.to_owned(),
            ..somebody(role)
        };
        ask(node, &key, command, (n, who, now)).await;
    }
    for n in 1..=DUE_ONE_BY_ONE {
        let source = "history";
        let external_id = n.to_string();
        let key = CaseId::from_intake(source, &external_id).0;
        let adoption = Adoption {
            source: source.into(),
            external_id: external_id.into(),
            unit: UnitId::new("CG-HW"),
            opened: now,
            due: Some(now + APART * u32::try_from(n).unwrap()),
            steps: Vec::new(),
            place: None,
            summary: words.to_owned(),
        };
        let command = Step::Adopt(Box::new(adoption));
        ask(node, &key, command, (100 + u128::from(n), somebody(Role::Importer), now)).await;
    }
    key.to_string()
}

async fn ask(node: &Node, key: &str, command: Step, (id, who, at): (u128, Who, Timestamp)) {
    let asked = Asked { id: CommandId(id), ..asked(at, &who) };
    accepted(&node.ask(Ask::of::<Case>(key, command, asked)).await);
}

fn accepted(answer: &Answer) {
    assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
}

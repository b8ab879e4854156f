//! A town with open web_server: whoever wants to look, or to take part, comes in while it lives.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use compact_str::CompactString;
use duban_actors::person::{Cause, Command, Person, Profile};
use duban_actors::role::Role;
use duban_runtime::node::Node;
use futures_util::future::join_all;

use super::Open;
use super::people::who;
use duban_access::access::password::Hasher;
use duban_access::access::secret;
use duban_api::control::{self, Control};
use duban_api::http::WebServer;
use duban_base::asking::{self, Asker};
use duban_base::registry::Rules;
use duban_messages::courier::channels::Channels;
use duban_server::server::Server;

/// The visitor's login name, and the name they go by.
const LOGIN: &str = "demo";
const NAME: &str = "演示值班";
/// Every post at the centre: a visitor may look at everything, and try everything there.
const ROLES: [Role; 4] = [Role::DutyChief, Role::Intake, Role::Dispatcher, Role::Operator];

/// How a visitor comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayIn {
    /// Where the pages are.
    pub address: String,
    /// As whom to sign in.
    pub login: &'static str,
    /// With which password; another one for each town.
    pub password: String,
    /// As whom of the town they come in by the same password: login names, with posts.
    pub others: Vec<(CompactString, &'static str)>,
}

/// A town that can be visited: its pages and API, and the commands typed for its store.
pub(super) struct Visited {
    web_server: WebServer,
    control: Control,
    password: String,
    others: Vec<(CompactString, &'static str)>,
}

impl Visited {
    pub(super) async fn open(open: &Open, node: &Arc<Node>, rules: &Rules) -> Result<Visited> {
        let Open { config, carry_out, beside } = open;
        let zone = rules.current().0.rules.calendar.offset();
        let channels = Channels::open(config, zone)?;
        let password = secret::token_id()?;
        let others = who::accounts(&rules.current().0.rules);
        enrolled(node, &password, &others).await?;
        let server = Server::of(config.clone(), Arc::clone(node), Arc::clone(rules), channels)?;
        let (web_server, control) =
            (WebServer::open(&server, *beside)?, control::open(&server, *carry_out)?);
        let others = others
            .into_iter()
            .filter_map(|(login, profile)| Some((login, profile.roles.first()?.chinese())));
        Ok(Visited { web_server, control, password, others: others.collect() })
    }

    /// How a visitor comes in.
    pub(super) fn way_in(&self) -> WayIn {
        let (address, password) = (self.web_server.address(), self.password.clone());
        WayIn { address, login: LOGIN, password, others: self.others.clone() }
    }

    pub(super) async fn close(self) {
        self.web_server.close().await;
        self.control.close().await;
    }
}

/// Enrols the visitor; they, and everybody of the town, come in by this password.
async fn enrolled(node: &Node, password: &str, others: &[(CompactString, Profile)]) -> Result<()> {
    let visitor = Profile { name: NAME.into(), roles: ROLES.to_vec(), unit: None, collector: None };
    let enrol = Command::Enrol(visitor.clone());
    let phc = Hasher::start()?.hash(password).await?;
    ask(node, &Asker::on_the_machine(), LOGIN, enrol).await?;
    let visitor = (CompactString::const_new(LOGIN), visitor);
    let chosen = others.iter().chain([&visitor]).map(async |(login, profile)| {
        let role = profile.roles.first().copied().unwrap_or(Role::Operator);
        let choose = Command::SetPassword { phc: phc.clone(), cause: Cause::ByThemselves };
        ask(node, &Asker::of_account(login, profile, role), login, choose).await
    });
    join_all(chosen).await.into_iter().collect()
}

async fn ask(node: &Node, asker: &Asker, login: &str, command: Command) -> Result<()> {
    let outcome = asking::ask_once::<Person>(node, asker, login, command).await;
    outcome.map(|_| ()).map_err(|no| anyhow!("无法为访客开户:{no:?}"))
}

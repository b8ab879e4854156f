//! A town with open web_server: whoever wants to look, or to take part, comes in while it lives.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use duban_actors::person::{Cause, Command, Person, Profile};
use duban_actors::role::Role;
use duban_runtime::node::Node;

use super::Open;
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
}

/// A town that can be visited: its pages and API, and the commands typed for its store.
pub(super) struct Visited {
    web_server: WebServer,
    control: Control,
    password: String,
}

impl Visited {
    pub(super) async fn open(open: &Open, node: &Arc<Node>, rules: &Rules) -> Result<Visited> {
        let Open { config, carry_out, beside } = open;
        let zone = rules.current().0.rules.calendar.offset();
        let channels = Channels::open(config, zone)?;
        let password = enrolled(node).await?;
        let server = Server::of(config.clone(), Arc::clone(node), Arc::clone(rules), channels)?;
        let (web_server, control) =
            (WebServer::open(&server, *beside)?, control::open(&server, *carry_out)?);
        Ok(Visited { web_server, control, password })
    }

    /// How a visitor comes in.
    pub(super) fn way_in(&self) -> WayIn {
        let (address, password) = (self.web_server.address(), self.password.clone());
        WayIn { address, login: LOGIN, password }
    }

    pub(super) async fn close(self) {
        self.web_server.close().await;
        self.control.close().await;
    }
}

/// Enrols the visitor; gives their password.
async fn enrolled(node: &Node) -> Result<String> {
    let profile = Profile { name: NAME.into(), roles: ROLES.to_vec(), unit: None, collector: None };
    let password = secret::token_id()?;
    let phc = Hasher::start()?.hash(&password).await?;
    let choose = Command::SetPassword { phc, cause: Cause::ByThemselves };
    let (admin, own) = (Asker::on_the_machine(), Asker::system(LOGIN, Role::Operator));
    for (asker, command) in [(admin, Command::Enrol(profile)), (own, choose)] {
        let outcome = asking::ask_once::<Person>(node, &asker, LOGIN, command).await;
        outcome.map_err(|no| anyhow!("无法为访客开户:{no:?}"))?;
    }
    Ok(password)
}

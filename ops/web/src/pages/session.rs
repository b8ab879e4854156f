//! Session on pages: a cookie, and what it lets somebody look at (articles 7, 8 and 12).

use std::sync::Arc;

use actix_web::HttpRequest;
use duban_actors::desks::Desk;
use duban_actors::role::{Duty, Role};

use super::refused::Refused;
use duban_access::access::Failure;
use duban_access::access::guard::{Chosen, Entry, Visitor};
use duban_api::http::api::asker::COOKIE;
use duban_base::aside::Undone;
use duban_base::asking::Asker;
use duban_base::labels::schedule;
use duban_base::rules_in_force::edition;
use duban_base::rules_in_force::edition::words::{unapplied, waits};
use duban_base::store::Store;
use duban_server::server::Server;

/// Somebody who has come in and stays.
#[derive(Clone, Debug)]
pub(super) struct Stay {
    pub(super) visitor: Arc<Visitor>,
    /// What stands above every page of theirs until it is mended; the centre and the operator alone are told.
    pub(super) warning: Option<String>,
}

/// Who shows a session with `request`; none for everybody else.
///
/// # Errors
/// When persons cannot be read.
pub(super) async fn of(request: &HttpRequest, server: &Server) -> Result<Option<Stay>, Failure> {
    let Some(cookie) = request.cookie(COOKIE) else { return Ok(None) };
    let Some(visitor) = server.guard.by_session(cookie.value()).await? else { return Ok(None) };
    let mut stay = Stay { visitor, warning: None };
    if stay.sees_all() {
        stay.warning = warning(server).await;
    }
    Ok(Some(stay))
}

/// What is to be known of the rules in force, of the configured ones, and of those that wait for their day.
async fn warning(server: &Server) -> Option<String> {
    let in_force = schedule::by_number(&server.rules.current().0.rules);
    let in_force = in_force.map(|said| format!("{said}。"));
    let said: Vec<String> = configured(server).await.into_iter().chain(in_force).collect();
    (!said.is_empty()).then(|| said.join(" "))
}

/// What is wrong with the configured rules, and which wait for their day.
async fn configured(server: &Server) -> Option<String> {
    let rules = &server.health.rules;
    if let Some(why) = rules.refused() {
        return Some(format!("新规则未生效,仍按原规则办理。{why}"));
    }
    let what = unapplied(&server.config.rules_dir);
    let unapplied = rules.is_unapplied().then(|| format!("{what},仍按原规则办理。"));
    let read = |store: &Store| Ok::<_, Undone>(edition::waiting(&store.journal).ok().flatten());
    let waiting = server.read(read).await.ok().flatten();
    let waits = waiting.map(|waiting| format!("{}。", waits(&waiting)));
    let said: Vec<String> = unapplied.into_iter().chain(waits).collect();
    (!said.is_empty()).then(|| said.concat())
}

/// Who is here, on a page that is not for everybody.
///
/// # Errors
/// Where whoever is not, or has yet to choose a password, goes first.
pub(super) async fn needed(request: &HttpRequest, server: &Server) -> Result<Stay, Refused> {
    let stay = of(request, server).await?.ok_or_else(|| {
        let wanted = request.uri().path_and_query().map_or("/", |path| path.as_str());
        Refused::SignIn(wanted.to_owned())
    })?;
    if stay.has_yet_to_choose() { Err(Refused::ChoosePassword) } else { Ok(stay) }
}

/// Who is here, on a page for those who may read everything.
///
/// # Errors
/// The same, and who may not.
pub(super) async fn needed_who_sees_all(
    request: &HttpRequest,
    server: &Server,
) -> Result<Stay, Refused> {
    let stay = needed(request, server).await?;
    if stay.sees_all() { Ok(stay) } else { Err(Refused::Forbidden(NOT_ALL)) }
}

/// What others hear there.
const NOT_ALL: &str = "只有监督指挥中心、城管委主任、主管县长和系统管理员可以查看。";

impl Stay {
    /// As whom they ask, in each of their posts.
    pub(super) fn askers(&self) -> impl Iterator<Item = Asker> + '_ {
        self.visitor.roles().iter().map(|role| self.visitor.asker_in(*role))
    }

    /// Whether they have yet to choose a password of their own.
    pub(super) fn has_yet_to_choose(&self) -> bool {
        match &self.visitor.entry {
            Entry::Session { password, .. } => *password == Chosen::ByAdmin,
            Entry::Token { .. } => false,
        }
    }

    /// Whether they may look at what waits for the operator.
    pub(super) fn operates(&self) -> bool {
        self.visitor.holds(Role::Operator)
    }

    /// Whether they may read everything, in any of their posts.
    pub(super) fn sees_all(&self) -> bool {
        self.visitor.roles().iter().any(|role| role.sees_all())
    }

    /// The desks of their posts; the head of the centre looks after all of them.
    pub(super) fn desks(&self) -> Vec<Desk> {
        let roles = self.visitor.roles();
        let is_theirs =
            |desk: &Desk| roles.contains(&Role::CentreHead) || roles.contains(&desk.role());
        Desk::ALL.iter().copied().filter(is_theirs).collect()
    }

    /// Whether they look at cases on site.
    pub(super) fn collects(&self) -> bool {
        self.visitor.holds(Role::Collector)
    }

    /// Whether they register reports.
    pub(super) fn registers(&self) -> bool {
        self.visitor.roles().iter().any(|role| role.may(Duty::Register))
    }

    /// Whether they lead the county or the committee.
    pub(super) fn leads(&self) -> bool {
        [Role::CountyLeader, Role::CommitteeChair].iter().any(|role| self.visitor.holds(*role))
    }

    /// Where their day begins.
    pub(super) fn home(&self) -> &'static str {
        if !self.desks().is_empty() {
            "/desk"
        } else if self.leads() {
            "/leader"
        } else if self.collects() {
            "/tasks"
        } else {
            "/units"
        }
    }

    /// What a form of this session must bring with it.
    pub(super) fn csrf(&self) -> &str {
        match &self.visitor.entry {
            Entry::Session { csrf, .. } => csrf,
            Entry::Token { .. } => "",
        }
    }
}

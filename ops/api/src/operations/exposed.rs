//! Exposed entities: what the outside has to know of a kind of entity, and of each thing that can be asked of it.

use std::path::Path;
use std::sync::Arc;

use actix_web::HttpResponse;
use compact_str::CompactString;
use duban_actors::context::Context;
use duban_actors::role::Duty;
use duban_rules::vocabulary::UnitId;
use duban_runtime::entity::{Corrupt, Entity};
use duban_runtime::journal::Journal;
use duban_runtime::node::Node;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::Naming;
use crate::http::api::Told;
use crate::http::api::answer::Done;
use crate::http::api::described::{self, Shape};
use crate::http::api::text::Key;
use crate::http::problem::Problem;
use duban_access::seals::Seals;
use duban_base::aside::{self, Undone};
use duban_base::asking::{self, Asker, No, Terms};
use duban_base::registry::Rules;
use duban_base::store::Store;
use duban_server::server::Server;
use duban_server::uploads::Uploads;

/// What became of something that an entity was asked.
pub(crate) type Outcome<E> = Result<asking::Done<E>, No>;

/// An entity that can be asked from outside. What most kinds have in common is the default.
pub(crate) trait Exposed: Entity<Context = Context> {
    /// Under which path its kind stands, e.g. `/collectors`.
    const PATH: &'static str;
    /// What its key is called.
    const KEY: Naming;
    /// What stands for its key where it is typed.
    const TYPED: &'static str = "ID";
    const TYPED_SO: &'static str = Self::KEY.words;
    /// Under which heading the document lists it.
    const TAG: &'static str;
    /// What the command line's help says of its kind.
    const ABOUT: &'static str;
    /// Whether the rules say what it decides: then they are on record before it decides anything.
    const IS_BY_THE_RULES: bool = true;
    /// How its refusals are told.
    const WORDS: &'static [Told];
    /// What is answered over HTTP when it has accepted something, as [`Exposed::answer`] makes it.
    const SHAPE: Shape = described::shape::<Done>;
    /// What somebody must be allowed to do to ask this; none where only the entity itself can tell.
    fn duty(_command: &Self::Command) -> Option<Duty> {
        None
    }

    /// The key of the one that is typed so on the command line.
    fn typed(_journal: &Journal, text: &str) -> anyhow::Result<CompactString> {
        text.parse::<Key>().map(CompactString::from).map_err(anyhow::Error::msg)
    }

    /// For which unit `asker` speaks, unless what they ask says so; their own needs no word.
    fn on_behalf_of(_asker: &Asker, _key: &str) -> Option<UnitId> {
        None
    }

    /// Who asks on the command line where nobody is named; nobody, unless whoever may run the program may ask it.
    fn unnamed() -> Option<Asker> {
        None
    }

    /// Who may ask, and what is looked at, kept or counted before it is asked.
    fn before(
        _at: &Backend<'_>,
        _request: &Request<'_>,
        _command: &mut Self::Command,
    ) -> impl Future<Output = Result<(), Problem>> {
        std::future::ready(Ok(()))
    }

    fn ask(
        at: &Backend<'_>,
        asker: &Asker,
        terms: Terms,
        key: &str,
        command: Self::Command,
    ) -> impl Future<Output = Outcome<Self>> {
        asking::ask(at.node, asker, terms, key, command)
    }

    /// What is done once it has accepted something, before the answer is given.
    fn after(_at: &Backend<'_>, _request: &Request<'_>) -> impl Future<Output = ()> {
        std::future::ready(())
    }

    /// What whoever asked is told of `problem`: nothing of what they may not see.
    fn disclosed(
        _at: &Backend<'_>,
        _request: &Request<'_>,
        problem: Problem,
    ) -> impl Future<Output = Problem> {
        std::future::ready(problem)
    }

    /// The answer over HTTP.
    fn answer(
        _at: &Backend<'_>,
        request: &Request<'_>,
        done: &asking::Done<Self>,
    ) -> impl Future<Output = Result<HttpResponse, Problem>> {
        std::future::ready(Ok(Done::answer(request.key, done)))
    }

    /// The answer on the command line: for programs, and behind its key in place of the operation's own words.
    fn said(key: &str, done: &asking::Done<Self>) -> Result<(Value, Option<String>), Corrupt> {
        let (sequence, again) = (done.sequence, done.is_again());
        Ok((json!({ "id": key, "sequence": sequence, "again": again }), None))
    }
}

/// Something that can be asked of an entity, as it comes in: read from JSON, from a path and from the command line,
/// within the same bounds. The comment on the type and those on its fields are what the API's document and the command
/// line's help say: its first line in short, the rest at length.
pub(crate) trait Operation: DeserializeOwned + ToSchema + 'static {
    type Of: Exposed;
    /// Where it is asked, after the entity's own path, e.g. `appointment`; fields in braces are read from the path.
    const NAME: &'static str;
    /// How it is asked on the command line, e.g. `appoint`.
    const VERB: &'static str;
    /// What the document calls it, e.g. `appointCollector`.
    const ID: &'static str;
    const DONE: &'static str;
    /// The same on the command line.
    const SAID: &'static str = Self::DONE;
    /// What is said when it is, and something follows later.
    const LATER: Option<&'static str> = None;
    /// How it is typed, after noun and verb.
    const EXAMPLES: &'static [&'static str];

    /// Fields that have a usual value where a program leaves them out, and are chosen by whoever fills in a form.
    const CHOSEN: &'static [&'static str] = &[];

    /// For which unit it is entered, where it says so.
    fn on_behalf_of(&self) -> Option<UnitId> {
        None
    }

    /// What of it does not go together, for people; nothing else of it is looked at then.
    fn wrong(&self) -> Option<&'static str> {
        None
    }

    /// Whether it is this that `entity` would be asked, where several operations come to one command; of the others no form is
    /// offered.
    fn is_meant(_entity: &Self::Of) -> bool {
        true
    }

    /// What the entity is asked, under the rules of `cx`.
    fn command(self, cx: &Context) -> <Self::Of as Entity>::Command;

    /// What follows from what became of it, before anybody is told; what it comes to then.
    ///
    /// # Errors
    /// When that could not be done.
    fn followed(
        at: &Backend<'_>,
        request: &Request<'_>,
        outcome: Outcome<Self::Of>,
    ) -> impl Future<Output = Result<Outcome<Self::Of>, Problem>> {
        async move {
            if outcome.is_ok() {
                Self::Of::after(at, request).await;
            }
            Ok(outcome)
        }
    }

    /// The answer over HTTP.
    fn answer(
        at: &Backend<'_>,
        request: &Request<'_>,
        done: &asking::Done<Self::Of>,
    ) -> impl Future<Output = Result<HttpResponse, Problem>> {
        Self::Of::answer(at, request, done)
    }
}

/// Who asks which entity.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request<'a> {
    pub(crate) asker: &'a Asker,
    pub(crate) key: &'a str,
    pub(crate) terms: &'a Terms,
}

/// What an operation is carried out with: a running server's node, or one of a store that is opened for it alone.
#[derive(Clone, Copy)]
pub(crate) struct Backend<'a> {
    pub(crate) node: &'a Node,
    /// The rules that its entities decide by.
    pub(crate) rules: &'a Rules,
    /// The directory of the store.
    pub(crate) dir: &'a Path,
    /// Bytes of the papers of a case at most.
    pub(crate) papers_max: u64,
    /// Files that no record names yet, as a running server knows them.
    pub(crate) uploads: Option<&'a Arc<Uploads>>,
    /// The keys of what reporters say of themselves, as a running server knows them.
    pub(crate) seals: Option<&'a Seals>,
}

impl<'a> Backend<'a> {
    /// A running server's.
    pub(crate) fn of(server: &'a Server) -> Backend<'a> {
        let config = &server.config;
        let (uploads, seals) = (Some(&server.uploads), Some(&server.seals));
        let (dir, papers_max) = (config.store_dir.as_path(), config.papers_max());
        Backend { node: &server.node, rules: &server.rules, dir, papers_max, uploads, seals }
    }

    /// What `look` finds in the store, where it may wait for the disk.
    pub(crate) async fn read<T, E>(
        &self,
        look: impl FnOnce(&Store) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Undone> + Send + 'static,
    {
        aside::read_by((self.node, self.rules), look).await
    }

    /// The keys of what reporters say of themselves. Those of a store at rest are read from its directory.
    pub(crate) fn seals(&self) -> Seals {
        self.seals.map_or_else(|| Seals::of(self.dir), Seals::clone)
    }

    /// Files that no record names yet. Those of a store at rest are read from its directory.
    pub(crate) fn uploads(&self) -> Arc<Uploads> {
        self.uploads.map_or_else(|| Arc::new(Uploads::of(self.dir)), Arc::clone)
    }
}

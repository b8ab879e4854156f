//! Accounts (articles 3, 7 and 12): what can be read and asked of the persons who may come in, and of their tokens.
//!
//! Passwords and the texts of tokens are read and shown by hand ([`crate::http::api::persons`],
//! [`crate::verbs::person`]): they stand in no list, no log and no argument.

mod tokens;
mod words;

use clap::Args;
use duban_actors::context::Context;
use duban_actors::person::{Command, Person, Profile};
use duban_runtime::entity::{Corrupt, Entity as _};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::exposed::{Backend, Exposed, Operation, Request};
use super::row::{At, Method, act, delete, get, look, on, post, put};
use super::{Naming, Resource};
use crate::http::api::Told;
use crate::http::api::answer::Done;
use crate::http::api::asker::Permission as _;
use crate::http::api::described::{doing, object, reading, shape};
use crate::http::api::persons::{
    self as over_http, FirstPassword, NewPerson, PersonPage, ProfileBody, Wanted,
};
use crate::http::api::preconditions::TermsDoc;
use crate::http::api::text::Reason;
use crate::http::problem::Problem;
use crate::verbs::person::{Add, Change, List, Password, Show};
use duban_access::access::persons;
use duban_base::asking::{self, Asker, No, Terms};
use duban_base::rules_in_force::accounts::{self, Heeded};
use duban_base::rules_in_force::shifts;
use duban_base::store::Store;

pub(super) use tokens::TOKENS;

pub(super) const PERSONS: Resource = Resource::of::<Person>(&[
    act::<Add>(),
    look::<List>(),
    look::<Show>(),
    act::<Change>(),
    act::<Password>(),
    get(
        At::All,
        |route| route.to(over_http::list),
        reading("listPersons", "列出人员")
            .with::<Wanted>()
            .answers(shape::<PersonPage>, "一页人员"),
    ),
    get(
        At::One(""),
        |route| route.to(over_http::one),
        reading("getPerson", "查看人员")
            .at_length("系统管理员和本人可看。")
            .answers(object, "人员"),
    ),
    on(
        Method::Post,
        At::All,
        |route| route.to(over_http::enrol),
        doing("enrolPerson", "登记人员")
            .with::<TermsDoc>()
            .with_body(shape::<NewPerson>)
            .answers(shape::<Done>, "已登记"),
    ),
    put::<ProfileBody>(),
    on(
        Method::Put,
        At::One("password"),
        |route| route.to(over_http::set_password),
        doing("setPassword", "设置初始密码")
            .at_length("全部会话和令牌失效;本人首次登录后须更改。")
            .with::<TermsDoc>()
            .with_body(shape::<FirstPassword>)
            .answers(shape::<Done>, "已设置"),
    ),
    post::<Farewell>(),
    delete::<Unlock>(),
    delete::<EndSessions>(),
]);

impl Exposed for Person {
    const PATH: &'static str = "/persons";
    const KEY: Naming = Naming { parameter: "login", words: "登录名" };
    const TYPED: &'static str = "LOGIN";
    const TAG: &'static str = "人员";
    const ABOUT: &'static str = "登记、查看、变更可以登录的人员";
    const IS_BY_THE_RULES: bool = false;
    const WORDS: &'static [Told] = words::PERSON;

    /// Whoever may run the program on the machine is its operator.
    fn unnamed() -> Option<Asker> {
        Some(Asker::on_the_machine())
    }

    /// The operator may ask everything, and whoever the account belongs to what is about their own secrets.
    async fn before(
        _: &Backend<'_>,
        request: &Request<'_>,
        command: &mut Command,
    ) -> Result<(), Problem> {
        let is_about_secrets = matches!(
            command,
            Command::SignOutEverywhere
                | Command::IssueToken { .. }
                | Command::RevokeToken { .. }
                | Command::RevokeAllTokens
        );
        if is_about_secrets {
            request.asker.only_the_operator_or(request.key)
        } else {
            request.asker.only_the_operator()
        }
    }

    /// Whoever may be the last operator is let go first.
    async fn ask(
        at: &Backend<'_>,
        asker: &Asker,
        terms: Terms,
        login: &str,
        command: Command,
    ) -> Result<asking::Done<Person>, No> {
        let outcome = if let Command::Change { profile, .. } = command {
            persons::change(at.node, asker, terms, login, profile).await
        } else if let Command::Dismiss { reason, .. } = command {
            persons::dismiss(at.node, asker, terms, login, reason).await
        } else {
            Ok(asking::ask(at.node, asker, terms, login, command).await)
        };
        outcome.unwrap_or_else(|failure| Err(No::Unrecorded(failure.to_string().into())))
    }

    /// Whose daily view is watched depends on who may come in (article 7), and who keeps a desk on who holds its post.
    async fn after(at: &Backend<'_>, request: &Request<'_>) {
        let heed = |store: &Store| -> Result<_, anyhow::Error> {
            shifts::heed(&store.journal, &store.rules)?;
            Ok(match accounts::heed(&store.journal, &store.rules)? {
                Heeded::Changed => accounts::units_at_work(&store.journal)?,
                Heeded::AsItWas => Vec::new(),
            })
        };
        match at.read(heed).await {
            Ok(units) => accounts::follow(at.node, request.asker, units).await,
            Err(error) => tracing::error!(%error, "who may come in is not known anew"),
        }
    }

    /// All that may be seen of them.
    fn said(_: &str, done: &asking::Done<Person>) -> Result<(Value, Option<String>), Corrupt> {
        let mut view = done.state()?.view();
        if let Some(fields) = view.as_object_mut() {
            fields.insert("sequence".to_owned(), json!(done.sequence));
            fields.insert("again".to_owned(), json!(done.is_again()));
        }
        Ok((view, None))
    }
}

impl Operation for ProfileBody {
    type Of = Person;
    const NAME: &'static str = "";
    const VERB: &'static str = "change";
    const ID: &'static str = "changePerson";
    const DONE: &'static str = "已变更";
    const EXAMPLES: &'static [&'static str] = &[];

    fn command(self, _: &Context) -> Command {
        Command::Change { profile: Profile::from(self), release: None }
    }
}

impl Operation for NewPerson {
    type Of = Person;
    const NAME: &'static str = "";
    const VERB: &'static str = "add";
    const ID: &'static str = "enrolPerson";
    const DONE: &'static str = "已登记";
    const EXAMPLES: &'static [&'static str] = &[];

    fn command(self, _: &Context) -> Command {
        Command::Enrol(Profile::from(self))
    }
}

/// 注销人员
///
/// 会话、令牌和密码全部失效。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct Farewell {
    /// 理由
    #[arg(long, value_name = "TEXT")]
    reason: Reason,
}

impl Operation for Farewell {
    type Of = Person;
    const NAME: &'static str = "dismissal";
    const VERB: &'static str = "dismiss";
    const ID: &'static str = "dismissPerson";
    const DONE: &'static str = "已注销";
    const EXAMPLES: &'static [&'static str] = &["zhao.min --reason 调离"];

    fn command(self, _: &Context) -> Command {
        Command::Dismiss { reason: self.reason.into(), release: None }
    }
}

/// 解除锁定
///
/// 此前输错的密码不再计算;此后十分钟内,本人可从任何地方登录。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct Unlock {}

impl Operation for Unlock {
    type Of = Person;
    const NAME: &'static str = "lockout";
    const VERB: &'static str = "unlock";
    const ID: &'static str = "unlockPerson";
    const DONE: &'static str = "已解除";
    const SAID: &'static str = "已解除锁定";
    const EXAMPLES: &'static [&'static str] = &["zhao.min"];

    fn command(self, _: &Context) -> Command {
        Command::Unlock
    }
}

/// 结束全部会话
///
/// 登录过的浏览器也不再记得;令牌不受影响。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndSessions {}

impl Operation for EndSessions {
    type Of = Person;
    const NAME: &'static str = "sessions";
    const VERB: &'static str = "sign-out";
    const ID: &'static str = "endSessions";
    const DONE: &'static str = "已结束";
    const SAID: &'static str = "已结束全部会话";
    const EXAMPLES: &'static [&'static str] = &["zhao.min"];

    fn command(self, _: &Context) -> Command {
        Command::SignOutEverywhere
    }
}

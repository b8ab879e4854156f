//! Persons who may come in, and what the operator keeps of them (articles 3, 7 and 12).
//!
//! Nothing that a secret is held against is ever shown.

use actix_web::HttpResponse;
use actix_web::http::header::ETAG;
use actix_web::web::{Data, Path, Query};
use duban_actors::person::{Cause, Command, Password, Person, Profile};
use duban_actors::role::Role;
use duban_rules::vocabulary::{CollectorId, UnitId};
use duban_runtime::entity::Entity as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::answer::{Done, etag};
use super::asker::{InRole, Permission as _};
use super::body::Body;
use super::page::{Named, Paging};
use super::preconditions::{Terms, used_before};
use super::text::{Key, Name, Typed};
use super::{choices, operation};
use crate::http::problem::Problem;
use duban_access::access::password::{Match, check};
use duban_access::access::persons::{self, Which};
use duban_base::asking;
use duban_server::server::Server;

/// A page of persons.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonPage {
    /// 人员,按登录名排列
    #[schema(value_type = Vec<Object>)]
    persons: Vec<Value>,
    /// 下一页的 cursor;没有下一页则为 null
    next: Option<String>,
}

/// Which persons.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// 列已注销的人
    #[param(required = false)]
    dismissed: Option<bool>,
    /// 上一页给出的 next;不写则为第一页
    #[param(max_length = 200, required = false)]
    cursor: Option<String>,
    /// 每页行数
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<usize>,
}

/// A page of persons.
pub(crate) async fn list(
    server: Data<Server>,
    asker: InRole,
    wanted: Query<Wanted>,
) -> Result<HttpResponse, Problem> {
    asker.only_the_operator()?;
    let Wanted { dismissed, cursor, limit } = wanted.into_inner();
    let which = if dismissed == Some(true) { Which::Dismissed } else { Which::Active };
    let paging = Paging { cursor, limit };
    let (limit, after) = (paging.limit()?, paging.cursor()?.map(ToOwned::to_owned));
    let read = server.read(move |store| {
        Ok::<_, Problem>(persons::list(&store.journal, which, after.as_deref(), limit + 1)?)
    });
    let mut found = read.await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|person| person.login.to_string());
    let persons = found.iter().map(Person::view).collect();
    Ok(HttpResponse::Ok().json(PersonPage { persons, next }))
}

/// A person.
pub(crate) async fn one(
    server: Data<Server>,
    asker: InRole,
    named: Path<Named>,
) -> Result<HttpResponse, Problem> {
    let (person, sequence) = found(&server, &asker, named).await?;
    Ok(HttpResponse::Ok().insert_header((ETAG, etag(sequence))).json(person.view()))
}

/// The person of this name with their sequence, for the operator and for themselves.
pub(super) async fn found(
    server: &Server,
    asker: &InRole,
    named: Path<Named>,
) -> Result<(Person, u64), Problem> {
    asker.only_the_operator_or(named.as_str())?;
    let found =
        server.read(move |store| Ok::<_, Problem>(persons::find(&store.journal, named.as_str())?));
    found.await?.ok_or_else(Problem::not_found)
}

/// 变更人员
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProfileBody {
    /// 姓名
    name: Name,
    /// 身份,最多四个
    #[schema(schema_with = choices::roles)]
    roles: Vec<Role>,
    /// 单位,只有单位人员才写
    unit: Option<Key>,
    /// 规则中的采集员编号,只有采集员才写
    collector: Option<Key>,
}

/// 新登记的人
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPerson {
    /// 登录名:2 至 32 个小写字母、数字、- 和 .,以字母开头
    #[schema(example = "wu.hw")]
    login: Key,
    /// 是谁
    profile: ProfileBody,
}

impl From<ProfileBody> for Profile {
    fn from(body: ProfileBody) -> Profile {
        Profile {
            name: body.name.into(),
            roles: body.roles,
            unit: body.unit.map(|unit| UnitId::new(unit.as_str())),
            collector: body.collector.map(|collector| CollectorId::new(collector.as_str())),
        }
    }
}

impl From<NewPerson> for Profile {
    fn from(person: NewPerson) -> Profile {
        person.profile.into()
    }
}

/// Enrols somebody; their login name is not in the path, but in the body.
pub(crate) async fn enrol(
    server: Data<Server>,
    asker: InRole,
    terms: Terms,
    body: Body<NewPerson>,
) -> Result<HttpResponse, Problem> {
    let Body(person, said) = body;
    let login = person.login.clone();
    operation::carry_out(&server, (&asker, &terms), &login, (person, said)).await
}

/// 初始密码
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FirstPassword {
    /// 密码,至少 10 个字符;本人首次登录后须更改
    password: Typed,
}

/// Sets a password; what it is hashed to is all that anybody is asked to keep.
pub(crate) async fn set_password(
    server: Data<Server>,
    asker: InRole,
    terms: Terms,
    named: Path<Named>,
    body: Body<FirstPassword>,
) -> Result<HttpResponse, Problem> {
    asker.only_the_operator()?;
    check(body.0.password.as_ref(), named.as_str()).map_err(|unfit| {
        let status = actix_web::http::StatusCode::UNPROCESSABLE_ENTITY;
        Problem::new(status, unfit.code(), "密码不合要求").detail(unfit.to_string())
    })?;
    let held = terms.hold(&server, &asker, &body.1.but_for("password"))?;
    let phc = server.guard.hasher().hash(body.0.password.as_ref()).await?;
    let (terms, command) = (held.terms(None), Command::SetPassword { phc, cause: Cause::ByAdmin });
    let asking = held.asking();
    let outcome = asking::ask(&server.node, &asker, terms, named.as_str(), command).await;
    asking.settle(&outcome);
    let done = outcome?;
    if done.is_again() {
        is_the_one_set(&server, &done.state()?, &body.0.password).await?;
    }
    Ok(Done::answer(named.as_str(), &done))
}

/// The same key with another password is another request; of a password only what it is held against is remembered.
async fn is_the_one_set(server: &Server, person: &Person, typed: &Typed) -> Result<(), Problem> {
    let phc = person.account().ok().and_then(|account| match &account.password {
        Password::Temporary(phc) | Password::Own(phc) => Some(phc),
        Password::Unset => None,
    });
    match server.guard.hasher().verify(typed.as_ref(), phc).await? {
        Match::Right => Ok(()),
        Match::Wrong => Err(used_before()),
    }
}

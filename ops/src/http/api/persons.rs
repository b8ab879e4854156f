//! Persons who may come in, and what the operator keeps of them (articles 3, 7 and 12).
//!
//! Nothing that a secret is held against is ever shown.

use actix_web::HttpResponse;
use actix_web::http::header::ETAG;
use actix_web::web::{self, Data, Path, Query};
use duban_actors::person::{Cause, Command, Password, Person, Profile};
use duban_actors::role::Role;
use duban_rules::vocabulary::{CollectorId, UnitId};
use duban_runtime::entity::Entity as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::answer::{Done, etag};
use super::asker::Asker;
use super::body::{Body, Said};
use super::one_of;
use super::page::{Named, Paging};
use super::problems::Problems;
use super::terms::{Terms, TermsDoc, used_before};
use super::text::{Key, Name, Reason, Typed};
use crate::asking;
use crate::doors::password::{Match, check};
use crate::doors::persons::{self, Outcome, Which};
use crate::house::House;
use crate::http::problem::Problem;

/// A page of persons.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PersonPage {
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
pub(super) struct Wanted {
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

#[utoipa::path(
    get, path = "/api/v1/persons", operation_id = "listPersons", tag = "人员", summary = "列出人员",
    params(Wanted),
    responses((status = 200, description = "一页人员", body = PersonPage), Problems),
)]
pub(super) async fn list(
    house: Data<House>,
    asker: Asker,
    wanted: Query<Wanted>,
) -> Result<HttpResponse, Problem> {
    asker.only_the_operator()?;
    let Wanted { dismissed, cursor, limit } = wanted.into_inner();
    let which = if dismissed == Some(true) { Which::Dismissed } else { Which::Active };
    let paging = Paging { cursor, limit };
    let (limit, after) = (paging.limit()?, paging.cursor()?.map(ToOwned::to_owned));
    let read =
        web::block(move || persons::list(house.node.journal(), which, after.as_deref(), limit + 1));
    let mut found = read.await.map_err(|_| Problem::unavailable("unreadable"))??;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|person| person.login.to_string());
    let persons = found.iter().map(Person::view).collect();
    Ok(HttpResponse::Ok().json(PersonPage { persons, next }))
}

#[utoipa::path(
    get, path = "/api/v1/persons/{login}", operation_id = "getPerson", tag = "人员",
    summary = "查看人员", description = "系统管理员和本人可看。",
    params(("login" = Key, Path, description = "登录名")),
    responses((status = 200, description = "人员", body = Object), Problems),
)]
pub(super) async fn one(
    house: Data<House>,
    asker: Asker,
    named: Path<Named>,
) -> Result<HttpResponse, Problem> {
    asker.only_the_operator_or(named.as_str())?;
    let found = persons::find(house.node.journal(), named.as_str())?;
    let (person, sequence) = found.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().insert_header((ETAG, etag(sequence))).json(person.view()))
}

/// 是谁
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProfileBody {
    /// 姓名
    name: Name,
    /// 身份,最多四个
    #[schema(schema_with = roles)]
    roles: Vec<Role>,
    /// 单位,只有单位人员才写
    unit: Option<Key>,
    /// 规则中的采集员编号,只有采集员才写
    collector: Option<Key>,
}

/// 新登记的人
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPerson {
    /// 登录名:2 至 32 个小写字母、数字、- 和 .,以字母开头
    #[schema(example = "wu.hw")]
    login: Key,
    /// 是谁
    profile: ProfileBody,
}

fn roles() -> utoipa::openapi::Array {
    utoipa::openapi::ArrayBuilder::new().items(one_of::role()).build()
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

#[utoipa::path(
    post, path = "/api/v1/persons", operation_id = "enrolPerson", tag = "人员", summary = "登记人员",
    params(TermsDoc), request_body = NewPerson,
    responses((status = 200, description = "已登记", body = Done), Problems),
)]
pub(super) async fn enrol(
    house: Data<House>,
    asker: Asker,
    terms: Terms,
    body: Body<NewPerson>,
) -> Result<HttpResponse, Problem> {
    asker.only_the_operator()?;
    let NewPerson { login, profile } = body.0;
    let command = Command::Enrol(profile.into());
    ask(&house, (&asker, &terms), login.as_str(), (command, body.1)).await
}

#[utoipa::path(
    put, path = "/api/v1/persons/{login}", operation_id = "changePerson", tag = "人员",
    summary = "变更人员", params(("login" = Key, Path, description = "登录名"), TermsDoc),
    request_body = ProfileBody,
    responses((status = 200, description = "已变更", body = Done), Problems),
)]
pub(super) async fn change(
    house: Data<House>,
    asker: Asker,
    terms: Terms,
    named: Path<Named>,
    body: Body<ProfileBody>,
) -> Result<HttpResponse, Problem> {
    asker.only_the_operator()?;
    let held = terms.hold(&house, &asker, &body.1)?;
    let (terms, profile) = (asking::Terms::of(held.id), body.0.into());
    let outcome = persons::change(&house.node, &asker, terms, named.as_str(), profile).await?;
    held.settle(&outcome);
    told(&named, outcome)
}

/// 初始密码
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FirstPassword {
    /// 密码,至少 10 个字符;本人首次登录后须更改
    password: Typed,
}

#[utoipa::path(
    put, path = "/api/v1/persons/{login}/password", operation_id = "setPassword", tag = "人员",
    summary = "设置初始密码", description = "全部会话和令牌失效;本人首次登录后须更改。",
    params(("login" = Key, Path, description = "登录名"), TermsDoc), request_body = FirstPassword,
    responses((status = 200, description = "已设置", body = Done), Problems),
)]
pub(super) async fn set_password(
    house: Data<House>,
    asker: Asker,
    terms: Terms,
    named: Path<Named>,
    body: Body<FirstPassword>,
) -> Result<HttpResponse, Problem> {
    asker.only_the_operator()?;
    check(body.0.password.as_ref(), named.as_str()).map_err(|unfit| {
        let status = actix_web::http::StatusCode::UNPROCESSABLE_ENTITY;
        Problem::new(status, unfit.code(), "密码不合要求").detail(unfit.to_string())
    })?;
    let held = terms.hold(&house, &asker, &body.1.but_for("password"))?;
    let phc = house.guard.hasher().hash(body.0.password.as_ref()).await?;
    let (terms, command) =
        (asking::Terms::of(held.id), Command::SetPassword { phc, cause: Cause::ByAdmin });
    let outcome = asking::ask(&house.node, &asker, terms, named.as_str(), command).await;
    held.settle(&outcome);
    let done = outcome?;
    if done.is_again() {
        is_the_one_set(&house, &done.state()?, &body.0.password).await?;
    }
    Ok(Done::answer(named.as_str(), &done))
}

/// The same key with another password is another request; of a password only what it is held against is remembered.
async fn is_the_one_set(house: &House, person: &Person, typed: &Typed) -> Result<(), Problem> {
    let phc = person.account().ok().and_then(|account| match &account.password {
        Password::Temporary(phc) | Password::Own(phc) => Some(phc),
        Password::Unset => None,
    });
    match house.guard.hasher().verify(typed.as_ref(), phc).await? {
        Match::Right => Ok(()),
        Match::Wrong => Err(used_before()),
    }
}

/// 注销
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Farewell {
    /// 理由
    reason: Reason,
}

#[utoipa::path(
    post, path = "/api/v1/persons/{login}/dismissal", operation_id = "dismissPerson", tag = "人员",
    summary = "注销人员", description = "会话、令牌和密码全部失效。",
    params(("login" = Key, Path, description = "登录名"), TermsDoc), request_body = Farewell,
    responses((status = 200, description = "已注销", body = Done), Problems),
)]
pub(super) async fn dismiss(
    house: Data<House>,
    asker: Asker,
    terms: Terms,
    named: Path<Named>,
    body: Body<Farewell>,
) -> Result<HttpResponse, Problem> {
    asker.only_the_operator()?;
    let held = terms.hold(&house, &asker, &body.1)?;
    let (terms, reason) = (asking::Terms::of(held.id), body.0.reason.into());
    let outcome = persons::dismiss(&house.node, &asker, terms, named.as_str(), reason).await?;
    held.settle(&outcome);
    told(&named, outcome)
}

#[utoipa::path(
    delete, path = "/api/v1/persons/{login}/lockout", operation_id = "unlockPerson", tag = "人员",
    summary = "解除锁定", description = "此前输错的密码不再计算;此后十分钟内,本人可从任何地方登录。",
    params(("login" = Key, Path, description = "登录名"), TermsDoc),
    responses((status = 200, description = "已解除", body = Done), Problems),
)]
pub(super) async fn unlock(
    house: Data<House>,
    asker: Asker,
    terms: Terms,
    named: Path<Named>,
) -> Result<HttpResponse, Problem> {
    asker.only_the_operator()?;
    ask(&house, (&asker, &terms), named.as_str(), (Command::Unlock, Said::default())).await
}

#[utoipa::path(
    delete, path = "/api/v1/persons/{login}/sessions", operation_id = "endSessions", tag = "人员",
    summary = "结束全部会话", description = "登录过的浏览器也不再记得;令牌不受影响。",
    params(("login" = Key, Path, description = "登录名"), TermsDoc),
    responses((status = 200, description = "已结束", body = Done), Problems),
)]
pub(super) async fn end_sessions(
    house: Data<House>,
    asker: Asker,
    terms: Terms,
    named: Path<Named>,
) -> Result<HttpResponse, Problem> {
    asker.only_the_operator_or(named.as_str())?;
    let command = Command::SignOutEverywhere;
    ask(&house, (&asker, &terms), named.as_str(), (command, Said::default())).await
}

/// Asks a person.
pub(super) async fn ask(
    house: &House,
    (asker, terms): (&Asker, &Terms),
    login: &str,
    (command, said): (Command, Said),
) -> Result<HttpResponse, Problem> {
    let held = terms.hold(house, asker, &said)?;
    let asking =
        asking::ask::<Person>(&house.node, asker, asking::Terms::of(held.id), login, command);
    let outcome = asking.await;
    held.settle(&outcome);
    Ok(Done::answer(login, &outcome?))
}

fn told(named: &Named, outcome: Outcome) -> Result<HttpResponse, Problem> {
    Ok(Done::answer(named.as_str(), &outcome?))
}

//! Operations over HTTP: one handler for all, whatever the entity, and whether there is a body or none.

use std::future::{Ready, ready};
use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::web::{self, Data, Path};
use actix_web::{FromRequest, HttpRequest, HttpResponse, Route};
use futures_util::future::{FutureExt as _, LocalBoxFuture};
use serde_json::{Map, Value};

use super::asker::InRole;
use super::body::{self, Body, BodyText};
use super::preconditions::{Held, Terms};
use super::text::Key;
use crate::http::problem::Problem;
use crate::operations::exposed::{Backend, Exposed, Operation, Outcome, Request};
use crate::operations::row::Method;
use duban_base::asking::Asker;
use duban_base::labels::instant::localized;
use duban_server::server::Server;

/// What a path names: the entity, and what else stands in it.
pub(super) struct Target<E> {
    pub(super) key: Key,
    rest: Map<String, Value>,
    of: PhantomData<E>,
}

impl<E: Exposed> FromRequest for Target<E> {
    type Error = Problem;
    type Future = Ready<Result<Target<E>, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Target::of(request))
    }
}

impl<E: Exposed> Target<E> {
    fn of(request: &HttpRequest) -> Result<Target<E>, Problem> {
        let (key, rest) = named(request, E::KEY.parameter).ok_or_else(Problem::not_found)?;
        Ok(Target { key, rest, of: PhantomData })
    }
}

/// The key that stands in a path under this name, and what else stands in it.
fn named(request: &HttpRequest, key_name: &str) -> Option<(Key, Map<String, Value>)> {
    let texts = Path::<Vec<String>>::from_request(request, &mut Payload::None).now_or_never();
    let texts = texts.and_then(Result::ok).map(Path::into_inner).unwrap_or_default();
    let (mut key, mut rest) = (None, Map::new());
    // Names come as they stand in the pattern, in the order of the texts.
    for ((name, _), text) in request.match_info().iter().zip(texts) {
        if name == key_name {
            key = text.parse().ok();
        } else {
            rest.insert(name.to_owned(), Value::from(text));
        }
    }
    Some((key?, rest))
}

/// A route of this method, not yet answered by anybody.
pub(super) fn route(method: Method) -> Route {
    match method {
        Method::Get => web::get(),
        Method::Post => web::post(),
        Method::Put => web::put(),
        Method::Delete => web::delete(),
    }
}

/// What a method is called to whoever used another one.
pub(super) fn allowed(method: Method) -> &'static str {
    match method {
        Method::Get => "GET, HEAD",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Delete => "DELETE",
    }
}

/// What comes in for an operation, before its path and its body are read.
struct Incoming {
    server: Data<Server>,
    asker: InRole,
    terms: Terms,
    request: HttpRequest,
    payload: Payload,
}

type Answer = LocalBoxFuture<'static, Result<HttpResponse, Problem>>;

/// One handler for all operations: what actix puts around a handler is compiled for each type of one.
fn answered(route: Route, answer: fn(Incoming) -> Answer) -> Route {
    route.to(move |server, asker, terms, request, payload: web::Payload| {
        answer(Incoming { server, asker, terms, request, payload: payload.into_inner() })
    })
}

/// Asks what path and body say.
pub(crate) fn with_body<O: Operation>(route: Route) -> Route {
    answered(route, |mut incoming| {
        async move {
            let Incoming { server, asker, terms, request, payload } = &mut incoming;
            let target = Target::<O::Of>::of(request)?;
            let Body(operation, said) = Body::<O>::from_request(request, payload).await?;
            if let Some(wrong) = operation.wrong() {
                return Err(body::unfit(wrong));
            }
            carry_out(server, (asker, terms), &target.key, (operation, said)).await
        }
        .boxed_local()
    })
}

/// Asks what the path says.
pub(crate) fn bare<O: Operation>(route: Route) -> Route {
    answered(route, |incoming| {
        async move {
            // A body that nobody reads is kept until the answer is given, as that of any other handler.
            let Incoming { server, asker, terms, request, .. } = &incoming;
            let target = Target::<O::Of>::of(request)?;
            let operation: O = serde_json::from_value(Value::Object(target.rest))
                .map_err(|_| Problem::not_found())?;
            carry_out(server, (asker, terms), &target.key, (operation, BodyText::default())).await
        }
        .boxed_local()
    })
}

/// Asks it, and waits until it is durable.
pub(crate) async fn carry_out<O: Operation>(
    server: &Data<Server>,
    (asker, terms): (&Asker, &Terms),
    key: &Key,
    (operation, said): (O, BodyText),
) -> Result<HttpResponse, Problem> {
    let (at, key) = (Backend::of(server), key.as_str());
    let whom = operation.on_behalf_of().or_else(|| O::Of::on_behalf_of(asker, key));
    let command = operation.command(&server.rules.current().0);
    let held = terms.hold(server, asker, &said)?;
    let terms = held.terms(whom);
    let request = Request { asker, key, terms: &terms };
    let outcome = match outcome::<O::Of>(&at, &request, held, command).await {
        Ok(outcome) => O::followed(&at, &request, outcome).await?,
        Err(problem) => return Err(told::<O::Of>(&at, &request, problem).await),
    };
    match outcome {
        Ok(done) => O::answer(&at, &request, &done).await,
        Err(no) => Err(told::<O::Of>(&at, &request, no.into()).await),
    }
}

/// What whoever asked is told of `problem`, with the instants in it by the county's clock.
async fn told<E: Exposed>(at: &Backend<'_>, request: &Request<'_>, problem: Problem) -> Problem {
    let problem = E::disclosed(at, request, problem).await;
    let detail = localized(&problem.detail, &at.rules.current().0.rules.calendar);
    problem.detail(detail)
}

/// What becomes of `command` under a key that is held for it.
async fn outcome<E: Exposed>(
    at: &Backend<'_>,
    request: &Request<'_>,
    held: Held,
    mut command: E::Command,
) -> Result<Outcome<E>, Problem> {
    E::before(at, request, &mut command).await?;
    let asking = held.asking();
    let outcome = E::ask(at, request.asker, request.terms.clone(), request.key, command).await;
    asking.settle(&outcome);
    Ok(outcome)
}

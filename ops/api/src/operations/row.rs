//! Rows of the list of operations: function pointers, so that any operation of any entity is one.

use actix_web::Route;

use super::Resource;
use super::exposed::Operation;
use crate::forms::asking::{self, Asking};
use crate::http::api::described::{self, Described};
use crate::http::api::operation;
use crate::verbs::listed::{self, Acting, Looking, Verb};

/// One thing that can be read or asked: over HTTP, on the command line, on pages, or several of these.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    /// Over HTTP.
    pub(crate) http: Option<Http>,
    /// On the command line.
    pub(crate) verb: Option<Verb>,
    /// On pages.
    pub(crate) form: Option<Asking>,
}

/// How it is asked over HTTP.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Http {
    pub(crate) method: Method,
    pub(crate) at: At,
    /// Puts who answers behind the method.
    pub(crate) answered: fn(Route) -> Route,
    /// What the document says of it.
    pub(crate) described: Described,
}

/// The methods in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Post,
    /// Puts something in the place of what is there.
    Put,
    Delete,
}

/// Where something stands among the paths of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// All entities of the kind.
    All,
    /// What is behind the path of all of them.
    Below(&'static str),
    /// One of them, or what is behind its path.
    One(&'static str),
}

impl At {
    /// The path under `/api/v1`.
    pub(crate) fn path(self, resource: &Resource) -> String {
        let Resource { path, key, .. } = resource;
        match self {
            At::All => (*path).to_owned(),
            At::Below(behind) => format!("{path}/{behind}"),
            At::One("") => format!("{path}/{{{}}}", key.parameter),
            At::One(behind) => format!("{path}/{{{}}}/{behind}", key.parameter),
        }
    }
}

/// An operation whose body says what is asked.
pub(crate) const fn post<O: Operation + clap::Args>() -> Row {
    let http = Some(Http::with_body::<O>(Method::Post));
    Row { http, verb: Some(listed::asking::<O>()), form: Some(asking::by_form::<O>()) }
}

/// An operation of which everything is said by its path.
pub(crate) const fn post_bare<O: Operation + clap::Args>() -> Row {
    let http = Some(Http::bare::<O>(Method::Post));
    Row { http, verb: Some(listed::asking::<O>()), form: None }
}

/// An operation whose body says what the entity is from now on; on the command line it is asked by a verb of its own.
pub(crate) const fn put<O: Operation>() -> Row {
    served(Http::with_body::<O>(Method::Put))
}

/// Something that is asked over HTTP alone, or by a verb of its own.
pub(crate) const fn served(http: Http) -> Row {
    Row { http: Some(http), verb: None, form: None }
}

/// An operation that ends what its path names.
pub(crate) const fn delete<O: Operation + clap::Args>() -> Row {
    let http = Some(Http::bare::<O>(Method::Delete));
    Row { http, verb: Some(listed::asking::<O>()), form: None }
}

/// Something that is read over HTTP.
pub(crate) const fn get(at: At, answered: fn(Route) -> Route, described: Described) -> Row {
    on(Method::Get, at, answered, described)
}

/// Something that is asked over HTTP, and is no operation of an entity.
pub(crate) const fn on(
    method: Method,
    at: At,
    answered: fn(Route) -> Route,
    described: Described,
) -> Row {
    served(Http { method, at, answered, described })
}

/// Something that is read on the command line.
pub(crate) const fn look<L: Looking>() -> Row {
    Row { http: None, verb: Some(listed::looking::<L>()), form: None }
}

/// Something that is done on the command line by a verb of its own.
pub(crate) const fn act<A: Acting>() -> Row {
    Row { http: None, verb: Some(listed::acting::<A>()), form: None }
}

impl Http {
    pub(crate) const fn with_body<O: Operation>(method: Method) -> Http {
        let described = described::asking::<O>().with_body(described::shape::<O>);
        Http { method, at: At::One(O::NAME), answered: operation::with_body::<O>, described }
    }

    /// An operation of which everything is said by its path.
    pub(crate) const fn bare<O: Operation>(method: Method) -> Http {
        let described = described::asking::<O>();
        Http { method, at: At::One(O::NAME), answered: operation::bare::<O>, described }
    }
}

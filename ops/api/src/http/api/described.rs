//! What the API's document says of the rows of the list of operations.
//!
//! An operation is described by the comments on its own type: the first line is its summary, the rest its description,
//! and fields that stand in its path are described by their own comments.

use utoipa::openapi::path::{
    HttpMethod, Operation as Documented, OperationBuilder, Parameter, ParameterBuilder, ParameterIn,
};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{
    Content, ContentBuilder, OpenApi, Ref, RefOr, Required, ResponseBuilder, Schema,
};
use utoipa::{IntoParams, IntoResponses as _, PartialSchema, ToSchema};

use super::preconditions::TermsDoc;
use super::problems::Problems;
use super::text::Key;
use crate::operations::exposed::{Exposed, Operation};
use crate::operations::row::{At, Http, Method};
use crate::operations::{ALL, Resource};

/// Schemas by their names.
pub(crate) type Schemas = Vec<(String, RefOr<Schema>)>;
/// Puts a type's schema and those it refers to among the others, and refers to it.
pub(crate) type Shape = fn(&mut Schemas) -> RefOr<Schema>;

/// What the document says of one row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Described {
    id: &'static str,
    words: Words,
    /// The key of the entity in the path, where it is no [`Key`].
    key: Option<fn() -> Parameter>,
    parameters: fn() -> Vec<Parameter>,
    body: Option<Carried>,
    answer: Answered,
    /// What is said of the answer where something was made.
    made: Option<&'static str>,
    /// What is said of it where the rest follows later.
    later: Option<&'static str>,
    asked_by: Callers,
}

/// What a body consists of.
#[derive(Clone, Copy, Debug)]
struct Carried {
    /// The types it may be of.
    media: &'static [&'static str],
    shape: Shape,
}

#[derive(Clone, Copy, Debug)]
struct Answered {
    status: &'static str,
    body: Option<Carried>,
    words: &'static str,
}

/// Who may ask at all.
#[derive(Clone, Copy, Debug)]
enum Callers {
    /// Those who have shown who they are.
    Known,
    Anybody,
}

/// The type of bodies that are not said to be of another.
const JSON: &[&str] = &["application/json"];

/// Where it stands what something is for.
#[derive(Clone, Copy, Debug)]
enum Words {
    /// Here: in short and, unless empty, at length.
    Written(&'static str, &'static str),
    /// On the type.
    Commented(fn() -> RefOr<Schema>),
}

/// The document of something that is read.
pub(crate) const fn reading(id: &'static str, summary: &'static str) -> Described {
    Described {
        id,
        words: Words::Written(summary, ""),
        key: None,
        parameters: Vec::new,
        body: None,
        answer: Answered::json(object, summary),
        made: None,
        later: None,
        asked_by: Callers::Known,
    }
}

/// The document of something that is asked of no entity.
pub(crate) const fn doing(id: &'static str, summary: &'static str) -> Described {
    reading(id, summary)
}

/// The document of an operation that has no body.
pub(crate) const fn asking<O: Operation>() -> Described {
    Described {
        words: Words::Commented(O::schema),
        parameters: parameters::<TermsDoc>,
        answer: Answered::json(O::Of::SHAPE, O::DONE),
        later: O::LATER,
        ..reading(O::ID, "")
    }
}

impl Described {
    /// The same, said at length, too.
    pub(crate) const fn at_length(self, description: &'static str) -> Described {
        match self.words {
            Words::Written(summary, _) => {
                Described { words: Words::Written(summary, description), ..self }
            }
            Words::Commented(_) => self,
        }
    }

    /// The same with these parameters besides those of the path.
    pub(crate) const fn with<P: IntoParams>(self) -> Described {
        Described { parameters: parameters::<P>, ..self }
    }

    /// The same with these parameters besides those of the path.
    pub(crate) const fn with_parameters(self, parameters: fn() -> Vec<Parameter>) -> Described {
        Described { parameters, ..self }
    }

    /// The same with another parameter for the entity's key.
    pub(crate) const fn with_key(self, key: fn() -> Parameter) -> Described {
        Described { key: Some(key), ..self }
    }

    /// The same with a body.
    pub(crate) const fn with_body(self, shape: Shape) -> Described {
        self.with_media(JSON, shape)
    }

    /// The same with a body of one of these types.
    pub(crate) const fn with_media(
        self,
        media: &'static [&'static str],
        shape: Shape,
    ) -> Described {
        Described { body: Some(Carried { media, shape }), ..self }
    }

    /// The same where something may be made, besides.
    pub(crate) const fn or_makes(self, words: &'static str) -> Described {
        Described { made: Some(words), ..self }
    }

    /// The same with this for an answer.
    pub(crate) const fn answers(self, shape: Shape, words: &'static str) -> Described {
        Described { answer: Answered::json(shape, words), ..self }
    }

    /// The same with an answer of one of these types.
    pub(crate) const fn answers_media(
        self,
        media: &'static [&'static str],
        shape: Shape,
        words: &'static str,
    ) -> Described {
        let answer = Answered { status: "200", body: Some(Carried { media, shape }), words };
        Described { answer, ..self }
    }

    /// The same with this for an answer, which was made by the request.
    pub(crate) const fn makes(self, shape: Shape, words: &'static str) -> Described {
        let answer = Answered { status: "201", ..Answered::json(shape, words) };
        Described { answer, ..self }
    }

    /// The same, answered without a body.
    pub(crate) const fn answers_nothing(self, words: &'static str) -> Described {
        Described { answer: Answered { status: "204", body: None, words }, ..self }
    }

    /// The same, also for those who have not shown who they are.
    pub(crate) const fn for_anybody(self) -> Described {
        Described { asked_by: Callers::Anybody, ..self }
    }
}

impl Answered {
    const fn json(shape: Shape, words: &'static str) -> Answered {
        Answered { status: "200", body: Some(Carried { media: JSON, shape }), words }
    }
}

/// Writes every row of the list into the document.
pub(super) fn all(document: &mut OpenApi) {
    let mut schemas = Schemas::new();
    for resource in ALL {
        for (path, http) in resource.routed() {
            let operation = operation(resource, &http, &mut schemas);
            let path = format!("/api/v1{path}");
            document.paths.add_path_operation(path, vec![method(http.method)], operation);
        }
    }
    document.components.get_or_insert_default().schemas.extend(schemas);
}

fn method(method: Method) -> HttpMethod {
    match method {
        Method::Get => HttpMethod::Get,
        Method::Post => HttpMethod::Post,
        Method::Put => HttpMethod::Put,
        Method::Delete => HttpMethod::Delete,
    }
}

fn operation(resource: &Resource, http: &Http, schemas: &mut Schemas) -> Documented {
    let Described { id, words, body, answer, made, later, asked_by, .. } = http.described;
    let (summary, description) = words.said();
    let mut operation = OperationBuilder::new()
        .operation_id(Some(id))
        .tag(resource.tag)
        .summary(Some(summary))
        .description(description)
        .parameters(Some(every_parameter(resource, http)).filter(|all| !all.is_empty()));
    if let Some(Carried { media, shape }) = body {
        let mut body = RequestBodyBuilder::new().required(Some(Required::True));
        for media in media {
            body = body.content(*media, content(shape(schemas)));
        }
        operation = operation.request_body(Some(body.build()));
    }
    let made = made.map(|words| Answered { status: "201", words, ..answer });
    let later = later.map(|words| Answered { status: "202", words, ..answer });
    for Answered { status, body, words } in [answer].into_iter().chain(made).chain(later) {
        let mut response = ResponseBuilder::new().description(words);
        for (media, shape) in
            body.iter().flat_map(|body| body.media.iter().map(|m| (m, body.shape)))
        {
            response = response.content(*media, content(shape(schemas)));
        }
        operation = operation.response(status, response.build());
    }
    for (status, problem) in Problems::responses() {
        operation = operation.response(status, problem);
    }
    match asked_by {
        Callers::Known => operation.build(),
        Callers::Anybody => operation.security(SecurityRequirement::default()).build(),
    }
}

/// The parameters: the entity's key, what else stands in the path, and the others.
fn every_parameter(resource: &Resource, http: &Http) -> Vec<Parameter> {
    let mut all = Vec::new();
    if let At::One(behind) = http.at {
        let usual = || {
            let key = Ref::from_schema_name(Key::name());
            in_path(resource.key.parameter, resource.key.words, key.into())
        };
        all.push(http.described.key.map_or_else(usual, |key| key()));
        for name in behind.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
            let (words, schema) = http.described.words.of_field(name);
            all.push(in_path(name, &words, schema));
        }
    }
    all.extend((http.described.parameters)());
    all
}

pub(crate) fn in_path(name: &str, words: &str, schema: RefOr<Schema>) -> Parameter {
    let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path);
    let parameter = parameter.required(Required::True).description(Some(words));
    parameter.schema(Some(schema)).build()
}

impl Words {
    /// In short, and at length if there is more to say.
    fn said(self) -> (String, Option<String>) {
        let (summary, more) = match self {
            Words::Written(summary, more) => (summary.to_owned(), more.to_owned()),
            Words::Commented(schema) => {
                let comment = comment(&schema());
                let (summary, more) = comment.split_once('\n').unwrap_or((&comment, ""));
                (summary.trim().to_owned(), more.trim().to_owned())
            }
        };
        (summary, Some(more).filter(|more| !more.is_empty()))
    }

    /// What is said of a field that stands in the path, and its schema.
    fn of_field(self, name: &str) -> (String, RefOr<Schema>) {
        let schema = match self {
            Words::Written(..) => None,
            Words::Commented(schema) => match schema() {
                RefOr::T(Schema::Object(object)) => object.properties.get(name).cloned(),
                RefOr::T(_) | RefOr::Ref(_) => None,
            },
        };
        let mut schema = schema.unwrap_or_else(|| Ref::from_schema_name(Key::name()).into());
        let words = comment(&schema);
        if let RefOr::Ref(reference) = &mut schema {
            reference.description = String::new();
        }
        (words, schema)
    }
}

fn comment(schema: &RefOr<Schema>) -> String {
    match schema {
        RefOr::Ref(reference) => reference.description.clone(),
        RefOr::T(Schema::Object(object)) => object.description.clone().unwrap_or_default(),
        RefOr::T(_) => String::new(),
    }
}

fn content(schema: RefOr<Schema>) -> Content {
    ContentBuilder::new().schema(Some(schema)).build()
}

fn parameters<P: IntoParams>() -> Vec<Parameter> {
    P::into_params(|| None)
}

/// The schema of a type, with those it refers to.
pub(crate) fn shape<T: ToSchema>(schemas: &mut Schemas) -> RefOr<Schema> {
    T::schemas(schemas);
    schemas.push((T::name().into_owned(), T::schema()));
    Ref::from_schema_name(T::name()).into()
}

/// The schema of a type that has no name of its own in the document.
pub(crate) fn plain<T: PartialSchema>(_: &mut Schemas) -> RefOr<Schema> {
    T::schema()
}

/// Some object, of which the document says no more.
pub(crate) fn object(_: &mut Schemas) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(SchemaType::Type(Type::Object)).build().into()
}

/// A list of such objects.
pub(crate) fn objects(schemas: &mut Schemas) -> RefOr<Schema> {
    ArrayBuilder::new().items(object(schemas)).build().into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn two_bodies_of_one_name_do_not_stand_for_each_other() {
        let mut schemas = Schemas::new();
        for resource in ALL {
            for (_, http) in resource.routed() {
                operation(resource, &http, &mut schemas);
            }
        }
        let mut known = BTreeMap::new();
        for (name, schema) in schemas {
            let said = serde_json::to_value(&schema).unwrap();
            let before = known.insert(name.clone(), said.clone());
            assert!(before.is_none_or(|before| before == said), "two schemas are called {name}");
        }
    }

    #[test]
    fn every_operation_says_what_it_is_for() {
        for resource in ALL {
            for (path, http) in resource.routed() {
                let (summary, _) = http.described.words.said();
                assert!(!summary.is_empty() && !summary.is_ascii(), "{path}");
            }
        }
    }
}

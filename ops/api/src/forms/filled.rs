//! Filled-in forms: read as a command line is, asked as over HTTP, and what is wrong told beside the field.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use duban_actors::case::files::Use;
use duban_actors::context::Context;
use serde::Serialize;
use serde_json::json;

use super::asking::{self, Sent};
use super::field::{Field, Input, for_people};
use super::known::{Known, OF_CASES, OF_MEETINGS, OF_SHIFTS};
use super::{mistake, offers};
use crate::http::api::beside;
use crate::http::api::body::BodyText;
use crate::http::problem::Problem;
use duban_base::asking::Asker;
use duban_server::server::Server;

/// What stands in the fields of a form, each as often as it has values.
#[derive(Clone, Debug, Default)]
pub struct Filled {
    /// Under which key it is asked.
    pub once: String,
    pub values: Vec<(String, String)>,
}

impl Filled {
    /// What stands in the field of this name.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let of = self.values.iter().filter(move |(known, _)| known == name);
        of.map(|(_, value)| &**value)
    }
}

/// What is wrong with a form.
#[derive(Clone, Debug)]
pub struct Wrong {
    pub status: StatusCode,
    /// What is wrong, and not with one field.
    pub head: String,
    /// The fields that are wrong, each with why; of names that come together, the form has one.
    fields: Vec<(Vec<String>, String)>,
}

impl Wrong {
    /// Told to people, of what programs read, too.
    fn told(status: StatusCode, head: &str, fields: Vec<(Vec<String>, String)>) -> Wrong {
        let told = fields.into_iter().map(|(names, why)| (names, for_people(&why)));
        Wrong { status, head: for_people(head), fields: told.collect() }
    }

    /// What is wrong, and not with one field.
    pub fn at_head(status: StatusCode, head: String) -> Wrong {
        Wrong::told(status, &head, Vec::new())
    }

    /// What of it does not go together.
    pub(super) fn unfit(why: &str) -> Wrong {
        Wrong::at_head(StatusCode::UNPROCESSABLE_ENTITY, why.to_owned())
    }

    pub(super) fn in_fields(names: Vec<String>, why: &str) -> Wrong {
        let fields = names.into_iter().map(|name| (vec![name], why.to_owned())).collect();
        Wrong::told(StatusCode::UNPROCESSABLE_ENTITY, "", fields)
    }

    /// What is wrong with one field.
    pub fn of_field(status: StatusCode, name: &str, why: String) -> Wrong {
        Wrong::told(status, "", vec![(vec![name.to_owned()], why)])
    }

    /// The same, of the field of this name.
    #[must_use]
    pub fn beside_field(self, name: &str) -> Wrong {
        Wrong::of_field(self.status, name, self.words())
    }

    /// All of it in words.
    pub fn words(&self) -> String {
        let fields = self.fields.iter().map(|(_, why)| why.as_str());
        joined(std::iter::once(self.head.as_str()).chain(fields))
    }

    /// What is wrong with the field of this name; empty where nothing is.
    pub fn beside(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(names, _)| names.iter().any(|known| known == name));
        found.map_or("", |(_, why)| why)
    }

    /// The same of a form that shows these fields: what is wrong with none of them is told at its head.
    pub(super) fn of_form(self, shown: &BTreeSet<&str>) -> Wrong {
        let (mut heads, mut fields) = (vec![self.head], Vec::new());
        for (names, why) in self.fields {
            match names.into_iter().find(|name| shown.contains(name.as_str())) {
                Some(name) => fields.push((vec![name], why)),
                None => heads.push(why),
            }
        }
        let head = joined(heads.iter().map(String::as_str));
        Wrong { status: self.status, head, fields }
    }
}

/// What is said, one after the other.
fn joined<'a>(said: impl Iterator<Item = &'a str>) -> String {
    said.filter(|words| !words.is_empty()).collect::<Vec<_>>().join(";")
}

/// A refusal in words, beside the field that it is about.
impl From<Problem> for Wrong {
    fn from(problem: Problem) -> Wrong {
        let Problem { status, code, title, detail, .. } = problem;
        let words = match detail.as_str() {
            "" => title,
            // Nothing is said twice.
            detail if detail.starts_with(&title) => detail.to_owned(),
            detail => format!("{title}:{detail}"),
        };
        match beside(code) {
            [] => Wrong::at_head(status, words),
            names => {
                let names = names.iter().map(|name| (*name).to_owned()).collect();
                Wrong::told(status, "", vec![(names, words)])
            }
        }
    }
}

/// A form on its way.
pub struct Sending<'a> {
    pub request: &'a HttpRequest,
    pub server: &'a Data<Server>,
    /// Who asks, in one of their roles.
    pub asker: &'a Asker,
    /// The entity.
    pub key: &'a str,
    pub filled: &'a Filled,
}

/// The form of this name of a case; none if there is no such form.
pub fn of_case(name: &str) -> Option<Sendable> {
    OF_CASES.iter().find(|known| known.asking.name == name).map(Sendable)
}

/// The same of a shift.
pub fn of_shift(name: &str) -> Option<Sendable> {
    OF_SHIFTS.iter().find(|known| known.asking.name == name).map(Sendable)
}

/// The same of a meeting.
pub fn of_meeting(name: &str) -> Option<Sendable> {
    OF_MEETINGS.iter().find(|known| known.asking.name == name).map(Sendable)
}

/// What somebody wrote in a field, or chose there, in words.
#[derive(Clone, Debug, Serialize)]
pub struct Written {
    pub label: String,
    pub text: String,
}

/// A form that can be sent.
#[derive(Clone, Copy)]
pub struct Sendable(&'static Known);

impl Sendable {
    /// Where it is sent, behind the address of the entity.
    pub fn name(self) -> &'static str {
        self.0.asking.name
    }

    /// What it is called.
    pub fn title(self) -> &'static str {
        &self.0.title
    }

    /// What is said when it is done.
    pub fn done(self) -> &'static str {
        self.0.asking.done
    }

    /// What is said when it is done, and something follows later.
    pub fn later(self) -> &'static str {
        self.0.asking.later
    }

    /// What somebody wrote in it, in the order of its fields, with units, conditions and collectors by the names that the rules
    /// of `cx` have for them; files are not written.
    pub fn written(self, filled: &Filled, cx: &Context) -> Vec<Written> {
        let written = self.fields_written(filled).map(|field| {
            let known = offers::by_rules(field, cx);
            let said = said(filled, field).map(|value| field.words_of(value, &known));
            Written { label: field.label.clone(), text: said.collect::<Vec<_>>().join("、") }
        });
        written.collect()
    }

    /// Whether nobody wrote anything in it.
    pub fn is_blank(self, filled: &Filled) -> bool {
        self.fields_written(filled).next().is_none()
    }

    fn fields_written(self, filled: &Filled) -> impl Iterator<Item = &'static Field> {
        let is_written = move |field: &&Field| {
            let unwritten = [Input::Photo, Input::Paper, Input::Hidden].contains(&field.input);
            !unwritten
                && !field.is_speaking_for()
                && !field.is_of_the_form()
                && said(filled, field).next().is_some()
        };
        self.0.fields.iter().filter(is_written)
    }

    /// Whether there is a field of this name.
    pub fn has(self, name: &str) -> bool {
        self.0.fields.iter().any(|field| field.name == name)
    }

    /// Whether a telephone number stands in the field of this name.
    pub fn takes_number(self, name: &str) -> bool {
        self.0.fields.iter().any(|field| field.name == name && field.is_telephone())
    }

    /// Whether the field of this name has one value at most.
    pub fn takes_one(self, name: &str) -> bool {
        self.0.fields.iter().any(|field| field.name == name && !field.several)
    }

    /// As what a file is kept that is sent in the field of this name; none of one in which no file stands.
    pub fn takes_file(self, name: &str) -> Option<Use> {
        let field = self.0.fields.iter().find(|field| field.name == name)?;
        match field.input {
            Input::Photo => Some(Use::Photo),
            // Whether a recording may stand there is the operation's to say.
            Input::Paper => Some(Use::Attachment),
            Input::Number
            | Input::Choice
            | Input::Line
            | Input::Lines
            | Input::Day
            | Input::Instant
            | Input::Place
            | Input::Tick
            | Input::Hidden => None,
        }
    }

    /// Asks what it says, and waits until it is durable.
    ///
    /// # Errors
    /// What is wrong with it, or why it is refused.
    pub async fn send(self, sending: Sending<'_>) -> Result<HttpResponse, Wrong> {
        let Sending { request, server, asker, key, filled } = sending;
        let read = (self.0.asking.options)().try_get_matches_from(self.typed(filled));
        let matches = read.map_err(|error| mistake::told(&error))?;
        let key = key.parse().map_err(|_| Wrong::from(Problem::not_found()))?;
        let terms = asking::terms(request, &filled.once)?;
        let text = text(filled);
        (self.0.asking.carried_out)(Sent { server, asker, terms, key, matches, text }).await
    }

    /// As it would be typed; what is left empty is not.
    fn typed(self, filled: &Filled) -> Vec<String> {
        let said = filled.values.iter().filter(|(_, value)| !value.trim().is_empty());
        said.flat_map(|(name, value)| self.options(name, value)).collect()
    }

    fn options(self, name: &str, value: &str) -> Vec<String> {
        let field: Option<&Field> = self.0.fields.iter().find(|field| field.name == name);
        let option = |value: &str| format!("--{name}={value}");
        match field.map(|field| (field.input, field.several)) {
            Some((Input::Tick, _)) => vec![format!("--{name}")],
            // One a line.
            Some((Input::Lines, true)) => {
                let lines = value.lines().map(str::trim).filter(|line| !line.is_empty());
                lines.map(option).collect()
            }
            Some(_) | None => vec![option(value)],
        }
    }
}

/// What was written in a field.
fn said<'a>(filled: &'a Filled, field: &'a Field) -> impl Iterator<Item = &'a str> {
    filled.values(&field.name).filter(|value| !value.trim().is_empty())
}

/// What it says, to tell it from another under the same key.
fn text(filled: &Filled) -> BodyText {
    let mut said: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, value) in &filled.values {
        said.entry(name).or_default().push(value);
    }
    BodyText::of(Bytes::from(json!(said).to_string()))
}

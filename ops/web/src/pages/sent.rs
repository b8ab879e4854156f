//! Forms that were sent, from the page of a case (`POST /cases/{case}/{form}`), of a desk, of whoever leads the county, of a
//! meeting and of reports: asked as over HTTP, and shown again with what is wrong where they are refused.
//!
//! A form that was taken leads back to its page, so that nothing is sent again by looking once more.

pub(super) mod came;

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use duban_actors::case::KIND;
use duban_runtime::entity::EntityId;
use serde::{Deserialize, Serialize};

use super::Pages;
use super::layout::in_address;
use super::refused::{self, Refused, UNSENT, elsewhere};
use super::session::{self, Stay};
use super::{case, desk, interrupted, leader, meeting, report, visibility};
use came::{Came, Stopped};
use duban_api::forms::Form;
use duban_api::forms::filled::{self, Filled, Sendable, Sending, Written, Wrong};
use duban_server::server::Server;

/// What became of a form, as a page's address says it.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Told {
    /// The form that was taken.
    #[serde(default)]
    done: String,
    /// The one that was taken, and something follows later.
    #[serde(default)]
    later: String,
}

/// The same, and of which of the things on the page it is.
#[derive(Deserialize)]
pub(super) struct ToldOf {
    #[serde(default)]
    at: String,
    #[serde(flatten)]
    told: Told,
}

/// What became of a form that stands on a page.
#[derive(Debug)]
pub(super) enum After {
    /// None was sent, or nothing is said of it.
    Nothing,
    /// It was taken, which is said so.
    Taken(String),
    /// It is to be put right.
    Wrong { unsent: Unsent, name: String, filled: Filled, wrong: Wrong },
}

/// A form that was not taken, by what it is called, and what was written in it: where it is offered no more, it is shown, so
/// that nobody has written it for nothing.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Unsent {
    title: &'static str,
    written: Vec<Written>,
}

/// The forms of a page.
#[derive(Serialize)]
pub(super) struct Forms {
    /// Where they are sent, before their names.
    to: String,
    /// What tells them from those of others on the page; may be empty.
    of: String,
    offered: Vec<Form>,
    /// What became of one that was taken.
    taken: String,
    /// What is wrong with one that is offered no more.
    wrong: String,
    unsent: Option<Unsent>,
}

impl Told {
    /// What became of a form among those that `known` knows.
    pub(super) fn after(&self, known: fn(&str) -> Option<Sendable>) -> After {
        let said = |name: &str, words: fn(Sendable) -> &'static str| {
            known(name).map(|form| After::Taken(format!("{}:{}", form.title(), words(form))))
        };
        let taken = said(&self.done, Sendable::done).or_else(|| said(&self.later, Sendable::later));
        taken.unwrap_or(After::Nothing)
    }
}

impl ToldOf {
    /// Of which of them, and what became of it.
    pub(super) fn after(self, known: fn(&str) -> Option<Sendable>) -> (String, After) {
        let after = self.told.after(known);
        (self.at, after)
    }
}

impl After {
    /// The form that was not taken, if one was not.
    pub(super) fn unsent(&self) -> Option<&Unsent> {
        match self {
            After::Nothing | After::Taken(_) => None,
            After::Wrong { unsent, .. } => Some(unsent),
        }
    }

    /// The same, unless what the form is of is not there for whoever sent it.
    fn of_what_is_there(self) -> Result<After, Refused> {
        if self.status() == StatusCode::NOT_FOUND { Err(Refused::NotFound) } else { Ok(self) }
    }

    /// The status of the page that shows it.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            After::Nothing | After::Taken(_) => StatusCode::OK,
            After::Wrong { wrong, .. } => wrong.status,
        }
    }
}

impl Forms {
    /// `forms`, each with a key of its own, after what became of one of them.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub(super) fn shown(
        (to, of): (String, &str),
        forms: Vec<Form>,
        after: After,
    ) -> anyhow::Result<Forms> {
        let offered = forms.into_iter().map(Form::keyed).collect::<Result<Vec<Form>, _>>()?;
        let of = of.to_owned();
        let (taken, wrong) = (String::new(), String::new());
        let mut shown = Forms { to, of, offered, taken, wrong, unsent: None };
        match after {
            After::Nothing => {}
            After::Taken(words) => shown.taken = words,
            After::Wrong { unsent, name, filled, wrong } => {
                if let Some(form) = shown.offered.iter_mut().find(|form| form.name == name) {
                    *form = form.clone().to_be_put_right(&filled, wrong);
                } else {
                    shown.wrong = format!("{}:{}", unsent.title, wrong.words());
                    shown.unsent = Some(unsent).filter(|unsent| !unsent.written.is_empty());
                }
            }
        }
        Ok(shown)
    }
}

/// A form of a case.
pub(super) async fn of_case(
    request: HttpRequest,
    pages: web::Data<Pages>,
    server: web::Data<Server>,
    named: web::Path<(String, String)>,
    payload: web::Payload,
) -> HttpResponse {
    let (id, name) = named.into_inner();
    let to = To { key: &id, form: filled::of_case(&name) };
    let taken = async |form, answer: HttpResponse| {
        after_case(&request, &server, &id, (form, answer.status())).await
    };
    let again = async |after| case::shown(&request, &pages, &server, &id, after).await;
    answered((&request, &pages, &server), to, payload, (taken, again)).await
}

/// A report; its case is shown.
pub(super) async fn of_report(
    request: HttpRequest,
    pages: web::Data<Pages>,
    server: web::Data<Server>,
    payload: web::Payload,
) -> HttpResponse {
    let to = To { key: "report", form: filled::of_case("report") };
    let taken = async |form, answer: HttpResponse| {
        let made = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok());
        let case = made.and_then(|to| to.rsplit('/').next());
        Ok(match case {
            Some(case) => elsewhere(&format!("/cases/{case}?{}", said(form, answer.status()))),
            None => elsewhere("/report"),
        })
    };
    let again = async |after: After| {
        report::shown(&request, &pages, &server, after.of_what_is_there()?).await
    };
    answered((&request, &pages, &server), to, payload, (taken, again)).await
}

/// A form of a desk's shift.
pub(super) async fn of_desk(
    request: HttpRequest,
    pages: web::Data<Pages>,
    server: web::Data<Server>,
    named: web::Path<(String, String)>,
    payload: web::Payload,
) -> HttpResponse {
    let (key, name) = named.into_inner();
    let to = To { key: &key, form: filled::of_shift(&name) };
    let there = format!("/desk?at={}&", in_address(&key));
    let again = async |after| desk::shown(&request, &pages, &server, (key.clone(), after)).await;
    on_its_page((&request, &pages, &server), to, payload, (&there, again)).await
}

/// A form of a case that stands on the page of whoever leads the county.
pub(super) async fn of_leader(
    request: HttpRequest,
    pages: web::Data<Pages>,
    server: web::Data<Server>,
    named: web::Path<(String, String)>,
    payload: web::Payload,
) -> HttpResponse {
    let (key, name) = named.into_inner();
    let to = To { key: &key, form: filled::of_case(&name) };
    let there = format!("/leader?at={}&", in_address(&key));
    let again = async |after| leader::shown(&request, &pages, &server, (key.clone(), after)).await;
    on_its_page((&request, &pages, &server), to, payload, (&there, again)).await
}

/// A form of a meeting.
pub(super) async fn of_meeting(
    request: HttpRequest,
    pages: web::Data<Pages>,
    server: web::Data<Server>,
    named: web::Path<(String, String)>,
    payload: web::Payload,
) -> HttpResponse {
    let (no, name) = named.into_inner();
    let to = To { key: &no, form: filled::of_meeting(&name) };
    let there = format!("/meetings/{}?", in_address(&no));
    let again = async |after| meeting::shown(&request, &pages, &server, (no.clone(), after)).await;
    on_its_page((&request, &pages, &server), to, payload, (&there, again)).await
}

/// Sends a form that stands on a page for everybody who may send it: taken, it leads back `there`, and otherwise `again` shows
/// the page once more.
async fn on_its_page(
    at: (&HttpRequest, &web::Data<Pages>, &web::Data<Server>),
    to: To<'_>,
    payload: web::Payload,
    (there, again): (&str, impl AsyncFnOnce(After) -> Result<HttpResponse, Refused>),
) -> HttpResponse {
    let taken = async |form, answer: HttpResponse| {
        Ok(elsewhere(&format!("{there}{}", said(form, answer.status()))))
    };
    let again = async |after: After| again(after.of_what_is_there()?).await;
    answered(at, to, payload, (taken, again)).await
}

/// Sends a form: where it is taken `taken` leads on, and otherwise `again` shows its page once more.
async fn answered(
    (request, pages, server): (&HttpRequest, &web::Data<Pages>, &web::Data<Server>),
    to: To<'_>,
    payload: web::Payload,
    (taken, again): (
        impl AsyncFnOnce(Sendable, HttpResponse) -> Result<HttpResponse, Refused>,
        impl AsyncFnOnce(After) -> Result<HttpResponse, Refused>,
    ),
) -> HttpResponse {
    let answered = match sent(request, server, to, payload).await {
        Ok(Sent::Taken(form, answer)) => taken(form, answer).await,
        Ok(Sent::Wrong(after)) => again(after).await,
        Err(refused) => Err(refused),
    };
    refused::settled(pages, request, answered).await
}

/// Whoever looks at where a form is sent is led to the page it stands on: after signing in once more, say.
pub(super) async fn look(request: HttpRequest, named: web::Path<(String, String)>) -> HttpResponse {
    let (id, name) = named.into_inner();
    led(&request, (&format!("/cases/{}", in_address(&id)), &format!("#act-{}", in_address(&name))))
}

/// The same of a form of a meeting.
pub(super) async fn look_at_meeting(
    request: HttpRequest,
    named: web::Path<(String, String)>,
) -> HttpResponse {
    let (no, name) = named.into_inner();
    let place = format!("#act-{}", in_address(&name));
    led(&request, (&format!("/meetings/{}", in_address(&no)), &place))
}

/// To a page and a place on it, which hears that a form was not sent where the address says so.
pub(super) fn led(request: &HttpRequest, (page, place): (&str, &str)) -> HttpResponse {
    let is_left = request.query_string() == UNSENT;
    let asked = if is_left { format!("?{UNSENT}") } else { String::new() };
    elsewhere(&format!("{page}{asked}{place}"))
}

/// Back to the case, or home where somebody does not see it any more.
async fn after_case(
    request: &HttpRequest,
    server: &Server,
    id: &str,
    (form, status): (Sendable, StatusCode),
) -> Result<HttpResponse, Refused> {
    let there = format!("/cases/{}?{}", in_address(id), said(form, status));
    // It is done, and its page says so: also to whoever has to sign in once more to see it.
    let Ok(stay) = session::needed(request, server).await else { return Ok(elsewhere(&there)) };
    let (case, home) = (EntityId::new(KIND, id), stay.home());
    let seen = server.read(move |store| visibility::case_or_part(&stay, store, &case)).await;
    let is_gone = matches!(seen, Err(Refused::NotFound));
    Ok(elsewhere(if is_gone { home } else { &there }))
}

/// What the address says of a form that was taken.
fn said(form: Sendable, status: StatusCode) -> String {
    let what = if status == StatusCode::ACCEPTED { "later" } else { "done" };
    format!("{what}={}", form.name())
}

/// To which entity a form is sent; none for a form that there is not.
struct To<'a> {
    key: &'a str,
    form: Option<Sendable>,
}

/// What became of a form.
enum Sent {
    Taken(Sendable, HttpResponse),
    Wrong(After),
}

async fn sent(
    request: &HttpRequest,
    server: &web::Data<Server>,
    To { key, form }: To<'_>,
    payload: web::Payload,
) -> Result<Sent, Refused> {
    let stay: Stay = match session::needed(request, server).await {
        Err(Refused::SignIn(wanted)) => {
            let from = (request, server.get_ref());
            return Err(interrupted::signed_out(from, (form, wanted), payload).await);
        }
        stay => stay?,
    };
    let form = form.ok_or(Refused::NotFound)?;
    let mut came = Came::of(&stay, form);
    let outcome = match came.read(request, server, payload).await {
        Ok(_) if came.is_resumed => Err(interrupted::to_be_sent(came.passed_over)),
        Ok(asker) => {
            let filled = &came.filled;
            form.send(Sending { request, server, asker: &asker, key, filled }).await
        }
        Err(Stopped::Refused(refused)) => return Err(refused),
        Err(Stopped::Wrong(wrong)) => Err(wrong),
    };
    match outcome {
        Ok(answer) => Ok(Sent::Taken(form, answer)),
        Err(wrong) => {
            let written = form.written(&came.filled, &server.rules.current().0);
            let unsent = Unsent { title: form.title(), written };
            let (name, filled) = (form.name().to_owned(), came.filled);
            Ok(Sent::Wrong(After::Wrong { unsent, name, filled, wrong }))
        }
    }
}

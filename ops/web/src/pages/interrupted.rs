//! Interrupted forms: what somebody wrote whose session had ended when they sent it. It goes through the sign-in page and back
//! into its form, to be sent once more; by signing in nothing is done.
//!
//! ```text
//! a form is sent ─► nobody is signed in ─► the sign-in page, with what was written ─► the same person signs in
//!   ─► 继续填写, with the word of the new session ─► the page of the form, filled in as it was
//! ```
//! Files are not kept: nobody may bring one who is not signed in.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};

use super::Pages;
use super::layout::{self, Frame, Keep};
use super::login::{is_from_here, local};
use super::refused::Refused;
use super::sent::came;
use super::session::Stay;
use duban_api::forms::filled::{Filled, Sendable, Wrong};
use duban_server::server::Server;

/// Bytes of what is kept at most, as the sign-in page carries it; of a larger form nothing is.
pub(super) const BYTES_MAX: usize = 32 << 10;

/// A form that was not sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Interrupted {
    /// Where it is sent.
    to: String,
    title: String,
    /// Who filled it in, by login name.
    by: String,
    role: String,
    values: Vec<(String, String)>,
}

/// Where whoever sends a form goes whose session has ended: to sign in, with what they wrote.
pub(super) async fn signed_out(
    (request, server): (&HttpRequest, &Server),
    (form, wanted): (Option<Sendable>, String),
    payload: web::Payload,
) -> Refused {
    let Some(form) = form.filter(|_| is_from_here(request, server)) else {
        return Refused::SignIn(wanted);
    };
    let texts = came::texts(request, payload).await;
    match Interrupted::of(form, &wanted, texts) {
        Some(interrupted) => Refused::SignInFirst(Box::new(interrupted)),
        None => Refused::SignIn(wanted),
    }
}

/// What is told of one that came back: it is yet to be sent.
pub(super) fn to_be_sent() -> Wrong {
    Wrong::at_head(StatusCode::OK, "登录前填写的内容还没有发送,核对后再发送".to_owned())
}

impl Interrupted {
    /// None where nobody wrote anything, or too much.
    fn of(form: Sendable, to: &str, texts: Vec<(String, String)>) -> Option<Interrupted> {
        let (title, to) = (form.title().to_owned(), to.to_owned());
        let (by, role, values) = (String::new(), String::new(), Vec::new());
        let mut interrupted = Interrupted { to, title, by, role, values };
        for (name, text) in texts {
            match name.as_str() {
                "by" => interrupted.by = text,
                "role" => interrupted.role = text,
                "csrf" | "once" | "resumed" => {}
                _ => interrupted.values.push((name, text)),
            }
        }
        let values = interrupted.values.clone();
        let is_blank = form.is_blank(&Filled { once: String::new(), values });
        (!is_blank && interrupted.text().len() <= BYTES_MAX).then_some(interrupted)
    }

    /// As the sign-in page carries it.
    pub(super) fn text(&self) -> String {
        // Writing plain texts cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What the sign-in page carried, if it is of `login` and leads to a page of ours.
    pub(super) fn read(text: &str, login: &str) -> Option<Interrupted> {
        let read = serde_json::from_str::<Interrupted>(text).ok();
        read.filter(|read| read.by == login && local(&read.to).is_some())
    }

    /// Where it is sent.
    pub(super) fn to(&self) -> &str {
        &self.to
    }

    /// The page by which it goes back into its form.
    pub(super) fn resumed(self, pages: &Pages, stay: &Stay) -> HttpResponse {
        let frame = Frame::around("", Some(stay));
        layout::page(pages, (StatusCode::OK, Keep::Private), "resumed.html", &frame, self)
    }
}

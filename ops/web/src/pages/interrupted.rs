//! Interrupted forms: what somebody wrote whose session had ended when they sent it. It goes through the sign-in page and back
//! into its form, to be sent once more; by signing in nothing is done.
//!
//! ```text
//! a form is sent ─► nobody is signed in ─► the sign-in page, with what was written ─► the same person signs in
//!   ─► 继续填写, with the word of the new session ─► the page of the form, filled in as it was
//! ```
//! The sign-in page is read by whoever sits there: telephone numbers do not stand in it, and files are not kept, as nobody may
//! bring one who is not signed in. What is not kept is told.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};

use super::Pages;
use super::layout::{self, Frame, Keep};
use super::login::{is_from_here, local};
use super::refused::Refused;
use super::sent::came::{self, Heard};
use super::session::Stay;
use duban_api::forms::filled::{self, Filled, Sendable, Wrong};
use duban_server::server::Server;

/// Bytes of what is kept at most, as the sign-in page carries it; of a larger form nothing is.
pub(super) const BYTES_MAX: usize = 32 << 10;

/// A form that was not sent.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Interrupted {
    /// Where it is sent.
    to: String,
    /// Who filled it in, by login name; empty where nothing is kept.
    by: String,
    role: String,
    /// The key under which it was sent: it may have been done, and the answer lost.
    once: String,
    values: Vec<(String, String)>,
    lost: Vec<Lost>,
}

/// What of it is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Lost {
    /// All of it: it is too long.
    TooLong,
    /// All of it: its page does not say who filled it in, as pages of earlier versions do not.
    Unnamed,
    Files,
    /// Telephone numbers.
    Numbers,
    /// What had not come when the sending broke off, or took too long.
    Rest,
}

/// What the page is filled in with that leads back into the form.
#[derive(Serialize)]
struct Resumed {
    title: &'static str,
    told: Vec<&'static str>,
    #[serde(flatten)]
    interrupted: Interrupted,
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
    let heard = came::heard(request, payload, BYTES_MAX).await;
    match Interrupted::of(form, request.uri().path(), heard) {
        Some(interrupted) => Refused::SignInFirst(Box::new(interrupted)),
        None => Refused::SignIn(wanted),
    }
}

/// What is told of one that came back: it is yet to be sent, and so many files that came with it were passed over.
pub(super) fn to_be_sent(files: usize) -> Wrong {
    let files = if files > 0 { ";照片和文件没有保留,须重新选择" } else { "" };
    let words = format!("登录前填写的内容还没有发送,核对后再发送{files}");
    Wrong::at_head(StatusCode::OK, words)
}

/// Whether a form is sent there.
pub(super) fn is_form(to: &str) -> bool {
    form_at(to).is_some()
}

/// The form that is sent there; none where there is none.
fn form_at(to: &str) -> Option<Sendable> {
    let is_key = |key: &str| {
        key.contains(|c: char| c.is_ascii_alphanumeric())
            && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
    };
    let to = local(to)?.strip_prefix('/')?;
    match to.split('/').collect::<Vec<_>>().as_slice() {
        ["report", "report"] => filled::of_case("report"),
        ["cases" | "leader", case, name] if is_key(case) => filled::of_case(name),
        ["desk", desk, name] if is_key(desk) => filled::of_shift(name),
        ["meetings", no, name] if is_key(no) => filled::of_meeting(name),
        _ => None,
    }
}

impl Interrupted {
    /// None where nobody wrote or attached anything.
    fn of(form: Sendable, to: &str, heard: Heard) -> Option<Interrupted> {
        let nothing =
            |why| Interrupted { to: to.to_owned(), lost: vec![why], ..Interrupted::default() };
        let Some(texts) = heard.texts else { return Some(nothing(Lost::TooLong)) };
        let mut interrupted = Interrupted { to: to.to_owned(), ..Interrupted::default() };
        let mut filled = Filled::default();
        if heard.files > 0 {
            interrupted.lost.push(Lost::Files);
        }
        if !heard.is_whole && !texts.is_empty() {
            interrupted.lost.push(Lost::Rest);
        }
        for (name, text) in texts {
            match name.as_str() {
                "by" => interrupted.by = text,
                "role" => interrupted.role = text,
                "once" => interrupted.once = text,
                name if form.takes_number(name) && !text.trim().is_empty() => {
                    interrupted.lost.push(Lost::Numbers);
                }
                known if form.has(known) => filled.values.push((name, text)),
                _ => {}
            }
        }
        if form.is_blank(&filled) && interrupted.lost.is_empty() {
            return None;
        }
        if interrupted.by.is_empty() {
            return Some(nothing(Lost::Unnamed));
        }
        interrupted.values = filled.values;
        let is_short = interrupted.text().len() <= BYTES_MAX;
        Some(if is_short { interrupted } else { nothing(Lost::TooLong) })
    }

    /// As the sign-in page carries it; empty where nothing is kept.
    pub(super) fn text(&self) -> String {
        if self.by.is_empty() {
            return String::new();
        }
        // Writing plain texts cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What the sign-in page carried, if it leads to a form of ours.
    pub(super) fn carried(text: &str) -> Option<Interrupted> {
        let read = serde_json::from_str::<Interrupted>(text).ok();
        read.filter(|read| form_at(&read.to).is_some())
    }

    /// The same, if it is of `login`.
    pub(super) fn read(text: &str, login: &str) -> Option<Interrupted> {
        Interrupted::carried(text).filter(|read| read.by == login)
    }

    /// Where it is sent.
    pub(super) fn to(&self) -> &str {
        &self.to
    }

    /// What is told to whoever is to sign in.
    pub(super) fn told(&self) -> Vec<&'static str> {
        let kept = "登录已失效,刚才填写的内容还没有发送;本人登录后可以接着填写。";
        let kept = (!self.by.is_empty()).then_some(kept);
        kept.into_iter().chain(self.lost.iter().map(|lost| lost.told())).collect()
    }

    /// The page by which it goes back into its form.
    pub(super) fn resumed(self, pages: &Pages, stay: &Stay) -> HttpResponse {
        let frame = Frame::around("", Some(stay));
        let title = form_at(&self.to).map_or("", Sendable::title);
        let told = self.lost.iter().map(|lost| lost.told()).collect();
        let page = Resumed { title, told, interrupted: self };
        layout::page(pages, (StatusCode::OK, Keep::Private), "resumed.html", &frame, page)
    }
}

impl Lost {
    fn told(self) -> &'static str {
        match self {
            Lost::TooLong => "登录已失效,刚才填写的内容过长,没有发送,也没有保留;登录后须重新填写。",
            Lost::Unnamed => "登录已失效,刚才填写的内容没有发送,也没有保留;登录后须重新填写。",
            Lost::Files => "照片和文件没有保留,须重新选择。",
            Lost::Numbers => "电话号码没有保留,须重新填写。",
            Lost::Rest => "发送中断,填写的内容可能没有收全,请逐项核对、补全。",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_interrupted_leads_to_a_form_of_ours_and_nowhere_else() {
        for to in [
            "/report/report",
            "/cases/c-1/return",
            "/leader/c-1/consent",
            "/desk/duty-chief/notes",
            "/meetings/c1-1/call",
        ] {
            assert!(form_at(to).is_some(), "{to}");
        }
        for to in [
            "",
            "//evil.example/cases/c/return",
            "https://evil.example/cases/c/return",
            "/logout",
            "/password",
            "/report/return",
            "/cases/../report",
            "/cases/%2e%2e/report",
            "/cases/c?x/return",
            "/cases/c/return?next=1",
            "/cases/c/return/more",
            "/cases/c/nothing",
        ] {
            assert!(form_at(to).is_none(), "{to}");
        }
    }
}

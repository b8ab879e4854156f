//! Layout of a page: its template, the frame around it, and the headers that keep it in.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use minijinja::value::Serde;
use minijinja::{Environment, Error, UndefinedBehavior, Value, context, escape_formatter};
use serde::Serialize;

use super::Pages;
use super::assets::Assets;
use super::session::Stay;
use duban_access::access::guard::Entry;

/// Nothing comes from elsewhere, nothing runs but what is served as a file, and no page is shown inside another.
const POLICY: &str = "default-src 'self'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'; object-src 'none'";

/// The templates; the ending `.html` makes minijinja escape what is filled in.
const TEMPLATES: [(&str, &str); 29] = [
    ("applications.html", include_str!("../../templates/applications.html")),
    ("case.html", include_str!("../../templates/case.html")),
    ("deferrals.html", include_str!("../../templates/deferrals.html")),
    ("desk.html", include_str!("../../templates/desk.html")),
    ("disputes.html", include_str!("../../templates/disputes.html")),
    ("forms.html", include_str!("../../templates/forms.html")),
    ("front.html", include_str!("../../templates/front.html")),
    ("frame.html", include_str!("../../templates/frame.html")),
    ("helping.html", include_str!("../../templates/helping.html")),
    ("leader.html", include_str!("../../templates/leader.html")),
    ("letters.html", include_str!("../../templates/letters.html")),
    ("light.html", include_str!("../../templates/light.html")),
    ("login.html", include_str!("../../templates/login.html")),
    ("meeting.html", include_str!("../../templates/meeting.html")),
    ("part-escalations.html", include_str!("../../templates/part-escalations.html")),
    ("part-health.html", include_str!("../../templates/part-health.html")),
    ("part-said.html", include_str!("../../templates/part-said.html")),
    ("part-stages.html", include_str!("../../templates/part-stages.html")),
    ("part-summary.html", include_str!("../../templates/part-summary.html")),
    ("part-units.html", include_str!("../../templates/part-units.html")),
    ("password.html", include_str!("../../templates/password.html")),
    ("quota.html", include_str!("../../templates/quota.html")),
    ("refused.html", include_str!("../../templates/refused.html")),
    ("report.html", include_str!("../../templates/report.html")),
    ("resumed.html", include_str!("../../templates/resumed.html")),
    ("tasks.html", include_str!("../../templates/tasks.html")),
    ("unit.html", include_str!("../../templates/unit.html")),
    ("units.html", include_str!("../../templates/units.html")),
    ("waiting.html", include_str!("../../templates/waiting.html")),
];

/// Who looks at a page, and where they are.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Frame {
    /// Where in the navigation.
    here: &'static str,
    /// Their name; empty for nobody in particular.
    name: String,
    /// Their posts, in words.
    posts: String,
    /// What the form that signs out must bring.
    csrf: String,
    /// Pages that are offered to them beside those for everybody.
    offered: Vec<&'static str>,
    /// What is wrong with the server, for those who see to it.
    warning: Option<String>,
}

impl Frame {
    /// Around a page for everybody.
    pub(super) fn open(here: &'static str) -> Frame {
        Frame { here, ..Frame::default() }
    }

    /// Around a page for whoever came in, or for everybody.
    pub(super) fn around(here: &'static str, stay: Option<&Stay>) -> Frame {
        let Some(stay) = stay else { return Frame::open(here) };
        let profile = &stay.visitor.profile;
        let posts = profile.roles.iter().map(|role| role.chinese()).collect::<Vec<_>>();
        let csrf = match &stay.visitor.entry {
            Entry::Session { csrf, .. } => csrf.clone(),
            Entry::Token { .. } => String::new(),
        };
        Frame {
            here,
            name: profile.name.to_string(),
            posts: posts.join("、"),
            csrf,
            offered: offered(stay),
            warning: stay.warning.clone(),
        }
    }
}

/// The pages for posts of theirs.
fn offered(stay: &Stay) -> Vec<&'static str> {
    let pages = [
        ("leader", stay.leads()),
        ("tasks", stay.collects()),
        ("report", stay.registers()),
        ("desk", !stay.desks().is_empty()),
        ("overviews", stay.sees_all()),
        ("outbox", stay.operates()),
    ];
    pages.into_iter().filter(|(_, is_offered)| *is_offered).map(|(page, _)| page).collect()
}

/// Who may keep a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    /// Everybody sees the same, for a moment.
    Nobody,
    /// It is somebody's.
    Private,
}

/// The templates, which know the addresses of `assets`.
pub(super) fn templates(assets: &Assets) -> Result<Environment<'static>, Error> {
    let mut templates = Environment::new();
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    // What a page knows to be nothing is a blank on it.
    templates.set_formatter(|out, state, value| {
        if value.is_none() { Ok(()) } else { escape_formatter(out, state, value) }
    });
    for (name, source) in TEMPLATES {
        templates.add_template(name, source)?;
    }
    templates.add_filter("in_address", in_address);
    for (key, address) in assets.addresses() {
        templates.add_global(key.to_owned(), Value::from_safe_string(address));
    }
    Ok(templates)
}

/// A text as one part of an address, slashes of a path left as they are.
pub(super) fn in_address(text: &str) -> String {
    let part = |byte: u8| {
        let plain = byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'.' | b'_');
        if plain { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().map(part).collect()
}

/// A template filled in with `page`.
pub(super) fn filled(
    templates: &Environment<'static>,
    template: &str,
    page: impl Serialize,
) -> Result<String, Error> {
    templates.get_template(template)?.render(context! { page => Value::from(Serde(page)) })
}

/// A whole page.
pub(super) fn page(
    pages: &Pages,
    (status, keep): (StatusCode, Keep),
    template: &str,
    frame: &Frame,
    page: impl Serialize,
) -> HttpResponse {
    let words = context! {
        frame => Value::from(Serde(frame)),
        silence => pages.silence(),
        cut_off => pages.cut_off(),
        page => Value::from(Serde(page)),
    };
    match pages.templates.get_template(template).and_then(|template| template.render(words)) {
        Ok(html) => dressed(status, keep).body(html),
        Err(error) => {
            tracing::error!(%error, template, "a page cannot be filled in");
            dressed(StatusCode::INTERNAL_SERVER_ERROR, Keep::Private).body("页面无法显示")
        }
    }
}

fn dressed(status: StatusCode, keep: Keep) -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((X_FRAME_OPTIONS, "DENY"))
        .insert_header((REFERRER_POLICY, "same-origin"))
        .insert_header((
            CACHE_CONTROL,
            match keep {
                Keep::Nobody => "no-cache",
                Keep::Private => "no-store",
            },
        ));
    response
}

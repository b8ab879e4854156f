//! Browsers that were in before: the cookie by which they are known again (`ops/adr/0019`).
//!
//! One for each login name, so that a desk with one browser and several people knows all of them. It lets nobody in.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite, time};
use actix_web::http::header::USER_AGENT;

use crate::http::rate_limit;
use duban_access::access::guard::{BROWSER, Entered, Met};
use duban_access::access::origin::Origin;
use duban_server::server::Server;

/// What the names of these cookies begin with.
const PREFIX: &str = "duban_browser_";
/// Characters of a name's hash.
const HASH_CHARS: usize = 16;

/// What a request says of where it comes from.
pub struct From<'a> {
    request: &'a HttpRequest,
    browser: Option<Cookie<'static>>,
}

impl<'a> From<'a> {
    /// Where `request` comes from, with what its browser shows for `login`.
    pub fn of(request: &'a HttpRequest, login: &str) -> From<'a> {
        From { request, browser: request.cookie(&name(login)) }
    }

    /// The same for the login.
    pub fn origin(&self) -> Origin<'_> {
        let device = self.request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok());
        let browser = self.browser.as_ref().map(Cookie::value);
        let network = rate_limit::network(self.request);
        Origin { network, device: device.unwrap_or_default(), browser }
    }
}

/// The cookie for a browser that was met with this sign-in.
pub fn cookie(server: &Server, entered: &Entered) -> Option<Cookie<'static>> {
    match &entered.browser {
        Met::Before => None,
        Met::Now(secret) => {
            let (name, lasts) = (name(&entered.visitor.login), BROWSER);
            Some(kept(server, name, (secret.expose().to_owned(), lasts), SameSite::Strict))
        }
    }
}

/// A cookie that no script reads and no other site sends.
pub(super) fn kept(
    server: &Server,
    name: impl Into<String>,
    (text, lasts): (String, Duration),
    same_site: SameSite,
) -> Cookie<'static> {
    let lasts = i64::try_from(lasts.as_secs()).unwrap_or(i64::MAX);
    Cookie::build(name.into(), text)
        .path("/")
        .http_only(true)
        .same_site(same_site)
        .secure(server.config.http_public_url.starts_with("https:"))
        .max_age(time::Duration::seconds(lasts))
        .finish()
}

/// What may be typed as a name is no cookie's, and needs not stand in one.
fn name(login: &str) -> String {
    let hash: String = blake3::hash(login.as_bytes()).to_hex().chars().take(HASH_CHARS).collect();
    format!("{PREFIX}{hash}")
}

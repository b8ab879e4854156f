//! Who was turned away: one line of the log for a request that was answered with 401 or 403.
//!
//! The line says as whom somebody came (login name, token's number), never what they showed; of an address it says the
//! network, and of a path the pattern, so that nothing of a person stands there.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::dev::ServiceResponse;
use actix_web::http::header::AUTHORIZATION;
use actix_web::http::{Method, StatusCode};
use actix_web::web::Data;
use duban_runtime::clock::Timestamp;

use super::api::asker::{COOKIE, bearer};
use super::rate_limit;
use duban_access::access::secret::{SessionText, TokenText};
use duban_server::server::Server;

/// For how long the lines of a network are counted.
const WHILE: Duration = Duration::from_mins(1);
/// Lines of one network in that time; the last says that further ones are left out.
const LINES_MAX: u32 = 10;
/// Networks that are counted at a time; when there are more, all of them begin anew.
const NETWORKS_MAX: usize = 4_096;

/// How often who was turned away of late.
#[derive(Default)]
pub(super) struct TurnedAway(Mutex<BTreeMap<IpAddr, (Timestamp, u32)>>);

impl TurnedAway {
    /// Which line of this network it is in this minute; none if it has had its share.
    fn line(&self, network: IpAddr, now: Timestamp) -> Option<u32> {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.len() >= NETWORKS_MAX && !counted.contains_key(&network) {
            counted.clear();
        }
        let (since, lines) = counted.entry(network).or_insert((now, 0));
        if now.since(*since) >= WHILE {
            (*since, *lines) = (now, 0);
        }
        *lines = lines.saturating_add(1);
        (*lines <= LINES_MAX).then_some(*lines)
    }
}

/// Says who was turned away by this answer; of a HEAD it is the method as it came.
pub(super) fn say<B>(method: &Method, answered: &ServiceResponse<B>) {
    let request = answered.request();
    if matches!(answered.status(), StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
        && let Some(counted) = request.app_data::<Data<TurnedAway>>()
        && let Some(server) = request.app_data::<Data<Server>>()
    {
        let network = network(rate_limit::address(request));
        if let Some(line) = counted.line(network, server.now()) {
            let (status, last) = (answered.status().as_u16(), line == LINES_MAX);
            let (who, path) = (who(request), request.match_pattern().unwrap_or_default());
            tracing::warn!(status, %method, path, who, %network, last, "turned away");
        }
    }
}

/// As whom somebody comes, by what they show; whether it is true is not known here.
fn who(request: &HttpRequest) -> String {
    let shown = request.headers().get(AUTHORIZATION).and_then(bearer);
    if let Some(token) = shown.and_then(TokenText::parse) {
        return format!("{} token {}", token.login, token.id);
    }
    let cookie = request.cookie(COOKIE);
    let session = cookie.as_ref().and_then(|cookie| SessionText::parse(cookie.value()));
    session.map_or_else(|| "nobody".to_owned(), |session| session.login.to_owned())
}

/// The network of an address: enough to see a pattern, and nobody's own.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            IpAddr::from([a, b, c, 0])
        }
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_millis(1_772_424_000_000);

    #[test]
    fn a_network_has_its_lines_each_minute_and_no_more() {
        let counted = TurnedAway::default();
        let (one, other) = (IpAddr::from([10, 0, 0, 0]), IpAddr::from([10, 0, 1, 0]));
        let lines = (0..1_000).filter_map(|_| counted.line(one, NOON)).collect::<Vec<_>>();
        assert_eq!(lines, (1..=LINES_MAX).collect::<Vec<_>>());
        assert_eq!(counted.line(other, NOON), Some(1));
        assert_eq!(counted.line(one, NOON + WHILE), Some(1));
    }

    #[test]
    fn of_an_address_the_network_is_said() {
        let said = |address: &str| network(address.parse().unwrap()).to_string();
        assert_eq!(said("198.51.100.7"), "198.51.100.0");
        assert_eq!(said("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    }
}

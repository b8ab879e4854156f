//! Rate limit of each network (`http.per_minute`): whoever asks more is told to wait.

use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroU32;
use std::time::Duration;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpRequest};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::problem::Problem;
use duban_access::access::origin::Network;

/// Networks that are remembered; more, and those that have been quiet are forgotten.
const NETWORKS_MAX: usize = 65_536;

/// Who asked how often.
pub(super) struct RateLimit {
    limiter: DefaultKeyedRateLimiter<Network>,
    clock: DefaultClock,
}

impl RateLimit {
    /// So many a minute from one network, all at once if they like.
    pub(super) fn of(per_minute: u64) -> RateLimit {
        let most = u32::try_from(per_minute).ok().and_then(NonZeroU32::new);
        let quota = Quota::per_minute(most.unwrap_or(NonZeroU32::MIN));
        RateLimit { limiter: RateLimiter::keyed(quota), clock: DefaultClock::default() }
    }

    fn let_in(&self, network: Network) -> Result<(), Problem> {
        if self.limiter.len() > NETWORKS_MAX {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(&network).map_err(|not_yet| {
            let wait = not_yet.wait_time_from(self.clock.now());
            // Whole seconds, rounded up: asked at the end of them, it is let in.
            let wait = Duration::from_secs(wait.as_secs() + 1);
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-requests", "请求过多")
                .detail("请稍后再试")
                .again_after(wait)
        })
    }
}

/// Nothing, if the network of this request has not asked too often.
///
/// # Errors
/// 429, with the time to wait.
pub(super) fn let_in(request: &ServiceRequest) -> Result<(), Problem> {
    let rate_limit = request.app_data::<Data<RateLimit>>();
    rate_limit.map_or(Ok(()), |rate_limit| rate_limit.let_in(network(request.request())))
}

/// Lets a request through if its network has not asked too often.
pub async fn few_enough<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    match let_in(&request) {
        Ok(()) => Ok(next.call(request).await?.map_into_left_body()),
        Err(problem) => Ok(request.error_response(problem).map_into_right_body()),
    }
}

pub fn network(request: &HttpRequest) -> Network {
    Network::of(address(request))
}

/// Where a request comes from. Only a proxy on this machine is believed when it names somebody else: the last address
/// it names, which is the one that it saw itself.
pub fn address(request: &HttpRequest) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    if !peer.is_loopback() {
        return peer;
    }
    let named = request.headers().get_all("x-forwarded-for").last();
    let named =
        named.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    named.unwrap_or(peer)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn asked(peer: &str, forwarded: &str) -> IpAddr {
        let request = TestRequest::default().peer_addr(format!("{peer}:9").parse().unwrap());
        address(&request.insert_header(("X-Forwarded-For", forwarded)).to_http_request())
    }

    #[test]
    fn only_a_proxy_on_this_machine_is_believed() {
        let (stranger, other) = ("198.51.100.7", "203.0.113.9");
        assert_eq!(asked(stranger, other).to_string(), stranger);
        assert_eq!(asked("127.0.0.1", other).to_string(), other);
        assert_eq!(asked("127.0.0.1", &format!("10.0.0.1, {other}")).to_string(), other);
        assert_eq!(asked("127.0.0.1", "nobody").to_string(), "127.0.0.1");
    }

    #[test]
    fn who_asks_too_often_waits_and_nobody_else_does() {
        let rate_limit = RateLimit::of(3);
        let of = |last| Network::of(IpAddr::from([1, 1, 1, last]));
        let (one, other) = (of(1), of(2));
        assert!((0..3).all(|_| rate_limit.let_in(one).is_ok()));
        let refused = rate_limit.let_in(one).unwrap_err();
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(refused.retry_after.is_some_and(|wait| wait <= Duration::from_secs(21)));
        assert!(rate_limit.let_in(other).is_ok());
    }
}

//! `GET /live`: the front page's parts as they change, as server-sent events, for everybody.
//!
//! A viewer gets the parts that they have not seen, at most once a beat of the dashboard; a part is made once for all viewers.
//! There is room for so many viewers; one more is told to come again, and the page then looks by itself less often.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use actix_web::web::{self, Bytes};
use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use futures_util::stream;
use tokio::sync::watch;
use tokio::time::timeout;

use super::Pages;
use super::parts::Parts;
use super::session;
use duban_api::http::rate_limit;
use duban_api::http::seats::Seat;
use duban_base::labels::instant;
use duban_server::server::Server;

/// Viewers at a time.
pub const VIEWERS_MAX: usize = 512;
/// Of these, those of one account, or of one address whoever sits behind it.
pub(super) const VIEWERS_OF_ONE_MAX: usize = 128;
/// The longest silence: it shows a viewer that the connection lives, and the server that the viewer does.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// When a browser comes again after a break, in milliseconds.
const AGAIN_MS: u64 = 3_000;
/// When somebody for whom there was no room comes again, in seconds.
const NO_ROOM_S: u64 = 60;

struct Viewer {
    parts: watch::Receiver<Arc<Parts>>,
    /// The version of each part that they have.
    seen: Vec<u64>,
    server: web::Data<Server>,
    begun: Begun,
    _seat: Seat,
}

/// Whether a viewer has got anything.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Begun {
    No,
    Yes,
}

pub(super) async fn stream(
    request: HttpRequest,
    pages: web::Data<Pages>,
    server: web::Data<Server>,
) -> HttpResponse {
    let Ok(seat) = pages.room.take(whose(&request, &server).await) else {
        return HttpResponse::build(StatusCode::SERVICE_UNAVAILABLE)
            .insert_header((RETRY_AFTER, NO_ROOM_S))
            .body("观看的人太多,请稍后再来\n");
    };
    let parts = pages.parts.clone();
    let viewer = Viewer { parts, seen: Vec::new(), server, begun: Begun::No, _seat: seat };
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/event-stream"))
        .insert_header((CACHE_CONTROL, "no-store"))
        // A proxy that collects an answer before it passes it on would show nothing.
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(stream::unfold(viewer, |mut viewer| async {
            let events = viewer.next().await?;
            Some((Ok::<_, actix_web::Error>(events), viewer))
        }))
}

/// Whose seat it is: their account's, or else their address's.
async fn whose(request: &HttpRequest, server: &Server) -> String {
    match session::of(request, server).await {
        Ok(Some(stay)) => stay.visitor.login.to_string(),
        Ok(None) | Err(_) => rate_limit::address(request).to_string(),
    }
}

impl Viewer {
    /// What they have not seen, or a heartbeat; none once the dashboard is closed.
    async fn next(&mut self) -> Option<Bytes> {
        if self.begun == Begun::No {
            self.begun = Begun::Yes;
            let head = format!("retry: {AGAIN_MS}\n\n");
            return Some([head.as_bytes(), &self.unseen()].concat().into());
        }
        match timeout(HEARTBEAT, self.parts.changed()).await {
            Ok(Ok(())) => Some(self.unseen()),
            Ok(Err(_)) => None,
            Err(_) => Some(self.beat().into()),
        }
    }

    fn unseen(&mut self) -> Bytes {
        let parts = Arc::clone(&self.parts.borrow_and_update());
        let mut events = Vec::new();
        self.seen.resize(parts.0.len(), 0);
        for (part, seen) in parts.0.iter().zip(&mut self.seen) {
            if part.version > *seen {
                events.extend_from_slice(&part.event);
                *seen = part.version;
            }
        }
        events.extend_from_slice(self.beat().as_bytes());
        events.into()
    }

    /// The instant as of which the page is right, by the county's clock.
    fn beat(&self) -> String {
        let rules = self.server.rules.current();
        let at = instant::time_of_day(self.server.now(), &rules.0.rules.calendar);
        format!("event: beat\ndata: {at}\n\n")
    }
}

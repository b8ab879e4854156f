//! The stream of events: as it happens, to whoever may see it, from where one left, until the server closes.

use duban_tests::scratch_dir::ScratchDir;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};

use crate::server::{Server, run};

#[test]
fn events_are_heard_as_they_happen_by_whoever_may_see_their_case_and_the_stream_ends_with_the_server()
 {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let mut centre = Stream::of(&server, "chief", None).await;
        let mut water = Stream::of(&server, "water", None).await;
        let mut sweeper = Stream::of(&server, "sweeper", None).await;
        let case = server.dispatched(1).await;
        let mut registered = centre.next().await.unwrap();
        // The canary of the morning is a case, too.
        while registered.data["case"] != case {
            registered = centre.next().await.unwrap();
        }
        assert_eq!(registered.kind, "case");
        assert_eq!(registered.data["events"], json!(["Registered"]));
        let heard = water.next().await.unwrap();
        assert_eq!(heard.data["unit"], "SW");
        assert!(heard.data.get("reporter").is_none());
        server.change("water", &case, "receipt", &json!({})).await;
        let mut last = heard;
        while last.data["events"] != json!(["Received"]) {
            last = water.next().await.unwrap();
        }
        // Whoever comes back hears what they missed, once, and nothing they had heard.
        server.change("water", &case, "start", &json!({})).await;
        let mut back = Stream::of(&server, "water", Some(&last.id)).await;
        assert_eq!(back.next().await.unwrap().data["events"], json!(["Started"]));
        server.ask_to_stop();
        assert!(
            back.next().await.is_none() && water.rest().await && sweeper.next().await.is_none()
        );
    });
    assert!(server.ended().success());
}

#[test]
fn a_place_that_is_none_is_refused() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let request = server.request("chief", Method::GET, "/api/v1/events");
        let reply = crate::server::sent(request.header("Last-Event-ID", "yesterday")).await;
        reply.problem(400, "unfit-header");
    });
}

/// Somebody who listens.
pub(crate) struct Stream {
    response: Response,
    text: String,
}

#[derive(Debug)]
pub(crate) struct Heard {
    id: String,
    kind: String,
    pub(crate) data: Value,
}

impl Stream {
    pub(crate) async fn of(server: &Server, who: &str, last: Option<&str>) -> Stream {
        let mut request = server.request(who, Method::GET, "/api/v1/events");
        if let Some(last) = last {
            request = request.header("Last-Event-ID", last);
        }
        Stream::by(request).await
    }

    pub(crate) async fn by(request: RequestBuilder) -> Stream {
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Stream { response, text: String::new() }
    }

    /// The next event; none at the end.
    pub(crate) async fn next(&mut self) -> Option<Heard> {
        loop {
            if let Some(end) = self.text.find("\n\n") {
                let event = &self.text[..end];
                let field = |name: &str| {
                    let line = event.lines().find_map(|line| line.strip_prefix(name));
                    line.unwrap_or_default().to_owned()
                };
                let heard = Heard {
                    id: field("id: "),
                    kind: field("event: "),
                    data: serde_json::from_str(&field("data: ")).unwrap_or(Value::Null),
                };
                self.text.drain(..end + 2);
                if !heard.kind.is_empty() {
                    return Some(heard);
                }
                continue;
            }
            let piece = self.response.chunk().await.ok()??;
            self.text.push_str(std::str::from_utf8(&piece).unwrap());
        }
    }

    /// Hears the stream to its end.
    pub(crate) async fn rest(&mut self) -> bool {
        while self.next().await.is_some() {}
        true
    }
}

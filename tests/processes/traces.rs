//! One trace from a request over HTTP to the message that was handed over, as the server's collector gets it.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

use duban_actors::role::Role;
use serde_json::{Value, json};

use crate::server::{Client, Server, token};
use duban_tests::child::PATIENCE;
use duban_tests::scratch_dir::ScratchDir;

/// A collector that takes whatever it is given; its address, and the bodies of its requests.
fn collector() -> (String, Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (sender, bodies) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let sender = sender.clone();
            std::thread::spawn(move || {
                let mut stream = BufReader::new(stream);
                while let Some(body) = request(&mut stream) {
                    let taken =
                        stream.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                    if sender.send(body).is_err() || taken.is_err() {
                        return;
                    }
                }
            });
        }
    });
    (address, bodies)
}

fn request(stream: &mut BufReader<TcpStream>) -> Option<Vec<u8>> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some(body)
}

/// The spans in a request: what follows a trace's id in the bytes of `Span`, up to the next one.
fn spans(body: &[u8]) -> Vec<([u8; 16], String)> {
    // Field 1, 16 bytes; behind it field 2, 8 bytes.
    let starts: Vec<usize> = (0..body.len().saturating_sub(28))
        .filter(|at| {
            body[*at..].starts_with(&[0x0a, 0x10]) && body[at + 18..].starts_with(&[0x12, 0x08])
        })
        .collect();
    let ends = starts.iter().skip(1).copied().chain([body.len()]);
    let spans = starts.iter().zip(ends).map(|(start, end)| {
        let id = body[start + 2..start + 18].try_into().unwrap();
        (id, String::from_utf8_lossy(&body[*start..end]).into_owned())
    });
    spans.collect()
}

#[test]
fn one_trace_goes_from_a_request_over_http_to_the_message_that_was_handed_over() {
    let ground = ScratchDir::new();
    let token = token(ground.path(), Role::Intake);
    let (address, bodies) = collector();
    let endpoint = format!("http://{address}/v1/traces");
    let server = Server::start(ground.path(), &[("DUBAN_TRACE_ENDPOINT", endpoint)]);
    let mut client = Client::connect(&server.address, &token).unwrap();
    let report = json!({
        "channel": "hotline", "source": "12319", "external_id": "1", "text": "井盖松动",
        "address": "光明路 1 号",
        "reporter": { "name": "慕容示例", "phone": "13711112222", "reply": "wanted" },
    });
    let (status, answer) = client.ask("POST", "/api/v1/cases", &report.to_string()).unwrap();
    assert_eq!(status, 201, "{answer}");
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let path = format!("/api/v1/cases/{}/declining", answer["case"].as_str().unwrap());
    // Nobody asks for a reason twice: the reporter hears of it by SMS.
    let declined = json!({ "reason": "不属于城市管理范围" });
    let (status, answer) = client.ask("POST", &path, &declined.to_string()).unwrap();
    assert_eq!(status, 200, "{answer}");
    let mut traces: BTreeMap<[u8; 16], Vec<String>> = BTreeMap::new();
    let wanted = ["POST /api/v1/cases/{id}/declining", "commit", "deliver", "hand over sms"];
    let is_whole = |spans: &Vec<String>| {
        wanted.iter().all(|name| spans.iter().any(|span| span.contains(name)))
    };
    while !traces.values().any(is_whole) {
        let body = bodies.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("{traces:#?}"));
        for (trace, span) in spans(&body) {
            assert!(!span.contains("13711112222") && !span.contains("慕容示例"), "{span}");
            traces.entry(trace).or_default().push(span);
        }
    }
    let whole: Vec<_> = traces.values().filter(|spans| is_whole(spans)).collect();
    assert_eq!(whole.len(), 1, "{traces:#?}");
    server.signal("TERM");
    assert!(server.wait().1.success());
}

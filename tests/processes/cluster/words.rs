//! Words that callers of a town use: each deed has a mark of its own in what is said, by which its record is found.

use duban_actors::case::CaseId;
use duban_tests::case_path::{LOOSE_COVER, place};
use serde_json::{Value, json};

use crate::server::Client;

/// How a mark begins.
const MARK: &str = "[deed ";
/// Where all reports come from.
const SOURCE: &str = "course";
/// Cases that everybody asks something of.
const BUSY: u64 = 3;
/// A paper of its kind.
const PAPER: &str = "%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
/// Each of so many reports is urgent: steps come due on it.
const URGENT: u64 = 5;

/// A paper and the cases that everybody puts it on: each has many more records than commands that it remembers.
pub(crate) struct Busy {
    paper: String,
    cases: Vec<String>,
}

impl Busy {
    /// Cases, and a paper that is kept on every node.
    pub(crate) fn prepared(addresses: &[String], token: &str) -> Busy {
        let asked = |address: &str, path: &str, body: &str| {
            let mut client = Client::connect(address, token).unwrap();
            let (status, answer) = client.ask("POST", path, body).unwrap();
            // A node that asked twice, since the partition went elsewhere meanwhile, says that it stood already.
            assert!(matches!(status, 200 | 201), "{status}: {path}: {answer}");
            serde_json::from_str::<Value>(&answer).unwrap()
        };
        let kept = addresses.iter().map(|address| asked(address, "/api/v1/attachments", PAPER));
        let paper = kept.map(|kept| kept["file"].as_str().unwrap().to_owned()).next_back().unwrap();
        let cases = (0..BUSY).map(|n| {
            let report = json!({
                "channel": "leadership", "source": "busy", "external_id": n.to_string(), "text": "积水",
            });
            let case = asked(&addresses[0], "/api/v1/cases", &report.to_string());
            case["case"].as_str().unwrap().to_owned()
        });
        Busy { paper, cases: cases.collect() }
    }

    /// What is put on which of them.
    pub(crate) fn attachment(&self, n: u64) -> (&str, Value) {
        let which = usize::try_from(n % BUSY).unwrap();
        (&self.cases[which], json!({"file": self.paper, "note": mark("a", n)}))
    }
}

/// Nothing else that is said contains it.
pub(crate) fn mark(what: &str, n: u64) -> String {
    format!("{MARK}{what}{n}]")
}

/// The marks in what was recorded.
pub(crate) fn marks(recorded: &str) -> impl Iterator<Item = String> {
    let behind = recorded.split(MARK).skip(1);
    behind.filter_map(|rest| Some(format!("{MARK}{}]", rest.split_once(']')?.0)))
}

/// The case that the report of this number makes.
pub(crate) fn case(n: u64) -> String {
    CaseId::from_intake(SOURCE, &n.to_string()).0.to_string()
}

/// Whether the report of this number is urgent: steps come due on it within seconds.
pub(crate) fn is_urgent(n: u64) -> bool {
    n.is_multiple_of(URGENT)
}

/// The report of this number.
pub(crate) fn report(n: u64) -> Value {
    let place = place();
    let mut report = json!({
        "channel": "leadership", "source": SOURCE, "external_id": n.to_string(),
        "text": format!("井盖松动 {}", mark("", n)), "address": "靖宁街",
        "place": {"lon": place.lon, "lat": place.lat},
    });
    if is_urgent(n) {
        report["urgent"] = json!("路口");
    }
    report
}

/// How it is filed.
pub(crate) fn filing(n: u64) -> Value {
    let reason = format!("领导指派 {}", mark("f", n));
    json!({"condition": LOOSE_COVER, "checklist": "confirmed", "reason": reason})
}

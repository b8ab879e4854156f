//! The published vectors.

use duban_rules::deadline::{Pause, deadline, due, elapsed};
use duban_rules::vocabulary::TimeLimit;

use super::{SUNING, at};

#[derive(serde::Deserialize)]
struct Vectors {
    cases: Vec<Vector>,
}

#[derive(serde::Deserialize)]
struct Vector {
    start: String,
    unit: String,
    n: i64,
    pauses: Vec<[String; 2]>,
    deadline: String,
}

#[test]
fn all_27_vectors_are_met_forwards_and_backwards() {
    let vectors: Vectors = serde_json::from_str(include_str!("../clock_vectors.json")).unwrap();
    assert_eq!(vectors.cases.len(), 27);
    for Vector { start, unit, n, pauses, deadline: wanted } in vectors.cases {
        let limit = TimeLimit::new(n * 1_000, unit.parse().unwrap());
        let pauses: Vec<Pause> =
            pauses.iter().map(|[from, until]| Pause { from: at(from), until: at(until) }).collect();
        let (start, wanted) = (at(&start), at(&wanted));
        let told = format!("{limit} from {start} with {pauses:?}");

        assert_eq!(due(limit, start, &SUNING, &pauses), wanted, "{told}");
        assert_eq!(deadline(limit, start, &SUNING, &pauses).due, wanted, "{told}");
        let hours = if unit.ends_with("hour") {
            n
        } else if limit.is_urgent() {
            24 * n
        } else {
            7 * n
        };
        let counted = elapsed(limit.unit(), start, wanted, &SUNING, &pauses);
        assert_eq!(counted.num_milliseconds(), hours * 3_600_000, "{told}");
    }
}

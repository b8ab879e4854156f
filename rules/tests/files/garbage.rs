//! Whatever stands in these files, reading them ends, with diagnostics in place of a panic.

use duban_rules::{Sources, parse};
use proptest::prelude::*;

use super::shipped;

const FILES: [&str; 5] =
    ["calendar.toml", "holidays.csv", "stages.toml", "ladder.toml", "grid.toml"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_piece_of_a_file_may_be_anything(
        file in 0..FILES.len(), from in 0.0..1.0_f64, length in 0..200_usize,
        put in prop_oneof!["\\PC{0,40}", "[0-9.:,\"\\[\\]{}=\n-]{0,60}", Just("-99999999999999999999".to_owned())],
    ) {
        let text: Vec<char> = shipped(FILES[file]).chars().collect();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss,
            reason = "a place in a short text")]
        let from = (from * text.len() as f64) as usize;
        let until = (from + length).min(text.len());
        let text: String = text[..from].iter().chain(&put.chars().collect::<Vec<_>>()).chain(&text[until..]).collect();
        let sources = Sources::shipped().with(FILES[file], text);
        let (_, found) = parse(&sources);
        for found in &found {
            found.position(&sources);
        }
    }
}

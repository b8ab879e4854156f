//! Units out of service that the handbook still names.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

use duban_rules::diagnostic::Lang;
use duban_rules::{Diagnostic, Sources, parse};

/// The shipped rules with the waterworks out of service, and these replacements in the handbook.
fn without_water(handbook: &[(&str, &str)]) -> Sources {
    let shipped = Sources::shipped();
    let units = shipped.text("units.toml").unwrap();
    let units = units.replace("id = \"SW\"\n", "id = \"SW\"\nactive = false\n");
    let mut text = shipped.text("handbook.csv").unwrap().to_owned();
    for (from, to) in handbook {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    shipped.with("units.toml", units).with("handbook.csv", text)
}

fn found(sources: &Sources) -> Vec<Diagnostic> {
    parse(sources).1.into_iter().filter(|one| one.code == "R0924" || one.is_error()).collect()
}

#[test]
fn a_candidate_out_of_service_beside_one_in_service_is_told_once_with_how_often() {
    let both = without_water(&[(",SW,水务局,", ",SW;ZJ,水务局;住建局,")]);
    let found = found(&both);
    assert_eq!(found.len(), 1, "{found:?}");
    let drawn = found[0].render(&both, Lang::Zh);
    let said = "候选单位 `SW`(水务局)已停用,案件只会派给同一条件的其余单位,共 7 处";
    assert!(drawn.contains(said), "{drawn}");
    assert!(drawn.contains("handbook.csv:2"), "{drawn}");
}

#[test]
fn candidates_of_which_none_is_in_service_are_an_error_and_nothing_else() {
    let codes: Vec<&str> = found(&without_water(&[])).iter().map(|one| one.code).collect();
    assert!(!codes.is_empty() && codes.iter().all(|code| *code == "R0902"), "{codes:?}");
}

#[test]
fn candidates_in_service_are_not_told() {
    let shipped = Sources::shipped();
    let text =
        shipped.text("handbook.csv").unwrap().replace(",SW,水务局,", ",SW;ZJ,水务局;住建局,");
    assert_eq!(found(&shipped.with("handbook.csv", text)), []);
}

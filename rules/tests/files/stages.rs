//! `stages.toml`.

use chrono::{Duration, NaiveDateTime};
use duban_rules::book::stages::{StageRule, Urgency};
use duban_rules::vocabulary::Recipient;
use duban_rules::{Sources, parse};

use super::{a_change_is_found, changed, found_in, parsed_with, shipped};

const FILE: &str = "stages.toml";

#[test]
fn the_shipped_stages_have_the_usual_limits_and_three_steps_each() {
    let (book, found) = parsed_with(FILE, &shipped(FILE));
    assert_eq!(found, []);
    let line = |(key, rule): (&str, &StageRule)| {
        let steps: Vec<u32> = rule.steps.iter().map(|step| step.percent).collect();
        let last = if key == "dispute" { 300 } else { 200 };
        assert_eq!(steps, [75, 100, last], "{key}");
        let [ordinary, urgent] = [Urgency::Ordinary, Urgency::Urgent].map(|u| rule.limit_for(u));
        format!("{key}: {ordinary}, {urgent}")
    };
    let lines: Vec<String> = book.stages.iter().map(line).collect();
    assert_eq!(
        lines,
        [
            "intake: 0.5值守工作时, 0.25紧急工作时",
            "validation: 1.5值守工作时, 1紧急工作时",
            "dispatch: 0.25值守工作时, 0.25紧急工作时",
            "call: 0.25值守工作时, 0.25紧急工作时",
            "receipt: 1工作时, 0.25紧急工作时",
            "verification: 1.5值守工作时, 1紧急工作时",
            "closing: 0.5值守工作时, 1紧急工作时",
            "return_review: 0.25值守工作时, 0.25紧急工作时",
            "reply: 1工作时, 1紧急工作时",
            "dispute: 1工作日, 2紧急工作时",
            "application: 4工作时, 2紧急工作时",
        ]
    );
}

#[test]
fn registration_arms_three_steps() {
    let book = parse(&Sources::shipped()).0;
    let nine = NaiveDateTime::parse_from_str("2026-11-23 09:00", "%Y-%m-%d %H:%M").unwrap();
    let start = book.calendar.instant(nine);
    let steps = book.stages.intake.schedule(Urgency::Ordinary, start, &[], &book.calendar);
    let after: Vec<_> = steps.iter().map(|(code, at)| (code.as_str(), *at - start)).collect();
    let seconds = Duration::seconds;
    assert_eq!(after, [("75", seconds(1_350)), ("100", seconds(1_800)), ("200", seconds(3_600))]);
}

#[test]
fn what_is_wrong_with_a_stage_is_underlined() {
    let limit = ["\"0.5 desk_hour\"", "\"半时辰\""];
    a_change_is_found(FILE, limit, "R0012", "\"半时辰\"");
    a_change_is_found(FILE, ["\"0.5 desk_hour\"", "\"0 work_hour\""], "R0504", "\"0 work_hour\"");
    a_change_is_found(FILE, ["\"1 work_hour\"", "\"1 desk_hour\""], "R0524", "\"1 desk_hour\"");
    a_change_is_found(FILE, ["percent = 75", "percent = 0"], "R0505", "0");
    let large = ["percent = 75", "percent = 99999999999999999999"];
    a_change_is_found(FILE, large, "R0008", "99999999999999999999");
    a_change_is_found(FILE, ["percent = 75", "percent = 100"], "R0501", "100");
    a_change_is_found(FILE, ["[\"intake-desk\"]", "[\"intake\"]"], "R0013", "\"intake\"");
    a_change_is_found(
        FILE,
        ["[\"intake-desk\"]", "[\"intake-desk\", \"监督中心\"]"],
        "R0507",
        "\"监督中心\"",
    );
    a_change_is_found(FILE, ["[intake]", "[intaken]"], "R0006", "intaken");
    let metres = ["within_metres = 100", "within_metres = 0"];
    a_change_is_found(FILE, metres, "R0509", "0");
    a_change_is_found(FILE, ["within_metres = 100", "within_metres = 5001"], "R0509", "5001");
    a_change_is_found(FILE, ["rises_to = 2", "rises_to = 4"], "R0523", "4");
    a_change_is_found(FILE, ["rises_to = 2", "rises_to = 0"], "R0523", "0");
    let steps = "{ percent = 7, code = \"x\", tell = [\"collector\"] },\n".repeat(17);
    let many = found_in(FILE, &changed(FILE, "step = [\n", &format!("step = [\n{steps}")));
    assert!(many.iter().any(|(code, _)| *code == "R0508"), "{many:?}");
    let without = |from: &str| found_in(FILE, &changed(FILE, from, ""));
    let nobody = without("tell = [\"intake-desk\"] ");
    assert!(nobody.iter().any(|(code, _)| *code == "R0506"), "{nobody:?}");
    let end = found_in(FILE, &changed(FILE, "percent = 100", "percent = 110"));
    assert!(end.iter().any(|(code, _)| *code == "R0503"), "{end:?}");
}

#[test]
fn a_look_is_taken_within_a_hundred_metres_unless_the_file_says_otherwise() {
    let metres = |text: &str| parsed_with(FILE, text).0.stages.within_metres;
    assert_eq!(metres(&shipped(FILE)), 100);
    assert_eq!(metres(&changed(FILE, "[on_site]\nwithin_metres = 100\n", "")), 100);
    assert_eq!(metres(&changed(FILE, "within_metres = 100", "within_metres = 250")), 250);
    assert_eq!(metres(&changed(FILE, "within_metres = 100", "within_metres = -1")), 100);
}

#[test]
fn silence_raises_an_order_to_the_second_level_unless_the_file_says_otherwise() {
    let highest = |text: &str| parsed_with(FILE, text).0.stages.reply_rises_to;
    assert_eq!(highest(&shipped(FILE)), 2);
    assert_eq!(highest(&changed(FILE, "rises_to = 2 ", "#")), 2);
    assert_eq!(highest(&changed(FILE, "rises_to = 2", "rises_to = 3")), 3);
    assert_eq!(highest(&changed(FILE, "rises_to = 2", "rises_to = 9")), 2);
}

#[test]
fn a_stage_that_cannot_be_read_keeps_the_usual_limit() {
    let book = parsed_with(FILE, "[intake]\nlimit = \"soon\"\n").0;
    assert_eq!(book.stages.intake.limit.to_string(), "0.5值守工作时");
    let book = parsed_with(FILE, "").0;
    assert_eq!(book.stages.receipt.limit_for(Urgency::Urgent).to_string(), "0.25紧急工作时");
    assert_eq!(book.stages.receipt.steps.first().unwrap().tell, [Recipient::DutyChief]);
}

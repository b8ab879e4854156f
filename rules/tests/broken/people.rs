//! Units, people and notices that cannot be right by themselves.

use duban_rules::Sources;

use super::{Broken, edited};

pub(crate) fn cases() -> Vec<Broken> {
    vec![
        ("a unit twice", edited("units.toml", "id = \"CG-HW\"", "id = \"CG-ZF\"")),
        ("no unit at all", Sources::shipped().with("units.toml", "# 待填\n")),
        ("a unit id in Chinese", edited("units.toml", "id = \"ZJ\"", "id = \"住建局\"")),
        ("a class of four", edited("units.toml", "class = 1", "class = 4")),
        (
            "a steward with a class",
            edited(
                "units.toml",
                "\nfrontage_steward = true",
                "\nfrontage_steward = true\nclass = 2",
            ),
        ),
        ("an unknown way of dispatching", edited("units.toml", "by = \"phone\"", "by = \"传真\"")),
        (
            "an unknown word for incomplete units",
            edited("units.toml", "incomplete = \"tell\"", "incomplete = \"warn\""),
        ),
        (
            "a second class that asks for more than the first",
            edited("units.toml", "second_percent = 1", "second_percent = 5"),
        ),
        ("a place without a longitude", edited("units.toml", "lon = 115.8412, ", "")),
        (
            "a person whom nobody can reach",
            edited(
                "units.toml",
                "phone = \"13900000001\", email = \"cg-zf.informant@suning.example\", ",
                "",
            ),
        ),
        ("a name on two lines", edited("units.toml", "name = \"赵示例\"", "name = \"赵\\n示例\"")),
        (
            "a name that is read backwards",
            edited("committee.toml", "name = \"", "name = \"\u{202e}"),
        ),
        ("two numbers in one", edited("units.toml", "13900000001", "13900000001/5550000")),
        ("a number as a number", edited("units.toml", "\"13900000001\"", "13900000001")),
        ("a half e-mail address", edited("units.toml", "cg-zf.informant@suning.example", "cg-zf")),
        (
            "an informant in the committee",
            edited("committee.toml", "role = \"operator\"", "role = \"informant\""),
        ),
    ]
    .into_iter()
    .chain(heads())
    .chain(templates())
    .collect()
}

fn heads() -> Vec<Broken> {
    let more = |name: &str| {
        let head = "head = { name = \"陈示例\", phone = \"13900000010\" }";
        let entry = format!("[[organisation]]\nname = \"{name}\"\n{head}\n\n");
        let first = "[[organisation]]\nname = ";
        edited("units.toml", first, &format!("{entry}{first}"))
    };
    let term = "unit = \"YL\"\nfrom = 2026-03-01\nuntil = 2026-02-28";
    vec![
        ("an organisation twice", more("县城管局")),
        ("an organisation without a unit", more("县教育局")),
        (
            "two heads of one organisation",
            edited("units.toml", "head = { name = \"周示例\"", "head = { name = \"陈示例\""),
        ),
        (
            "one head with two numbers",
            edited(
                "units.toml",
                "head = { name = \"周示例\", phone = \"13900000005\"",
                "head = { name = \"周示例\", phone = \"13900000006\"",
            ),
        ),
        ("a term that ends before it begins", edited("committee.toml", "unit = \"YL\"", term)),
        (
            "a closing that may be",
            edited("committee.toml", "closing = \"on-shift\"", "closing = \"maybe\""),
        ),
        (
            "a meeting that is held before it is called",
            edited("committee.toml", "held_within = \"10", "held_within = \"4"),
        ),
        (
            "a member who is not the head",
            edited("committee.toml", "name = \"孔示例\"", "name = \"甲示例\""),
        ),
        (
            "a first-class head who is no member",
            edited("committee.toml", "unit = \"ZJ\"", "unit = \"ZJ\"\nuntil = 2025-12-31"),
        ),
        ("a member of an unknown unit", edited("committee.toml", "\"YL\"", "\"YLJ\"")),
        (
            "a member of a unit of another organisation",
            edited("committee.toml", "unit = \"YL\"", "unit = \"YL\"\norganisation = \"县水务局\""),
        ),
    ]
}

fn templates() -> Vec<Broken> {
    vec![
        ("a template is absent", edited("notices.toml", "[closed]", "[closing]")),
        ("an open variable", edited("notices.toml", "{{ number or case }}", "{{ number or case")),
        ("a misspelt variable", edited("notices.toml", "{{ due }}", "{{ deadline }}")),
        ("a variable nobody gives", edited("notices.toml", "\"filing\"", "\"weather\"")),
        (
            "a filter that nobody has",
            edited("notices.toml", "{{ limit }}", "{{ limit|truncate(20) }}"),
        ),
        (
            "a filter that nobody has, in a branch that is seldom taken",
            edited("notices.toml", "{% if reason %}\n", "{% if reason == \"x\" %}{{ due|date }}\n"),
        ),
        (
            "a test that nobody has",
            edited("notices.toml", "{% if reason %}", "{% if reason is weekday %}"),
        ),
        ("a function that nobody has", edited("notices.toml", "{{ limit }}", "{{ now() }}")),
        (
            "a template that reads another",
            edited("notices.toml", "{{ limit }}", "{% include \"footer\" %}"),
        ),
        (
            "a number as a list",
            edited("notices.toml", "{% for line in lines %}", "{% for line in count %}"),
        ),
        ("a text as a number", edited("notices.toml", "{{ limit }}", "{{ limit + 1 }}")),
        (
            "a variable that may have no value",
            edited("notices.toml", "{{ limit }}", "{{ 1 // limit|length }}"),
        ),
        (
            "a template without an end",
            edited(
                "notices.toml",
                "{{ limit }}",
                "{% for a in range(9999) %}{% for b in range(9999) %}{{ due }}{% endfor %}{% endfor %}",
            ),
        ),
        (
            "a macro that calls itself",
            edited(
                "notices.toml",
                "{{ limit }}",
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
            ),
        ),
        ("an unknown channel", edited("notices.toml", "[\"email\", \"sms\"]", "[\"fax\"]")),
        ("no channel", edited("notices.toml", "[\"email\", \"sms\"]", "[]")),
        ("a brief at no time", edited("notices.toml", "\"0 0 8 * * *\"", "\"八点\"")),
    ]
}

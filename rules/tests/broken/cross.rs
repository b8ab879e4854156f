//! Files that are right by themselves and contradict one another.

use duban_rules::Sources;

use super::{Broken, edited, handbook_with};

pub(crate) fn cases() -> Vec<Broken> {
    let class = "部件,05,其他部件,99,试验井盖";
    let rest = "井盖丢失,补装到位,2工作日";
    let dl = "id = \"DL\"";
    vec![
        ("an unknown unit", edited("handbook.csv", "SW,水务局", "SWJ,水务局")),
        ("a unit id in lower case", edited("handbook.csv", "CG-ZF", "cgzf")),
        ("a unit out of service", edited("units.toml", dl, "active = false\nid = \"DL\"")),
        ("an unknown grid", handbook_with(&format!("{class},1,SW(XX-99),水务局,{rest}\r\n"))),
        ("a class without a condition", handbook_with(&format!("{class},,,,,,\r\n"))),
        ("a unit without a condition", edited("handbook.csv", "WB、WB-02", "WB")),
        ("a unit named otherwise", handbook_with(&format!("{class},1,SW,环保局,{rest}\r\n"))),
        (
            "a first-class unit without a station",
            edited("units.toml", "station = ", "# station = "),
        ),
        (
            "a first-class unit without a head",
            edited(
                "units.toml",
                "role = \"unit-head\", name = \"孔示例\"",
                "role = \"informant\", name = \"孔示例\"",
            ),
        ),
        (
            "a second-class unit without a landline",
            edited("units.toml", "landline = \"0317-5550011\"", ""),
        ),
        ("a third-class unit without people", {
            let text = Sources::shipped().text("units.toml").unwrap().to_owned();
            let unit = "\n[[unit]]\nid = \"SL-99\"\nname = \"试验部门\"\nclass = 3\n";
            Sources::shipped().with("units.toml", text + unit)
        }),
        (
            "a phone unit without a phone",
            edited("units.toml", "phone = \"13900000107\", email", "email"),
        ),
        ("a steward whom nobody supervises", edited("units.toml", "supervising = \"CG-WB\"", "")),
        (
            "a steward without a place",
            edited("units.toml", "place = { lon = 115.8412, lat = 38.4306 }", ""),
        ),
        ("an unknown deputy", edited("units.toml", "deputy = \"钱示例\"", "deputy = \"丙\"")),
        (
            "nobody is the county leader",
            edited("committee.toml", "role = \"county-leader\"", "role = \"centre-head\""),
        ),
        (
            "nobody keeps the system running",
            edited("committee.toml", "role = \"operator\"", "role = \"centre-head\""),
        ),
        (
            "an unknown template",
            edited("ladder.toml", "template = \"warning\"", "template = \"warn\""),
        ),
    ]
}

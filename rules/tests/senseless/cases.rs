//! The cases of the table: a name, and the shipped rules spoilt that way.

use duban_rules::Sources;

type Case = (String, Sources);

/// A person of the first unit.
const OFFICE: &str = "  { role = \"handling-office\", name = \"孙示例\", phone = \"13900000003\", email = \"cg-zf.handling-office@suning.example\" },\n";

/// Every case.
pub(crate) fn cases() -> Vec<Case> {
    limits()
        .into_iter()
        .chain(ladders())
        .chain(stages())
        .chain(people())
        .chain(texts())
        .chain(beside())
        .collect()
}

fn limits() -> Vec<Case> {
    let told = [
        "24小时",
        "30分钟",
        "999工作日",
        "720紧急工作时",
        "1周",
        "2个星期",
        "1个月",
        "3自然日",
        "两个半天",
        "20分钟",
        "种植季节15工作日",
        "雨季不超过2工作日",
        "1紧急工作时制止",
        "1小时制止",
        "1天4小时",
        "1小时30分钟",
        "3至5天",
        "2-3工作日",
        "立即",
        "4值守工作时",
        "两个",
    ];
    let told = told.into_iter().map(|limit| (format!("a limit `{limit}`"), row(limit)));
    let toml = |name: &str, lines: &str| {
        let number = "number = \"2026-1\"";
        (name.to_owned(), edited("handbook.toml", number, &format!("{lines}\n{number}")))
    };
    let both = "部件,05,其他部件,99,试验井盖,2,SW,水务局,井盖松动,补装,两天\r\n";
    told.chain([
        ("plain hours and plain days".to_owned(), and(row("24小时"), both)),
        toml("an unknown way of counting", "hours = \"连续\""),
        (
            "the same words under two numbers".to_owned(),
            and(
                Sources::shipped(),
                "部件,01,公用设施,01,上水井盖,3,SW,水务局,\"井盖局部损坏, 松动异响。\",更换或修好,5工作日\r\n",
            ),
        ),
    ])
    .collect()
}

fn ladders() -> Vec<Case> {
    let one = |name: &str, old: &str, new: &str| (name.to_owned(), edited("ladder.toml", old, new));
    vec![
        one("a warning after the end", "\"warning\", percent = 75", "\"warning\", percent = 105"),
        one(
            "a warning with a digit too many",
            "\"warning\", percent = 75",
            "\"warning\", percent = 750",
        ),
        one(
            "a reminder longer than the shortest limits",
            "percent = 50, while_unread",
            "after_start = \"3 work_hour\", while_unread",
        ),
        one("a reminder after the warning", "percent = 50, while", "percent = 80, while"),
        one(
            "level 3 at a percentage that was meant to be overdue",
            "overdue_percent = 100, at_least = \"3 work_day\"",
            "percent = 50",
        ),
        one(
            "level 2 after its start that was meant to be after its end",
            "after_due = \"1 urgent_hour\"",
            "after_start = \"1 urgent_hour\"",
        ),
        one("level 2 after level 3 on short limits", "\"4 work_hour\"", "\"4 work_day\""),
        one(
            "level 2 after level 3 on long limits",
            "overdue_percent = 50, at",
            "overdue_percent = 150, at",
        ),
        one("level 2 after level 3, by a unit", "\"1 urgent_hour\"", "\"1 urgent_day\""),
        one("a share overdue with a digit too many", "percent = 100, at", "percent = 1000, at"),
        one("levels at one instant", "\"4 urgent_hour\"", "\"1 urgent_hour\""),
        one("a step that says it is closed", "template = \"level-2\"", "template = \"closed\""),
        one("a step of another level's words", "template = \"level-2\"", "template = \"level-1\""),
        one(
            "rework with the words of rework",
            "template = \"rework-order\"",
            "template = \"rework\"",
        ),
        one(
            "rework with the words of an overdue case",
            "template = \"rework-order\"",
            "template = \"level-1\"",
        ),
        one("plain hours in a ladder", "\"4 urgent_hour\"", "\"4小时\""),
        one("supervision at the twentieth rework", "times = 2", "times = 20"),
        one("a span of a year", "\"3 work_day\"", "\"300 work_day\""),
    ]
}

fn stages() -> Vec<Case> {
    let one = |name: &str, old: &str, new: &str| (name.to_owned(), edited("stages.toml", old, new));
    vec![
        one("a stage of 999 days", "limit = \"0.5 desk_hour\"", "limit = \"999 work_day\""),
        one("a unit's stage in desk hours", "limit = \"1 work_hour\"", "limit = \"1 desk_hour\""),
        one("a form that may be", "form = \"asked\"", "form = \"maybe\""),
        one("half an hour in words", "limit = \"0.5 desk_hour\"", "limit = \"半小时\""),
        one("a look from a kilometre away", "within_metres = 100", "within_metres = 1000"),
        one("an urgent stage that is longer", "\"0.25 urgent_hour\"", "\"25 urgent_hour\""),
        one("a reminder with a digit too many", "percent = 200", "percent = 2000"),
        (
            "a reply of a month".to_owned(),
            edited(
                "stages.toml",
                "[reply]                     # 督办单答复\nlimit = \"1 work_hour\"",
                "[reply]\nlimit = \"30工作日\"",
            ),
        ),
    ]
}

fn people() -> Vec<Case> {
    let unit = |name: &str, old: &str, new: &str| (name.to_owned(), edited("units.toml", old, new));
    vec![
        unit("two units of one name", "name = \"城管局环卫站\"", "name = \"城管局 执法站\""),
        unit("a person twice", OFFICE, &OFFICE.repeat(2)),
        ("two grids of one name".to_owned(), grids_of_one_name()),
        unit("a mobile number of ten digits", "\"13900000001\"", "\"1390000000\""),
        unit("a mobile number of twelve digits", "\"13900000001\"", "\"139 0000 00011\""),
        unit("a fixed number of nine digits", "\"0317-5550001\"", "\"0317-55500\""),
        (
            "a collector's number of ten digits".to_owned(),
            edited("grid.toml", "\"13900000201\"", "\"1390000020\""),
        ),
        (
            "a leader's number of ten digits".to_owned(),
            edited("committee.toml", "phone = \"139", "phone = \"13"),
        ),
    ]
}

fn beside() -> Vec<Case> {
    let one = |name: &str, files: &[&str]| {
        (name.to_owned(), Sources::shipped().with_beside(files.iter().copied()))
    };
    vec![
        one("a workbook that is open", &["~$handbook.csv", ".gitignore", ".DS_Store"]),
        one("a file open in two programs", &[".~lock.units.toml#", ".units.toml.swp"]),
        one("a hidden copy", &[".handbook.csv.bak"]),
        (
            "a copy of a download".to_owned(),
            Sources::shipped().with("handbook (1).csv", Vec::<u8>::new()),
        ),
    ]
}

fn texts() -> Vec<Case> {
    let long = format!("sms = \"【数字城管】{}", "请务必按照要求及时处理。".repeat(19));
    vec![(
        "an SMS of about 250 characters".to_owned(),
        edited("notices.toml", "sms = \"【数字城管】", &long),
    )]
}

/// The shipped rules with the second grid named as the first.
fn grids_of_one_name() -> Sources {
    let names: Vec<String> = duban_rules::parse(&Sources::shipped())
        .0
        .grid
        .grids()
        .map(|grid| format!("name = \"{}\"", grid.name))
        .collect();
    edited("grid.toml", &names[1], &names[0])
}

/// The shipped rules with `old` replaced by `new` in one file.
#[track_caller]
pub(crate) fn edited(file: &str, old: &str, new: &str) -> Sources {
    crate::given::edited::edited(Sources::shipped(), file, old, new)
}

/// The shipped handbook with one condition more, of this limit.
pub(crate) fn row(limit: &str) -> Sources {
    and(
        Sources::shipped(),
        &format!("部件,05,其他部件,99,试验井盖,1,SW,水务局,井盖丢失,补装,{limit}\r\n"),
    )
}

/// The shipped handbook with so many conditions more, of this limit.
pub(crate) fn conditions(count: usize, limit: &str) -> Sources {
    let row = |number| {
        format!(
            "部件,05,其他部件,99,试验井盖,{number},SW,水务局,第 {number} 种情形,补装,{limit}\r\n"
        )
    };
    let rows: String = (1..=count).map(row).collect();
    and(Sources::shipped(), &rows)
}

fn and(sources: Sources, rows: &str) -> Sources {
    let text = sources.text("handbook.csv").unwrap().to_owned();
    sources.with("handbook.csv", text + rows)
}

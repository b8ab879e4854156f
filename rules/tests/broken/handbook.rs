//! Handbooks as spreadsheets and tired people leave them.

use duban_rules::Sources;

use super::{Broken, edited, handbook_of, handbook_with};

pub(crate) fn cases() -> Vec<Broken> {
    let row = |middle: &str| handbook_with(&format!("部件,05,其他部件,99,试验井盖,{middle}\r\n"));
    let cover = "井盖丢失,补装到位";
    vec![
        ("an empty handbook", handbook_of("")),
        ("an empty file", Sources::shipped().with("handbook.csv", "")),
        (
            "merged cells of a class",
            handbook_with(&format!(
                "部件,05,其他部件,99,试验井盖,1,SW,水务局,{cover},2紧急工作时\r\n,,,,,2,SW,水务局,井盖松动,修好,2工作日\r\n"
            )),
        ),
        ("merged cells of a limit", row(&format!("1,SW,水务局,{cover},"))),
        ("merged cells at the top", handbook_of(",,,,,1,SW,水务局,a,b,1工作日\r\n")),
        ("a limit with words behind it", row(&format!("1,SW,水务局,{cover},1紧急工作时制止"))),
        ("a limit without an amount", row(&format!("1,SW,水务局,{cover},工作时"))),
        ("a limit without a unit", row(&format!("1,SW,水务局,{cover},2"))),
        ("a limit in weeks", row(&format!("1,SW,水务局,{cover},2周"))),
        ("a limit of four decimals", row(&format!("1,SW,水务局,{cover},1.2345工作时"))),
        ("a limit of nothing", row(&format!("1,SW,水务局,{cover},0工作时"))),
        ("a limit below nothing", row(&format!("1,SW,水务局,{cover},-1工作日"))),
        ("a comma without quotation marks", row("1,SW,水务局,井盖丢失,移位,补装到位,2工作日")),
        ("an open quotation mark", row("1,SW,水务局,\"井盖丢失,补装到位,2工作日")),
        ("an unknown kind", edited("handbook.csv", "部件,01", "物件,01")),
        ("a code with letters", edited("handbook.csv", "部件,01,", "部件,A1,")),
        ("a sequence of zero", row(&format!("0,SW,水务局,{cover},2工作日"))),
        (
            "a class of two names",
            handbook_with(&format!(
                "部件,05,其他部件,99,试验井盖,1,SW,水务局,{cover},2工作日\r\n部件,5,其他部件,99,下水井盖,2,SW,水务局,{cover},2工作日\r\n"
            )),
        ),
        (
            "a condition twice",
            handbook_with(&format!(
                "部件,05,其他部件,99,试验井盖,1,SW,水务局,{cover},2工作日\r\n部件,5,其他部件,99,试验井盖,1,SW,水务局,{cover},4工作时\r\n"
            )),
        ),
        ("a condition without a unit", row(&format!("1,,,{cover},2工作日"))),
        ("a unit twice", row(&format!("1,SW、SW,水务局,{cover},2工作日"))),
        ("a blank closing condition", row("1,SW,水务局,井盖丢失,,2工作日")),
        ("a heading twice", edited("handbook.csv", "大类名称", "大类代码")),
        ("a misspelt heading", edited("handbook.csv", "立案条件", "立案标准")),
    ]
}

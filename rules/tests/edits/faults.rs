//! The faults that people make in rules files, one at a time: what is wrong, misplaced, senseless or silent.

use duban_rules::Sources;

use super::{Edit, below, edited, shipped};

pub(crate) fn edits() -> Vec<Edit> {
    let kinds = [holidays(), cells(), limits(), invisible(), units(), toml(), ladder(), texts()];
    kinds.into_iter().flatten().collect()
}

/// What looks like a fault and is none: nothing is to be said of it.
pub(crate) fn sound() -> Vec<Edit> {
    vec![
        ("两个责任单位,写了两个名称", condition("DL、SW,电力局、水务局", "1工作日")),
        ("时限写 2个工作日", condition("DL,电力局", "2个工作日")),
        ("简报写 周一至周五", {
            let cron = "brief_unit = \"0 0 8 * * 周一至周五\"";
            shipped("notices.toml", "brief_unit = \"0 0 8 * * *\"", cron)
        }),
    ]
}

const CLASS: &str = "部件,05,其他部件,99,充电桩";

/// A condition below the shipped ones: its unit and name, and its limit.
fn condition(unit: &str, limit: &str) -> Sources {
    below("handbook.csv", &format!("{CLASS},1,{unit},充电桩损坏,修复,{limit}\r\n"))
}

fn holidays() -> Vec<Edit> {
    let part = "2027-01-01,off,元旦,2027,\n";
    let closure = |until: &str| {
        let from = "\n[[closure]]\nfrom = \"2026-01-20\"\nuntil = ";
        below("calendar.toml", &format!("{from}\"{until}\"\nreason = \"停办\"\n"))
    };
    vec![
        ("明年只录了元旦", below("holidays.csv", part)),
        ("停办一整年", closure("2027-01-19")),
        ("停办到 2036 年", closure("2036-01-20")),
        ("没有写周末", shipped("calendar.toml", "weekend = [\"周六\", \"周日\"]", "")),
        ("没有的日期", shipped("handbook.toml", "2026-01-01", "2026-02-31")),
    ]
}

fn cells() -> Vec<Edit> {
    let quote = "部件,05,其他部件,99,充电桩,1,DL,电力局,\"充电桩损坏,修复,1工作日\r\n\
                 部件,05,其他部件,99,充电桩,2,DL,电力局,充电桩漏电,断电,1紧急工作时\r\n";
    let twice = "部件,01,公用设施,01,上水井盖,2,SW,水务局,井盖缺失,补装,3工作日\r\n";
    let same = "部件,01,公用设施,01,上水井盖,3,SW,水务局,井盖局部损坏、松动异响,修好,5工作日\r\n";
    vec![
        ("引号没有配对", below("handbook.csv", quote)),
        ("两行同一个编号", below("handbook.csv", twice)),
        ("同一条件写了两个编号", below("handbook.csv", same)),
        ("时限没有单位", condition("DL,电力局", "2")),
    ]
}

fn limits() -> Vec<Edit> {
    let of = |limit| condition("DL,电力局", limit);
    vec![
        ("时限写 24小时", of("24小时")),
        ("时限写 两天", of("两天")),
        ("时限写 种植季节15工作日", of("种植季节15工作日")),
        ("时限写 1紧急工作时制止", of("1紧急工作时制止")),
        ("时限写 两三天", of("两三天")),
        ("时限写 999工作日", of("999工作日")),
    ]
}

fn invisible() -> Vec<Edit> {
    vec![
        ("编码里有零宽空格", condition("D\u{200b}L,电力局", "1工作日")),
        ("编码里有不间断空格", condition("D\u{a0}L,电力局", "1工作日")),
        ("编码是全角字母", condition("\u{ff24}\u{ff2c},电力局", "1工作日")),
        ("编码写错", condition("DLL,电力局", "1工作日")),
    ]
}

fn units() -> Vec<Edit> {
    let idle = "id = \"YD\"";
    vec![
        (
            "督促单位写错",
            shipped("units.toml", "supervising = \"CG-WB\"", "supervising = \"CG-WBB\""),
        ),
        ("候选单位中有一个停用", {
            let new = condition("DL、YD,电力局、移动公司", "1工作日");
            let other = new.text("handbook.csv").unwrap().replace(",YD,移动公司", ",DX,电信公司");
            let new = new.with("handbook.csv", other);
            edited(new, "units.toml", idle, "id = \"YD\"\nactive = false")
        }),
        ("两个单位同名", shipped("units.toml", "name = \"支铁办\"", "name = \"水务局\"")),
        ("手机号少一位", shipped("units.toml", "\"13900000067\"", "\"1390000006\"")),
    ]
}

fn toml() -> Vec<Edit> {
    let percent = |text: &str| {
        let step = "code = \"warning\", percent = ";
        shipped("ladder.toml", &format!("{step}75"), &format!("{step}{text}"))
    };
    vec![
        ("百分比写 80%", percent("80%")),
        ("百分比写 0.8", percent("0.8")),
        ("百分比用全角数字", percent("\u{ff17}\u{ff15}")),
        (
            "列表里用了全角逗号",
            shipped("calendar.toml", "[\"周六\", \"周日\"]", "[\"周六\"\u{ff0c}\"周日\"]"),
        ),
    ]
}

fn ladder() -> Vec<Edit> {
    let level_2 = "overdue_percent = 50, at_least = \"4 work_hour\"";
    vec![
        (
            "预警排在到期之后",
            shipped(
                "ladder.toml",
                "code = \"warning\", percent = 75",
                "code = \"warning\", percent = 120",
            ),
        ),
        (
            "二级督办晚于三级督办",
            shipped("ladder.toml", level_2, "overdue_percent = 300, at_least = \"10 work_day\""),
        ),
        ("二级督办的超期百分比写成了百分比", shipped("ladder.toml", level_2, "percent = 50")),
        (
            "三级督办用了结案通知",
            shipped("ladder.toml", "template = \"level-3\"", "template = \"closed\""),
        ),
    ]
}

fn texts() -> Vec<Edit> {
    let brief = |cron: &str| {
        let cron = format!("brief_unit = \"{cron}\"");
        shipped("notices.toml", "brief_unit = \"0 0 8 * * *\"", &cron)
    };
    let place = |written: &str| {
        let new = format!("{{{{ small_class }}}},{written},限");
        shipped("notices.toml", "{{ small_class }},{{ place }},限", &new)
    };
    vec![
        ("简报写 1-5", brief("0 0 8 * * 1-5")),
        ("简报永远不发", brief("0 0 8 31 2 *")),
        ("简报一早发三千六百次", brief("* * 8 * * *")),
        ("简报一早发六十次", brief("0 * 8 * * *")),
        ("变量只有一层括号", place("{place}")),
        ("变量写成 ${place}", place("${place}")),
        ("变量用了全角括号", place("\u{ff5b}\u{ff5b} place \u{ff5d}\u{ff5d}")),
        ("短信二百五十字", {
            let long = "请按标准处置并反馈结果,".repeat(20);
            shipped(
                "notices.toml",
                "前办结。请签收处理。\"",
                &format!("前办结。{long}请签收处理。\""),
            )
        }),
        ("表格还开着", Sources::shipped().with_beside(["~$handbook.csv"])),
    ]
}

//! An admin's twenty ordinary edits, as a year brings them.

use std::fmt::Write;

use super::{Edit, below, edited, shipped};

pub(crate) fn edits() -> Vec<Edit> {
    handbook().into_iter().chain(people()).chain(calendar()).chain(escalation()).collect()
}

fn handbook() -> Vec<Edit> {
    let row = "水务局,井盖局部损坏、松动异响,更换或修好,2工作日";
    let lamp = "部件,01,公用设施,39,景观灯,1,CT,城投公司,损坏、缺亮,修复,3工作日\r\n";
    let moved = lamp.replace("CT,城投公司", "ZJ,住建局");
    vec![
        (
            "改一条处置时限",
            shipped("handbook.csv", row, "水务局,井盖局部损坏、松动异响,更换或修好,1工作日"),
        ),
        (
            "加一条立案条件",
            below(
                "handbook.csv",
                "部件,05,其他部件,99,充电桩,1,DL,电力局,充电桩损坏、漏电,断电并修复,1工作日\r\n",
            ),
        ),
        ("删一条立案条件", shipped("handbook.csv", lamp, "")),
        ("把一条立案条件划给另一个单位", shipped("handbook.csv", lamp, &moved)),
        (
            "改一个错别字",
            shipped("handbook.csv", "井盖局部损坏、松动异响", "井盖局部破损、松动异响"),
        ),
        ("换版次和生效日期", {
            let new = shipped("handbook.toml", "\"2026-1\"", "\"2026-2\"");
            edited(new, "handbook.toml", "effective = 2026-01-01", "effective = 2026-07-01")
        }),
    ]
}

fn people() -> Vec<Edit> {
    vec![
        (
            "单位换主要领导,他也是城管委成员",
            edited(
                shipped(
                    "units.toml",
                    "name = \"贺示例\", phone = \"13900000070\"",
                    "name = \"崔示例\", phone = \"13900000370\"",
                ),
                "committee.toml",
                "name = \"贺示例\"",
                "name = \"崔示例\"",
            ),
        ),
        ("换一个手机号", shipped("units.toml", "\"13900000067\"", "\"13900000367\"")),
        ("停用一个单位", {
            let rail = "事件,05,突发事件,91,铁路沿线隐患,1,ZTB,支铁办";
            let new = shipped("handbook.csv", rail, "事件,05,突发事件,91,铁路沿线隐患,1,ZJ,住建局");
            edited(new, "units.toml", "id = \"ZTB\"", "id = \"ZTB\"\nactive = false")
        }),
        ("监督网格改名", shipped("grid.toml", "name = \"西环街南段\"", "name = \"西环路南段\"")),
        (
            "城管委加一名成员",
            below(
                "committee.toml",
                "\n[[member]]\nname = \"卫示范\"\norganisation = \"县教育局\"\n",
            ),
        ),
    ]
}

fn calendar() -> Vec<Edit> {
    let closure = "\n[[closure]]\nfrom = \"2026-11-30\"\nreason = \"暴雪停办\"\n";
    let season = "\n[[season]]\nname = \"夏季\"\nfrom = \"06-01\"\nuntil = \"09-30\"\n\
                  slots = [\"08:30-12:00\", \"15:00-18:30\"]\n";
    vec![
        (
            "午休提前半小时",
            shipped("calendar.toml", "\"14:00-17:30\"]\n\n#", "\"13:30-17:00\"]\n\n#"),
        ),
        ("夏季作息", below("calendar.toml", season)),
        ("暴雪停办一天", below("calendar.toml", closure)),
        ("明年的放假安排", below("holidays.csv", &next_year())),
    ]
}

/// A notice of 2027 as it may be: every statutory festival, and the days made up.
fn next_year() -> String {
    let url = "https://www.gov.cn/zhengce/content/202611/content_0000000.htm";
    let festivals: [(&str, &[&str], &[&str]); 7] = [
        ("元旦", &["01-01", "01-02", "01-03"], &[]),
        (
            "春节",
            &["02-05", "02-06", "02-07", "02-08", "02-09", "02-10", "02-11", "02-12"],
            &["01-31", "02-14"],
        ),
        ("清明节", &["04-03", "04-04", "04-05"], &[]),
        ("劳动节", &["05-01", "05-02", "05-03", "05-04", "05-05"], &["04-25", "05-08"]),
        ("端午节", &["06-09"], &[]),
        ("中秋节", &["09-15"], &[]),
        (
            "国庆节",
            &["10-01", "10-02", "10-03", "10-04", "10-05", "10-06", "10-07"],
            &["09-26", "10-09"],
        ),
    ];
    let mut rows = String::new();
    for (name, off, made_up) in festivals {
        for (days, kind) in [(off, "off"), (made_up, "work")] {
            for day in days {
                writeln!(rows, "2027-{day},{kind},{name},2027,{url}").unwrap();
            }
        }
    }
    rows
}

fn escalation() -> Vec<Edit> {
    vec![
        ("改一句通知", shipped("notices.toml", "请及时签收,按标准", "请当天签收,按标准")),
        (
            "短信改短",
            shipped(
                "notices.toml",
                "{{ small_class }},{{ place }},限 {{ due }} 前办结。请签收处理。",
                "{{ small_class }},{{ due }} 前办结。",
            ),
        ),
        (
            "简报改到七点半",
            shipped(
                "notices.toml",
                "brief_unit = \"0 0 8 * * *\"",
                "brief_unit = \"0 30 7 * * *\"",
            ),
        ),
        (
            "预警提前到六成",
            shipped(
                "ladder.toml",
                "code = \"warning\", percent = 75",
                "code = \"warning\", percent = 60",
            ),
        ),
        (
            "紧急案件的立案环节另定时限",
            shipped(
                "stages.toml",
                "limit = \"0.5 desk_hour\"\nurgent = \"0.25 urgent_hour\"",
                "limit = \"0.5 desk_hour\"\nurgent = \"0.1 urgent_hour\"",
            ),
        ),
    ]
}

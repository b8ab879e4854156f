//! What a row of `handbook.csv` looks like when it was typed by hand. Codes R0130–R0138.

use crate::diagnostic::slips::{named, point};
use crate::diagnostic::{Diagnostic, Page, Text};
use crate::source::Spot;

impl Diagnostic {
    /// Full-width commas between the cells of a row.
    pub(crate) fn full_width_comma(spot: &Spot) -> Diagnostic {
        let message = Text::new(
            "单元格之间用了全角逗号“\u{ff0c}”,几格连成了一格,这一行未读取",
            "full-width commas stand between the cells, so that several became one; the row was not read",
        );
        Diagnostic::error("R0130", spot, message)
            .label(Text::new("连在一起", "several cells in one"))
            .help(Text::new(
                "单元格之间用半角逗号 `,` 隔开;内容中的全角逗号可以保留",
                "separate the cells by `,`; commas inside a text may stay full-width",
            ))
    }

    /// White space inside the id of a unit: one id with a blank too many, or two without a mark between them.
    pub(crate) fn gap_in_unit(spot: &Spot, found: &str, gap: char) -> Diagnostic {
        let (code, [zh, en]) = (point(gap), named(gap));
        let parts: Vec<&str> = found.split_whitespace().collect();
        let (joined, listed) = (parts.concat(), parts.join("、"));
        let message = Text::new(
            format!("责任单位编码 `{found}` 中间有空白 {code}({zh})"),
            format!("the unit id `{found}` has {code} ({en}) in the middle"),
        );
        Diagnostic::error("R0131", spot, message)
            .label(Text::new(format!("其中有{zh}"), format!("{code} is in it")))
            .help(Text::new(
                format!("是一个单位写成 {joined};是几个单位写成 {listed}"),
                format!("one unit is {joined}, several are {}", parts.join(";")),
            ))
    }
}

/// The pages of this file's codes.
pub(in crate::diagnostic) const PAGES: &[Page] = &[
    Page::new(
        "R0130",
        (
            "单元格之间的全角逗号",
            "CSV 的单元格之间只认半角逗号。用记事本改表时打成全角逗号,几格就连成一格,后面的内容都会错位;为免读错,这一行(表头则整张表)不读取。用 Excel/WPS 编辑时不会出现。",
        ),
        (
            "full-width commas between cells",
            "Cells of a CSV file are separated by half-width commas alone. A full-width one joins two cells and moves all that follows, so the row is not read, nor the table if it is in the headings.",
        ),
    ),
    Page::new(
        "R0131",
        (
            "单位编码中间有空白",
            "单位编码只有字母、数字和 -。中间有空格(不间断空格、全角空格也看似普通空格)时,可能是多打了一个,也可能是两个单位之间少了“、”,程序不猜。",
        ),
        (
            "white space inside a unit id",
            "A unit id has letters, digits and hyphens alone. A blank in the middle is one too many, or a mark between two units is missing; nothing is guessed.",
        ),
    ),
];

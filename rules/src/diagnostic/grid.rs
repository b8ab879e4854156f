//! What can be wrong with cells, grids and collectors (article 10). Codes R0301–R0322.

use super::{Diagnostic, Page, Text};
use crate::source::Spot;

impl Diagnostic {
    /// A cell's code of the wrong form.
    pub(crate) fn cell_code(spot: &Spot, found: &str, county: &str) -> Diagnostic {
        let message = Text::new(
            format!("单元网格编码 `{found}` 不符合规定"),
            format!("`{found}` is not a cell's code"),
        );
        Diagnostic::error("R0301", spot, message)
            .label(Text::new("应为 15 位数字", "fifteen digits"))
            .help(Text::new(format!("写 15 位数字:{county}(县)+ 3 位街道乡镇 + 3 位社区 + 3 位顺序码,加引号"), format!("write fifteen digits in quotation marks: {county} for the county, 3 for the town, 3 for the community, 3 for the cell")))
    }

    /// A cell that appears twice.
    pub(crate) fn cell_twice(spot: &Spot, code: &str) -> Diagnostic {
        let message =
            Text::new(format!("单元网格 `{code}` 重复"), format!("cell `{code}` appears twice"));
        Diagnostic::error("R0302", spot, message)
            .label(Text::new("重复", "again"))
            .help(Text::new("删去其中一个,或改正编码", "remove one of them, or mend its code"))
    }

    /// A cell in two grids.
    pub(crate) fn cell_in_two_grids(spot: &Spot, code: &str, other: &str) -> Diagnostic {
        let message = Text::new(
            format!("单元网格 `{code}` 已属于监督网格 `{other}`"),
            format!("cell `{code}` is already in grid `{other}`"),
        );
        Diagnostic::error("R0303", spot, message)
            .label(Text::new("已有归属", "already taken"))
            .help(Text::new("只在一个监督网格中保留", "keep it in one grid"))
    }

    /// A cell in no grid.
    pub(crate) fn cell_without_grid(spot: &Spot, code: &str) -> Diagnostic {
        let message = Text::new(
            format!("单元网格 `{code}` 不属于任何监督网格"),
            format!("cell `{code}` is in no supervision grid"),
        );
        Diagnostic::error("R0304", spot, message).label(Text::new("没有归属", "in no grid")).help(
            Text::new(
                "把编码加入某个 [[grid]] 的 cells",
                "add its code to the `cells` of a [[grid]]",
            ),
        )
    }

    /// A corner that cannot be read.
    pub(crate) fn corner(spot: &Spot) -> Diagnostic {
        let message = Text::new("顶点应为 [经度, 纬度]", "a corner is [longitude, latitude]");
        Diagnostic::error("R0305", spot, message)
            .label(Text::new("应为两个数", "two numbers"))
            .help(Text::new("写成如 [115.8401, 38.4302]", "write for example [115.8401, 38.4302]"))
    }

    /// A polygon with too few corners.
    pub(crate) fn few_corners(spot: &Spot) -> Diagnostic {
        let message = Text::new("多边形的顶点不足三个", "the polygon has fewer than three corners");
        Diagnostic::error("R0306", spot, message)
            .label(Text::new("不足三个", "fewer than three"))
            .help(Text::new("按顺序写出全部顶点", "list every corner in order"))
    }

    /// A polygon that crosses itself.
    pub(crate) fn crossing_itself(spot: &Spot) -> Diagnostic {
        let message =
            Text::new("多边形自相交或没有面积", "the polygon crosses itself or has no area");
        Diagnostic::error("R0307", spot, message).label(Text::new("自相交", "crosses itself")).help(
            Text::new(
                "沿边界依次排列顶点,不重复、不交叉",
                "list the corners along the boundary, none twice",
            ),
        )
    }

    /// A corner that is off the map.
    pub(crate) fn off_the_map(spot: &Spot) -> Diagnostic {
        let message = Text::new("经纬度超出范围", "longitude or latitude out of range");
        Diagnostic::error("R0308", spot, message).label(Text::new("超出范围", "out of range")).help(
            Text::new(
                "检查是否把纬度写在了前面:应为 [经度, 纬度]",
                "look whether latitude stands first: it is [longitude, latitude]",
            ),
        )
    }

    /// Cells that overlap.
    pub(crate) fn cells_overlap(spot: &Spot, pair: [&str; 2], shared: f64) -> Diagnostic {
        let [one, other] = pair;
        let message = Text::new(
            format!("单元网格 `{one}` 与 `{other}` 重叠 {shared:.0} 平方米"),
            format!("cells `{one}` and `{other}` share {shared:.0} m²"),
        );
        Diagnostic::error("R0309", spot, message)
            .label(Text::new("与另一网格重叠", "overlaps another cell"))
            .help(Text::new(
                "改正其中一个的边界;相邻网格共用边线即可",
                "mend the boundary of one; neighbours share a line only",
            ))
    }

    /// Overlaps that were not all looked for.
    pub(crate) fn overlaps_unchecked(spot: &Spot) -> Diagnostic {
        let message = Text::new(
            "网格重叠过多,其余未逐一比对",
            "too many cells lie across one another: the rest was not compared",
        );
        Diagnostic::warning("R0310", spot, message)
            .label(Text::new("从此处起未比对", "not compared from here on"))
            .help(Text::new(
                "先改正已列出的问题,再检查一次",
                "mend what is listed, then check again",
            ))
    }

    /// A cell of unusual size.
    pub(crate) fn cell_area(spot: &Spot, area: f64) -> Diagnostic {
        let message = Text::new(
            format!("单元网格面积为 {area:.0} 平方米"),
            format!("the cell has {area:.0} m²"),
        );
        Diagnostic::warning("R0311", spot, message)
            .label(Text::new("一般为一万平方米", "about 10,000 m² is usual"))
            .help(Text::new(
                "检查顶点;面积一般在 2000 至 50000 平方米之间",
                "look at the corners; 2,000 to 50,000 m² is usual",
            ))
    }

    /// Too many of a kind.
    pub(crate) fn too_many(spot: &Spot, most: usize) -> Diagnostic {
        let message = Text::new(format!("数量超过上限 {most}"), format!("more than {most}"));
        Diagnostic::error("R0312", spot, message)
            .label(Text::new("超过上限", "too many"))
            .help(Text::new("检查是否放错了文件", "look whether this is the right file"))
    }

    /// A county's code of the wrong form.
    pub(crate) fn county_code(spot: &Spot, found: &str) -> Diagnostic {
        let message = Text::new(
            format!("县级区划代码 `{found}` 应为 6 位数字"),
            format!("the county's code `{found}` is not six digits"),
        );
        Diagnostic::error("R0313", spot, message)
            .label(Text::new("应为 6 位数字", "six digits"))
            .help(Text::new("写如 county = \"130926\"", "write for example county = \"130926\""))
    }

    /// A grid that appears twice.
    pub(crate) fn grid_twice(spot: &Spot, id: &str) -> Diagnostic {
        let message =
            Text::new(format!("监督网格 `{id}` 重复"), format!("grid `{id}` appears twice"));
        Diagnostic::error("R0314", spot, message)
            .label(Text::new("重复", "again"))
            .help(Text::new("合并,或另取编号", "make them one, or give one another id"))
    }

    /// Unknown cell.
    pub(crate) fn unknown_cell(spot: &Spot, code: &str) -> Diagnostic {
        let message =
            Text::new(format!("没有单元网格 `{code}`"), format!("there is no cell `{code}`"));
        Diagnostic::error("R0315", spot, message).label(Text::new("不存在", "does not exist")).help(
            Text::new("检查编码,或补上对应的 [[cell]]", "look at the code, or add the [[cell]]"),
        )
    }

    /// A grid without cells.
    pub(crate) fn grid_without_cells(spot: &Spot, id: &str) -> Diagnostic {
        let message =
            Text::new(format!("监督网格 `{id}` 没有单元网格"), format!("grid `{id}` has no cells"));
        Diagnostic::warning("R0316", spot, message)
            .label(Text::new("没有单元网格", "no cells"))
            .help(Text::new("补上 cells,或删去这个网格", "list its `cells`, or remove the grid"))
    }

    /// A grid without a collector.
    pub(crate) fn grid_without_collector(spot: &Spot, id: &str) -> Diagnostic {
        let message = Text::new(
            format!("监督网格 `{id}` 没有信息采集员"),
            format!("grid `{id}` has no collector"),
        );
        Diagnostic::warning("R0317", spot, message)
            .label(Text::new("没有采集员", "nobody patrols here"))
            .help(Text::new(
                "在 collectors 中写一至两名采集员",
                "list one or two under `collectors`",
            ))
    }

    /// A third collector.
    pub(crate) fn third_collector(spot: &Spot, id: &str) -> Diagnostic {
        let message = Text::new(
            format!("监督网格 `{id}` 的信息采集员超过两名"),
            format!("grid `{id}` has more than two collectors"),
        );
        Diagnostic::error("R0318", spot, message)
            .label(Text::new("第三名", "the third"))
            .help(Text::new("最多保留两名(第 10 条)", "keep two at most (article 10)"))
    }

    /// Unknown collector.
    pub(crate) fn unknown_collector(spot: &Spot, id: &str) -> Diagnostic {
        let message =
            Text::new(format!("没有信息采集员 `{id}`"), format!("there is no collector `{id}`"));
        Diagnostic::error("R0319", spot, message).label(Text::new("不存在", "does not exist")).help(
            Text::new(
                "检查编号,或补上对应的 [[collector]]",
                "look at the id, or add the [[collector]]",
            ),
        )
    }

    /// A collector who appears twice.
    pub(crate) fn collector_twice(spot: &Spot, id: &str) -> Diagnostic {
        let message =
            Text::new(format!("信息采集员 `{id}` 重复"), format!("collector `{id}` appears twice"));
        Diagnostic::error("R0320", spot, message).label(Text::new("重复", "again")).help(Text::new(
            "删去其中一个,或另取编号",
            "remove one of them, or give one another id",
        ))
    }

    /// A collector without a grid.
    pub(crate) fn idle_collector(spot: &Spot, id: &str) -> Diagnostic {
        let message = Text::new(
            format!("信息采集员 `{id}` 没有负责的监督网格"),
            format!("collector `{id}` patrols no grid"),
        );
        Diagnostic::warning("R0321", spot, message).label(Text::new("没有网格", "no grid")).help(
            Text::new(
                "在某个 [[grid]] 的 collectors 中写上,或删去",
                "list the id under a grid's `collectors`, or remove it",
            ),
        )
    }

    /// A collector with several grids.
    pub(crate) fn busy_collector(spot: &Spot, id: &str, grids: usize) -> Diagnostic {
        let message = Text::new(
            format!("信息采集员 `{id}` 负责 {grids} 个监督网格"),
            format!("collector `{id}` patrols {grids} grids"),
        );
        Diagnostic::warning("R0322", spot, message)
            .label(Text::new("不止一个网格", "more than one grid"))
            .help(Text::new(
                "确认无误即可;人手足够时每人一个网格",
                "if that is meant, it may stay; with people enough, let each have one",
            ))
    }
}

/// The pages of this file's codes.
pub(super) const PAGES: &[Page] = &[
    Page::new(
        "R0301",
        (
            "单元网格编码不符合规定",
            "编码为 15 位数字:6 位县级区划、3 位街道乡镇、3 位社区(村)、3 位单元网格顺序码。旧的 12 位或 14 位编码可写入 alias。",
        ),
        (
            "a cell's code of the wrong form",
            "A code has fifteen digits: 6 for the county, 3 for the town, 3 for the community and 3 for the cell. Codes of 12 or 14 digits from earlier editions go into `alias`.",
        ),
    ),
    Page::new(
        "R0302",
        ("单元网格重复", "每个编码只能有一个单元网格;重复的不会启用。"),
        ("a cell that appears twice", "A code belongs to one cell."),
    ),
    Page::new(
        "R0303",
        (
            "单元网格属于两个监督网格",
            "每个单元网格只属于一个监督网格,否则核查任务不知派给谁(第 10 条)。",
        ),
        (
            "a cell in two grids",
            "A cell is in one supervision grid, for otherwise nobody knows whose collector verifies there (article 10).",
        ),
    ),
    Page::new(
        "R0304",
        (
            "单元网格没有归属",
            "不属于监督网格的单元网格没有信息采集员,其中的案件无法核查;这样的网格不会启用。",
        ),
        (
            "a cell in no grid",
            "A cell in no supervision grid has no collectors, and cases in it could not be verified; it is left out.",
        ),
    ),
    Page::new(
        "R0305",
        ("顶点无法识别", "polygon 是顶点的列表,每个顶点是方括号中的经度和纬度,单位为度。"),
        (
            "a corner that cannot be read",
            "`polygon` is a list of corners, each a longitude and a latitude in brackets, in degrees.",
        ),
    ),
    Page::new(
        "R0306",
        ("顶点不足", "多边形至少三个顶点;首尾相同只算一个。"),
        (
            "a polygon with too few corners",
            "A polygon has three corners or more; the first repeated at the end does not count.",
        ),
    ),
    Page::new(
        "R0307",
        (
            "多边形自相交",
            "顶点须沿边界依次排列。顺序错乱、同一点出现两次或边线交叉都会使内外不分。",
        ),
        (
            "a polygon that crosses itself",
            "Corners are listed along the boundary. Out of order, repeated or crossing, inside cannot be told from outside.",
        ),
    ),
    Page::new(
        "R0308",
        ("经纬度超出范围", "经度在 ±180 之间,纬度在 ±85 之间。顺序为先经度后纬度。"),
        (
            "a corner that is off the map",
            "Longitudes lie within ±180 degrees and latitudes within ±85; longitude stands first.",
        ),
    ),
    Page::new(
        "R0309",
        (
            "单元网格重叠",
            "同一地点只能属于一个单元网格。相邻网格可以共用边线,重叠不得超过 10 平方米。",
        ),
        (
            "cells that overlap",
            "A place is in one cell. Neighbours may share a line, and no more than ten square metres.",
        ),
    ),
    Page::new(
        "R0310",
        (
            "重叠未全部比对",
            "正常的网格每个只有几个邻居。彼此交错的网格过多时,比对在一定次数后停止。",
        ),
        (
            "overlaps that were not all looked for",
            "Real cells have a few neighbours each. When very many lie across one another, comparing stops after a while.",
        ),
    ),
    Page::new(
        "R0311",
        (
            "单元网格面积异常",
            "单元网格约为一万平方米。小于 2000 或大于 50000 平方米多半是顶点写错;确实如此也可以使用。",
        ),
        (
            "a cell of unusual size",
            "A cell has about 10,000 m². Below 2,000 or above 50,000 a corner is probably wrong; if not, it may stay.",
        ),
    ),
    Page::new(
        "R0312",
        ("数量超过上限", "单元网格最多 20000 个,每个最多 500 个顶点,其余不读。"),
        (
            "too many of a kind",
            "There are at most 20,000 cells with at most 500 corners each; the rest is not read.",
        ),
    ),
    Page::new(
        "R0313",
        ("县级区划代码不符合规定", "county 是 6 位县级行政区划代码,所有单元网格编码以它开头。"),
        (
            "a county's code of the wrong form",
            "`county` is the six-digit code of the county; every cell's code begins with it.",
        ),
    ),
    Page::new(
        "R0314",
        ("监督网格重复", "每个监督网格的编号只能出现一次。"),
        ("a grid that appears twice", "The id of a supervision grid stands once."),
    ),
    Page::new(
        "R0315",
        (
            "未知的单元网格",
            "监督网格列出的编码没有可用的 [[cell]];若该单元网格另有错误,先改正那个错误。",
        ),
        (
            "unknown cell",
            "A grid lists a code for which there is no usable [[cell]]; if that cell has an error of its own, mend it first.",
        ),
    ),
    Page::new(
        "R0316",
        ("监督网格为空", "监督网格由若干单元网格组成(第 10 条)。"),
        ("a grid without cells", "A supervision grid is made of cells (article 10)."),
    ),
    Page::new(
        "R0317",
        (
            "监督网格没有信息采集员",
            "每个监督网格应有一至两名信息采集员(第 10 条)。空缺期间,其核查任务须由相邻网格代办。",
        ),
        (
            "a grid without a collector",
            "A supervision grid has one or two collectors (article 10). While the post is vacant a neighbour must verify there.",
        ),
    ),
    Page::new(
        "R0318",
        ("信息采集员超过两名", "每个监督网格有一至两名信息采集员(第 10 条),多出的不会启用。"),
        (
            "a third collector",
            "A supervision grid has one or two collectors (article 10); others are left out.",
        ),
    ),
    Page::new(
        "R0319",
        ("未知的信息采集员", "监督网格列出的编号没有对应的 [[collector]]。"),
        ("unknown collector", "A grid lists an id for which there is no [[collector]]."),
    ),
    Page::new(
        "R0320",
        ("信息采集员重复", "每名信息采集员的编号只能出现一次。"),
        ("a collector who appears twice", "The id of a collector stands once."),
    ),
    Page::new(
        "R0321",
        ("信息采集员没有网格", "没有网格的信息采集员不会收到核查任务。"),
        ("a collector without a grid", "A collector without a grid is never asked to verify."),
    ),
    Page::new(
        "R0322",
        ("信息采集员负责多个网格", "办法没有禁止一人负责多个监督网格,但可能来不及核查。"),
        ("a collector with several grids", "Nothing forbids it, but verification may come late."),
    ),
];

//! Precedents: nobody asks them anything; what was found is read.

use super::row::{At, get, look};
use super::{Noun, Resource};
use crate::http::api::described::{reading, shape};
use crate::http::api::disputes::{self, DisputeReport, OfPeriod, Proposals};
use crate::http::api::precedents::{self, Alike, Precedents};
use crate::verbs::precedent::{List, Proposed, Report};

/// What was found of whose cases are.
pub(super) const PRECEDENTS: Resource = Resource {
    noun: Some(Noun { name: "precedent", about: "查看责任认定的先例" }),
    ..Resource::system(
        ("/precedents", "先例"),
        None,
        &[
            look::<List>(),
            get(
                At::All,
                |route| route.to(precedents::list),
                reading("listPrecedents", "列出一个立案条件的认定先例")
                    .at_length("写了地点的,最近的在前;认定由缺席单位处置而该单位已书面答复的,不算先例(办法第十九条)。")
                    .with::<Alike>()
                    .answers(shape::<Precedents>, "先例"),
            ),
            look::<Report>(),
            get(
                At::Below("report"),
                |route| route.to(disputes::report),
                reading("reportDisputes", "各单位责任认定申请的结果")
                    .at_length("一段时间内认定的,按申请单位:不成立(推诿)的占比,平均用时(办法第十九条)。")
                    .with::<OfPeriod>()
                    .answers(shape::<DisputeReport>, "各单位的结果"),
            ),
            look::<Proposed>(),
            get(
                At::Below("proposals"),
                |route| route.to(disputes::proposals),
                reading("listHandbookProposals", "列出手册修订建议")
                    .at_length("一段时间内认定由手册没有列出的单位处置的,按立案条件和单位合计;手册已经列出的不再建议(办法第十九条)。")
                    .with::<OfPeriod>()
                    .answers(shape::<Proposals>, "建议"),
            ),
        ],
    )
};

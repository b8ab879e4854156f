//! Terminal units (articles 6–9): what can be read and asked of them, and how their refusals are told.

pub mod quota;

use clap::Args;
use compact_str::CompactString;
use duban_actors::case::listing;
use duban_actors::context::Context;
use duban_actors::role::Duty;
use duban_actors::unit::{Command, Unit};
use duban_rules::vocabulary::UnitId;
use duban_runtime::clock::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;

use super::exposed::{Backend, Exposed, Operation, Request};
use super::row::{At, delete, get, look, post, post_bare};
use super::{Naming, Resource};
use crate::http::api::cases::CasePage;
use crate::http::api::described::{object, reading, shape};
use crate::http::api::page::Paging;
use crate::http::api::place::Instant;
use crate::http::api::text::{Name, Reason};
use crate::http::api::units::{self, OfUnit, UnitClasses, UnitPage};
use crate::http::api::views::{self, UnitViews};
use crate::http::api::{NOT_NOW, NOT_SO, NOWHERE, Told, told};
use crate::http::problem::Problem;
use crate::verbs::unit::{Classes, List, Show, Views};
use duban_base::aside::Undone;
use duban_base::asking::Asker;
use duban_base::rules_in_force::absences;
use duban_base::store::Store;
use quota::{OfMonth, QuotaOf, QuotaShown};

/// Open cases that are counted before a unit is deactivated; more are as many in the way.
const OPEN_COUNTED_MAX: usize = 1_000;

pub(crate) const UNITS: Resource = Resource::of::<Unit>(&[
    look::<List>(),
    look::<Show>(),
    look::<Views>(),
    look::<Classes>(),
    get(
        At::All,
        |route| route.to(units::list),
        reading("listUnits", "列出单位").with::<Paging>().answers(shape::<UnitPage>, "一页单位"),
    ),
    get(
        At::One(""),
        |route| route.to(units::one),
        reading("getUnit", "查看单位")
            .at_length("联系人只有本机构和中心的人看得到。")
            .answers(object, "单位"),
    ),
    get(
        At::One("cases"),
        |route| route.to(units::unit_cases),
        reading("listUnitCases", "列出单位的案件,最先到期的在前")
            .with::<OfUnit>()
            .answers(shape::<CasePage>, "一页案件"),
    ),
    look::<QuotaOf>(),
    get(
        At::One("quota"),
        |route| route.to(quota::show),
        reading("getUnitQuota", "查看单位一个月的延期名额")
            .at_length("只有本机构和中心的人看得到(办法第二十七条)。")
            .with::<OfMonth>()
            .answers(shape::<QuotaShown>, "延期名额"),
    ),
    get(
        At::One("views"),
        |route| route.to(views::of_unit),
        reading("getUnitViews", "查看主要领导每日查看案件的情况")
            .at_length("按月,近十三个月;本单位和中心的人可看(办法第七条)。")
            .answers(shape::<UnitViews>, "各月的查看情况"),
    ),
    get(
        At::One("classes"),
        |route| route.to(units::classes),
        reading("listUnitClasses", "查看单位类别的沿革")
            .at_length("按生效过的规则,每次变动一行;本机构和中心的人可看(办法第六条)。")
            .answers(shape::<UnitClasses>, "各类别和起始时刻"),
    ),
    post_bare::<Establishment>(),
    post::<Deactivation>(),
    post::<Leave>(),
    delete::<Return>(),
]);

impl Exposed for Unit {
    const PATH: &'static str = "/units";
    const KEY: Naming = Naming { parameter: "id", words: "单位代码" };
    const TAG: &'static str = "单位";
    const ABOUT: &'static str = "列出、查看单位,启用、停用、请假";
    const WORDS: &'static [Told] = &[
        told("unit-not-in-rules", NOWHERE, "规则中没有这个单位", "先在 units.toml 中写明单位"),
        told(
            "unit-inactive-in-rules",
            NOT_NOW,
            "规则中已停用",
            "units.toml 中该单位为 active = false",
        ),
        told("unit-not-established", NOT_NOW, "单位尚未启用", "先启用单位"),
        told("unit-already-established", NOT_NOW, "单位已启用", "没有可变更之处"),
        told("unit-already-deactivated", NOT_NOW, "单位已停用", "须先重新启用"),
        told(
            "unit-has-open-cases",
            NOT_NOW,
            "单位还有在办案件",
            "{as_of} 查看时还有 {open_cases} 个,须先改派(办法第六条)",
        ),
        told("unit-unknown-person", NOT_SO, "单位没有这个人", "规则中该单位没有 {name}"),
        told(
            "unit-no-deputy",
            NOT_SO,
            "没有代班人",
            "规则和请求都没有写明 {name} 的代班人(办法第七条)",
        ),
        told("unit-own-deputy", NOT_SO, "不能为自己代班", "{name} 的代班人应为他人"),
        told("unit-leave-in-the-past", NOT_SO, "请假已经结束", "结束时刻 {until} 已过"),
        told("unit-leave-backwards", NOT_SO, "请假起止颠倒", "{from} 起,{until} 止"),
        told("unit-too-many-leaves", NOT_NOW, "请假过多", "{name} 已登记 {most} 次请假"),
        told("unit-not-on-leave", NOT_NOW, "没有请假", "{name} 没有请假,也没有登记将来的请假"),
        told("unit-already-looked", NOT_NOW, "当日已查看", "当日的首次查看已有记录(办法第七条)"),
    ];

    /// The desk speaks for the unit it names (article 7).
    fn on_behalf_of(asker: &Asker, key: &str) -> Option<UnitId> {
        asker.role.is_of_the_centre().then(|| UnitId::new(key))
    }

    /// Its open cases are counted, for whoever may deactivate it.
    async fn before(
        at: &Backend<'_>,
        request: &Request<'_>,
        command: &mut Command,
    ) -> Result<(), Problem> {
        let Command::Deactivate { open_cases, as_of, .. } = command else { return Ok(()) };
        // Before the look: what comes after it is not counted. Whoever may not is refused as of an instant, too: one
        // that is never cannot be written to the node that decides.
        *as_of = at.node.clock().now();
        if request.asker.role.may(Duty::Administer) {
            let list = listing::open_of(&UnitId::new(request.key));
            let counted = move |store: &Store| {
                Ok::<_, Problem>(store.journal.list(&list, None, OPEN_COUNTED_MAX)?.len())
            };
            let open = at.read(counted).await?;
            *open_cases = u32::try_from(open).unwrap_or(u32::MAX);
        }
        Ok(())
    }

    /// What it says of its people is in force before the answer.
    async fn after(at: &Backend<'_>, _: &Request<'_>) {
        let heed = |store: &Store| Ok::<_, Undone>(absences::heed(&store.journal, &store.rules));
        if !matches!(at.read(heed).await, Ok(Ok(()))) {
            tracing::error!(
                "who is away is not known anew; it is read again before letters go out"
            );
        }
    }
}

/// 启用单位,或按新的规则安排简报
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct Establishment {}

impl Operation for Establishment {
    type Of = Unit;
    const NAME: &'static str = "establishment";
    const VERB: &'static str = "establish";
    const ID: &'static str = "establishUnit";
    const DONE: &'static str = "已启用";
    const EXAMPLES: &'static [&'static str] = &["CG-HW --by admin"];

    fn command(self, _: &Context) -> Command {
        Command::Establish
    }
}

/// 停用单位
///
/// 在办案件须先改派(办法第六条)。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deactivation {
    /// 理由
    #[arg(long, value_name = "TEXT")]
    reason: Reason,
}

impl Operation for Deactivation {
    type Of = Unit;
    const NAME: &'static str = "deactivation";
    const VERB: &'static str = "deactivate";
    const ID: &'static str = "deactivateUnit";
    const DONE: &'static str = "已停用";
    const EXAMPLES: &'static [&'static str] = &["CG-HW --by admin --reason 机构撤并"];

    fn command(self, _: &Context) -> Command {
        Command::Deactivate { reason: self.reason.into(), open_cases: 0, as_of: Timestamp::NEVER }
    }
}

/// 登记请假和代班(办法第七条)
///
/// 可以预先登记:到起始时刻才由代班人代替。与同一人已登记的请假重叠的,从这次起始时刻起以这次为准;不重叠的各自有效。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct Leave {
    /// 谁,规则中的姓名
    #[arg(long, value_name = "NAME")]
    name: Name,
    /// 从何时起;不写则从现在起
    #[arg(long, value_name = "INSTANT")]
    #[schema(value_type = Option<String>, format = DateTime)]
    from: Option<Instant>,
    /// 到何时
    #[arg(long, value_name = "INSTANT")]
    #[schema(value_type = String, format = DateTime)]
    until: Instant,
    /// 代班人;不写则为规则中的代班人
    #[arg(long, value_name = "NAME")]
    deputy: Option<Name>,
}

impl Operation for Leave {
    type Of = Unit;
    const NAME: &'static str = "leaves";
    const VERB: &'static str = "take-leave";
    const ID: &'static str = "takeUnitLeave";
    const DONE: &'static str = "已登记";
    const EXAMPLES: &'static [&'static str] = &[
        "CG-HW --by huanwei --name 吴示例 --until 2026-03-09T08:00 --deputy 郑示例",
        "CG-HW --by huanwei --name 吴示例 --from 2026-04-06T08:00 --until 2026-04-11T08:00",
    ];

    fn command(self, cx: &Context) -> Command {
        let calendar = &cx.rules.calendar;
        let (from, until) = (self.from.map(|from| from.by(calendar)), self.until.by(calendar));
        let deputy = self.deputy.map(CompactString::from);
        Command::TakeLeave { name: self.name.into(), from, until, deputy }
    }
}

/// 提前销假,或取消最近一次预先登记的请假
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct Return {
    /// 谁
    #[arg(long, value_name = "NAME")]
    name: Name,
}

impl Operation for Return {
    type Of = Unit;
    const NAME: &'static str = "leaves/{name}";
    const VERB: &'static str = "end-leave";
    const ID: &'static str = "endUnitLeave";
    const DONE: &'static str = "已销假";
    const EXAMPLES: &'static [&'static str] = &["CG-HW --by huanwei --name 吴示例"];

    fn command(self, _: &Context) -> Command {
        Command::EndLeave { name: self.name.into() }
    }
}

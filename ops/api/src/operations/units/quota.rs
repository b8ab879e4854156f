//! A unit's quota of extensions as it is read (article 27): how many cases it began in a month, in how many it may be
//! granted more time, who asked, and how much each open case may still be granted.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use anyhow::{Result, bail};
use chrono::{Months, NaiveDate};
use clap::Args;
use duban_actors::case::listing::{self, begun_by};
use duban_actors::case::{Case, StandsStill, State, StopCause};
use duban_actors::unit::quota::{Asking, Month, Quota, Standing};
use duban_actors::unit::{KIND, Unit};
use duban_rules::book::calendar::Calendar;
use duban_rules::vocabulary::{TimeLimit, UnitId};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Corrupt, Entity as _, EntityId};
use duban_runtime::journal::{Failure, Journal};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use crate::http::api::asker::InRole;
use crate::http::api::page::{Named, unfit};
use crate::http::api::visibility::sees_unit;
use crate::http::problem::Problem;
use crate::verbs::listed::Looking;
use crate::verbs::print::Call;
use duban_base::labels::instant;
use duban_base::month;
use duban_base::state::readable;
use duban_base::store::Store;
use duban_server::server::Server;

/// Assignments of a month that are counted; a unit with more has a quota of a thousand.
const BEGUN_MAX: usize = 10_000;
/// Open cases that are told with what they may still be granted, the first to be due.
const OPEN_MAX: usize = 200;

/// A unit's quota of a month.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuotaShown {
    /// 单位代码
    #[schema(example = "CG-HW")]
    pub unit: String,
    /// 月份
    #[schema(example = "2026-03")]
    pub month: String,
    /// 当月派给该单位的案件数
    pub n: u32,
    /// 案件数的统计时刻
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Timestamp,
    /// 还有申请记录的月份,最早的在前
    #[schema(example = json!(["2026-02", "2026-03"]))]
    pub months: Vec<String>,
    /// 当月的申请是否还有记录;没有的,以下各项不作数
    pub is_kept: bool,
    /// 可以延期的案件数
    pub allowed: u32,
    /// 已用的名额:待审核的、同意的、审核不同意的
    pub used: u32,
    /// 同意的
    pub approved: u32,
    /// 超出名额的
    pub over: u32,
    /// 当月的申请
    pub asked: Vec<AskedShown>,
    /// 在办案件最多还可延长多少,最先到期的在前,最多 200 件
    pub open: Vec<OpenShown>,
}

/// An application.
#[derive(Debug, Serialize, ToSchema)]
pub struct AskedShown {
    /// 案件号
    pub case: String,
    /// 立案编号;没有的为 null
    #[schema(example = "肃城管〔2026〕000001")]
    pub number: Option<String>,
    /// 案件的第几次申请
    pub no: u16,
    /// 申请时刻
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// 待审核 pending,同意 granted,超出名额同意 beyond,审核不同意 refused,因名额已满不同意 used-up
    #[schema(value_type = String, example = "granted")]
    pub standing: Standing,
}

/// An open case.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenShown {
    /// 案件号
    pub case: String,
    /// 立案编号;没有的为 null
    pub number: Option<String>,
    /// 最多还可延长多少
    #[schema(value_type = String, example = "1 work_day")]
    pub most: TimeLimit,
}

/// Which month.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OfMonth {
    /// 哪个月,如 2026-03;不写则为本月。名额保留最近三个有申请的月份
    #[param(max_length = 7, required = false)]
    month: Option<String>,
}

/// The last instant that counts for a month: now, or its end; none of a text that is no month, or of one to come.
pub fn counted_until(text: Option<&str>, now: Timestamp, calendar: &Calendar) -> Option<Timestamp> {
    let Some(text) = text else { return Some(now) };
    let first = NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").ok()?;
    let next = first.checked_add_months(Months::new(1))?;
    let (begins, ends): (Timestamp, Timestamp) =
        (calendar.midnight(first).into(), calendar.midnight(next).into());
    (begins <= now).then(|| now.min(Timestamp::from_millis(ends.as_millis() - 1)))
}

/// How many assignments a unit began in the month of an instant, up to it.
///
/// # Errors
/// What keeps the list from being read.
pub fn begun(
    journal: &Journal,
    calendar: &Calendar,
    unit: &UnitId,
    as_of: Timestamp,
) -> Result<u32, Failure> {
    let from = listing::order(month::begins(calendar, as_of));
    let until = listing::order(as_of + Duration::from_millis(1));
    let n = journal.count(&begun_by(unit), (&from, &until), BEGUN_MAX)?;
    Ok(u32::try_from(n).unwrap_or(u32::MAX))
}

/// The quota of the month of `as_of`, up to it; none of a unit that nobody knows.
///
/// # Errors
/// What keeps it from being read.
pub fn up_to<E>(store: &Store, unit: &UnitId, as_of: Timestamp) -> Result<Option<QuotaShown>, E>
where
    E: From<Failure> + From<Corrupt>,
{
    let rules = store.rules.current();
    let id = EntityId::new(KIND, unit.as_str());
    let stored = store.journal.entity(&id)?;
    if stored.is_none() && rules.0.rules.units.get(unit).is_none() {
        return Ok(None);
    }
    let known = stored.map(|stored| Unit::from_stored(&id, &stored.state)).transpose()?;
    let quota = known.map_or_else(Quota::default, |unit| unit.quota);
    let month = rules.0.rules.calendar.local(as_of.into()).format("%Y-%m").to_string();
    let empty = Month { month: month.as_str().into(), asked: Vec::new() };
    let asked = quota.of(&month).unwrap_or(&empty);
    let extensions = &rules.0.rules.extensions;
    let n = begun(&store.journal, &rules.0.rules.calendar, unit, as_of)?;
    let (allowed, used) = (extensions.allowed(n), asked.used());
    let approved = asked.asked.iter().filter(|asking| asking.standing.is_granted()).count();
    let mut open = Vec::new();
    for (_, case) in store.journal.list(&listing::open_of(unit), None, OPEN_MAX)? {
        let Some(stored) = store.journal.entity(&case)? else { continue };
        let case = Case::from_stored(&case, &stored.state)?;
        let State::Filed(filing, _) = &case.state else { continue };
        let Some((limit, held)) = filing.limit.zip(case.state.assignment()) else { continue };
        // More time is asked for before the feedback.
        if matches!(case.state.stands_still(), Some(StandsStill { why: StopCause::FedBack, .. })) {
            continue;
        }
        let most = extensions.left(held.term(limit).limit, held.extension);
        open.push(OpenShown { case: case.id.to_string(), number: number_of(&case), most });
    }
    let line = |one: &Asking| {
        let case = readable::<Case>(&store.journal, &one.case.entity())?;
        Ok(AskedShown {
            case: one.case.as_str().to_owned(),
            number: case.as_ref().and_then(number_of),
            no: one.no,
            at: one.at,
            standing: one.standing,
        })
    };
    let lines = asked.asked.iter().map(line).collect::<Result<_, Failure>>()?;
    Ok(Some(QuotaShown {
        unit: unit.to_string(),
        n,
        as_of,
        months: quota.months.iter().map(|one| one.month.to_string()).collect(),
        is_kept: quota.keeps(&month),
        month,
        allowed,
        used,
        approved: u32::try_from(approved).unwrap_or(u32::MAX),
        over: used.saturating_sub(allowed),
        asked: lines,
        open,
    }))
}

fn number_of(case: &Case) -> Option<String> {
    case.state.filing()?.number.as_ref().map(ToString::to_string)
}

/// A unit's quota, for the unit itself and for the centre.
pub(crate) async fn show(
    server: Data<Server>,
    asker: InRole,
    named: Path<Named>,
    wanted: Query<OfMonth>,
) -> Result<HttpResponse, Problem> {
    let unit = UnitId::new(named.as_str());
    if !sees_unit(&asker, &unit, &server.rules.current().0) {
        return Err(Problem::not_found());
    }
    let (now, rules) = (server.node.clock().now(), server.rules.current());
    let as_of = counted_until(wanted.month.as_deref(), now, &rules.0.rules.calendar);
    let as_of = as_of.ok_or_else(|| unfit("month").detail(WANTED.to_owned()))?;
    let read = server.read(move |store| up_to::<Problem>(store, &unit, as_of)).await?;
    let quota = read.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().json(quota))
}

/// What is to be written for a month.
const WANTED: &str = "写成 2026-03,不晚于本月";

/// 查看一个单位一个月的延期名额
///
/// 当月案件数、可延期的件数、已用和同意的件数、当月的申请,以及各在办案件最多还可延长多少(办法第二十七条)。
#[derive(Debug, Args)]
pub(crate) struct QuotaOf {
    /// 单位代码,如 YL
    #[arg(value_name = "UNIT")]
    unit: String,
    /// 哪个月,如 2026-03;不写则为本月
    #[arg(long, value_name = "MONTH")]
    month: Option<String>,
}

impl Looking for QuotaOf {
    const VERB: &'static str = "quota";
    const EXAMPLES: &'static [&'static str] = &["YL", "YL --month 2026-03", "YL --format json"];

    fn look(&self, call: &mut Call<'_>, store: &Store) -> Result<()> {
        let rules = store.rules.current();
        let as_of = counted_until(self.month.as_deref(), call.now(), &rules.0.rules.calendar);
        let Some(as_of) = as_of else { bail!("月份 --month {WANTED}") };
        let Some(quota) = up_to::<anyhow::Error>(store, &UnitId::new(&self.unit), as_of)? else {
            bail!("没有单位 `{}`;`duban unit list` 列出全部单位", self.unit);
        };
        if call.is_for_programs() {
            return call.json(&json!(quota));
        }
        let QuotaShown { month, n, allowed, used, approved, over, .. } = &quota;
        if !quota.is_kept {
            return call.line(format!("{} {month}:案件 {n} 件,当月的申请已不保留", quota.unit));
        }
        call.line(format!("{} {month}:案件 {n} 件,可延期 {allowed} 件", quota.unit))?;
        let over = if *over > 0 { format!(",超额 {over} 件") } else { String::new() };
        call.line(format!("已用 {used} 件,其中同意 {approved} 件{over}"))?;
        let calendar = &store.rules.current().0.rules.calendar;
        if !quota.asked.is_empty() {
            let row = |one: &AskedShown| {
                let word = chinese(one.standing).to_owned();
                vec![
                    called(&one.case, one.number.as_ref()),
                    instant::minute(one.at, calendar),
                    word,
                ]
            };
            call.table(&["案件", "申请时间", "结果"], quota.asked.iter().map(row).collect())?;
        }
        if quota.open.is_empty() {
            return Ok(());
        }
        let row =
            |one: &OpenShown| vec![called(&one.case, one.number.as_ref()), one.most.to_string()];
        call.table(&["在办案件", "最多还可延长"], quota.open.iter().map(row).collect())
    }
}

/// What people call a case: its number where it has one, as other lists do.
fn called(case: &str, number: Option<&String>) -> String {
    number.map_or(case, String::as_str).to_owned()
}

/// What people call where an application stands in the quota.
pub fn chinese(standing: Standing) -> &'static str {
    match standing {
        Standing::Pending => "待审核",
        Standing::Granted => "同意",
        Standing::Beyond => "超出名额同意",
        Standing::Refused => "不同意",
        Standing::UsedUp => "名额已满",
    }
}

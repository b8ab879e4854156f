//! Daily views of a unit's main leader as they are read (article 7): each month's days, and how many of them.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use chrono::{Datelike as _, Months, NaiveDate};
use duban_actors::context::Context;
use duban_actors::unit::Unit;
use duban_actors::unit::views::{Days, Month, Share, Views};
use duban_rules::vocabulary::UnitId;
use duban_runtime::clock::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::asker::InRole;
use super::page::Named;
use super::visibility::sees_unit;
use crate::http::problem::Problem;
use duban_base::labels::share::percent;
use duban_base::state;
use duban_server::server::Server;

/// 主要领导每日查看案件的情况
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnitViews {
    /// 单位代码
    #[schema(example = "CG-HW")]
    unit: String,
    /// 今天是否已查看
    looked_today: bool,
    /// 各月,最近的在前;没有记录的月份不列
    pub(crate) months: Vec<MonthOfViews>,
}

/// 一个月的查看情况
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MonthOfViews {
    /// 月份
    #[schema(example = "2026-03")]
    pub(crate) month: String,
    /// 按工作日,以此为准;本月计至昨天,今天已查看的计至今天
    pub(crate) working_days: ShareOfDays,
    /// 按自然日,仅供参考
    pub(crate) calendar_days: ShareOfDays,
    /// 查看过的日子
    #[schema(value_type = Vec<String>)]
    looked: Vec<NaiveDate>,
    /// 经提醒仍未查看的工作日
    #[schema(value_type = Vec<String>)]
    pub(crate) missed: Vec<NaiveDate>,
}

/// 若干天中查看过几天
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShareOfDays {
    pub(crate) looked: u32,
    pub(crate) days: u32,
    /// 百分比,保留一位小数;没有一天的为 null
    #[schema(example = "90.9%")]
    pub(crate) rate: Option<String>,
}

impl From<Share> for ShareOfDays {
    fn from(share: Share) -> ShareOfDays {
        let rate = |permille: u32| percent(permille.into());
        let Share { looked, days } = share;
        ShareOfDays { looked, days, rate: share.permille().map(rate) }
    }
}

impl UnitViews {
    /// What is on record of `unit` at `now`.
    pub(crate) fn of(id: &str, unit: Option<&Unit>, now: Timestamp, cx: &Context) -> UnitViews {
        let today = cx.rules.calendar.local(now.into()).date();
        let views = unit.map(|unit| &unit.views);
        let of_month = |views: &Views| -> Vec<MonthOfViews> {
            let months = views.months.iter().rev();
            months.filter_map(|month| MonthOfViews::of(views, month, today, cx)).collect()
        };
        UnitViews {
            unit: id.to_owned(),
            looked_today: views.is_some_and(|views| views.looked_on(today)),
            months: views.map(of_month).unwrap_or_default(),
        }
    }
}

impl MonthOfViews {
    /// The days of `month` up to today.
    fn of(views: &Views, month: &Month, today: NaiveDate, cx: &Context) -> Option<MonthOfViews> {
        let first = NaiveDate::from_ymd_opt(month.year, month.month, 1)?;
        let last = first.checked_add_months(Months::new(1))?.pred_opt()?;
        let found = views.compliance(first, today, &cx.rules.calendar);
        let days = |among: Days| {
            let all = first.iter_days().take_while(|day| *day <= last);
            all.filter(|day| among.has(day.day())).collect()
        };
        Some(MonthOfViews {
            month: first.format("%Y-%m").to_string(),
            working_days: found.working.into(),
            calendar_days: found.calendar.into(),
            looked: days(month.looked),
            missed: days(month.missed),
        })
    }
}

/// How often a unit's main leader looked; for its own organisation and the centre.
pub(crate) async fn of_unit(
    server: Data<Server>,
    asker: InRole,
    named: Path<Named>,
) -> Result<HttpResponse, Problem> {
    let (context, unit) = (server.rules.current(), UnitId::new(named.as_str()));
    if context.0.rules.units.get(&unit).is_none() || !sees_unit(&asker, &unit, &context.0) {
        return Err(Problem::not_found());
    }
    let key = unit.clone();
    let read = move |store: &duban_base::store::Store| {
        Ok::<_, Problem>(state::read::<Unit>(&store.journal, key.as_str())?)
    };
    let known = server.read(read).await?.map(|(unit, _)| unit);
    let views = UnitViews::of(unit.as_str(), known.as_ref(), server.now(), &context.0);
    Ok(HttpResponse::Ok().json(views))
}

//! The ledger of deferrals (缓办台账, article 27): cases that wait, the next to be looked at again first, behind those of
//! which the county leader's consent is wanted.

use chrono::NaiveDate;
use duban_actors::case::application::{Before, Wish};
use duban_actors::case::{Case, Filing, listing};
use duban_actors::context::Context;
use duban_rules::vocabulary::UnitId;
use duban_runtime::clock::Timestamp;
use duban_runtime::journal::{Failure, Journal};
use serde::Serialize;
use utoipa::ToSchema;

use crate::state::readable;

/// Where a deferral stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The county leader's consent is wanted.
    ConsentWanted,
    Deferred,
}

impl Standing {
    /// The word of people.
    pub fn chinese(self) -> &'static str {
        match self {
            Standing::ConsentWanted => "待签批",
            Standing::Deferred => "缓办中",
        }
    }
}

/// A line of the ledger.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Line {
    /// 案件号
    pub case: String,
    /// 年度编号
    pub number: Option<String>,
    /// 责任单位
    #[schema(value_type = String, example = "SW")]
    pub unit: UnitId,
    /// 待签批 consent-wanted,缓办中 deferred
    pub standing: Standing,
    /// 单位申请的时刻
    #[schema(value_type = String, format = DateTime)]
    pub asked: Timestamp,
    /// 自何时起缓办;待签批的为 null
    #[schema(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
    /// 签批人;待签批的为 null
    pub leader: Option<String>,
    /// 复核日期
    #[schema(value_type = String, format = Date)]
    pub review_on: NaiveDate,
    /// 此前缓办过几次
    pub before: u16,
    /// 案件地点
    pub address: String,
}

/// The ledger, at most `most` lines.
///
/// # Errors
/// When the store cannot be read.
pub fn ledger(journal: &Journal, cx: &Context, most: usize) -> Result<Vec<Line>, Failure> {
    let mut lines = Vec::new();
    for list in [listing::CONSENT, listing::at_stage("deferred")] {
        let left = most.saturating_sub(lines.len());
        for (_, id) in journal.list(&list, None, left)? {
            lines.extend(readable(journal, &id)?.and_then(|case| line(&case, cx)));
        }
    }
    Ok(lines)
}

fn line(case: &Case, cx: &Context) -> Option<Line> {
    let (filing, held, _) = case.state.held()?;
    if let Some((since, deferral)) = case.state.deferral() {
        let before = filing.deferrals.saturating_sub(1);
        return Some(Line {
            standing: Standing::Deferred,
            asked: filing.facts.last()?.stops.last()?.asked,
            since: Some(since),
            leader: Some(deferral.leader.to_string()),
            review_on: deferral.review_on(&cx.rules.calendar),
            before,
            ..blank(case, filing, &held.unit)
        });
    }
    let asked = held.application.pending().filter(|asked| asked.before == Before::CountyLeader)?;
    let Wish::Deferral(review_on) = asked.wish else { return None };
    Some(Line { asked: asked.since, review_on, ..blank(case, filing, &held.unit) })
}

/// What is said of any case.
fn blank(case: &Case, filing: &Filing, unit: &UnitId) -> Line {
    Line {
        case: case.id.to_string(),
        number: filing.number.as_ref().map(ToString::to_string),
        unit: unit.clone(),
        standing: Standing::ConsentWanted,
        asked: Timestamp::NEVER,
        since: None,
        leader: None,
        review_on: NaiveDate::default(),
        before: filing.deferrals,
        address: filing.report.address.to_string(),
    }
}

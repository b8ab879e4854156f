//! The committee (城管委, article 2), as the rules in force name it.

use actix_web::HttpResponse;
use actix_web::web::Data;
use duban_rules::RuleBook;
use duban_rules::book::officials::Member;
use duban_rules::vocabulary::Recipient;
use serde::Serialize;
use utoipa::ToSchema;

use super::asker::{InRole, Permission as _};
use crate::http::problem::Problem;
use duban_server::server::Server;

/// The chair and the members.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Committee {
    /// 主任
    chair: Vec<String>,
    /// 成员,按规则文件的顺序
    members: Vec<MemberRow>,
}

/// A member of the committee.
#[derive(Debug, Serialize, ToSchema)]
struct MemberRow {
    name: String,
    /// 机构
    organisation: String,
    /// 所领导的终端单位
    unit: Option<String>,
    /// 任期的第一天
    #[schema(example = "2026-03-01")]
    from: Option<String>,
    /// 任期的最后一天;现任没有
    until: Option<String>,
    #[serde(skip)]
    term: String,
}

impl Committee {
    /// The headings of [`Committee::rows`].
    pub(crate) const HEADINGS: [&'static str; 5] = ["职务", "姓名", "机构", "单位", "任期"];

    /// The committee of these rules.
    pub(crate) fn of(rules: &RuleBook) -> Committee {
        let chair = rules.officials.contacts(Recipient::CommitteeChair);
        let chair = chair.into_iter().map(|chair| chair.name.clone()).collect();
        let row = |member: &Member| MemberRow {
            name: member.name.clone(),
            organisation: member.organisation.clone(),
            unit: member.unit.as_ref().map(ToString::to_string),
            from: member.from.map(|day| day.to_string()),
            until: member.until.map(|day| day.to_string()),
            term: member.term(),
        };
        Committee { chair, members: rules.officials.members.iter().map(row).collect() }
    }

    /// For people.
    pub(crate) fn rows(self) -> Vec<Vec<String>> {
        let dash = || "—".to_owned();
        let filled = |text: String| if text.is_empty() { dash() } else { text };
        let chair = self.chair.into_iter();
        let chair = chair.map(|name| vec!["主任".to_owned(), name, dash(), dash(), dash()]);
        let members = self.members.into_iter().map(|member| {
            let unit = member.unit.unwrap_or_else(dash);
            vec!["成员".to_owned(), member.name, member.organisation, unit, filled(member.term)]
        });
        chair.chain(members).collect()
    }
}

/// Shows the committee.
pub(crate) async fn show(server: Data<Server>, asker: InRole) -> Result<HttpResponse, Problem> {
    asker.only_those_who_see_all()?;
    let rules = server.rules.current();
    Ok(HttpResponse::Ok().json(Committee::of(&rules.0.rules)))
}

//! Roles and what each may do (article 12: one level of supervision, one level of command, two levels of management).
//!
//! Who somebody is, is for the door to establish; here it is only settled what they may ask. How [`Asked`] is read:
//! whoever signs in asks by their login name, in every role, and their display name stands beside it; a part of the
//! system asks by its own name. A collector speaks for their id in the rules, a unit's people speak for the unit.
//! Somebody of the centre who enters for a unit (代录, article 7) names it in `on_behalf_of`.
//!
//! Records of before 2026-11-30 name people otherwise: a collector by id, a unit's people as `UNIT/name`, everybody else
//! by display name. What was recorded then is told by its form: no display name has the form of a login name, unless it
//! is that person's own ([`crate::person::Refusal::NameOfAnother`]).

use duban_core::entity::Asked;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// The unit of the canary, which no rules file knows; no other case is dispatched there.
pub const CANARY_UNIT: &str = "CANARY";

/// In which capacity somebody asks.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Role {
    /// The supervision centre's desk: registers, examines, files (articles 12–14).
    Intake,
    /// The command centre's desk: dispatches and coordinates (articles 12 and 15).
    Dispatcher,
    /// The duty chief: closes, reviews, overrides with a reason (article 18).
    DutyChief,
    /// The head of the centre (article 3).
    CentreHead,
    /// Reports and checks on site (articles 10, 13 and 17).
    Collector,
    /// A terminal's informant: receives, handles, feeds back (articles 7 and 16).
    UnitStaff,
    /// The head of a unit (articles 7 and 21).
    UnitHead,
    /// Who keeps duban itself running.
    Operator,
    /// Brings in cases that lived elsewhere.
    Importer,
    /// The daily self-test, whose cases are its own (自检).
    Canary,
    /// A due timer of the runtime.
    Timer,
    /// Another entity, by a tell.
    Entity,
    /// The door of duban itself, when it lets somebody in.
    Door,
    /// The chair of the committee (城管委主任), who is the county's head (articles 2 and 4).
    CommitteeChair,
    /// The county leader in charge of the centre (主管县长): consents to deferrals (article 27).
    CountyLeader,
}

impl Role {
    /// Every role.
    pub const ALL: &'static [Role] = Role::VARIANTS;

    /// The spelling in [`Asked::role`].
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The word people use.
    pub fn chinese(self) -> &'static str {
        match self {
            Role::Intake => "监督中心",
            Role::Dispatcher => "指挥中心",
            Role::DutyChief => "值班长",
            Role::CentreHead => "中心主任",
            Role::Collector => "信息采集员",
            Role::UnitStaff => "专业信息员",
            Role::UnitHead => "主要领导",
            Role::CommitteeChair => "城管委主任",
            Role::CountyLeader => "主管县长",
            Role::Operator => "系统管理员",
            Role::Importer => "导入",
            Role::Canary => "自检",
            Role::Timer => "定时器",
            Role::Entity => "系统",
            Role::Door => "门禁",
        }
    }
}

/// What there is to be done, as article 12 divides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Duty {
    /// Register a report (登记, article 14).
    Register,
    /// Send out for validation, file, decline (立案, article 14).
    Examine,
    /// Say what stands on site (核实, 核查; articles 13 and 17).
    Check,
    /// Pass a task on site to another collector (article 10).
    Entrust,
    /// Dispatch to a unit (派遣, article 15).
    Dispatch,
    /// Receive, handle, feed back, ask to return, reply (article 16).
    Handle,
    /// Put papers and recordings on a case (附件).
    Attach,
    /// Say what the desk thinks of a return or an application before it is decided (初审).
    FirstOpinion,
    /// Decide about a return (退单审核).
    ReviewReturn,
    /// Call units together on site and record who came (现场确认, article 19).
    Coordinate,
    /// Find whose a disputed case is (责任认定, article 19).
    Determine,
    /// Call the committee together, or call a meeting off (召集, article 4).
    Convene,
    /// Say that the committee met, what it decided, and put down its minutes (会议纪要, articles 5 and 19).
    Minute,
    /// Apply for something beside the work (申请, articles 21 and 27).
    Apply,
    /// Decide about an application, and let a deferred case go on (申请审核).
    ReviewApplication,
    /// Consent to a deferral, or enter the county leader's signed consent (缓办签批, article 27).
    Consent,
    /// Supervise by an order (督办, article 3).
    Supervise,
    /// Close, or send back for rework (结案, 返工; article 18).
    Close,
    /// Bring in and conclude a history.
    Import,
    /// Establish, deactivate, appoint, set deputies: what keeps the house in order.
    Administer,
    /// Keep a desk by shifts, with its duty log (交接班, article 3).
    KeepDesk,
    /// Let a duty chief close who is not on shift (article 18).
    AllowClosing,
    /// Move the instants of open cases by another calendar (article 11).
    Recalculate,
    /// Erase what a reporter said of themselves (article 13).
    Erase,
    /// Answer what another entity asked for.
    Answer,
    /// Let somebody in, or keep them out, once their password has been looked at.
    Admit,
}

impl Role {
    /// The permission table of article 12.
    pub fn may(self, duty: Duty) -> bool {
        if duty == Duty::Attach {
            return self.is_of_the_centre() || self.is_of_a_unit();
        }
        match self {
            Role::Intake => {
                matches!(duty, Duty::Register | Duty::Examine | Duty::Entrust | Duty::KeepDesk)
            }
            Role::Dispatcher => matches!(
                duty,
                Duty::Dispatch
                    | Duty::FirstOpinion
                    | Duty::Coordinate
                    | Duty::Supervise
                    | Duty::Handle
                    | Duty::Apply
                    | Duty::KeepDesk
            ),
            Role::DutyChief => matches!(
                duty,
                Duty::Register
                    | Duty::Examine
                    | Duty::Check
                    | Duty::Entrust
                    | Duty::Dispatch
                    | Duty::Handle
                    | Duty::Apply
                    | Duty::ReviewReturn
                    | Duty::Coordinate
                    | Duty::ReviewApplication
                    | Duty::Determine
                    | Duty::Supervise
                    | Duty::Close
                    | Duty::KeepDesk
            ),
            Role::CentreHead => {
                matches!(
                    duty,
                    Duty::ReviewReturn
                        | Duty::ReviewApplication
                        | Duty::Consent
                        | Duty::Determine
                        | Duty::Convene
                        | Duty::Minute
                        | Duty::Supervise
                        | Duty::Administer
                        | Duty::AllowClosing
                        | Duty::Recalculate
                        | Duty::Erase
                )
            }
            Role::Collector => matches!(duty, Duty::Register | Duty::Check | Duty::Entrust),
            Role::UnitStaff | Role::UnitHead => matches!(duty, Duty::Handle | Duty::Apply),
            Role::CommitteeChair => matches!(duty, Duty::Convene),
            Role::CountyLeader => matches!(duty, Duty::Consent),
            Role::Operator => matches!(duty, Duty::Administer | Duty::Recalculate),
            Role::Importer => matches!(duty, Duty::Import),
            Role::Canary => matches!(
                duty,
                Duty::Register
                    | Duty::Examine
                    | Duty::Check
                    | Duty::Dispatch
                    | Duty::Handle
                    | Duty::Close
            ),
            // Time passes by no command.
            Role::Timer => false,
            Role::Entity => matches!(duty, Duty::Answer | Duty::Entrust),
            Role::Door => matches!(duty, Duty::Admit),
        }
    }

    /// Whether a person can hold this role; the others belong to parts of the system (articles 3, 7 and 10).
    pub fn is_for_people(self) -> bool {
        match self {
            Role::Intake
            | Role::Dispatcher
            | Role::DutyChief
            | Role::CentreHead
            | Role::Collector
            | Role::UnitStaff
            | Role::UnitHead
            | Role::CommitteeChair
            | Role::CountyLeader
            | Role::Operator => true,
            Role::Importer | Role::Timer | Role::Entity | Role::Door | Role::Canary => false,
        }
    }

    /// Whether whoever holds this role belongs to a unit (article 7).
    pub fn is_of_a_unit(self) -> bool {
        matches!(self, Role::UnitStaff | Role::UnitHead)
    }

    /// Whether this role belongs to the centre, whose people may enter for a unit (代录, article 7).
    pub fn is_of_the_centre(self) -> bool {
        matches!(self, Role::Intake | Role::Dispatcher | Role::DutyChief | Role::CentreHead)
    }

    /// Whether everything may be read in this role: the centre's people, the chair of the committee, the county leader, and
    /// who keeps duban running.
    pub fn sees_all(self) -> bool {
        self.is_of_the_centre()
            || matches!(self, Role::CommitteeChair | Role::CountyLeader | Role::Operator)
    }
}

/// The role in which somebody asks; none when the door let an unknown one through.
pub fn role_of(asked: &Asked) -> Option<Role> {
    asked.role.parse().ok()
}

/// Whether it was whoever asks now that a record names: by login name, or, as earlier records do, by display name. There
/// two persons of one name cannot be told apart.
pub fn is_asker(recorded: &str, asked: &Asked) -> bool {
    recorded == asked.by || asked.name.as_deref() == Some(recorded)
}

/// As which collector of the rules somebody asks.
pub fn collector_of(asked: &Asked) -> Option<&str> {
    role_of(asked).filter(|role| *role == Role::Collector).and(asked.speaks_for.as_deref())
}

/// For which unit somebody asks: their own, or the one for which the centre enters.
pub fn unit_of(asked: &Asked) -> Option<&str> {
    match role_of(asked)? {
        Role::UnitStaff | Role::UnitHead => asked.speaks_for.as_deref(),
        Role::Dispatcher | Role::DutyChief => asked.on_behalf_of.as_deref(),
        Role::Canary => Some(CANARY_UNIT),
        Role::Intake
        | Role::CentreHead
        | Role::CountyLeader
        | Role::Collector
        | Role::CommitteeChair
        | Role::Operator
        | Role::Importer
        | Role::Timer
        | Role::Entity
        | Role::Door => None,
    }
}

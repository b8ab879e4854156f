//! The nouns that every rules file and every entity share: names of things, kinds of things, time limits, places.
//!
//! Articles 6–12 give the words; the spelling of each in files is fixed here once, so that a string is looked at
//! where it enters and nowhere else. No arithmetic with instants happens here (see `deadline`), and nothing here
//! knows which names exist (see `check`).

mod limit;
mod place;
mod weekday;

use std::fmt;
use std::str::FromStr;

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

pub use limit::{LimitUnit, TimeLimit, UnreadableLimit, Wording};
pub use place::{Place, whole_metres};
pub use weekday::weekday;

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(CompactString);

        impl $name {
            /// Takes the name as written; whether such a thing exists is for the cross-checks to say.
            pub fn new(name: impl AsRef<str>) -> Self {
                Self(CompactString::from(name.as_ref()))
            }

            /// The name as written in the files.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl From<&str> for $name {
            fn from(name: &str) -> Self {
                Self::new(name)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }
    )*};
}

names! {
    /// A terminal unit (系统终端, article 6), e.g. `CG-HW`.
    UnitId;
    /// A filing condition of the handbook: kind, big class, small class, sequence, e.g. `part-01-01-1`.
    ConditionCode;
    /// A supervision grid (监督网格, article 10).
    GridId;
    /// A basic management cell (万米单元网格, article 10): fifteen digits.
    CellId;
    /// A collector (信息采集员, article 10).
    CollectorId;
    /// A step of an escalation ladder or of a stage, e.g. `level-1`.
    StepCode;
    /// A notice template, e.g. `dispatched`.
    TemplateName;
}

/// What a case is about (article 11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Matter {
    /// A physical object of the city (部件).
    Component,
    /// Something that happens and disturbs the order (事件).
    Incident,
}

impl Matter {
    /// The word that opens a condition's code: `part` or `event`.
    pub fn as_str(self) -> &'static str {
        match self {
            Matter::Component => "part",
            Matter::Incident => "event",
        }
    }

    /// The word of the regulation.
    pub fn chinese(self) -> &'static str {
        match self {
            Matter::Component => "部件",
            Matter::Incident => "事件",
        }
    }
}

impl FromStr for Matter {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text.trim() {
            "part" | "component" | "部件" => Ok(Matter::Component),
            "event" | "incident" | "事件" => Ok(Matter::Incident),
            _ => Err(UnknownWord),
        }
    }
}

/// How much of the city's management a department carries (articles 6 and 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnitClass {
    /// Heavy responsibility: a station, leaders, office and informants are duties (一类).
    First,
    /// Lighter responsibility: a leader, an office and a landline (二类).
    Second,
    /// Touched now and then: a phone and a person (三类).
    Third,
}

impl UnitClass {
    /// The word of the regulation.
    pub fn chinese(self) -> &'static str {
        match self {
            UnitClass::First => "一类",
            UnitClass::Second => "二类",
            UnitClass::Third => "三类",
        }
    }

    /// The same in English.
    pub fn english(self) -> &'static str {
        match self {
            UnitClass::First => "class 1",
            UnitClass::Second => "class 2",
            UnitClass::Third => "class 3",
        }
    }
}

/// What a terminal unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnitKind {
    /// A department or company of article 6.
    Department(UnitClass),
    /// A person who signed for the frontage of a house (门前五包责任人, article 9).
    FrontageSteward,
}

/// A word that is not one of those known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a known word")]
pub struct UnknownWord;

macro_rules! recipients {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $chinese:literal;)*) => {
        /// In which capacity somebody is told something, or stands in a list of contacts.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Recipient {
            $($(#[$doc])* $name,)*
        }

        impl Recipient {
            /// Every capacity, in the order of rank used by lists.
            pub const ALL: &'static [Recipient] = &[$(Recipient::$name,)*];

            /// The spelling in rules files.
            pub fn as_str(self) -> &'static str {
                match self { $(Recipient::$name => $word,)* }
            }

            /// The word people use.
            pub fn chinese(self) -> &'static str {
                match self { $(Recipient::$name => $chinese,)* }
            }
        }

        impl FromStr for Recipient {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text.trim() {
                    $($word | $chinese => Ok(Recipient::$name),)*
                    _ => Err(UnknownWord),
                }
            }
        }
    };
}

recipients! {
    /// A unit's informant, who receives its cases (article 7).
    Informant = "informant", "专业信息员";
    /// The office of a unit that handles its cases (article 7).
    HandlingOffice = "handling-office", "分管科室";
    /// The leader of a unit in charge of this work (article 7).
    DeputyHead = "deputy-head", "主管领导";
    /// The head of a unit (article 7).
    UnitHead = "unit-head", "主要领导";
    /// The duty chief, who closes cases (article 18).
    DutyChief = "duty-chief", "值班长";
    /// The supervision centre's desk: registers, files, verifies (article 12).
    IntakeDesk = "intake-desk", "监督中心";
    /// The command centre's desk: dispatches (article 12).
    DispatchDesk = "dispatch-desk", "指挥中心";
    /// The county leader in charge (article 27).
    CountyLeader = "county-leader", "主管县长";
    /// The committee's chair (articles 2 and 4).
    CommitteeChair = "committee-chair", "城管委主任";
    /// The discipline department (article 23).
    Discipline = "discipline", "监察部门";
    /// A collector, who verifies on site (article 17).
    Collector = "collector", "信息采集员";
    /// Who keeps duban itself running.
    Operator = "operator", "系统管理员";
    /// The head of the centre (article 3).
    CentreHead = "centre-head", "中心主任";
}

impl Recipient {
    /// Whether this capacity belongs to a unit rather than to the centre or the county.
    pub fn is_of_a_unit(self) -> bool {
        matches!(
            self,
            Recipient::Informant
                | Recipient::HandlingOffice
                | Recipient::DeputyHead
                | Recipient::UnitHead
        )
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

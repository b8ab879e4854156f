//! Handling commands' data: how a unit gets a case, and what becomes of its wish to give it back (articles 7 and 15).

use serde::{Deserialize, Serialize};

/// How a case is delivered to a unit (articles 7 and 15).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Delivery {
    /// Into its account.
    System,
    /// By a call of the desk.
    Phone,
}

/// On which ground a unit says that a case is not its own (article 19).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, strum::IntoStaticStr,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Ground {
    /// What is broken belongs to somebody else (权属).
    Ownership,
    /// It lies outside the unit's bounds (边界).
    Boundary,
    /// It is filed under a class that is not what was seen (类别).
    Class,
    /// It is another unit's duty (职责).
    #[default]
    Duty,
    /// The dispatcher's own slip, which the duty chief confirms (派遣失误).
    Slip,
}

impl Ground {
    /// The word people use.
    pub fn chinese(self) -> &'static str {
        match self {
            Ground::Ownership => "权属不符",
            Ground::Boundary => "不在管辖范围",
            Ground::Class => "类别不符",
            Ground::Duty => "非本单位职责",
            Ground::Slip => "派遣失误",
        }
    }
}

/// What the dispatch desk thinks of a return before it is decided (初审意见).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Opinion {
    Agree,
    Disagree,
}

impl Opinion {
    /// The word people use.
    pub fn chinese(self) -> &'static str {
        match self {
            Opinion::Agree => "同意",
            Opinion::Disagree => "不同意",
        }
    }
}

/// What became of a return.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// It was not this unit's.
    Accept,
    Refuse,
}

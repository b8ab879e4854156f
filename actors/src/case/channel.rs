//! The ways by which reports come (article 13), and which of them somebody must look at first (article 14).

use serde::{Deserialize, Serialize};

/// By which way a report came (article 13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// A collector's handset (城管通).
    Handset,
    /// The city's web site (城市网).
    Web,
    /// The government's open line (阳光网).
    OpenLine,
    /// The hotline 12319.
    Hotline,
    /// Video footage (监控录像).
    Footage,
    /// Somebody came (来访举报).
    Visit,
    /// A leader's order (领导指派).
    Leadership,
    /// Another department (部门反馈).
    Department,
    /// A history that lived elsewhere.
    Import,
    /// The daily self-test (自检).
    Canary,
}

impl Channel {
    /// Whether somebody must look before such a report is filed (核实, article 14).
    pub fn needs_validation(self) -> bool {
        !matches!(self, Channel::Handset | Channel::Import | Channel::Canary)
    }

    /// Whether that look may be left out for a stated reason: a leader's order, clear footage (article 14).
    pub fn may_skip_validation(self) -> bool {
        matches!(self, Channel::Leadership | Channel::Footage)
    }
}

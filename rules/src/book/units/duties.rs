//! Duties of each class (article 7): what a unit lacks of them, and whether it gets new cases all the same.

use serde::Serialize;

use super::Contact;
use super::Unit;
use crate::diagnostic::{Diagnostic, Findings};
use crate::source::document::Table;
use crate::vocabulary::{Recipient, UnitClass};

/// Something that a unit of its class must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lack {
    /// A station (城管站).
    Station,
    /// The leader in charge (主管领导).
    DeputyHead,
    /// The main leader (主要领导).
    UnitHead,
    /// The office that handles (分管科室).
    HandlingOffice,
    /// An informant (专业信息员).
    Informant,
    /// People who put things right (处置队伍).
    Crew,
    /// A fixed telephone.
    Landline,
    /// Anybody responsible.
    Person,
    /// A number to call.
    Phone,
    /// An account of the main leader.
    HeadAccount,
    /// An account of the unit's own (终端账号).
    Account,
}

impl Lack {
    /// The word people use.
    pub fn chinese(self) -> &'static str {
        match self {
            Lack::Station => "城管站",
            Lack::DeputyHead => "主管领导",
            Lack::UnitHead => "主要领导",
            Lack::HandlingOffice => "分管科室",
            Lack::Informant => "专业信息员",
            Lack::Crew => "处置队伍",
            Lack::Landline => "固定电话",
            Lack::Person => "责任人",
            Lack::Phone => "联系电话",
            Lack::HeadAccount => "主要领导账号",
            Lack::Account => "终端账号",
        }
    }
}

/// Whether a unit that lacks something of article 7 gets new cases.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Incomplete {
    /// It does, and the centre is told each day.
    #[default]
    Tell,
    /// It does not.
    Refuse,
}

impl Unit {
    /// What it lacks of the duties of its class, as far as the file tells; nothing of a frontage steward.
    pub fn lacks(&self) -> Vec<Lack> {
        let nobody = |role| self.contacts(role).is_empty();
        let duties: &[(Lack, bool)] = match self.class() {
            Some(UnitClass::First) => &[
                (Lack::Station, self.station.is_none()),
                (Lack::DeputyHead, nobody(Recipient::DeputyHead)),
                (Lack::UnitHead, nobody(Recipient::UnitHead)),
                (Lack::HandlingOffice, nobody(Recipient::HandlingOffice)),
                (Lack::Informant, nobody(Recipient::Informant)),
                (Lack::Crew, self.crew.is_none()),
            ],
            Some(UnitClass::Second) => &[
                (Lack::DeputyHead, nobody(Recipient::DeputyHead)),
                (Lack::HandlingOffice, nobody(Recipient::HandlingOffice)),
                (Lack::Landline, self.landline.is_none()),
            ],
            Some(UnitClass::Third) => {
                &[(Lack::Person, self.contacts.is_empty()), (Lack::Phone, !self.can_be_called())]
            }
            None => &[],
        };
        duties.iter().filter(|(_, lacking)| *lacking).map(|(lack, _)| *lack).collect()
    }

    /// The numbers to call, people's with their names, in the order of the file.
    pub fn telephones(&self) -> Vec<String> {
        let theirs = |one: &Contact| Some(format!("{} {}", one.name, one.phone.as_ref()?));
        let own = self.contacts.iter().filter_map(theirs);
        self.landline.iter().cloned().chain(own).collect()
    }

    /// Whether there is a number to call.
    pub fn can_be_called(&self) -> bool {
        self.landline.is_some() || self.contacts.iter().any(|contact| contact.phone.is_some())
    }
}

/// What the table `[duties]` says.
pub(super) fn read(table: Option<Table<'_>>, findings: &mut Findings) -> Incomplete {
    let Some(mut table) = table else { return Incomplete::default() };
    let mut incomplete = Incomplete::default();
    if let Some(word) = table.word_if("incomplete", findings) {
        match word.value.trim() {
            "tell" => incomplete = Incomplete::Tell,
            "refuse" => incomplete = Incomplete::Refuse,
            other => findings.push(Diagnostic::unknown_incomplete(&word.spot, other)),
        }
    }
    table.close(findings);
    incomplete
}

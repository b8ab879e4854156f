//! Files that a command names.

use std::slice;

use compact_str::CompactString;

use super::{Command, Signed};
use crate::case::files::Use;

impl Command {
    /// The files it names, by the names of their blobs, and as what.
    pub fn files(&self) -> (Use, &[CompactString]) {
        match self {
            Command::Register(report) => (Use::Photo, &report.photos),
            Command::GiveFeedback { photos, .. }
            | Command::GiveHelp { photos, .. }
            | Command::RecordSiteMeeting { photos, .. } => (Use::Photo, photos),
            Command::GiveValidation { seen, .. } | Command::Verify { seen, .. } => {
                (Use::Photo, seen.photo.as_slice())
            }
            Command::Return { form, .. }
            | Command::Dispute { form, .. }
            | Command::Apply { form, .. } => (Use::Form, form.as_slice()),
            Command::AddForm { form }
            | Command::Consent { signed: Some(Signed { scan: form, .. }), .. } => {
                (Use::Form, slice::from_ref(form))
            }
            Command::Attach { file, .. } => (Use::Attachment, slice::from_ref(file)),
            Command::Validate
            | Command::File { .. }
            | Command::Decline { .. }
            | Command::Numbered { .. }
            | Command::Dispatch { .. }
            | Command::Call { .. }
            | Command::Receive
            | Command::Arrive { .. }
            | Command::Start
            | Command::Reassign { .. }
            | Command::Close { .. }
            | Command::Rework { .. }
            | Command::Recall { .. }
            | Command::GiveOpinion { .. }
            | Command::DecideReturn { .. }
            | Command::CallSiteMeeting { .. }
            | Command::Determine { .. }
            | Command::Refer { .. }
            | Command::Resolved(_)
            | Command::CalledOff { .. }
            | Command::WaiveHelp { .. }
            | Command::TakeBack { .. }
            | Command::DecideApplication { .. }
            | Command::Consent { signed: None, .. }
            | Command::Resume { .. }
            | Command::QuotaReserved(_)
            | Command::QuotaUsedUp(_)
            | Command::OrderSupervision { .. }
            | Command::ReplySupervision { .. }
            | Command::Recalculate { .. }
            | Command::EraseReporter { .. }
            | Command::Adopt(_)
            | Command::Conclude { .. } => (Use::Photo, &[]),
        }
    }
}

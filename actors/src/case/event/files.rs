//! Files that an event names.

use std::slice;

use compact_str::CompactString;

use super::Event;
use crate::case::files::Use;

impl Event {
    /// The files it names, by the names of their blobs, and as what.
    pub fn files(&self) -> (Use, &[CompactString]) {
        if let Event::Registered(report) = self {
            (Use::Photo, &report.photos)
        } else if let Event::FeedbackGiven(feedback) = self {
            (Use::Photo, &feedback.photos)
        } else if let Event::HelpGiven(help) = self {
            (Use::Photo, &help.photos)
        } else if let Event::SiteMeetingHeld(held) = self {
            (Use::Photo, &held.photos)
        } else if let Event::Validated(look) = self {
            (Use::Photo, look.sight.photo.as_slice())
        } else if let Event::Verified(look) = self {
            (Use::Photo, look.sight.photo.as_slice())
        } else if let Event::ReturnAsked { form, .. } = self {
            (Use::Form, form.as_slice())
        } else if let Event::Disputed(asked) = self {
            (Use::Form, asked.form.as_slice())
        } else if let Event::Applied(asked) = self {
            (Use::Form, asked.form.as_slice())
        } else if let Event::Deferred(deferred) = self {
            (Use::Form, deferred.scan.as_slice())
        } else if let Event::FormAdded { form, .. } = self {
            (Use::Form, slice::from_ref(form))
        } else if let Event::Attached { file, .. } = self {
            (Use::Attachment, slice::from_ref(file))
        } else {
            (Use::Photo, &[])
        }
    }
}

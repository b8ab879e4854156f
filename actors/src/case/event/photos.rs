//! Photos, and scans of signed forms, that an event names.

use compact_str::CompactString;

use super::Event;

impl Event {
    /// The photos and scans it names, by the names of their blobs.
    pub fn photos(&self) -> &[CompactString] {
        if let Event::Registered(report) = self {
            &report.photos
        } else if let Event::FeedbackGiven(feedback) = self {
            &feedback.photos
        } else if let Event::HelpGiven(help) = self {
            &help.photos
        } else if let Event::SiteMeetingHeld(held) = self {
            &held.photos
        } else if let Event::Validated(look) = self {
            look.sight.photo.as_slice()
        } else if let Event::Verified(look) = self {
            look.sight.photo.as_slice()
        } else if let Event::ReturnAsked { form, .. } = self {
            form.as_slice()
        } else if let Event::Disputed(asked) = self {
            asked.form.as_slice()
        } else if let Event::Applied(asked) = self {
            asked.form.as_slice()
        } else if let Event::Deferred(deferred) = self {
            deferred.scan.as_slice()
        } else if let Event::FormAdded { form, .. } = self {
            std::slice::from_ref(form)
        } else {
            &[]
        }
    }
}

//! Who keeps the desks, worked out from what happened there: one person at a time, and none who was not asked or had not
//! said why (article 3).

use std::collections::BTreeMap;

use compact_str::CompactString;
use duban_actors::shift::{Event, Handover, Shift, Taking};

use super::same;

/// Whoever is on shift at a desk, and to whom they have handed over.
#[derive(Debug, Default)]
pub(super) struct Posts(BTreeMap<CompactString, Kept>);

#[derive(Debug, Default)]
struct Kept {
    on: Option<CompactString>,
    handed_to: Option<CompactString>,
}

impl Posts {
    /// Something happened at a desk; what that is called.
    pub(super) fn hears(
        &mut self,
        desk: &CompactString,
        event: &Event,
    ) -> Result<&'static str, String> {
        let kept = self.0.entry(desk.clone()).or_default();
        Ok(match event {
            Event::TakenOver { who, how } => {
                let (from, deed) = match how {
                    Taking::Vacant => (None, "a vacant desk was taken over"),
                    Taking::Signed { from, .. } => {
                        same("who signs", &kept.handed_to.as_ref(), &Some(&who.login))?;
                        (Some(from), "a shift was signed for")
                    }
                    Taking::Unasked { from, reason } if !reason.trim().is_empty() => {
                        (Some(from), "a desk was taken over with a reason")
                    }
                    Taking::Unasked { .. } => return Err(format!("nobody says why: {event:?}")),
                };
                same("who was on shift", &kept.on.as_ref(), &from)?;
                *kept = Kept { on: Some(who.login.clone()), handed_to: None };
                deed
            }
            Event::HandedOver(Handover { to: None, .. }) => {
                *kept = Kept::default();
                "a desk was left vacant"
            }
            Event::HandedOver(Handover { to, .. }) => {
                same("whoever hands over", &true, &kept.on.is_some())?;
                kept.handed_to.clone_from(to);
                "a shift was handed over"
            }
            Event::Noted(note) => {
                same("who writes", &kept.on.as_ref(), &Some(&note.by))?;
                "a note was written"
            }
            Event::ClosingAllowed { .. } => "somebody may close",
            Event::Left { login } => {
                if kept.on.as_ref() == Some(login) {
                    *kept = Kept::default();
                } else if kept.handed_to.as_ref() == Some(login) {
                    kept.handed_to = None;
                }
                "somebody lost a post"
            }
        })
    }

    /// Holds it against what a desk says of itself.
    pub(super) fn agree(&self, shift: &Shift) -> Result<(), String> {
        let on = self.0.get(&shift.desk).and_then(|kept| kept.on.as_ref());
        let says = shift.standing.stint().map(|stint| &stint.login);
        same("who is on shift", &on, &says)
    }
}

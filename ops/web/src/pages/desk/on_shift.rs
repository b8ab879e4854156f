//! Who is on shift at each desk, what was noted there today, and at which numbers people are reached (articles 3 and 7).

use std::cmp::Reverse;

use duban_actors::context::Context;
use duban_actors::desks::Desk;
use duban_actors::shift::{NOTES_MAX, Note, Shift, State};
use duban_rules::book::units::Contact;
use duban_rules::vocabulary::Recipient;
use duban_runtime::journal::{Failure, Journal};
use serde::Serialize;

use duban_base::duty::Day;
use duban_base::labels::instant;
use duban_base::labels::shift::{desk_word, standing_word};
use duban_base::names::Names;
use duban_base::state;

#[derive(Serialize)]
pub(super) struct OnShift {
    desks: Vec<Kept>,
    /// Today's notes of all desks, the latest first.
    notes: Vec<Noted>,
    /// Whether a desk noted more today than it has at hand.
    more_notes: bool,
    people: Vec<Reached>,
}

/// A desk.
#[derive(Serialize)]
struct Kept {
    name: &'static str,
    standing: String,
    who: String,
    since: String,
    /// To whom it is handed over; empty where it is not.
    to: String,
}

/// A note.
#[derive(Serialize)]
struct Noted {
    at: String,
    desk: &'static str,
    by: String,
    text: String,
}

/// Somebody of the centre or the county who hears now what is for their post.
#[derive(Serialize)]
struct Reached {
    post: &'static str,
    name: String,
    phone: String,
}

pub(super) fn read(journal: &Journal, cx: &Context, today: &Day) -> Result<OnShift, Failure> {
    let (names, calendar) = (Names::of(journal), &cx.rules.calendar);
    let (mut desks, mut notes, mut more_notes) = (Vec::new(), Vec::new(), false);
    for desk in Desk::ALL {
        let shift = state::read::<Shift>(journal, desk.as_str())?.map(|(shift, _)| shift);
        let standing = shift.as_ref().map_or(&State::Unkept, |shift| &shift.standing);
        let since = |stint: &duban_actors::shift::Stint| instant::clock(stint.since, calendar);
        let to = match standing {
            State::HandingOver(_, handover) => handover.to.as_deref(),
            State::Unkept | State::Vacant | State::Manned(_) => None,
        };
        desks.push(Kept {
            name: desk_word(*desk),
            standing: standing_word(standing.name()).to_owned(),
            who: standing.stint().map(|stint| stint.name.to_string()).unwrap_or_default(),
            since: standing.stint().map(since).unwrap_or_default(),
            to: to.map(|to| names.called(to)).transpose()?.unwrap_or_default().to_string(),
        });
        let noted = shift.into_iter().flat_map(|shift| shift.notes);
        let noted: Vec<Note> = noted.filter(|note| today.has(note.at)).collect();
        more_notes |= noted.len() >= NOTES_MAX;
        notes.extend(noted.into_iter().map(|note| (*desk, note)));
    }
    notes.sort_by_key(|(_, note)| Reverse(note.at));
    let noted = |(desk, note): (Desk, Note)| {
        let (at, by) = (instant::clock(note.at, calendar), names.called(&note.by)?.to_string());
        Ok(Noted { at, desk: desk_word(desk), by, text: note.text })
    };
    let notes = notes.into_iter().map(noted).collect::<Result<_, Failure>>()?;
    Ok(OnShift { desks, notes, more_notes, people: people(cx) })
}

/// Everybody whom the rules name outside the units, post by post; at a desk, whoever keeps it.
fn people(cx: &Context) -> Vec<Reached> {
    let posts = Recipient::ALL.iter().copied();
    let posts = posts.filter(|post| !post.is_of_a_unit() && *post != Recipient::Collector);
    let reached = |post: Recipient| {
        let reached = move |person: &Contact| Reached {
            post: post.chinese(),
            name: person.name.clone(),
            phone: person.phone.clone().unwrap_or_default(),
        };
        cx.told(post).into_iter().map(reached)
    };
    posts.flat_map(reached).collect()
}

//! Pauses put in order: each stretch of standing still once, however they were written down.

use std::borrow::Cow;

use super::Pause;

/// Pauses in the order of their beginnings; sorted only when they are not.
#[derive(Debug)]
pub(super) struct Stretches<'a>(Cow<'a, [Pause]>);

impl<'a> Stretches<'a> {
    pub(super) fn of(pauses: &'a [Pause]) -> Stretches<'a> {
        if pauses.is_sorted_by_key(|pause| pause.from) {
            return Stretches(Cow::Borrowed(pauses));
        }
        let mut sorted = pauses.to_vec();
        sorted.sort_unstable();
        Stretches(Cow::Owned(sorted))
    }

    /// Hands each stretch after `begin` to `visit`, apart from each other, in UTC milliseconds;
    /// stops when told so.
    pub(super) fn visit(&self, begin: i64, mut visit: impl FnMut(i64, i64) -> bool) {
        let mut counted_to = begin;
        for pause in self.0.iter() {
            let from = pause.from.timestamp_millis().max(counted_to);
            let until = pause.until.timestamp_millis();
            if until <= from {
                continue;
            }
            if !visit(from, until) {
                return;
            }
            counted_to = until;
        }
    }

    /// The stretches between two instants, joined where they touch.
    pub(super) fn between(&self, begin: i64, end: i64) -> Vec<(i64, i64)> {
        let mut joined: Vec<(i64, i64)> = Vec::new();
        self.visit(begin, |from, until| {
            if from >= end {
                return false;
            }
            match joined.last_mut() {
                Some((_, last)) if *last == from => *last = until,
                _ => joined.push((from, until)),
            }
            true
        });
        joined
    }
}

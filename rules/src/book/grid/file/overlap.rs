//! Finds cells that lie on one another, sweeping from west to east.

use super::{Cell, FILE};
use crate::diagnostic::{Diagnostic, Findings};
use crate::source::Spot;

/// Neighbours drawn by hand overlap by slivers; less than this many square metres is no overlap.
const SLIVER: f64 = 10.0;
/// Real cells have a handful of neighbours each; after this many comparisons the rest is left.
const COMPARED_MAX: usize = 200_000;
/// The same for looks at bounds, which are a hundred times cheaper.
const LOOKED_AT_MAX: usize = 20_000_000;

/// Reports every two cells that share more than a sliver, at the one with the larger code.
pub(super) fn check<'a>(cells: impl Iterator<Item = &'a (Spot, Cell)>, findings: &mut Findings) {
    let mut cells: Vec<&(Spot, Cell)> = cells.collect();
    cells.sort_by(|(_, one), (_, other)| one.shape.span().0.total_cmp(&other.shape.span().0));
    let mut compared = 0;
    let mut looked_at = 0;
    for (at, here) in cells.iter().enumerate() {
        let east = here.1.shape.span().1;
        let rest = cells.iter().skip(at + 1);
        for there in rest.take_while(|(_, other)| other.shape.span().0 < east) {
            looked_at += 1;
            if compared >= COMPARED_MAX || looked_at >= LOOKED_AT_MAX {
                findings.push(Diagnostic::overlaps_unchecked(&here.0));
                return;
            }
            if findings.is_full(FILE) {
                return;
            }
            if !here.1.shape.is_near(&there.1.shape) {
                continue;
            }
            compared += 1;
            let shared = here.1.shape.shared_area(&there.1.shape);
            if shared > SLIVER {
                let (first, second) =
                    if here.1.id < there.1.id { (here, there) } else { (there, here) };
                let pair = [second.1.id.as_str(), first.1.id.as_str()];
                findings.push(Diagnostic::cells_overlap(&second.0, pair, shared));
            }
        }
    }
}

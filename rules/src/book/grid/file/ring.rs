//! Reads the corners of a cell.

use geo::Coord;
use toml::de::DeValue;

use crate::book::grid::shape::Shape;
use crate::diagnostic::{Diagnostic, Findings};
use crate::source::Spot;
use crate::source::document::{At, Table, number};

/// More corners than this are no cell.
const CORNERS_MAX: usize = 500;

/// The ring under `polygon`: a list of `[longitude, latitude]`, closed or not.
pub(super) fn read(table: &mut Table<'_>, findings: &mut Findings) -> Option<At<Shape>> {
    let entry = table.spot();
    let ring = table.list("polygon", findings);
    let Some((first, last)) = ring.first().zip(ring.last()) else {
        findings.push(Diagnostic::missing_key(&entry, "polygon"));
        return None;
    };
    let spot = Spot { file: entry.file, span: first.spot.span.start..last.spot.span.end };
    if ring.len() > CORNERS_MAX {
        findings.push(Diagnostic::too_many(&spot, CORNERS_MAX));
        return None;
    }
    let corners: Option<Vec<Coord<f64>>> = ring.iter().map(|at| corner(at, findings)).collect();
    let Some(shape) = Shape::new(corners?) else {
        findings.push(Diagnostic::few_corners(&spot));
        return None;
    };
    if !shape.is_simple() {
        findings.push(Diagnostic::crossing_itself(&spot));
        return None;
    }
    Some(At { value: shape, spot })
}

fn corner(at: &At<&DeValue<'_>>, findings: &mut Findings) -> Option<Coord<f64>> {
    let pair = at.value.as_array().and_then(|pair| {
        let mut numbers = pair.iter().map(|value| number(value.get_ref()));
        let corner = Coord { x: numbers.next()??, y: numbers.next()?? };
        numbers.next().is_none().then_some(corner)
    });
    let Some(corner) = pair else {
        findings.push(Diagnostic::corner(&at.spot));
        return None;
    };
    if corner.x.abs() > 180.0 || corner.y.abs() > 85.0 {
        findings.push(Diagnostic::off_the_map(&at.spot));
        return None;
    }
    Some(corner)
}

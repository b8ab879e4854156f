//! The geometry of a cell: a ring of corners in degrees, with its bounds for a quick no.

use geo::{
    Area, BooleanOps, BoundingRect, Coord, Intersects, MapCoords, Polygon, Rect, Validation,
};

use crate::vocabulary::Place;

/// Metres in a degree of latitude, on a sphere of mean radius.
const METRES_PER_DEGREE: f64 = 111_195.08;

/// A ring without holes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shape {
    polygon: Polygon<f64>,
    bounds: Rect<f64>,
}

impl Shape {
    /// A shape with these corners; nothing with fewer than three.
    pub(super) fn new(corners: Vec<Coord<f64>>) -> Option<Shape> {
        let polygon = Polygon::new(corners.into(), Vec::new());
        // A closed ring repeats its first corner.
        let enough = polygon.exterior().0.len() > 3;
        let bounds = polygon.bounding_rect().filter(|_| enough)?;
        Some(Shape { polygon, bounds })
    }

    /// Whether the ring neither crosses nor touches itself and encloses something.
    pub(super) fn is_simple(&self) -> bool {
        self.polygon.is_valid() && self.area() > 0.0
    }

    /// Square metres, taking the earth for flat within the cell.
    pub(super) fn area(&self) -> f64 {
        let here = self.bounds.center();
        let east = METRES_PER_DEGREE * here.y.to_radians().cos();
        let flat = |at: Coord<f64>| Coord {
            x: (at.x - here.x) * east,
            y: (at.y - here.y) * METRES_PER_DEGREE,
        };
        self.polygon.map_coords(flat).unsigned_area()
    }

    /// Square metres that two simple shapes share.
    pub(super) fn shared_area(&self, other: &Shape) -> f64 {
        let here = self.bounds.center();
        let east = METRES_PER_DEGREE * here.y.to_radians().cos();
        let shared = self.polygon.intersection(&other.polygon).unsigned_area();
        shared * east * METRES_PER_DEGREE
    }

    /// Whether the bounds of two shapes share more than a line.
    pub(super) fn is_near(&self, other: &Shape) -> bool {
        let (one, other) = (self.bounds, other.bounds);
        one.min().x < other.max().x
            && other.min().x < one.max().x
            && one.min().y < other.max().y
            && other.min().y < one.max().y
    }

    /// The westernmost and easternmost longitude.
    pub(super) fn span(&self) -> (f64, f64) {
        (self.bounds.min().x, self.bounds.max().x)
    }

    pub(super) fn covers(&self, place: Place) -> bool {
        let point = Coord { x: place.lon, y: place.lat };
        self.bounds.intersects(&point) && self.polygon.intersects(&point)
    }

    pub(super) fn middle(&self) -> Place {
        let middle = self.bounds.center();
        Place { lon: middle.x, lat: middle.y }
    }

    pub(super) fn corners(&self) -> Vec<Place> {
        let ring = &self.polygon.exterior().0;
        let corners = ring.iter().take(ring.len().saturating_sub(1));
        corners.map(|at| Place { lon: at.x, lat: at.y }).collect()
    }
}

#[cfg(test)]
mod tests {
    use geo::Coord;

    use super::Shape;

    fn shape(corners: &[(f64, f64)]) -> Shape {
        Shape::new(corners.iter().map(|&(x, y)| Coord { x, y }).collect()).unwrap()
    }

    fn square(lon: f64, lat: f64) -> Shape {
        shape(&[
            (lon, lat),
            (lon + 0.00115, lat),
            (lon + 0.00115, lat + 0.0009),
            (lon, lat + 0.0009),
        ])
    }

    #[test]
    fn the_area_is_that_of_the_ground() {
        assert!((square(115.84, 38.43).area() - 10_025.0).abs() < 20.0);
    }

    #[test]
    fn a_ring_that_crosses_itself_is_not_simple() {
        let bow = [(0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)];
        assert!(!shape(&bow).is_simple());
        assert!(!shape(&[(0.0, 0.0), (1.0, 1.0), (2.0, 2.0)]).is_simple());
        assert!(square(115.84, 38.43).is_simple());
    }

    #[test]
    fn neighbours_share_a_line_and_no_area() {
        let (west, east) = (square(115.84, 38.43), square(115.84 + 0.00115, 38.43));
        assert!(west.shared_area(&east) < 0.1);
        let half = square(115.84 + 0.000_575, 38.43);
        assert!((west.shared_area(&half) - 5_012.0).abs() < 20.0);
        assert!(west.is_near(&half));
    }

    #[test]
    fn fewer_than_three_corners_make_no_shape() {
        assert!(Shape::new(vec![]).is_none());
        assert!(Shape::new(vec![Coord { x: 0.0, y: 0.0 }, Coord { x: 1.0, y: 0.0 }]).is_none());
    }
}

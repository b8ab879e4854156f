//! A point on the ground and the distance between two of them (articles 10 and 17).

use serde::{Deserialize, Serialize};

/// Mean radius of the earth; a county needs no ellipsoid.
const EARTH_RADIUS_METRES: f64 = 6_371_008.8;

/// A place in degrees, east and north.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Degrees east.
    pub lon: f64,
    /// Degrees north.
    pub lat: f64,
}

impl Place {
    /// As it is kept. Seven decimals of a degree are a centimetre, and few enough digits to be read back from JSON to the
    /// last bit: a replayed state equals the live one.
    #[must_use]
    pub fn rounded(self) -> Place {
        let round = |degrees: f64| (degrees * 1e7).round() / 1e7;
        Place { lon: round(self.lon), lat: round(self.lat) }
    }

    /// The great-circle distance to `other`, by the haversine formula.
    pub fn metres_to(&self, other: &Place) -> f64 {
        let (lat, other_lat) = (self.lat.to_radians(), other.lat.to_radians());
        let half_lat = (other_lat - lat) / 2.0;
        let half_lon = (other.lon - self.lon).to_radians() / 2.0;
        let chord = half_lat.sin().powi(2) + lat.cos() * other_lat.cos() * half_lon.sin().powi(2);
        2.0 * EARTH_RADIUS_METRES * chord.sqrt().min(1.0).asin()
    }
}

/// Whole metres of a distance that was rounded one way or the other.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a distance on the earth is between 0 and 20,100,000 metres"
)]
pub fn whole_metres(rounded: f64) -> u32 {
    rounded as u32
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn a_thousandth_of_a_degree_north_is_about_111_metres() {
        let here = Place { lon: 115.84, lat: 38.43 };
        let there = Place { lon: 115.84, lat: 38.431 };
        assert!((here.metres_to(&there) - 111.2).abs() < 0.2);
        assert!(here.metres_to(&here) < 1e-9);
    }
}

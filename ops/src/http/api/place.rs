//! Places, photos and instants in a body.

use std::str::FromStr;

use compact_str::CompactString;
use duban_rules::book::calendar::Calendar;
use duban_rules::vocabulary::Place;
use duban_runtime::clock::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::ToSchema;

use super::text::PhotoId;
use crate::cli::instant::{Typed, typed};

/// Photos of one report or feedback at most.
pub(crate) const PHOTOS_MAX: usize = 12;

/// A place in degrees, east and north.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, try_from = "Degrees")]
#[schema(example = json!({"lon": 115.8336, "lat": 38.4245}))]
pub(super) struct Spot {
    /// 经度
    #[schema(minimum = -180, maximum = 180)]
    lon: f64,
    /// 纬度
    #[schema(minimum = -90, maximum = 90)]
    lat: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Degrees {
    lon: f64,
    lat: f64,
}

impl TryFrom<Degrees> for Spot {
    type Error = &'static str;

    fn try_from(Degrees { lon, lat }: Degrees) -> Result<Spot, &'static str> {
        let on_earth = (-180.0..=180.0).contains(&lon) && (-90.0..=90.0).contains(&lat);
        on_earth.then_some(Spot { lon, lat }).ok_or("经度应在 ±180、纬度应在 ±90 之内")
    }
}

impl From<Spot> for Place {
    fn from(spot: Spot) -> Place {
        Place { lon: spot.lon, lat: spot.lat }
    }
}

/// Photos by their names, not too many.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[schema(max_items = 12)]
pub(super) struct Photos(Vec<PhotoId>);

impl<'de> Deserialize<'de> for Photos {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Photos, D::Error> {
        let photos = Vec::<PhotoId>::deserialize(from)?;
        if photos.len() > PHOTOS_MAX {
            return Err(de::Error::custom(format!("照片最多 {PHOTOS_MAX} 张")));
        }
        Ok(Photos(photos))
    }
}

impl From<Photos> for Vec<CompactString> {
    fn from(photos: Photos) -> Vec<CompactString> {
        photos.0.into_iter().map(CompactString::from).collect()
    }
}

/// An instant: with a zone, and on the command line also by the county's wall clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Instant(Typed);

impl Instant {
    /// Which one, by the calendar's zone.
    pub(crate) fn by(self, calendar: &Calendar) -> Timestamp {
        self.0.by(calendar)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Instant, D::Error> {
        Timestamp::deserialize(from).map(|exact| Instant(Typed::Exact(exact)))
    }
}

impl FromStr for Instant {
    type Err = String;

    fn from_str(text: &str) -> Result<Instant, String> {
        typed(text).map(Instant)
    }
}

//! Places and instants in a body, and what was seen on site.

use std::str::FromStr;

use chrono::NaiveDate;
use compact_str::CompactString;
use duban_actors::case::command::Seen;
use duban_rules::book::calendar::Calendar;
use duban_rules::vocabulary::Place;
use duban_runtime::clock::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::text::{PhotoId, Reason, Words};
use duban_base::labels::typed::{self, Typed};

/// A place in degrees, east and north.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, try_from = "Degrees")]
#[schema(example = json!({"lon": 115.8336, "lat": 38.4245}))]
pub(crate) struct Spot {
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

/// Degrees east and north, with a comma between them.
impl FromStr for Spot {
    type Err = String;

    fn from_str(text: &str) -> Result<Spot, String> {
        let wrong = || "写成 经度,纬度,如 115.83,38.43".to_owned();
        let (lon, lat) = text.split_once([',', ',']).ok_or_else(wrong)?;
        let degrees = |part: &str| part.trim().parse().map_err(|_| wrong());
        Spot::try_from(Degrees { lon: degrees(lon)?, lat: degrees(lat)? }).map_err(|_| wrong())
    }
}

/// What was seen on site.
pub(crate) fn seen(
    (photo, place): (Option<PhotoId>, Option<Spot>),
    note: Option<Words>,
    waiver: Option<Reason>,
) -> Seen {
    Seen {
        photo: photo.map(CompactString::from),
        place: place.map(Place::from),
        note: note.map(String::from).unwrap_or_default(),
        waiver: waiver.map(String::from),
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
        typed::instant(text).map(Instant)
    }
}

/// A day, by the county's calendar.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct Day(NaiveDate);

impl From<Day> for NaiveDate {
    fn from(day: Day) -> NaiveDate {
        day.0
    }
}

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Day, String> {
        text.trim().parse().map(Day).map_err(|_| "写成 2026-03-02".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_east_then_north_and_on_the_earth() {
        let read = |text: &str| text.parse::<Spot>().map(Place::from);
        assert_eq!(read("115.83, 38.43"), Ok(Place { lon: 115.83, lat: 38.43 }));
        assert_eq!(read("115.83,38.43"), read("115.83,38.43"));
        for wrong in ["", "115.83", "38.43,115.83", "a,b", "NaN,1"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}

//! Places, photos and instants in a body.

use std::str::FromStr;

use clap::error::ErrorKind;
use clap::{ArgMatches, Args, Command, FromArgMatches};
use compact_str::CompactString;
use duban_actors::case::command::Seen;
use duban_rules::book::calendar::Calendar;
use duban_rules::vocabulary::Place;
use duban_runtime::clock::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::ToSchema;

use super::text::{PhotoId, Reason, Words};
use crate::cli::instant::{Typed, typed};

/// Photos of one report or feedback at most.
pub(crate) const PHOTOS_MAX: usize = 12;

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

/// Photos by their names, not too many.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[schema(max_items = 12)]
pub(crate) struct Photos(Vec<PhotoId>);

impl<'de> Deserialize<'de> for Photos {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Photos, D::Error> {
        Photos::of(Vec::deserialize(from)?).map_err(de::Error::custom)
    }
}

impl Photos {
    fn of(photos: Vec<PhotoId>) -> Result<Photos, String> {
        let fit = photos.len() <= PHOTOS_MAX;
        fit.then_some(Photos(photos)).ok_or_else(|| format!("照片最多 {PHOTOS_MAX} 张"))
    }
}

/// As they are typed.
#[derive(Args)]
struct TypedPhotos {
    /// 照片(附件散列),可多次给出
    #[arg(long, value_name = "PHOTO")]
    photo: Vec<PhotoId>,
}

impl Args for Photos {
    fn augment_args(command: Command) -> Command {
        TypedPhotos::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        TypedPhotos::augment_args_for_update(command)
    }
}

impl FromArgMatches for Photos {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Photos, clap::Error> {
        let typed = TypedPhotos::from_arg_matches(matches)?;
        Photos::of(typed.photo).map_err(|words| clap::Error::raw(ErrorKind::TooManyValues, words))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Photos::from_arg_matches(matches)?;
        Ok(())
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

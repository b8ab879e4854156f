//! Lists as they come in: each kind has its bound, the same from JSON and from the command line, where each of its
//! things is an option.

use clap::error::ErrorKind;
use clap::{ArgMatches, Args, Command, FromArgMatches};
use compact_str::CompactString;
use duban_rules::vocabulary::UnitId;
use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::ToSchema;

use super::text::{Key, Name, PhotoId};

macro_rules! several {
    ($(
        $(#[$doc:meta])*
        $name:ident: $one:ident, at most $max:tt, $what:literal, $unit:literal;
        $(#[$about:meta])*
        $typed:ident: $option:literal, $value:literal;
    )*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, Serialize, ToSchema)]
        #[schema(max_items = $max)]
        pub(crate) struct $name(Vec<$one>);

        impl $name {
            const MAX: usize = $max;

            fn of(several: Vec<$one>) -> Result<$name, String> {
                let fit = several.len() <= $name::MAX;
                let too_many = || format!("{}最多 {} {}", $what, $name::MAX, $unit);
                fit.then_some($name(several)).ok_or_else(too_many)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<$name, D::Error> {
                $name::of(Vec::deserialize(from)?).map_err(de::Error::custom)
            }
        }

        /// As they are typed.
        #[derive(Args)]
        struct $typed {
            $(#[$about])*
            #[arg(id = $option, long = $option, value_name = $value)]
            several: Vec<$one>,
        }

        impl Args for $name {
            fn augment_args(command: Command) -> Command {
                $typed::augment_args(command)
            }

            fn augment_args_for_update(command: Command) -> Command {
                $typed::augment_args_for_update(command)
            }
        }

        impl FromArgMatches for $name {
            fn from_arg_matches(matches: &ArgMatches) -> Result<$name, clap::Error> {
                let typed = $typed::from_arg_matches(matches)?;
                $name::of(typed.several)
                    .map_err(|words| clap::Error::raw(ErrorKind::TooManyValues, words))
            }

            fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
                *self = $name::from_arg_matches(matches)?;
                Ok(())
            }
        }
    )*};
}

several! {
    /// Photos by their names, not too many.
    Photos: PhotoId, at most 12, "照片", "张";
    /// 照片(附件散列),可多次给出
    TypedPhotos: "photo", "PHOTO";

    /// Units that are called to a meeting beside the applicant.
    CalledUnits: Key, at most 7, "通知的单位", "个";
    /// 申请单位以外通知到场的单位,可多次给出
    TypedCalledUnits: "unit", "UNIT";

    /// Units concerned beside the applicant.
    NamedUnits: Key, at most 7, "有关单位", "个";
    /// 申请单位以外的有关单位,可多次给出;申请中提出的和现场会通知的不必再写
    TypedNamedUnits: "named", "UNIT";

    /// Units that help another one.
    HelpingUnits: Key, at most 4, "协办单位", "个";
    /// 协办单位,可多次给出;只在 joint 时写
    TypedHelpingUnits: "helper", "UNIT";

    /// People who were at a meeting.
    PresentPeople: Name, at most 128, "到会的人", "人";
    /// 到会的人(含代为参加的,写被代的人),可多次给出;邀请了而没有写的即缺席
    TypedPresentPeople: "present", "NAME";

    /// Units that were there.
    PresentUnits: Key, at most 8, "到场的单位", "个";
    /// 到场的单位,可多次给出;通知了而没有写的即未到场
    TypedPresentUnits: "present", "UNIT";
}

macro_rules! of_units {
    ($($name:ident)*) => {$(
        impl From<$name> for Vec<UnitId> {
            fn from(units: $name) -> Vec<UnitId> {
                units.0.iter().map(|unit| UnitId::new(unit.as_str())).collect()
            }
        }
    )*};
}

of_units! { CalledUnits PresentUnits NamedUnits HelpingUnits }

impl HelpingUnits {
    /// Whether none is written.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<PresentPeople> for Vec<CompactString> {
    fn from(people: PresentPeople) -> Vec<CompactString> {
        people.0.into_iter().map(CompactString::from).collect()
    }
}

impl From<Photos> for Vec<CompactString> {
    fn from(photos: Photos) -> Vec<CompactString> {
        photos.0.into_iter().map(CompactString::from).collect()
    }
}

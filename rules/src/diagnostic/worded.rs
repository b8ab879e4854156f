//! Values of a text: how each kind of them is worded in Chinese and in English.

use std::borrow::Cow;

use chrono::{NaiveDate, Weekday};

use super::{Lang, Text};
use crate::vocabulary::{
    ConditionCode, GridId, Recipient, StepCode, TemplateName, TimeLimit, UnitClass, UnitId, weekday,
};

/// What can stand in a text of the catalogue.
pub(crate) trait Worded {
    /// The words for it.
    fn worded(&self, lang: Lang) -> Cow<'_, str>;
}

impl<T: Worded + ?Sized> Worded for &T {
    fn worded(&self, lang: Lang) -> Cow<'_, str> {
        (**self).worded(lang)
    }
}

impl Worded for str {
    fn worded(&self, _: Lang) -> Cow<'_, str> {
        self.into()
    }
}

impl Worded for String {
    fn worded(&self, _: Lang) -> Cow<'_, str> {
        self.into()
    }
}

impl Worded for Text {
    fn worded(&self, lang: Lang) -> Cow<'_, str> {
        self.of(lang).into()
    }
}

impl Worded for TimeLimit {
    fn worded(&self, lang: Lang) -> Cow<'_, str> {
        match lang {
            Lang::Zh => self.to_string().into(),
            Lang::En => self.key().into(),
        }
    }
}

impl Worded for Recipient {
    fn worded(&self, lang: Lang) -> Cow<'_, str> {
        match lang {
            Lang::Zh => self.chinese().into(),
            Lang::En => self.as_str().into(),
        }
    }
}

impl Worded for UnitClass {
    fn worded(&self, lang: Lang) -> Cow<'_, str> {
        match lang {
            Lang::Zh => self.chinese().into(),
            Lang::En => self.english().into(),
        }
    }
}

impl Worded for Weekday {
    fn worded(&self, lang: Lang) -> Cow<'_, str> {
        weekday(*self, lang).into()
    }
}

/// What is written alike in both languages.
macro_rules! alike {
    ($($kind:ty)*) => {$(
        impl Worded for $kind {
            fn worded(&self, _: Lang) -> Cow<'_, str> {
                self.to_string().into()
            }
        }
    )*};
}

alike! { usize u8 u32 u64 i32 i64 NaiveDate UnitId GridId ConditionCode StepCode TemplateName }

impl Text {
    /// The words for several things, one after the other.
    pub(crate) fn listed<T: Worded>(things: &[T]) -> Text {
        Text::joined(things, ["、", ", "])
    }

    /// The words for several things, and what stands between them in Chinese and in English.
    pub(crate) fn joined<T: Worded>(things: &[T], [zh, en]: [&str; 2]) -> Text {
        let words = |lang| things.iter().map(|one| one.worded(lang)).collect::<Vec<_>>();
        Text::new(words(Lang::Zh).join(zh), words(Lang::En).join(en))
    }
}

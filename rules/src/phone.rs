//! Telephone numbers: what is one as people write it, whether it is to be called or was said by somebody.
//!
//! A number that is called for the centre has nothing in it but what is dialled. One that a reporter leaves is taken as they
//! say it: with an extension, of another country, two in a row; a report is not lost for it.

use std::ops::RangeInclusive;

use crate::line;

/// How a number may be written.
#[derive(Clone, Debug)]
pub struct Spelling {
    /// How many digits it has.
    digits: RangeInclusive<usize>,
    /// How many of them stand next to each other somewhere.
    together: usize,
    /// What may stand between them, besides blanks.
    signs: &'static [char],
    /// The same, in either case.
    words: &'static [&'static str],
}

/// A number that is called, of a unit or its people.
pub const CALLED: Spelling =
    Spelling { digits: 5..=16, together: 1, signs: &['-', '+'], words: &[] };

/// A number as somebody said it.
pub const SAID: Spelling = Spelling {
    digits: 3..=30,
    together: 3,
    signs: &['(', ')', '+', '-', '/', '、', ',', ';', ':', '.', '#', '*'],
    words: &["分机", "转", "ext"],
};

impl Spelling {
    /// Whether this is a number so written.
    pub fn is_of(&self, text: &str) -> bool {
        let digits = text.chars().filter(char::is_ascii_digit).count();
        let mut stretches = text.split(|c: char| !c.is_ascii_digit());
        let is_together = stretches.any(|stretch| stretch.len() >= self.together);
        let lower = text.to_ascii_lowercase();
        let bare = self.words.iter().fold(lower, |text, word| text.replace(word, " "));
        let is_sign = |c: char| c.is_ascii_digit() || c == ' ' || self.signs.contains(&c);
        self.digits.contains(&digits) && is_together && bare.chars().all(is_sign)
    }
}

/// A number in half-width digits and signs on one line, its dashes alike.
pub fn plain(text: &str) -> String {
    let dash = |c: char| if matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}') { '-' } else { c };
    line::id(text).chars().map(dash).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_taken_as_somebody_says_it() {
        for said in [
            "0317-5021234 转 8",
            "0317-5021234转8001",
            "0317-5021234 分机 8",
            "0317-5021234 Ext. 8",
            "(0317)5021234",
            "(0317)5021234",
            "03175021234",
            "0317-5021234",
            "0317—5021234",
            "13911112222/0317-5021234",
            "13911112222、13911112223",
            "+852 2345 6789",
            "++8613911112222",
            "110",
            "12319",
            "96110#1*",
        ] {
            assert!(SAID.is_of(&plain(said)), "{said}");
        }
        for said in ["", "12", "不详", "找门卫", "139x1112222", "-----", "1-2-3", "转", "<b>110"]
        {
            assert!(!SAID.is_of(&plain(said)), "{said}");
        }
        assert!(!SAID.is_of(&"1".repeat(31)));
        assert_eq!(plain(" (0317)—5021234\u{3000}转 8\n"), "(0317)-5021234 转 8");
    }

    #[test]
    fn what_is_called_for_the_centre_is_a_number_that_can_be_dialled() {
        for called in ["12319", "0317-5550001-802", "+86 139 1111 2222", "1-3-9-1-1"] {
            assert!(CALLED.is_of(called), "{called}");
        }
        for called in ["110", "0317-5550001 转 8", "(0317)5550001", "13900000001/5550000"] {
            assert!(!CALLED.is_of(called), "{called}");
        }
    }
}

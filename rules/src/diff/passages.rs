//! Passages: where a long text differs, in clauses that can be read aloud.
//!
//! A text is taken apart behind its punctuation, never inside `{{ }}` or `{% %}`; the longest common sequence of
//! clauses stays, and what lies between is a passage that was one thing and is another.

use super::names;
use crate::diagnostic::Lang;

/// More passages of one text are counted, not quoted.
const PASSAGES_MAX: usize = 4;
/// A longer passage is narrowed to where it differs.
const CHARS_MAX: usize = 60;
/// What stays of a narrowed passage before and behind the difference.
const AROUND_CHARS: usize = 8;
/// Texts with more pairs of clauses than this are one passage: no text of a notice comes near.
const PAIRS_MAX: usize = 1_000_000;

/// What changed, as the end of a sentence.
pub(super) fn said(old: &str, new: &str, lang: Lang) -> String {
    let passages = passages(old, new);
    let shown = passages.iter().take(PASSAGES_MAX).map(|(old, new)| passage(old, new, lang));
    let mut said: Vec<String> = shown.collect();
    if passages.len() > PASSAGES_MAX {
        said.push(match lang {
            Lang::Zh => format!("等,共 {} 处", passages.len()),
            Lang::En => format!("and more, {} in all", passages.len()),
        });
    }
    said.join(names::of(lang, [";", "; "]))
}

fn passage(old: &str, new: &str, lang: Lang) -> String {
    let (old, new) = narrowed(old, new);
    let (before, after) = (one_line(&old), one_line(&new));
    match (before.is_empty(), after.is_empty(), lang) {
        (true, true, Lang::Zh) => "空行或空格有改动".to_owned(),
        (true, true, Lang::En) => "blank lines or blanks changed".to_owned(),
        (true, false, Lang::Zh) => format!("新增“{after}”"),
        (true, false, Lang::En) => format!("`{after}` added"),
        (false, true, Lang::Zh) => format!("删去“{before}”"),
        (false, true, Lang::En) => format!("`{before}` removed"),
        (false, false, Lang::Zh) if before == after => format!("“{after}”处的空格或换行有改动"),
        (false, false, Lang::En) if before == after => format!("blanks or line ends at `{after}`"),
        (false, false, Lang::Zh) => format!("由“{before}”改为“{after}”"),
        (false, false, Lang::En) => format!("from `{before}` to `{after}`"),
    }
}

/// A common mark at the end is not part of what changed; of a very long passage the middle is shown.
fn narrowed(old: &str, new: &str) -> (String, String) {
    let mark = |text: &str| text.chars().next_back().filter(|c| ends_clause(*c));
    let (old, new) = match (mark(old), mark(new)) {
        (Some(one), Some(other)) if one == other => {
            (old.strip_suffix(one).unwrap_or(old), new.strip_suffix(other).unwrap_or(new))
        }
        _ => (old, new),
    };
    let [was, is]: [Vec<char>; 2] = [old, new].map(|text| text.chars().collect());
    if was.len().max(is.len()) <= CHARS_MAX {
        return (old.to_owned(), new.to_owned());
    }
    let front = was.iter().zip(&is).take_while(|(one, other)| one == other).count();
    let shorter = was.len().min(is.len()) - front;
    let back = was.iter().rev().zip(is.iter().rev()).take(shorter);
    let back = back.take_while(|(one, other)| one == other).count();
    let cut = |text: &[char]| {
        let (from, until) = (front.saturating_sub(AROUND_CHARS), back.saturating_sub(AROUND_CHARS));
        let middle = text.iter().skip(from).take(text.len().saturating_sub(from + until));
        let mut middle: String = middle.collect();
        if middle.chars().count() > 2 * CHARS_MAX {
            middle = middle.chars().take(2 * CHARS_MAX).chain(['…']).collect();
        }
        let [open, close] = [from, until].map(|cut| if cut > 0 { "…" } else { "" });
        format!("{open}{middle}{close}")
    };
    (cut(&was), cut(&is))
}

/// The passages that differ, in the order of the text.
fn passages(old: &str, new: &str) -> Vec<(String, String)> {
    let (old, new) = (clauses(old), clauses(new));
    let front = old.iter().zip(&new).take_while(|(one, other)| one == other).count();
    let [was, is] = [&old, &new].map(|text| text.get(front..).unwrap_or_default());
    let mut passages = Vec::new();
    let mut open = (String::new(), String::new());
    let mut close = |open: &mut (String, String)| {
        let passage = std::mem::take(open);
        if passage != (String::new(), String::new()) {
            passages.push(passage);
        }
    };
    let (mut from, mut to) = (0, 0);
    for (one, other) in common(was, is) {
        open.0.extend(was.get(from..one).unwrap_or_default().iter().copied());
        open.1.extend(is.get(to..other).unwrap_or_default().iter().copied());
        close(&mut open);
        (from, to) = (one + 1, other + 1);
    }
    open.0.extend(was.get(from..).unwrap_or_default().iter().copied());
    open.1.extend(is.get(to..).unwrap_or_default().iter().copied());
    close(&mut open);
    passages
}

/// Where the longest common sequence of clauses stands in both.
fn common(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    if old.len().saturating_mul(new.len()) > PAIRS_MAX {
        return Vec::new();
    }
    let width = new.len() + 1;
    let mut longest = vec![0_u32; (old.len() + 1) * width];
    let at = |longest: &[u32], one: usize, other: usize| {
        longest.get(one * width + other).copied().unwrap_or(0)
    };
    for (one, clause) in old.iter().enumerate().rev() {
        for (other, same) in new.iter().enumerate().rev() {
            let best = if clause == same {
                at(&longest, one + 1, other + 1) + 1
            } else {
                at(&longest, one + 1, other).max(at(&longest, one, other + 1))
            };
            if let Some(cell) = longest.get_mut(one * width + other) {
                *cell = best;
            }
        }
    }
    let (mut one, mut other) = (0, 0);
    let mut pairs = Vec::new();
    while let Some((clause, same)) = old.get(one).zip(new.get(other)) {
        if clause == same {
            pairs.push((one, other));
            (one, other) = (one + 1, other + 1);
        } else if at(&longest, one + 1, other) >= at(&longest, one, other + 1) {
            one += 1;
        } else {
            other += 1;
        }
    }
    pairs
}

/// A text taken apart behind each mark of punctuation.
fn clauses(text: &str) -> Vec<&str> {
    let mut clauses = Vec::new();
    let (mut from, mut depth) = (0_usize, 0_u32);
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && ends_clause(c) {
            let end = at + c.len_utf8();
            clauses.extend(text.get(from..end));
            from = end;
        }
    }
    clauses.extend(text.get(from..).filter(|rest| !rest.is_empty()));
    clauses
}

fn ends_clause(c: char) -> bool {
    // The marks of a Chinese sentence, and those of half their width.
    const MARKS: &str = ",;:!?、。\u{ff0c}\u{ff1b}\u{ff1a}\u{ff01}\u{ff1f}\n";
    MARKS.contains(c)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::said;
    use crate::diagnostic::Lang;

    #[test]
    fn a_changed_word_is_shown_with_its_clause() {
        let old = "{{ unit_name }}:\n请及时签收,按标准处置。\n多谢。";
        let new = "{{ unit_name }}:\n请立即签收,按标准处置。\n";
        assert_eq!(said(old, new, Lang::Zh), "由“请及时签收”改为“请立即签收”;删去“多谢。”");
    }

    #[test]
    fn a_long_passage_is_narrowed_to_where_it_differs() {
        let old = "一".repeat(80) + "甲" + &"二".repeat(80);
        let new = "一".repeat(80) + "乙" + &"二".repeat(80);
        let around = ("一".repeat(8), "二".repeat(8));
        let side = |middle| format!("“…{}{middle}{}…”", around.0, around.1);
        let expected = format!("由{}改为{}", side("甲"), side("乙"));
        assert_eq!(said(&old, &new, Lang::Zh), expected);
    }

    #[test]
    fn blanks_alone_are_named_as_blanks() {
        assert_eq!(said("a b", "a  b", Lang::Zh), "“a b”处的空格或换行有改动");
        assert_eq!(said("甲\n", "甲\n\n", Lang::Zh), "空行或空格有改动");
    }
}

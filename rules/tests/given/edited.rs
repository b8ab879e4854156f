//! Rules in which one text stands for another.

use duban_rules::Sources;

/// `sources` with the first `old` replaced by `new` in one file.
#[track_caller]
pub(crate) fn edited(sources: Sources, file: &str, old: &str, new: &str) -> Sources {
    let text = sources.text(file).unwrap_or_default();
    assert!(text.contains(old), "{file} does not contain {old:?}");
    let text = text.replacen(old, new, 1);
    sources.with(file, text)
}

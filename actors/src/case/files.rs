//! Files of a case: as what a photo, a paper or a recording stands there.

/// As what a file stands on a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// A photo of the place, or of people who met there: whoever sees the case sees it.
    Photo,
    /// A signed form, or a scan of one: the centre sees it, and the unit it belongs to.
    Form,
    /// A paper or a recording that somebody put on the case: seen as a form is.
    Attachment,
}

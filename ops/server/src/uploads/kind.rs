//! Kinds of files, by their content, whatever they are called: photos, PDF papers and recordings.

use duban_actors::case::files::Use;

/// As much of the beginning of a file as tells its kind.
pub const HEAD_BYTES: u64 = 4_096;

/// What kind of file something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Its media type.
    pub media: &'static str,
    /// How the name of such a file ends.
    pub extension: &'static str,
    pub sort: Sort,
}

/// What people call kinds that are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Photo,
    Paper,
    Recording,
}

impl Sort {
    /// The word for people.
    pub fn chinese(self) -> &'static str {
        match self {
            Sort::Photo => "照片",
            Sort::Paper => "文件",
            Sort::Recording => "录音",
        }
    }
}

const fn kind(media: &'static str, extension: &'static str, sort: Sort) -> Kind {
    Kind { media, extension, sort }
}

/// Every kind that is kept.
pub const KINDS: [Kind; 10] = [
    kind("image/jpeg", "jpg", Sort::Photo),
    kind("image/png", "png", Sort::Photo),
    kind("image/webp", "webp", Sort::Photo),
    kind("application/pdf", "pdf", Sort::Paper),
    kind("audio/mpeg", "mp3", Sort::Recording),
    kind("audio/m4a", "m4a", Sort::Recording),
    kind("audio/x-wav", "wav", Sort::Recording),
    kind("audio/ogg", "ogg", Sort::Recording),
    kind("audio/amr", "amr", Sort::Recording),
    kind("audio/aac", "aac", Sort::Recording),
];

impl Kind {
    /// What the first bytes of a file say that it is; none of what is not kept here.
    pub fn of(bytes: &[u8]) -> Option<Kind> {
        let found = infer::get(bytes)?.mime_type();
        KINDS.into_iter().find(|kind| kind.media == found)
    }

    /// Whether a file of this kind may stand on a case so.
    pub fn is_for(self, used: Use) -> bool {
        match used {
            Use::Photo => self.sort == Sort::Photo,
            Use::Form => self.sort != Sort::Recording,
            Use::Attachment => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_first_bytes_say_whatever_it_is_called() {
        let told = |bytes: &[u8]| Kind::of(bytes).map(|kind| kind.extension);
        assert_eq!(told(b"\xff\xd8\xff\xe0 jfif"), Some("jpg"));
        assert_eq!(told(b"\x89PNG\r\n\x1a\n...."), Some("png"));
        assert_eq!(told(b"RIFF\0\0\0\0WEBPVP8 "), Some("webp"));
        assert_eq!(told(b"%PDF-1.7\n"), Some("pdf"));
        assert_eq!(told(b"ID3\x04\0\0"), Some("mp3"));
        assert_eq!(told(b"\0\0\0\x20ftypM4A \0\0\0\0"), Some("m4a"));
        assert_eq!(told(b"RIFF\0\0\0\0WAVEfmt "), Some("wav"));
        assert_eq!(told(b"OggS\0\x02\0\0"), Some("ogg"));
        assert_eq!(told(b"#!AMR\n\x3c\x55\0\0\0\0"), Some("amr"));
        for other in
            [&b"<svg onload=alert(1)>"[..], b"<html>", b"GIF89a", b"", b"\xff\xd8", b"PK\x03\x04"]
        {
            assert_eq!(told(other), None, "{other:?}");
        }
    }

    #[test]
    fn a_recording_is_no_signed_form_and_a_paper_no_photo() {
        let pdf = Kind::of(b"%PDF-1.7\n").unwrap();
        let call = Kind::of(b"#!AMR\n\x3c\x55\0\0\0\0").unwrap();
        let uses = [Use::Photo, Use::Form, Use::Attachment];
        assert_eq!(uses.map(|used| pdf.is_for(used)), [false, true, true]);
        assert_eq!(uses.map(|used| call.is_for(used)), [false, false, true]);
    }
}

//! Rules files under random damage: reading them never panics, ends soon and finds a bounded number of problems.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at once"
)]

use duban_rules::diagnostic::Listing;
use duban_rules::diff::{Edition, diff};
use duban_rules::print::handbook_html;
use duban_rules::{Lang, Sources, parse};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

/// At most so many diagnostics of one file, one more to say that there are others, and those across files.
const PER_FILE_MAX: usize = 2_001;

/// However much is wrong, a list has fewer lines than this.
const LIST_LINES_MAX: usize = 59;

/// One way to damage bytes.
#[derive(Debug, Clone)]
enum Damage {
    /// Some bits of one byte.
    Flip(Index, u8),
    /// Everything from here on is gone.
    Truncate(Index),
    /// A stretch is gone.
    Cut(Index, u8),
    /// A stretch stands twice, the second time elsewhere.
    Splice(Index, Index, u8),
    /// Foreign bytes.
    Insert(Index, Vec<u8>),
    /// Characters that mean something to a parser.
    Punctuate(Index, &'static str),
}

fn damage() -> impl Strategy<Value = Damage> {
    let meaningful = prop::sample::select(vec![
        "\"",
        "\"\"\"",
        "'",
        "[",
        "]",
        "[[",
        "{",
        "}",
        "=",
        ",",
        "\n",
        "\r",
        "#",
        ".",
        "-",
        "\t",
        ";",
        "\u{FEFF}",
        "\u{FF0C}",
        "(",
        "\u{FF08}",
        "{{",
        "{%",
        "%}",
        "\\",
        "\\u0000",
        "0",
        "nan",
        "inf",
        "-1",
        "99999999999999999999",
        "1e400",
        "\u{0}",
        "9999-12-31",
        "true",
        "紧急工作时",
    ]);
    prop_oneof![
        (any::<Index>(), 1..=255_u8).prop_map(|(at, bits)| Damage::Flip(at, bits)),
        any::<Index>().prop_map(Damage::Truncate),
        (any::<Index>(), any::<u8>()).prop_map(|(at, length)| Damage::Cut(at, length)),
        (any::<Index>(), any::<Index>(), any::<u8>())
            .prop_map(|(from, to, length)| Damage::Splice(from, to, length)),
        (any::<Index>(), vec(any::<u8>(), 1..40)).prop_map(|(at, b)| Damage::Insert(at, b)),
        (any::<Index>(), meaningful).prop_map(|(at, text)| Damage::Punctuate(at, text)),
    ]
}

fn damaged(bytes: &[u8], damages: &[Damage]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for damage in damages {
        let place = |at: &Index| at.index(bytes.len() + 1);
        match damage {
            Damage::Flip(at, bits) if !bytes.is_empty() => {
                let at = at.index(bytes.len());
                bytes[at] ^= bits;
            }
            Damage::Flip(..) => {}
            Damage::Truncate(at) => bytes.truncate(place(at)),
            Damage::Cut(at, length) => {
                let from = place(at);
                let until = (from + usize::from(*length)).min(bytes.len());
                bytes.drain(from..until);
            }
            Damage::Splice(from, to, length) => {
                let (from, to) = (place(from), place(to));
                let until = (from + usize::from(*length)).min(bytes.len());
                let piece = bytes[from..until].to_vec();
                bytes.splice(to..to, piece);
            }
            Damage::Insert(at, foreign) => {
                let at = place(at);
                bytes.splice(at..at, foreign.iter().copied());
            }
            Damage::Punctuate(at, text) => {
                let at = place(at);
                bytes.splice(at..at, text.bytes());
            }
        }
    }
    bytes
}

/// Reads, renders, compares and prints: all that an admin may do with rules, however broken.
#[track_caller]
fn survives(sources: &Sources) {
    let (book, found) = parse(sources);
    for name in Sources::NAMES {
        let about = found.iter().filter(|found| found.file == name).count();
        assert!(about <= PER_FILE_MAX, "{about} diagnostics about {name}");
    }
    for found in found.iter().take(30) {
        for lang in [Lang::Zh, Lang::En] {
            let page = found.render(sources, lang);
            assert!(page.len() < 20_000, "a page of {} bytes for {}", page.len(), found.code);
        }
        found.to_json(sources);
    }
    let shipped = Sources::shipped();
    let (usual, _) = parse(&shipped);
    let [was, is] =
        [(&shipped, &usual), (sources, &book)].map(|(sources, book)| Edition { sources, book });
    for (old, new) in [(was, is), (is, was)] {
        for line in diff(old, new, Lang::Zh).lines(Lang::Zh) {
            assert!(line.chars().count() < 5_000, "a line of {} characters", line.chars().count());
        }
    }
    let list = Listing::of(&found, sources);
    for lang in [Lang::Zh, Lang::En] {
        let list = list.render(lang);
        assert!(list.lines().count() <= LIST_LINES_MAX, "{list}");
    }
    list.to_json();
    assert!(handbook_html(&book).ends_with("</html>\n"));
}

/// Few cases, so that the gate stays short; `PROPTEST_CASES=5000` looks further.
fn config() -> ProptestConfig {
    let usual = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if std::env::var_os("PROPTEST_CASES").is_some() {
        return usual;
    }
    ProptestConfig { cases: 64, ..usual }
}

#[test]
fn a_quotation_mark_too_few_makes_no_line_of_the_comparison_too_long_to_read() {
    let shipped = Sources::shipped();
    let text = String::from_utf8(shipped.bytes("notices.toml").unwrap().to_vec()).unwrap();
    let names = "variables = [";
    let place = text.match_indices(names).nth(4).unwrap().0 + names.len();
    // The list goes on until the next mark, and takes the texts that stand between marks for its members.
    let slipped = format!("{}\"\"\"{}", &text[..place], &text[place..]);
    survives(&shipped.with("notices.toml", slipped));
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn damaged_files_are_explained_and_never_end_in_a_panic(
        file in prop::sample::select(Sources::NAMES.to_vec()),
        damages in vec(damage(), 1..6),
    ) {
        let sources = Sources::shipped();
        let bytes = damaged(sources.bytes(file).unwrap(), &damages);
        survives(&sources.with(file, bytes));
    }

    #[test]
    fn foreign_bytes_in_place_of_a_file_are_explained(
        file in prop::sample::select(Sources::NAMES.to_vec()),
        bytes in vec(any::<u8>(), 0..400),
    ) {
        survives(&Sources::shipped().with(file, bytes));
    }

    #[test]
    fn foreign_text_in_place_of_a_file_is_explained(
        file in prop::sample::select(Sources::NAMES.to_vec()),
        text in "[\\[\\]{}=\",#.a-c0-9\\n 县时工作紧急%-]{0,300}",
    ) {
        survives(&Sources::shipped().with(file, text));
    }
}

#[test]
fn one_file_in_the_place_of_another_is_explained() {
    let shipped = Sources::shipped();
    for file in Sources::NAMES {
        for other in Sources::NAMES {
            let bytes = shipped.bytes(other).unwrap().to_vec();
            survives(&shipped.clone().with(file, bytes));
        }
    }
}

#[test]
fn ten_megabytes_of_garbage_are_refused_unread() {
    for piece in ["\u{0}", "[[unit]]\n"] {
        for file in Sources::NAMES {
            let sources = Sources::shipped().with(file, piece.repeat(10_000_000 / piece.len()));
            let (_, found) = parse(&sources);
            assert!(found.iter().any(|found| found.file == file && found.code == "R0002"));
        }
    }
}

#[test]
fn garbage_just_below_the_bound_ends_soon() {
    let pieces = [
        "\u{0}",
        "x",
        "\n",
        "[",
        "[[",
        "]",
        "{",
        "=",
        "\"",
        "'",
        ",",
        "#\n",
        "a = 1\n",
        "a.",
        "[a]\n",
        "a = [\n",
        "[[unit]]\n",
        "部件,",
        "\"\"\"",
        "1,\n",
        "é = {a={",
        "[[unit]]\nid = \"A\"\n",
    ];
    for (at, piece) in pieces.iter().enumerate() {
        // Each piece in two of the files, so that every file has its turn and the test stays short.
        for file in [Sources::NAMES[at % 10], Sources::NAMES[(at * 3 + 1) % 10]] {
            let text = piece.repeat((1 << 19) / piece.len());
            survives(&Sources::shipped().with(file, text));
        }
    }
}

#[test]
fn an_empty_directory_is_explained() {
    survives(&Sources::default());
}

//! The numbers of conditions, units and cells that were read, and whether they are all there are.

use duban_rules::{Lang, RuleBook};

/// What one file holds: how much of it was read, what it is called, and what one entry left out is counted in.
struct Held {
    file: &'static str,
    read: usize,
    left_out: usize,
    name: [&'static str; 2],
    entry: &'static str,
}

/// How much was read of each file that is counted, in one sentence.
pub(super) fn in_words(book: &RuleBook, lang: Lang) -> String {
    let held = [
        Held {
            file: "handbook.csv",
            read: book.handbook.conditions.len(),
            left_out: book.handbook.left_out,
            name: ["个立案条件", "conditions"],
            entry: "行",
        },
        Held {
            file: "units.toml",
            read: book.units.iter().count(),
            left_out: book.units.left_out,
            name: ["个单位", "units"],
            entry: "项",
        },
        Held {
            file: "grid.toml",
            read: book.grid.cells().count(),
            left_out: book.grid.left_out,
            name: ["个单元网格", "cells"],
            entry: "项",
        },
    ];
    let counted = held.map(|held| {
        let part = part(&held, book, lang);
        let [zh, en] = held.name;
        match lang {
            Lang::Zh => format!("{} {zh}{part}", held.read),
            Lang::En => format!("{} {en}{part}", held.read),
        }
    });
    counted.join(if lang == Lang::Zh { "、" } else { ", " })
}

/// That the number is of a part, and of which.
fn part(held: &Held, book: &RuleBook, lang: Lang) -> String {
    let Held { file, read, left_out, entry, .. } = held;
    match (book.cut_short.contains(file), left_out, lang) {
        (false, 0, _) => String::new(),
        (true, _, Lang::Zh) if *read == 0 => format!("({file} 未能读取)"),
        (true, _, Lang::En) if *read == 0 => format!(" ({file} could not be read)"),
        (true, _, Lang::Zh) => format!("({file} 未读到底,这不是全部)"),
        (true, _, Lang::En) => format!(" ({file} was not read to its end: not all there are)"),
        (false, left_out, Lang::Zh) => format!("(另有 {left_out} {entry}有错未读)"),
        (false, left_out, Lang::En) => format!(" ({left_out} more could not be read)"),
    }
}

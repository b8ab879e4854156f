//! What is wrong with a body, in the words of people: serde says it in English.

/// What serde says before what, and what that is called.
const SAID: [(&str, &str); 8] = [
    ("unknown field ", "没有这一项 "),
    ("missing field ", "缺少 "),
    ("duplicate field ", "重复写了 "),
    ("unknown variant ", "没有这个取值 "),
    ("invalid type: ", "类型不对,写的是 "),
    ("invalid value: ", "取值不对,写的是 "),
    ("invalid length ", "个数不对,写的是 "),
    ("data did not match any variant of untagged enum ", "内容不合要求 "),
];
/// What serde calls things within such a sentence. The longer of two that begin alike stands first.
const CALLED: [(&str, &str); 21] = [
    (", expected one of ", ",可用的有 "),
    (", expected ", ",应为 "),
    (", there are no fields", ",这里不写任何内容"),
    (", there are no variants", ""),
    (" or ", " 或 "),
    ("a string", "文字"),
    ("string ", "文字 "),
    ("floating point ", "小数 "),
    ("integer ", "整数 "),
    ("boolean ", "是非值 "),
    ("a boolean", "true 或 false"),
    ("a sequence", "列表"),
    ("sequence", "列表"),
    ("a map", "对象"),
    ("map", "对象"),
    ("null", "空值"),
    ("unit value", "空值"),
    ("newtype variant", "带内容的取值"),
    ("unit variant", "不带内容的取值"),
    ("struct ", "对象 "),
    ("enum ", "取值 "),
];

/// The sentence of an error, without its place.
pub(super) fn chinese(words: &str) -> String {
    let of = SAID.iter().find_map(|(said, called)| Some((called, words.strip_prefix(said)?)));
    // What duban's own types say is Chinese already.
    let Some((called, rest)) = of else { return words.to_owned() };
    format!("{called}{}", outside_quotes(rest))
}

/// The same with everything called as people do, but for what somebody wrote.
fn outside_quotes(words: &str) -> String {
    let mut said = String::with_capacity(words.len());
    let (mut rest, mut quote) = (words, None);
    while let Some(first) = rest.chars().next() {
        if quote.is_none()
            && let Some((before, after)) = CALLED.iter().find(|(said, _)| rest.starts_with(said))
        {
            said.push_str(after);
            rest = rest.get(before.len()..).unwrap_or_default();
            continue;
        }
        match (quote, first) {
            (None, '"' | '`') => quote = Some(first),
            (Some(open), _) if open == first => quote = None,
            (None | Some(_), _) => {}
        }
        said.push(first);
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_serde_says_is_said_in_chinese_and_what_somebody_wrote_as_it_was() {
        for (said, chinese_of_it) in [
            (
                "unknown field `x`, expected `unit` or `reason`",
                "没有这一项 `x`,应为 `unit` 或 `reason`",
            ),
            (
                "unknown field `a string`, expected one of `unit`, `map`, `by`",
                "没有这一项 `a string`,可用的有 `unit`, `map`, `by`",
            ),
            ("unknown field `x`, there are no fields", "没有这一项 `x`,这里不写任何内容"),
            ("missing field `reason`", "缺少 `reason`"),
            (
                "invalid type: string \"a map\", expected a sequence",
                "类型不对,写的是 文字 \"a map\",应为 列表",
            ),
            ("invalid type: integer `3`, expected a string", "类型不对,写的是 整数 `3`,应为 文字"),
            ("invalid type: null, expected a boolean", "类型不对,写的是 空值,应为 true 或 false"),
            ("理由不能为空", "理由不能为空"),
        ] {
            assert_eq!(chinese(said), chinese_of_it);
        }
    }
}

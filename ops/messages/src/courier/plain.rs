//! Plain words: what a message says when its template cannot be filled in, so that it is told all the same.
//!
//! What is known, line by line, in the order in which a reader asks for it; no template, nothing that could fail.

use duban_rules::line;
use serde_json::Value;

/// Characters of such an SMS at most.
const SMS_CHARS_MAX: usize = 200;

/// What is known of a message by which name, and what people call it.
const KNOWN: [(&str, &str); 21] = [
    ("number", "案件编号"),
    ("case", "案件号"),
    ("unit_name", "单位"),
    ("small_class", "问题类别"),
    ("place", "地点"),
    ("stage", "环节"),
    ("limit", "时限"),
    ("due", "截止时间"),
    ("due_before", "原截止时间"),
    ("overdue_by", "已超期"),
    ("level", "督办级别"),
    ("order", "督办单"),
    ("reply_due", "答复期限"),
    ("reason", "说明"),
    ("text", "内容"),
    ("result", "状态"),
    ("date", "日期"),
    ("count", "条数"),
    ("closed_at", "结案时间"),
    ("timeliness", "是否按期"),
    ("chain_head", "账本链头"),
];
/// Lists of which the number is told.
const COUNTED: [(&str, &str); 4] = [
    ("overdue", "超期"),
    ("due_today", "今日到期"),
    ("new", "新增"),
    ("closed_yesterday", "昨日办结"),
];

/// The three parts of a message, without its template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plain {
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) sms: String,
}

impl Plain {
    /// What is known in `data` of a message that people call `title`.
    pub(super) fn of(title: &str, data: &Value) -> Plain {
        let known = |name: &str| match data.get(name) {
            Some(Value::String(text)) => Some(line::one(text)).filter(|text| !text.is_empty()),
            Some(Value::Number(number)) => Some(number.to_string()),
            Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) | None => None,
        };
        let mut lines = vec![title.to_owned(), String::new()];
        let said = |(name, called)| Some(format!("{called}:{}", known(name)?));
        lines.extend(KNOWN.into_iter().filter_map(said));
        let counted = |(name, called)| {
            let list = data.get(name).and_then(Value::as_array)?;
            Some(format!("{called}:{} 件", list.len()))
        };
        lines.extend(COUNTED.into_iter().filter_map(counted));
        let folded = data.get("lines").and_then(Value::as_array).into_iter().flatten();
        lines.extend(folded.map(|item| {
            let word = |name: &str| item.get(name).and_then(Value::as_str).unwrap_or_default();
            line::one(&format!("{} {}", word("at"), word("about")))
        }));
        lines.extend([String::new(), "请登录系统查看详情。".to_owned(), String::new()]);
        let text = lines.join("\n");
        let about = known("number").or_else(|| known("case")).unwrap_or_default();
        let about = line::one(&format!("{about} {}", known("small_class").unwrap_or_default()));
        let due = known("due").map(|due| format!(",截止 {due}")).unwrap_or_default();
        let sms = line::one(&format!("【数字城管】{title} {about}{due}。请登录系统查看。"));
        Plain {
            subject: line::one(&format!("【{title}】{about}")),
            text,
            sms: sms.chars().take(SMS_CHARS_MAX).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_without_its_template_says_what_is_known_and_nothing_else() {
        let data = serde_json::json!({
            "number": "肃城管〔2026〕000001", "small_class": "上水井盖", "place": "东大街\n截止时间:无",
            "due": "2026-03-04 09:15", "overdue_by": null, "reworks": 0, "overdue": [1, 2],
        });
        let plain = Plain::of("派遣通知", &data);
        assert_eq!(plain.subject, "【派遣通知】肃城管〔2026〕000001 上水井盖");
        assert!(plain.text.contains("\n地点:东大街 截止时间:无\n截止时间:2026-03-04 09:15\n"));
        assert!(
            plain.text.contains("超期:2 件") && !plain.text.contains("已超期"),
            "{}",
            plain.text
        );
        assert!(plain.sms.contains("截止 2026-03-04 09:15"), "{}", plain.sms);
    }
}

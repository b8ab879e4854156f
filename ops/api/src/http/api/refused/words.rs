//! Words of refusals that any entity may say, or one that is asked by no operation.

use duban_runtime::answer::KEY_USED_BEFORE;

use super::{NO, NOT_NOW, NOT_SO, Told, told};

/// Every table of kinds that are not in the list of operations.
pub(super) const ALL: [&[Told]; 2] = [COMMON, SYSTEM];

/// What any entity may say.
const COMMON: &[Told] = &[
    told("not-permitted", NO, "没有权限", "此身份不能进行这项操作(办法第十二条)"),
    told(
        "not-your-own",
        NO,
        "不是本人或本单位的",
        "此身份只能办理本人、本单位的事项;代录须写明单位",
    ),
    told("reason-missing", NOT_SO, "缺少理由", "此项须写明理由")
        .beside(&["reason", "note", "text", "waiver"]),
];

/// What no entity says by itself, and what people never ask, in case something of the kind comes back.
const SYSTEM: &[Told] = &[
    told(
        KEY_USED_BEFORE,
        NOT_SO,
        "标识已用过",
        "这次办理已提交过其他内容,请刷新页面后再办(Idempotency-Key, --key)",
    ),
    told("bundle-already-there", NOT_NOW, "消息已合并", "这一条已在待发的合并通知中"),
    told("centre-already-established", NOT_NOW, "中心已启用", "没有可变更之处"),
    told("centre-rules-in-force", NOT_NOW, "规则已生效", "这一版规则就是现行规则"),
    told("centre-rules-waiting", NOT_NOW, "规则已待生效", "这一版规则已在等待生效日"),
    told(
        "centre-no-rules-waiting",
        NOT_NOW,
        "没有待生效的规则",
        "待生效的规则已生效、已取消或不是这一版",
    ),
    told("centre-rules-day-ahead", NOT_NOW, "还没有到生效日", "待生效的规则到日零时自动生效"),
    told("operators-not-filled", NOT_NOW, "名册尚未建立", "请稍后再试"),
    told("operators-already-filled", NOT_NOW, "名册已经建立", "没有可变更之处"),
    told("operators-too-many-releases", NOT_NOW, "正在办理离任", "请稍后再试"),
    told("numbers-not-a-year", NOT_SO, "不是年份", "{key} 不是年份"),
];

//! Refusals of accounts: how they are told over HTTP and on the command line.

use crate::http::api::{NO, NOT_NOW, NOT_SO, NOWHERE, Told, told};

pub(super) const PERSON: &[Told] = &[
    told(
        "person-not-a-login",
        NOT_SO,
        "登录名不合要求",
        "登录名应为 2 到 32 个小写字母、数字、`-` 或 `.`,以字母开头",
    ),
    told("person-not-enrolled", NOWHERE, "没有这个人", "没有登记此人"),
    told(
        "person-already-enrolled",
        NOT_NOW,
        "已登记",
        "此人已经登记;用 `duban person change` 变更",
    ),
    told("person-dismissed", NOT_NOW, "已注销", "此人已经注销;可重新登记"),
    told("person-unchanged", NOT_NOW, "没有变动", "内容没有变化"),
    told("person-unfit-name", NOT_SO, "姓名不合要求", "姓名应为 1 到 64 个可见字符"),
    told("person-name-of-another", NOT_SO, "姓名易混淆", "姓名不能写成他人的登录名"),
    told("person-number-of-roles", NOT_SO, "身份数不合要求", "每人应有 1 到 4 个角色"),
    told("person-role-twice", NOT_SO, "身份重复", "同一角色写了两次"),
    told("person-role-not-for-people", NOT_SO, "不是人的身份", "这个角色属于系统本身,不能授予人员"),
    told("person-role-not-held", NOT_SO, "没有这个身份", "此人没有这个角色"),
    told("person-needs-a-unit", NOT_SO, "缺少单位", "专业信息员和主要领导必须写明所属单位(第七条)"),
    told("person-unit-without-role", NOT_SO, "单位多余", "写了单位,却没有单位的角色"),
    told("person-unknown-unit", NOT_SO, "没有这个单位", "规则中没有这个单位"),
    told(
        "person-needs-a-collector",
        NOT_SO,
        "缺少采集员编号",
        "信息采集员必须写明规则中的采集员编号(第十条)",
    ),
    told(
        "person-collector-without-role",
        NOT_SO,
        "采集员编号多余",
        "写了采集员编号,却没有采集员角色",
    ),
    told("person-unknown-collector", NOT_SO, "没有这个采集员", "规则中没有这个采集员"),
    told(
        "person-operator-not-released",
        NOT_NOW,
        "正在办理离任",
        "正在办理其他系统管理员的离任,请稍后再试",
    ),
    told(
        "person-last-operator",
        NOT_NOW,
        "最后一个系统管理员",
        "这是最后一名能登录的系统管理员;先登记另一名并设置密码",
    ),
];

/// Of their passwords, sessions and tokens.
pub(super) const SECRETS: &[Told] = &[
    told("person-no-password", NOT_NOW, "尚未设置密码", "尚未设置密码"),
    told("person-session-in-the-past", NOT_SO, "会话已经结束", "会话在开始之前已经结束"),
    told("person-no-such-session", NOT_NOW, "没有这个会话", "没有这个会话"),
    told("person-no-session", NOT_NOW, "没有会话", "没有会话"),
    told("person-unfit-label", NOT_SO, "名称不合要求", "说明应为 1 到 64 个字符"),
    told(
        "person-unfit-token-id",
        NOT_SO,
        "令牌编号不合要求",
        "令牌编号应为不超过 16 个小写字母或数字",
    ),
    told("person-token-exists", NOT_NOW, "令牌编号重复", "已有同一编号的令牌"),
    told("person-too-many-tokens", NOT_NOW, "令牌已满", "每人至多 16 个有效令牌;先吊销一个"),
    told("person-token-lifetime", NOT_SO, "令牌期限不合要求", "令牌的有效期应在 1 到 366 天之间"),
    told("person-no-such-token", NOWHERE, "没有这个令牌", "没有这个令牌"),
    told("person-no-token", NOT_NOW, "没有令牌", "没有令牌"),
    told(
        "person-token-from-token",
        NO,
        "令牌不能签发令牌",
        "令牌不能签发令牌;请用密码登录后签发,或请系统管理员签发",
    ),
    told(
        "person-token-outlives-issuer",
        NOT_SO,
        "令牌期限不合要求",
        "签发的令牌不能比用来签发的令牌更晚失效",
    ),
];

#[cfg(test)]
mod tests {
    use duban_actors::person::NAME_CHARS_MAX;

    use crate::http::api::refusal;

    #[test]
    fn a_name_that_is_too_long_is_told_how_long_it_may_be() {
        let words = refusal("person-unfit-name", "null").detail;
        assert!(words.contains(&NAME_CHARS_MAX.to_string()), "{words}");
    }
}

//! What a person's refusals mean, in Chinese, for whoever asked.

/// The sentence of a refusal's code; none for the codes of other entities.
pub fn sentence(code: &str) -> Option<&'static str> {
    let words = match code {
        "person-not-permitted" => "该角色无权进行此操作(第十二条),或账号属于他人",
        "person-not-a-login" => "登录名应为 2 到 32 个小写字母、数字、`-` 或 `.`,以字母开头",
        "person-not-enrolled" => "没有登记此人",
        "person-already-enrolled" => "此人已经登记;用 `duban person change` 变更",
        "person-dismissed" => "此人已经注销;可重新登记",
        "person-unchanged" => "内容没有变化",
        "person-unfit-name" => "姓名应为 1 到 64 个可见字符",
        "person-name-of-another" => "姓名不能写成他人的登录名",
        "person-number-of-roles" => "每人应有 1 到 4 个角色",
        "person-role-twice" => "同一角色写了两次",
        "person-role-not-for-people" => "这个角色属于系统本身,不能授予人员",
        "person-role-not-held" => "此人没有这个角色",
        "person-needs-a-unit" => "专业信息员和主要领导必须写明所属单位(第七条)",
        "person-unit-without-role" => "写了单位,却没有单位的角色",
        "person-unknown-unit" => "规则中没有这个单位",
        "person-needs-a-collector" => "信息采集员必须写明规则中的采集员编号(第十条)",
        "person-collector-without-role" => "写了采集员编号,却没有采集员角色",
        "person-unknown-collector" => "规则中没有这个采集员",
        "person-last-operator" => "这是最后一名能登录的系统管理员;先登记另一名并设置密码",
        "person-no-password" => "尚未设置密码",
        "person-session-in-the-past" => "会话在开始之前已经结束",
        "person-no-such-session" => "没有这个会话",
        "person-no-session" => "没有会话",
        "person-unfit-label" => "说明应为 1 到 64 个字符",
        "person-unfit-token-id" => "令牌编号应为不超过 16 个小写字母或数字",
        "person-token-exists" => "已有同一编号的令牌",
        "person-too-many-tokens" => "每人至多 16 个有效令牌;先吊销一个",
        "person-token-lifetime" => "令牌的有效期应在 1 到 366 天之间",
        "person-no-such-token" => "没有这个令牌",
        "person-no-token" => "没有令牌",
        "person-token-from-token" => "令牌不能签发令牌;请用密码登录后签发,或请系统管理员签发",
        "person-token-outlives-issuer" => "签发的令牌不能比用来签发的令牌更晚失效",
        "person-needs-a-reason" => "必须写明理由",
        _ => return None,
    };
    Some(words)
}

#[cfg(test)]
mod tests {
    use duban_actors::person::{self, NAME_CHARS_MAX};
    use duban_runtime::entity::Refusal;

    use super::*;

    #[test]
    fn a_name_that_is_too_long_is_told_how_long_it_may_be() {
        let words = sentence("person-unfit-name").unwrap();
        assert!(words.contains(&NAME_CHARS_MAX.to_string()), "{words}");
    }

    #[test]
    fn every_refusal_of_a_person_has_its_words() {
        for code in person::Refusal::codes() {
            assert!(sentence(code).is_some(), "{code} has no words");
        }
    }
}

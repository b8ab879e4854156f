//! What people call where a collector stands.

/// The word for a standing's name.
pub fn standing(name: &str) -> &'static str {
    match name {
        "on-duty" => "在岗",
        "off-duty" => "未签到",
        "on-leave" => "请假",
        "dismissed" => "已解除",
        _ => "未任命",
    }
}

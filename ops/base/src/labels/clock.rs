//! How the clock stands, in words.

use std::time::Duration;

use duban_runtime::clock::trusted::ClockSeen;

/// Whether a person should look at it.
pub fn is_in_doubt(seen: &ClockSeen) -> bool {
    seen.ahead.is_some() || seen.behind.is_some()
}

/// How it stands, in a sentence.
pub fn standing(seen: &ClockSeen) -> String {
    match (seen.ahead, seen.behind) {
        (Some(by), _) => {
            let by = span(by);
            format!(
                "系统时钟比原来的时间快了{by},定时器按原来的时间继续;请校正时钟,\
                 确认无误时用 duban clock trust"
            )
        }
        (None, Some(by)) => {
            let by = span(by);
            format!(
                "系统时钟倒退了{by},到点的事项要等时钟赶上;请校正时钟,\
                 确认无误时用 duban clock trust"
            )
        }
        (None, None) => "时钟可信。".to_owned(),
    }
}

/// A length of time as a person reads it.
pub fn span(span: Duration) -> String {
    let seconds = span.as_secs();
    match seconds {
        0..60 => format!(" {seconds} 秒"),
        60..7_200 => format!(" {} 分钟", seconds / 60),
        7_200..172_800 => format!(" {} 小时", seconds / 3_600),
        172_800.. => format!(" {} 天", seconds / 86_400),
    }
}

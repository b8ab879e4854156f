//! Silence in words: what stands on pages, in the log and on the command line while a store is muted.

use duban_rules::book::calendar::Calendar;

use super::instant;
use crate::muted::Mark;
use crate::muted::waiting::Group;

/// The one line that everybody reads; who muted it is for those who keep duban running.
pub fn banner(mark: &Mark, calendar: &Calendar) -> String {
    let since = instant::minute(mark.since, calendar);
    format!("已静音:自 {since} 起不发送任何邮件和短信;消息留在发件箱,计时照常")
}

/// The same for whoever can end it.
pub fn for_the_operator(mark: &Mark, calendar: &Calendar) -> String {
    format!("{}。由 {} 设置;用 duban unmute 放行", banner(mark, calendar), mark.by)
}

/// A group of waiting messages as a row: template, way, how many, since when.
pub fn row(group: &Group, calendar: &Calendar) -> Vec<String> {
    let channel = match group.channel.as_str() {
        "" => "发送时确定",
        known => known,
    };
    vec![
        group.template.to_string(),
        channel.to_owned(),
        group.n.to_string(),
        instant::minute(group.oldest, calendar),
    ]
}

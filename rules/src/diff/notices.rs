//! Changes of the notices: their texts, the ways they go, when the briefs go out (articles 15–18 and 28).

use super::{Changes, End, both};
use crate::book::notices::{Channel, Notice, Notices};
use crate::diagnostic::Lang;

/// What changed among the notices.
pub(super) fn compare(old: &Notices, new: &Notices, changes: &mut Changes<'_>) {
    const NOTICE: [&str; 2] = ["通知模板", "notice"];
    changes.turned("", ["单位简报时间", "units' brief"], &old.brief_unit, &new.brief_unit);
    let chief = ["值班简报时间", "duty chief's brief"];
    changes.turned("", chief, &old.brief_centre, &new.brief_centre);
    let reminder = ["催看时间", "reminder of the daily view"];
    changes.turned("", reminder, &old.view_reminder, &new.view_reminder);
    let names = changes.names;
    for (name, sides) in both(old.iter(), new.iter()) {
        let called = |notice: &Notice| match names.lang {
            Lang::Zh => format!("{}({name})", notice.title),
            Lang::En => name.to_string(),
        };
        match sides {
            (None, Some(notice)) => changes.came_or_went(End::Came, NOTICE, called(notice), ""),
            (Some(notice), None) => changes.came_or_went(End::Went, NOTICE, called(notice), ""),
            (Some(old), Some(new)) => {
                let subject = match names.lang {
                    Lang::Zh => format!("通知“{}”", called(new)),
                    Lang::En => format!("notice {name}"),
                };
                notice(&subject, old, new, changes);
            }
            (None, None) => {}
        }
    }
}

fn notice(subject: &str, old: &Notice, new: &Notice, changes: &mut Changes<'_>) {
    let Notice { title, channels, subject: headline, body, sms, variables } = old;
    let names = changes.names;
    changes.turned(subject, ["名称", "title"], title, &new.title);
    let [before, after] = [channels, &new.channels].map(|channels| {
        let words = channels.iter().map(|channel| match channel {
            Channel::Email => names.of(["电子邮件", "e-mail"]).to_owned(),
            Channel::Sms => names.of(["短信", "SMS"]).to_owned(),
        });
        words.collect::<Vec<_>>()
    });
    changes.list(subject, ["发送途径", "channels"], &before, &after);
    changes.text(subject, ["邮件标题", "subject"], headline, &new.subject);
    changes.text(subject, ["邮件正文", "body"], body, &new.body);
    changes.text(subject, ["短信", "SMS"], sms, &new.sms);
    let [before, after] =
        [variables, &new.variables].map(|names| names.iter().cloned().collect::<Vec<_>>());
    changes.list(subject, ["可用变量", "variables"], &before, &after);
}

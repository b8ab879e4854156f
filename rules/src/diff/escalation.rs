//! Changes of stages, ladders and notices (articles 3 and 13–18).

use super::{Changes, both};
use crate::book::ladder::{Applies, Ladder, Ladders, Step, Trigger};
use crate::book::notices::Notices;
use crate::book::stages::{StageRule, StageStep, Stages};
use crate::diagnostic::Lang;
use crate::vocabulary::{Recipient, TimeLimit};

/// What changed among the centre's own limits.
pub(super) fn stages(old: &Stages, new: &Stages, changes: &mut Changes) {
    let metres = |stages: &Stages| format!("{} {}", stages.within_metres, changes.word("米", "m"));
    let (before, after) = (metres(old), metres(new));
    changes.turned(["现场核实、核查距离", "distance on site"], before, after);
    let stages = both(old.iter(), new.iter());
    for (key, sides) in stages {
        let (Some(old), Some(new)) = sides else { continue };
        let what = [format!("环节 {key} 时限"), format!("stage {key}, limit")];
        changes.turned([&what[0], &what[1]], limits(old, changes), limits(new, changes));
        let by_code = |step: &StageStep| step.code.clone();
        let steps = both(
            old.steps.iter().map(|step| (by_code(step), step)),
            new.steps.iter().map(|step| (by_code(step), step)),
        );
        for (code, (old, new)) in steps {
            let words =
                |step: &StageStep| format!("{} %, {}", step.percent, told(&step.tell, changes));
            let what = [format!("环节 {key} 步骤 {code}"), format!("stage {key}, step {code}")];
            let (old, new) = (old.map(words), new.map(words));
            changes.maybe_turned([&what[0], &what[1]], old.as_deref(), new.as_deref());
        }
    }
}

/// What changed among the escalation ladders.
pub(super) fn ladders(old: &Ladders, new: &Ladders, changes: &mut Changes) {
    ladder(["督办(普通)", "ordinary ladder"], &old.ordinary, &new.ordinary, changes);
    ladder(["督办(紧急)", "urgent ladder"], &old.urgent, &new.urgent, changes);
    let words = |ladders: &Ladders| {
        let rework = &ladders.rework;
        let (level, times) = (changes.word("级督办", "level"), changes.word("次", "times"));
        let told = told(&rework.tell, changes);
        format!("{} {times}, {level} {}, {told}", rework.times, rework.level)
    };
    let (old, new) = (words(old), words(new));
    changes.turned(["返工督办", "rework"], old, new);
}

fn ladder(name: [&str; 2], old: &Ladder, new: &Ladder, changes: &mut Changes) {
    let by_code = |step: &Step| step.code.clone();
    let steps = both(
        old.steps.iter().map(|step| (by_code(step), step)),
        new.steps.iter().map(|step| (by_code(step), step)),
    );
    let [zh, en] = name;
    for (code, (old, new)) in steps {
        let what = [format!("{zh} 步骤 {code}"), format!("{en}, step {code}")];
        let words = |found: &Step| step(found, changes);
        let (old, new) = (old.map(words), new.map(words));
        changes.maybe_turned([&what[0], &what[1]], old.as_deref(), new.as_deref());
    }
}

/// What changed among the notices: which of them, not every word.
pub(super) fn notices(old: &Notices, new: &Notices, changes: &mut Changes) {
    changes.turned(["单位简报时间", "units' brief"], &old.brief_unit, &new.brief_unit);
    changes.turned(["值班简报时间", "duty chief's brief"], &old.brief_centre, &new.brief_centre);
    for (name, sides) in both(old.iter(), new.iter()) {
        match sides {
            (None, Some(_)) => {
                changes.say(format!("新增通知模板 {name}"), format!("notice {name} added"));
            }
            (Some(_), None) => {
                changes.say(format!("删除通知模板 {name}"), format!("notice {name} removed"));
            }
            (Some(old), Some(new)) if old != new => {
                changes.say(format!("通知模板 {name} 已修改"), format!("notice {name} changed"));
            }
            (Some(_), Some(_)) | (None, None) => {}
        }
    }
}

fn limits(rule: &StageRule, changes: &Changes) -> String {
    match rule.urgent {
        Some(urgent) => format!("{} / {}", limit(rule.limit, changes), limit(urgent, changes)),
        None => limit(rule.limit, changes),
    }
}

fn limit(limit: TimeLimit, changes: &Changes) -> String {
    match changes.lang {
        Lang::Zh => limit.to_string(),
        Lang::En => limit.key(),
    }
}

fn step(step: &Step, changes: &Changes) -> String {
    let word = |zh, en| changes.word(zh, en);
    let trigger = match step.trigger {
        Trigger::Percent(percent) => format!("{} {percent} %", word("用去", "used")),
        Trigger::OverduePercent { percent, at_least } => {
            let least = at_least.map(|least| limit(least, changes));
            let least = least.map(|least| format!(" {} {least}", word("且不少于", "and at least")));
            format!("{} {percent} %{}", word("超期", "overdue"), least.unwrap_or_default())
        }
        Trigger::AfterStart(after) => {
            format!("{} {}", word("派遣后", "after dispatch"), limit(after, changes))
        }
        Trigger::AfterDue(after) => {
            format!("{} {}", word("到期后", "after due"), limit(after, changes))
        }
    };
    let unread = match step.applies {
        Applies::Always => "",
        Applies::WhileUnread => word("未签收, ", "while unread, "),
    };
    let light = word(step.light.chinese(), step.light.as_str());
    let level = word("督办级别", "level");
    let told = told(&step.tell, changes);
    format!("{trigger}, {unread}{light}, {level} {}, {}, {told}", step.level, step.template)
}

fn told(recipients: &[Recipient], changes: &Changes) -> String {
    let names = recipients.iter().map(|recipient| match changes.lang {
        Lang::Zh => recipient.chinese(),
        Lang::En => recipient.as_str(),
    });
    names.collect::<Vec<_>>().join("、")
}

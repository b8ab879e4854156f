//! Changes of stages, ladders and notices (articles 3 and 13–18).

use super::{Changes, both};
use crate::book::ladder::{Applies, Ladder, Ladders, Step, Trigger};
use crate::book::notices::Notices;
use crate::book::stages::{StageRule, StageStep, Stages};
use crate::vocabulary::Recipient;

/// What changed among the centre's own limits.
pub(super) fn stages(old: &Stages, new: &Stages, changes: &mut Changes) {
    let stages = both(old.iter(), new.iter());
    for (key, sides) in stages {
        let (Some(old), Some(new)) = sides else { continue };
        let what = [format!("环节 {key} 时限"), format!("stage {key}, limit")];
        changes.turned([&what[0], &what[1]], limits(old), limits(new));
        let by_code = |step: &StageStep| step.code.clone();
        let steps = both(
            old.steps.iter().map(|step| (by_code(step), step)),
            new.steps.iter().map(|step| (by_code(step), step)),
        );
        for (code, (old, new)) in steps {
            let words = |step: &StageStep| format!("{} %,{}", step.percent, told(&step.tell));
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
        format!("{}×,{} 级,{}", rework.times, rework.level, told(&rework.tell))
    };
    changes.turned(["返工督办", "rework"], words(old), words(new));
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
        let (old, new) = (old.map(step), new.map(step));
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

fn limits(rule: &StageRule) -> String {
    match rule.urgent {
        Some(urgent) => format!("{} / {urgent}", rule.limit),
        None => rule.limit.to_string(),
    }
}

fn step(step: &Step) -> String {
    let trigger = match step.trigger {
        Trigger::Percent(percent) => format!("用去 {percent} %"),
        Trigger::OverduePercent { percent, at_least: Some(least) } => {
            format!("超期 {percent} % 且不少于 {least}")
        }
        Trigger::OverduePercent { percent, at_least: None } => format!("超期 {percent} %"),
        Trigger::AfterStart(limit) => format!("派遣后 {limit}"),
        Trigger::AfterDue(limit) => format!("到期后 {limit}"),
    };
    let unread = match step.applies {
        Applies::Always => "",
        Applies::WhileUnread => "未签收,",
    };
    let (light, told) = (step.light.chinese(), told(&step.tell));
    format!("{trigger},{unread}{light},{} 级,{},{told}", step.level, step.template)
}

fn told(recipients: &[Recipient]) -> String {
    let names = recipients.iter().map(|recipient| recipient.chinese());
    names.collect::<Vec<_>>().join("、")
}

//! Changes of the escalation ladders (article 3).

use super::names::Names;
use super::{Changes, End, both};
use crate::book::ladder::{Applies, Ladder, Ladders, ReworkRule, Step, Trigger};
use crate::diagnostic::Lang;

/// What changed among the ladders.
pub(super) fn compare(old: &Ladders, new: &Ladders, changes: &mut Changes<'_>) {
    ladder(["普通案件", "ordinary ladder"], &old.ordinary, &new.ordinary, changes);
    ladder(["紧急案件", "urgent ladder"], &old.urgent, &new.urgent, changes);
    let names = changes.names;
    let ReworkRule { times, level, tell, template } = &old.rework;
    let new = &new.rework;
    let subject = names.of(["返工督办", "rework"]);
    changes.turned(subject, ["第几次返工", "at rework number"], *times, new.times);
    let [before, after] = [*level, new.level].map(|level| names.level(level));
    changes.turned(subject, ["级别", "level"], before, after);
    let [before, after] = [tell, &new.tell].map(|tell| names.recipients(tell));
    changes.list(subject, ["告知", "told"], &before, &after);
    let [before, after] = [template, &new.template].map(|name| names.template(name));
    changes.turned(subject, ["通知", "notice"], before, after);
}

fn ladder(name: [&str; 2], old: &Ladder, new: &Ladder, changes: &mut Changes<'_>) {
    const STEP: [&str; 2] = ["督办步骤", "step"];
    let names = changes.names;
    let by_code = |step: &Step| step.code.clone();
    let sides = both(
        old.steps.iter().map(|step| (by_code(step), step)),
        new.steps.iter().map(|step| (by_code(step), step)),
    );
    let ladder = names.of(name);
    let called = |step: &Step| match names.lang {
        Lang::Zh => format!("{ladder}的{}", names.step(step)),
        Lang::En => format!("{ladder}, {}", names.step(step)),
    };
    let said = changes.lines.len();
    for sides in sides.into_values() {
        match sides {
            (None, Some(new)) => {
                let more = format!("{}{}", names.of([",", ", "]), whole(new, names));
                changes.came_or_went(End::Came, STEP, called(new), &more);
            }
            (Some(old), None) => changes.came_or_went(End::Went, STEP, called(old), ""),
            (Some(old), Some(new)) => step(&called(new), old, new, changes),
            (None, None) => {}
        }
    }
    if changes.lines.len() == said && old != new {
        changes.say(match names.lang {
            Lang::Zh => format!("{ladder}的督办步骤:先后顺序或重复的步骤有改动"),
            Lang::En => format!("{ladder}: the order of the steps changed, or one stands twice"),
        });
    }
}

fn step(subject: &str, old: &Step, new: &Step, changes: &mut Changes<'_>) {
    let names = changes.names;
    let Step { code: _, trigger: when, light, level, applies, tell, template } = old;
    let [before, after] = [when, &new.trigger].map(|when| trigger(*when, names));
    changes.turned(subject, ["时间", "when"], before, after);
    let [before, after] = [*applies, new.applies].map(|applies| whom(applies, names));
    changes.turned(subject, ["适用", "applies"], before, after);
    let [before, after] =
        [*light, new.light].map(|light| names.of([light.chinese(), light.as_str()]));
    changes.turned(subject, ["灯", "light"], before, after);
    let [before, after] = [*level, new.level].map(|level| names.level(level));
    changes.turned(subject, ["级别", "level"], before, after);
    let [before, after] = [template, &new.template].map(|name| names.template(name));
    changes.turned(subject, ["通知", "notice"], before, after);
    let [before, after] = [tell, &new.tell].map(|tell| names.recipients(tell));
    changes.list(subject, ["告知", "told"], &before, &after);
}

/// Everything about a step that the other edition does not have.
fn whole(step: &Step, names: Names<'_>) -> String {
    let told = names.join(&names.recipients(&step.tell));
    let parts = [
        trigger(step.trigger, names),
        whom(step.applies, names).to_owned(),
        names.of([step.light.chinese(), step.light.as_str()]).to_owned(),
        names.level(step.level),
        format!("{}“{}”", names.of(["通知", "notice "]), names.template(&step.template)),
        format!("{} {told}", names.of(["告知", "tells"])),
    ];
    parts.join(names.of([",", ", "]))
}

fn trigger(trigger: Trigger, names: Names<'_>) -> String {
    let word = |zh, en| names.of([zh, en]);
    match trigger {
        Trigger::Percent(percent) => {
            format!("{} {percent} %", word("用去时限的", "used"))
        }
        Trigger::OverduePercent { percent, at_least } => {
            let least = at_least.map(|least| {
                format!("{}{}", word(",且不少于 ", ", at least "), names.limit(least))
            });
            let overdue = word("超期达时限的", "overdue by");
            format!("{overdue} {percent} %{}", least.unwrap_or_default())
        }
        Trigger::AfterStart(after) => {
            format!("{} {}", word("派遣后", "after dispatch"), names.limit(after))
        }
        Trigger::AfterDue(after) => {
            format!("{} {}", word("到期后", "after due"), names.limit(after))
        }
    }
}

fn whom(applies: Applies, names: Names<'_>) -> &str {
    match applies {
        Applies::Always => names.of(["一律", "always"]),
        Applies::WhileUnread => names.of(["只在未签收时", "while unread"]),
    }
}

//! Changes of the centre's own limits (articles 13–18).

use super::{Changes, End, both};
use crate::book::stages::{
    DisputeRule, FormRule, ReturnRule, StageRule, StageStep, Stages, Urgency,
};
use crate::diagnostic::Lang;

/// What changed among the limits of the stages.
pub(super) fn compare(old: &Stages, new: &Stages, changes: &mut Changes<'_>) {
    let names = changes.names;
    let metres = |stages: &Stages| format!("{} {}", stages.within_metres, names.of(["米", "m"]));
    let distance = ["现场核实、核查距离", "distance on site"];
    changes.turned("", distance, metres(old), metres(new));
    let rises = ["督办单不答复时最高升至", "highest level an unanswered order rises to"];
    changes.turned("", rises, old.reply_rises_to, new.reply_rises_to);
    returns(&old.returns, &new.returns, changes);
    disputes(&old.disputes, &new.disputes, changes);
    for ((key, old), (_, new)) in old.iter().zip(new.iter()) {
        let subject = match names.lang {
            Lang::Zh => format!("{}环节", chinese(key)),
            Lang::En => format!("stage {key}"),
        };
        stage(&subject, old, new, changes);
    }
}

fn returns(old: &ReturnRule, new: &ReturnRule, changes: &mut Changes<'_>) {
    let names = changes.names;
    let subject = names.of(["退单", "returns"]);
    let ReturnRule { window, recall, form } = old;
    for (words, was, is) in [
        (["签收后可退单的时间", "time after receipt"], &window.within, &new.window.within),
        (
            ["紧急案件签收后可退单的时间", "time after receipt of urgent cases"],
            &window.urgent,
            &new.window.urgent,
        ),
        (["派遣员可撤回派遣的时间", "time to recall a dispatch"], recall, &new.recall),
    ] {
        changes.turned(subject, words, names.limit(*was), names.limit(*is));
    }
    let called = |form: FormRule| match form {
        FormRule::Required => names.of(["必须附签章单", "required"]),
        FormRule::Asked => names.of(["没有签章单的标明", "asked"]),
    };
    changes.turned(subject, ["签章单", "signed form"], called(*form), called(new.form));
}

fn disputes(old: &DisputeRule, new: &DisputeRule, changes: &mut Changes<'_>) {
    let names = changes.names;
    let subject = names.of(["责任认定", "disputes"]);
    let DisputeRule { window, meeting, notice, binding } = old;
    for (words, was, is) in [
        (["签收后可申请的时间", "time after receipt"], &window.within, &new.window.within),
        (
            ["紧急案件签收后可申请的时间", "time after receipt of urgent cases"],
            &window.urgent,
            &new.window.urgent,
        ),
        (["现场会最迟", "meeting on site at the latest after"], meeting, &new.meeting),
        (["现场会至少提前", "notice of a meeting on site"], notice, &new.notice),
        (["对缺席单位生效", "binds whoever stayed away after"], binding, &new.binding),
    ] {
        changes.turned(subject, words, names.limit(*was), names.limit(*is));
    }
}

/// What people call a stage.
fn chinese(key: &str) -> &str {
    match key {
        "intake" => "立案",
        "validation" => "核实",
        "dispatch" => "派遣",
        "call" => "电话派遣",
        "receipt" => "签收",
        "verification" => "核查",
        "closing" => "结案",
        "return_review" => "退单审核",
        "reply" => "督办单答复",
        "dispute" => "责任认定",
        "application" => "申请审核",
        other => other,
    }
}

fn stage(subject: &str, old: &StageRule, new: &StageRule, changes: &mut Changes<'_>) {
    const STEP: [&str; 2] = ["提醒", "step"];
    let names = changes.names;
    let StageRule { limit, urgent, steps: _ } = old;
    changes.turned(subject, ["时限", "limit"], names.limit(*limit), names.limit(new.limit));
    // Where none is written, urgent cases have the limit of the others.
    if urgent.is_some() || new.urgent.is_some() {
        let words = ["紧急案件时限", "limit of urgent cases"];
        let [before, after] = [old, new].map(|rule| names.limit(rule.limit_for(Urgency::Urgent)));
        changes.turned(subject, words, before, after);
    }
    let key = |step: &StageStep| step.percent;
    let sides = both(
        old.steps.iter().map(|step| (key(step), step)),
        new.steps.iter().map(|step| (key(step), step)),
    );
    for (percent, sides) in sides {
        let at = match names.lang {
            Lang::Zh => format!("{subject}用去 {percent} % 时的提醒"),
            Lang::En => format!("{subject}, step at {percent} %"),
        };
        let told = |step: &StageStep| names.join(&names.recipients(&step.tell));
        match sides {
            (None, Some(step)) => {
                let more = told(step);
                let more = format!("{}{more}", names.of([",告知 ", ", tells "]));
                changes.came_or_went(End::Came, STEP, at, &more);
            }
            (Some(_), None) => changes.came_or_went(End::Went, STEP, at, ""),
            (Some(old), Some(new)) => {
                let StageStep { percent: _, code, tell } = old;
                changes.turned(&at, ["代码", "code"], code, &new.code);
                let [old, new] = [tell, &new.tell].map(|tell| names.recipients(tell));
                changes.list(&at, ["告知", "told"], &old, &new);
            }
            (None, None) => {}
        }
    }
}

//! What people call the stages, lights, levels and steps of a case, and which light it shows.

use duban_actors::case::assignment::StepState;
use duban_actors::case::{Case, State, Timeliness, listing};
use duban_rules::book::ladder;
use duban_runtime::clock::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// Where a case can stand: the word of lists and what people call it.
pub const STAGES: [(&str, &str); 13] = [
    ("registered", "待立案"),
    ("validating", "核实中"),
    ("awaiting-dispatch", "待派遣"),
    ("dispatched", "待签收"),
    ("handling", "处置中"),
    ("returning", "退单审核"),
    ("disputing", "责任认定中"),
    ("deferred", "缓办中"),
    ("verifying", "核查中"),
    ("awaiting-closing", "待结案"),
    ("declined", "不予立案"),
    ("withdrawn", "已撤案"),
    ("closed", "已结案"),
];

/// Beside the stages stand lists of the cases of which a unit has applied for something, of those to be dispatched by a
/// call, and of those with which other units are to help.
const BESIDE: [(&str, &str); 3] = [
    (listing::APPLIED_NAME, "申请待审核"),
    (listing::CALLS_NAME, "待打电话"),
    (listing::HELP_NAME, "待协办"),
];

/// Stages in which somebody still has to do something: a deferred case waits for its day.
pub const OPEN: [&str; 9] = [
    "registered",
    "validating",
    "awaiting-dispatch",
    "dispatched",
    "handling",
    "returning",
    "disputing",
    "verifying",
    "awaiting-closing",
];

/// The stage of this word, as the command line gives it.
///
/// # Errors
/// In words: which stages there are.
pub fn stage(word: &str) -> Result<&'static str, String> {
    let known = STAGES.iter().filter(|(name, _)| *name != "closed").chain(&BESIDE);
    let found = known.clone().find(|(name, chinese)| *name == word || *chinese == word);
    found.map(|(name, _)| *name).ok_or_else(|| {
        let known = known.map(|(name, chinese)| format!("{name}({chinese})"));
        format!("可用:{}", known.collect::<Vec<_>>().join(" "))
    })
}

/// Whether a case stands in the list of that word.
pub fn stands_at(case: &Case, stage: &str) -> bool {
    if stage == listing::APPLIED_NAME {
        case.state.pending().is_some()
    } else if stage == listing::CALLS_NAME {
        case.state.call().is_some()
    } else if stage == listing::HELP_NAME {
        case.state.filing().is_some_and(|filing| filing.help_asked().next().is_some())
    } else {
        case.state.name() == stage
    }
}

/// What people call a stage.
pub fn stage_word(name: &str) -> &str {
    STAGES
        .iter()
        .chain(&BESIDE)
        .find(|(word, _)| *word == name)
        .map_or(name, |(_, chinese)| chinese)
}

/// The light of a case at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Light {
    /// Done with.
    Off,
    /// Time enough.
    Green,
    /// Nearly used up.
    Yellow,
    /// Overdue.
    Red,
}

impl Light {
    /// The light of many cases: of the most pressing one.
    pub fn of_counts(soon: u64, overdue: u64) -> Light {
        match (overdue, soon) {
            (0, 0) => Light::Green,
            (0, _) => Light::Yellow,
            (_, _) => Light::Red,
        }
    }

    /// The word of programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Light::Off => "off",
            Light::Green => "green",
            Light::Yellow => "yellow",
            Light::Red => "red",
        }
    }

    /// The word of people.
    pub fn chinese(self) -> &'static str {
        match self {
            Light::Off => "—",
            Light::Green => "绿",
            Light::Yellow => "黄",
            Light::Red => "红",
        }
    }
}

/// The light of `case` at `now`: by its due instant and the steps of its ladder, as far as its clock has run.
pub fn light(case: &Case, stage_due: Option<Timestamp>, now: Timestamp) -> Light {
    let life = &case.state;
    if matches!(
        life,
        State::Closed(_) | State::Declined(_) | State::Withdrawn(_) | State::Unreported
    ) {
        return Light::Off;
    }
    let Some((filing, assignment)) = life.filing().zip(life.assignment()) else {
        return if stage_due.is_some_and(|due| now > due) { Light::Red } else { Light::Green };
    };
    if life.is_overdue(now) {
        return Light::Red;
    }
    // A clock that stands still shows what it showed when it stopped.
    let now = life.ran_until(now);
    let marks = filing.ladder.steps().iter().zip(&assignment.marks);
    let reached = marks.filter(|(_, mark)| mark.standing != StepState::Lapsed && mark.due <= now);
    let lights = reached.map(|(step, _)| match step.light {
        ladder::Light::Green => Light::Green,
        ladder::Light::Yellow => Light::Yellow,
        ladder::Light::Red => Light::Red,
    });
    lights.max().unwrap_or(Light::Green)
}

/// What people call a verdict.
pub fn timeliness_word(timeliness: Timeliness) -> &'static str {
    match timeliness {
        Timeliness::OnTime => "按期",
        Timeliness::Late => "超期",
        Timeliness::Unjudged => "无时限",
    }
}

/// What people call a supervision level.
pub fn level_word(level: u8) -> &'static str {
    match level {
        0 => "—",
        1 => "一级",
        2 => "二级",
        _ => "三级",
    }
}

/// What people call a step: the shipped ladders' names in words, a percentage as one, others as the rules name them.
pub fn step_word(code: &str) -> String {
    let known = match code {
        "unread" => "催收",
        "warning" => "预警",
        "level-1" => "一级督办",
        "level-2" => "二级督办",
        "level-3" => "三级督办",
        "review" => "复核日",
        _ if code.starts_with("review-") => return code.replace("review-", "复核前") + "天",
        _ if code.starts_with("review+") => return code.replace("review+", "复核日后第") + "天",
        _ if code.parse::<u32>().is_ok() => return format!("{code}%"),
        other => other,
    };
    known.to_owned()
}

/// When the stage at which a case stands ought to be over.
pub fn stage_due(case: &Case) -> Option<Timestamp> {
    duban_actors::case::explain::stage(&case.state).map(|stage| stage.due)
}

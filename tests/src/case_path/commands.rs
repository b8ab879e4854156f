//! Commands as they are usually asked of a case.

use chrono::NaiveDate;
use compact_str::CompactString;
use duban_actors::case::application::{Begun, Wish};
use duban_actors::case::calls::Outcome as CallOutcome;
use duban_actors::case::command::{
    Checklist, Determination, Finding, Ground, NewReport, Opinion, Outcome, Resumption, Ruling,
    Seen,
};
use duban_actors::case::{CaseId, Channel, Command, ReplyWish, Reporter, canary};
use duban_actors::tells::{Resolution, meeting_of};
use duban_rules::vocabulary::{ConditionCode, UnitId};

use super::{MONDAY_9AM, collector, hours, place};

/// A report by a collector: photo, place.
pub fn report() -> Command {
    Command::Register(Box::new(NewReport {
        channel: Channel::Handset,
        source: "test".into(),
        external_id: "1".into(),
        text: "井盖松动异响".into(),
        address: "武垣街与富强路口".into(),
        place: Some(place()),
        reporter: Some(Reporter {
            name: "".into(),
            phone: "sealed:1".into(),
            reply: ReplyWish::Wanted,
        }),
        photos: vec!["blob-1".into()],
        collector: Some(collector()),
        urgent: None,
        clock_ahead_s: None,
    }))
}

/// The same by another way.
pub fn report_by(channel: Channel) -> Command {
    let Command::Register(mut report) = report() else { return report() };
    report.channel = channel;
    Command::Register(report)
}

/// The same, called urgent by whoever registers it.
pub fn report_urgent(why: &str) -> Command {
    let Command::Register(mut report) = report() else { return report() };
    report.urgent = Some(why.to_owned());
    Command::Register(report)
}

/// Filing under a condition, its checklist confirmed.
pub fn file(condition: &str) -> Command {
    let condition = ConditionCode::new(condition);
    Command::File { condition, checklist: Checklist::Confirmed, place: None, reason: None }
}

/// Dispatch to a unit in its usual way.
pub fn dispatch(unit: &str) -> Command {
    Command::Dispatch { unit: UnitId::new(unit), method: None, reason: None }
}

/// A unit's wish to give it back on a ground, with the signed form.
pub fn give_back(ground: Ground) -> Command {
    Command::Return { reason: "不是我单位".into(), ground, form: Some("blob-4".into()) }
}

/// A unit's wish to have it found whose it is, with the signed form.
pub fn dispute(ground: Ground) -> Command {
    let (reason, proposes) = ("属供电杆".into(), Some(UnitId::new("DL")));
    Command::Dispute { ground, reason, proposes, form: Some("blob-4".into()) }
}

/// A meeting on Tuesday at nine with the power company.
pub fn call_meeting() -> Command {
    let units = vec![UnitId::new("DL")];
    Command::CallSiteMeeting { at: MONDAY_9AM + hours(24), place: None, units }
}

/// The water bureau's, with the help of the power company.
pub fn joint() -> Determination {
    Determination::Joint { lead: UnitId::new("SW"), helpers: vec![UnitId::new("DL")] }
}

/// To the committee, which the gardens' bureau concerns, too.
pub fn refer() -> Command {
    Command::Refer { units: vec![UnitId::new("YL")], reason: "涉及多个单位".into() }
}

/// What the committee decided of the first dispute of the first case.
pub fn resolved(finding: Determination) -> Command {
    Command::Resolved(Resolution {
        meeting: first_meeting(),
        finding,
        reason: "会议研究决定".into(),
        chair: "米示例".into(),
        by: "zhuren".into(),
    })
}

/// The number of the meeting to which that is put.
pub fn first_meeting() -> CompactString {
    meeting_of(CaseId::from_intake("test", "1").as_str(), 1)
}

/// What was found.
pub fn determine(finding: Determination) -> Command {
    Command::Determine { finding, reason: "现场确认".into() }
}

/// A unit's wish for so much more time, in working days, with the form that its head has signed.
pub fn extension(days: &str) -> Command {
    let by = format!("{days}工作日").parse();
    let by = by.unwrap_or_else(|_| unreachable!("{days} is no number"));
    Command::Apply {
        wish: Wish::Extension(by),
        reason: "配件未到".into(),
        form: Some("blob-4".into()),
        signer: "贺示例".into(),
        begun: Begun { n: 20, as_of: MONDAY_9AM },
    }
}

/// A unit's word that a case is not as reported, with the form that its head has signed.
pub fn mismatch() -> Command {
    Command::Apply {
        wish: Wish::Mismatch,
        reason: "现场没有破损".into(),
        form: Some("blob-4".into()),
        signer: "贺示例".into(),
        begun: Begun { n: 20, as_of: MONDAY_9AM },
    }
}

/// A unit's wish that a case wait until that day of 2026, with the form that its head has signed.
pub fn deferral(month: u32, day: u32) -> Command {
    Command::Apply {
        wish: Wish::Deferral(NaiveDate::from_ymd_opt(2026, month, day).unwrap_or_default()),
        reason: "冬季不能施工".into(),
        form: Some("blob-4".into()),
        signer: "贺示例".into(),
        begun: Begun { n: 20, as_of: MONDAY_9AM },
    }
}

/// The county leader's word, in person.
pub fn consent(ruling: Ruling) -> Command {
    Command::Consent { ruling, reason: "请按期复核".into(), signed: None }
}

/// What was deferred goes on.
pub fn resume(how: Resumption) -> Command {
    Command::Resume { how, reason: "已具备施工条件".into() }
}

/// What became of it.
pub fn ruling(ruling: Ruling) -> Command {
    Command::DecideApplication { ruling, reason: "情况属实".into() }
}

/// What the desk thinks of it.
pub fn opinion(opinion: Opinion) -> Command {
    Command::GiveOpinion { opinion, reason: "查看权属资料".into() }
}

/// A feedback with a photo.
pub fn feedback() -> Command {
    Command::GiveFeedback {
        result: "已更换井盖".into(),
        photos: vec!["blob-2".into()],
        finished: None,
    }
}

/// A look on the spot with a photo.
pub fn seen() -> Seen {
    Seen { photo: Some("blob-3".into()), place: Some(place()), note: "现场".into(), waiver: None }
}

/// What the look came to.
pub fn verify(outcome: Outcome) -> Command {
    Command::Verify { outcome, seen: seen() }
}

/// Whether it is as reported.
pub fn validation(finding: Finding) -> Command {
    Command::GiveValidation { finding, seen: seen() }
}

/// The instants are calculated anew, because a calendar was published.
pub fn recalculate() -> Command {
    Command::Recalculate { reason: "国务院办公厅公布放假安排".into() }
}

/// The report of a daily self-test.
pub fn canary_report() -> Command {
    Command::Register(Box::new(NewReport {
        channel: Channel::Canary,
        source: canary::SOURCE.into(),
        external_id: "2026-03-02".into(),
        text: "每日自检".into(),
        address: String::new(),
        place: None,
        reporter: None,
        photos: Vec::new(),
        collector: None,
        urgent: None,
        clock_ahead_s: None,
    }))
}

/// What became of a call.
pub fn call(outcome: CallOutcome) -> Command {
    let person = (outcome == CallOutcome::Answered).then(|| "贺示例".into());
    Command::Call { number: "0317-5550015".into(), person, outcome }
}

//! Refusals of cases: how they are told.

use crate::http::api::{NO, NOT_NOW, NOT_SO, Told, told};

/// Every refusal of a case.
pub(super) const WORDS: &[Told] = &[
    told("out-of-order", NOT_NOW, "此环节不能这样办理", "案件现处于 {stands}"),
    told("other-unit", NO, "案件不在本单位", "案件现在 {unit}(办法第十六条)"),
    told("already-registered", NOT_NOW, "已登记过", "同一来源的同一编号已有案件(办法第十四条)"),
    told("report-empty", NOT_SO, "上报没有内容", "须写明反映的问题(办法第十四条)")
        .beside(&["text"]),
    told("report-incomplete", NOT_SO, "上报不完整", "采集员上报须有照片和位置(办法第十三条)"),
    told(
        "only-by-handset",
        NOT_SO,
        "采集员用城管通上报",
        "渠道为城管通(handset),并附照片和位置;代收的来电、来访由监督中心登记(办法第十三条)",
    ).beside(&["channel"]),
    told(
        "handset-not-yours",
        NOT_SO,
        "不是城管通上报",
        "城管通只由采集员以采集员身份使用;其他上报写实际来源的渠道(hotline, visit, leadership),如 12319 热线、来访举报、领导指派(办法第十三条)",
    ).beside(&["channel"]),
    told("not-validated", NOT_NOW, "尚未核实", "须先派员核实,或写明可免核实的理由(办法第十四条)")
        .beside(&["reason"]),
    told("refuted", NOT_NOW, "核实不属实", "核实结果为不属实,不能立案(办法第十四条)"),
    told(
        "unknown-condition",
        NOT_SO,
        "没有这个立案条件",
        "现行手册中没有 {condition}(办法第十一条)",
    )
    .beside(&["condition"]),
    told(
        "checklist-unconfirmed",
        NOT_SO,
        "立案条件未逐条核对",
        "须确认(checklist: confirmed)已逐条核对立案条件(办法第十四条)",
    )
    .beside(&["checked"]),
    told("no-cell", NOT_SO, "位置不明", "位置不在任何单元网格内,请写明位置(办法第十条)")
        .beside(&["place"]),
    told("unknown-unit", NOT_SO, "没有这个单位", "没有单位 {unit}(办法第六条)")
        .beside(&["unit", "proposes", "helper", "named"]),
    told("unit-inactive", NOT_NOW, "单位已停用", "{unit} 不接收案件(办法第十五条)")
        .beside(&["unit", "proposes"]),
    told("unit-unreachable", NOT_NOW, "单位联系不上", "{unit} 没有可联系的人(办法第七、九条)")
        .beside(&["unit"]),
    told(
        "unit-incomplete",
        NOT_NOW,
        "单位职责不全",
        "{unit} 尚缺 {missing},补齐前不接收新案件(办法第七条)",
    )
    .beside(&["unit"]),
    told(
        "not-a-candidate",
        NOT_SO,
        "不是手册规定的单位",
        "手册规定的是 {candidates};派给其他单位须写明理由",
    )
    .beside(&["reason"]),
    told("no-call-to-make", NOT_NOW, "没有待打的电话", "先派遣给电话单位;已打通或改派的不再登记"),
    told("number-missing", NOT_SO, "缺少电话号码", "拨打的号码(number)须写明(办法第七条)")
        .beside(&["number"]),
    told("answerer-missing", NOT_SO, "缺少接听人", "打通的电话,接听人(person)须写明(办法第七条)")
        .beside(&["person"]),
    told("result-missing", NOT_SO, "缺少处置结果", "反馈须写明结果(办法第十六条)")
        .beside(&["result"]),
    told(
        "photo-missing",
        NOT_SO,
        "缺少照片",
        "反馈须附处置后的照片,现场核实、核查和复核须附现场照片(办法第十六、十七条)",
    )
    .beside(&["photo"]),
    told("already-reported", NOT_NOW, "已报告过", "到场或开始处置已经记录(办法第二十五条)"),
    told(
        "too-late-to-return",
        NOT_NOW,
        "退单已逾期",
        "须在 {until} 前退单;逾期须经值班长同意,由值班长代录(办法第十九条)",
    ),
    told(
        "returned-on-this-ground",
        NOT_NOW,
        "以同一事由退过",
        "同一事由只能退一次,有异议的申请责任认定",
    )
    .beside(&["ground"]),
    told("form-missing", NOT_SO, "缺少签章单", "申请(form)须附上,并由单位领导签章(办法第二十一条)")
        .beside(&["form"]),
    told("no-form-awaited", NOT_NOW, "没有待补的签章单", "该单位的退单和申请都已附签章单,或不需要"),
    told(
        "not-the-first-receiver",
        NOT_NOW,
        "不是首个接收单位",
        "只有首个接收单位可以申请责任认定(办法第十九条)",
    ),
    told(
        "after-feedback",
        NOT_NOW,
        "已经反馈",
        "反馈之后不能再申请责任认定、案情不符、延期和缓办(办法第十九、二十一、二十七条)",
    ),
    told(
        "too-late-to-dispute",
        NOT_NOW,
        "申请已逾期",
        "须在 {until} 前申请;逾期须经值班长同意,由值班长代录(办法第十九条)",
    ),
    told("ground-determined", NOT_NOW, "同一事由已认定", "同一事由只认定一次(办法第十九条)")
        .beside(&["ground"]),
    told("bound", NOT_NOW, "责任已认定", "认定后不再退单、撤回和申请认定(办法第十九条)"),
    told("helpers", NOT_SO, "协办单位不合适", "协办单位 1 至 {most} 个,不重复,不含主办单位")
        .beside(&["helper"]),
    told(
        "help-awaited",
        NOT_NOW,
        "协办尚未完成",
        "等 {units} 完成协办,或写明理由不再等待(waive-help)后反馈(办法第十九条)",
    ),
    told("no-help-asked", NOT_NOW, "没有待完成的协办", "没有请该单位协办,或协办已完成"),
    told(
        "before-committee",
        NOT_NOW,
        "已提请城管委决定",
        "由城管委会议 {meeting} 决定,其他人不再认定(办法第十九条)",
    ),
    told(
        "committee-called-off",
        NOT_NOW,
        "城管委会议已取消",
        "由值班长或中心主任认定;同一申请只提请一次(办法第十九条)",
    ),
    told(
        "already-with-unit",
        NOT_SO,
        "案件就在该单位",
        "案件现在就在 {unit},请写其他单位(办法第十九条)",
    )
    .beside(&["unit", "proposes"]),
    told(
        "meeting-at",
        NOT_SO,
        "时间不合适",
        "现场会须在 {from} 后、{until} 前召开(stages.toml: meeting_notice, meeting_within)",
    )
    .beside(&["at"]),
    told(
        "meeting-units",
        NOT_SO,
        "单位不合适",
        "写明申请单位以外的有关单位,连申请单位最多 {most} 个",
    )
    .beside(&["unit"]),
    told(
        "site-meeting-unchanged",
        NOT_NOW,
        "现场会没有变动",
        "时间、地点和单位都没有变动,不必再次召集",
    ),
    told("no-meeting-called", NOT_NOW, "没有待记录的现场会", "先召集现场会;已记录的不再记录"),
    told("meeting-ahead", NOT_NOW, "现场会尚未召开", "定于 {at};提前召开的先改期"),
    told("not-called", NOT_SO, "未通知到场", "{unit} 不在通知的单位之内").beside(&["present"]),
    told(
        "application-pending",
        NOT_NOW,
        "有申请待审核",
        "一次只能申请一件,审核或撤回之后才能再申请和结案;案情不符、缓办的申请须先撤回,才能退单和申请责任认定(办法第二十一条)",
    ),
    told(
        "nothing-applied",
        NOT_NOW,
        "没有待审核的申请",
        "该单位没有提出延期或责任认定申请,或已审核、已认定、已撤回",
    ),
    told("after-due", NOT_NOW, "已过截止时间", "延期须在截止时间 {due} 前申请(办法第二十七条)"),
    told(
        "extension-too-long",
        NOT_SO,
        "延长时间过长",
        "累计延长不能超过原规定时间的 1 倍,现在最多还可延长 {most}(办法第二十七条)",
    )
    .beside(&["extension"]),
    told(
        "other-unit-of-time",
        NOT_SO,
        "时间单位与处置时限不同",
        "延期须以处置时限的单位 {unit} 计(办法第二十七条)",
    )
    .beside(&["extension"]),
    told("quota-unanswered", NOT_NOW, "延期名额尚未登记", "单位的延期名额正在登记,请稍后再办"),
    told(
        "quota-used-up",
        NOT_NOW,
        "本月延期名额已满",
        "本月案件 {n} 件,可延期 {allowed} 件,已用 {used} 件;超出的由中心主任写明理由同意(办法第二十七条)",
    ),
    told(
        "not-the-head",
        NOT_SO,
        "签字人不是主要领导",
        "申请须由单位主要领导或代其职的人签字(办法第二十一条)",
    )
    .beside(&["signer"]),
    told("not-looked-again", NOT_NOW, "尚未复核", "先由采集员再到现场核实(办法第二十一条)"),
    told("it-is-so", NOT_NOW, "复核属实", "复核结果与上报一致,不能撤案(办法第二十一条)"),
    told(
        "review-date",
        NOT_SO,
        "复核日期不合规定",
        "复核日期最迟 {latest}(extension.toml: months),并须在今天之后(办法第二十七条)",
    )
    .beside(&["review-on"]),
    told("deferred-too-often", NOT_NOW, "缓办次数过多", "同一案件最多缓办 {most} 次"),
    told(
        "consent-awaited",
        NOT_NOW,
        "待主管县长签批",
        "中心主任已同意,由主管县长签批;单位可以撤回",
    ),
    told("no-consent-wanted", NOT_NOW, "没有待签批的缓办", "中心主任同意缓办之后,才由主管县长签批"),
    told(
        "consent-unsigned",
        NOT_SO,
        "缺少签批件",
        "代录须写明签批人、签批日期,并附签批件扫描(办法第二十七条)",
    ),
    told(
        "not-the-county-leader",
        NOT_SO,
        "签批人不是主管县长",
        "签批人须为规则(committee.toml)中的主管县长(办法第二十七条)",
    )
    .beside(&["leader"]),
    told("consent-date", NOT_SO, "签批日期不对", "签批日期在申请之日({from})以后、今天以前")
        .beside(&["signed-on"]),
    told(
        "limit-unfit",
        NOT_SO,
        "时限不合规定",
        "另定的时限须大于零,并与原时限同为工作时间或同为紧急时间,不能是 {limit}",
    )
    .beside(&["limit"]),
    told(
        "only-the-head",
        NO,
        "须由中心主任同意",
        "紧急案件的延期,以及缓办,由中心主任同意(办法第二十七条)",
    ),
    told("slip-is-returned", NOT_SO, "派遣失误不必认定", "派遣失误请退单,由值班长确认")
        .beside(&["ground"]),
    told("opinion-missing", NOT_NOW, "尚无初审意见", "先由指挥中心初审,再由值班长或中心主任决定"),
    told("opinion-given", NOT_NOW, "已有初审意见", "初审意见只写一次,由值班长或中心主任决定"),
    told(
        "too-late-to-recall",
        NOT_NOW,
        "撤回已逾期",
        "须在 {until} 前撤回;此后由单位退单,事由写派遣失误",
    ),
    told("not-your-dispatch", NO, "不是本人派遣的", "只能撤回自己的派遣"),
    told("not-of-this-grid", NO, "不是本网格的任务", "现场任务由该网格的采集员办理(办法第十七条)"),
    told("too-far", NOT_SO, "拍摄位置过远", "距案件地点 {metres} 米,最多 {most} 米(办法第十七条)")
        .beside(&["seen-at"]),
    told("waiver-not-permitted", NO, "不能免除", "只有值班长可以免照片或异地核查(办法第十七条)")
        .beside(&["waiver"]),
    told("no-such-task", NOT_NOW, "没有这项现场任务", "任务已完成、已转交或不存在")
        .beside(&["task"]),
    told(
        "not-on-shift",
        NOT_NOW,
        "不在班",
        "值班长岗位已实行交接班,由在班的值班长结案;先接班(duban shift take-over duty-chief),或请中心主任准许(duban shift allow-closing duty-chief)",
    ),
    told("same-person", NOT_NOW, "派遣人不能结案", "派遣人本人结案的,理由(waiver)须写明(办法第十二条)")
        .beside(&["waiver"]),
    told(
        "waived-the-look",
        NOT_NOW,
        "免现场核查的人不能结案",
        "本人免现场核查的案件由本人结案的,理由(waiver)须写明(办法第十二条)",
    )
    .beside(&["waiver"]),
    told("order-not-by-hand", NOT_SO, "不能手工发出", "超期和返工督办单由时钟发出(办法第三条)")
        .beside(&["kind"]),
    told("too-many-orders", NOT_NOW, "督办单已满", "一个案件的督办单数已到上限"),
    told("no-such-order", NOT_NOW, "没有这份督办单", "督办单不存在,或已不等待答复")
        .beside(&["order"]),
    told("no-reporter", NOT_NOW, "没有上报人信息", "上报人没有留下信息,或已经删除(办法第十三条)"),
    told("nothing-moves", NOT_NOW, "没有变动", "按现行日历,时刻都没有变动"),
    told("ladder-unusable", NOT_SO, "阶梯不能用", "步骤过多,或同一步骤出现两次"),
];

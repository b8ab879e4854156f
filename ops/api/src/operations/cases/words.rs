//! Refusals of cases: how they are told.

use crate::http::api::{NO, NOT_NOW, NOT_SO, Told, told};

/// Every refusal of a case.
pub(super) const WORDS: &[Told] = &[
    told("out-of-order", NOT_NOW, "此环节不能这样办理", "案件现处于 {stands}"),
    told("other-unit", NO, "案件不在本单位", "案件现在 {unit}(办法第十六条)"),
    told("already-registered", NOT_NOW, "已登记过", "同一来源的同一编号已有案件(办法第十四条)"),
    told("report-empty", NOT_SO, "上报没有内容", "须写明反映的问题(办法第十四条)"),
    told("report-incomplete", NOT_SO, "上报不完整", "采集员上报须有照片和位置(办法第十三条)"),
    told("not-validated", NOT_NOW, "尚未核实", "须先派员核实,或写明可免核实的理由(办法第十四条)"),
    told("refuted", NOT_NOW, "核实不属实", "核实结果为不属实,不能立案(办法第十四条)"),
    told(
        "unknown-condition",
        NOT_SO,
        "没有这个立案条件",
        "现行手册中没有 {condition}(办法第十一条)",
    ),
    told(
        "checklist-unconfirmed",
        NOT_SO,
        "立案条件未逐条核对",
        "checklist 应为 confirmed(办法第十四条)",
    ),
    told("no-cell", NOT_SO, "位置不明", "位置不在任何单元网格内,请写明位置(办法第十条)"),
    told("unknown-unit", NOT_SO, "没有这个单位", "没有单位 {unit}(办法第六条)"),
    told("unit-inactive", NOT_NOW, "单位已停用", "{unit} 不接收案件(办法第十五条)"),
    told("unit-unreachable", NOT_NOW, "单位联系不上", "{unit} 没有可联系的人(办法第七、九条)"),
    told(
        "not-a-candidate",
        NOT_SO,
        "不是手册规定的单位",
        "手册规定的是 {candidates};派给其他单位须写明理由",
    ),
    told("result-missing", NOT_SO, "缺少处置结果", "反馈须写明结果(办法第十六条)"),
    told("photo-missing", NOT_SO, "缺少照片", "反馈须附处置后的照片(办法第十六条)"),
    told("already-reported", NOT_NOW, "已报告过", "到场或开始处置已经记录(办法第二十五条)"),
    told("not-of-this-grid", NO, "不是本网格的任务", "现场任务由该网格的采集员办理(办法第十七条)"),
    told("too-far", NOT_SO, "拍摄位置过远", "距案件地点 {metres} 米,最多 {most} 米(办法第十七条)"),
    told("waiver-not-permitted", NO, "不能免除", "只有值班长可以免照片或异地核查(办法第十七条)"),
    told("no-such-task", NOT_NOW, "没有这项现场任务", "任务已完成、已转交或不存在"),
    told("same-person", NOT_NOW, "派遣人不能结案", "派遣人本人结案须写明理由 waiver(办法第十二条)"),
    told("order-not-by-hand", NOT_SO, "不能手工发出", "超期和返工督办单由时钟发出(办法第三条)"),
    told("too-many-orders", NOT_NOW, "督办单已满", "一个案件的督办单数已到上限"),
    told("no-such-order", NOT_NOW, "没有这份督办单", "督办单不存在,或已不等待答复"),
    told("no-reporter", NOT_NOW, "没有上报人信息", "上报人没有留下信息,或已经删除(办法第十三条)"),
    told("nothing-moves", NOT_NOW, "没有变动", "按现行日历,时刻都没有变动"),
    told("ladder-unusable", NOT_SO, "阶梯不能用", "步骤过多,或同一步骤出现两次"),
];

//! The pages of the calendar's codes.

use crate::diagnostic::Page;

/// The pages of this file's codes.
pub(in crate::diagnostic) const PAGES: &[Page] = &[
    Page::new(
        "R0401",
        (
            "办公时段无法识别",
            "时段写成“08:30-12:00”:24 小时制,结束晚于开始,最晚到 24:00。跨夜的值班拆成两段。",
        ),
        (
            "a slot that cannot be read",
            "A slot is written `08:30-12:00`: 24-hour clock, ending after it starts, at the latest at 24:00. Split a night shift in two.",
        ),
    ),
    Page::new(
        "R0402",
        ("办公时段重叠", "同一天的时段按先后排列且互不重叠,否则同一分钟会计两次。"),
        (
            "slots that overlap",
            "The slots of a day stand in order and apart from each other, for otherwise a minute would count twice.",
        ),
    ),
    Page::new(
        "R0403",
        ("未知的星期", "weekend 列出每周不上班的日子,如 [\"周六\", \"周日\"]。"),
        (
            "unknown weekday",
            "`weekend` lists the days of the week that are not worked, such as [\"Sat\", \"Sun\"].",
        ),
    ),
    Page::new(
        "R0404",
        ("时差无法识别", "utc_offset 是当地时间与世界时的差,全国为 \"+08:00\"。"),
        (
            "an offset that cannot be read",
            "`utc_offset` is local time less universal time; \"+08:00\" in all of China.",
        ),
    ),
    Page::new(
        "R0405",
        ("季节日期无法识别", "季节的起止日期写“月-日”表示每年有效,写“年-月-日”表示只当年有效。"),
        (
            "a season's day that cannot be read",
            "A season starts and ends on a month and day of every year, or on full dates.",
        ),
    ),
    Page::new(
        "R0406",
        (
            "季节的起止日期不成对",
            "from 与 until 要么都是“月-日”(可以跨年,如 11-01 到 03-31),要么都是“年-月-日”且先后正确。",
        ),
        (
            "ends of a season that do not fit",
            "`from` and `until` are both month-day (spanning New Year if you like) or both full dates in order.",
        ),
    ),
    Page::new(
        "R0407",
        ("季节重叠", "每一天最多属于一个季节,否则不知道按哪一种作息。起止两端都包含在内。"),
        (
            "seasons that overlap",
            "A day belongs to one season at most, for otherwise nobody knows which hours hold. Both ends are included.",
        ),
    ),
    Page::new(
        "R0408",
        (
            "每日工时零碎",
            "一个工作日按当天时段的份额计,各种作息的每日工时须有公约的份额。以 15 分钟为单位的作息都可以。",
        ),
        (
            "working days of odd lengths",
            "A work_day is used up in shares of each day's slots, so the lengths of all working days need a common measure. Hours in steps of 15 minutes always have one.",
        ),
    ),
    Page::new(
        "R0409",
        ("日历没有工作日", "没有工作日,工作时限永远不会到期。"),
        ("an empty calendar", "Without a working day a working limit would never be used up."),
    ),
    Page::new(
        "R0410",
        ("日期超出范围", "日历可以规定 2010–2049 年的日子;范围之外只按周末和平时作息计。"),
        (
            "a date out of range",
            "The calendar can have rules for days of 2010–2049; outside, weekends and the ordinary hours hold.",
        ),
    ),
    Page::new(
        "R0411",
        ("停办日期颠倒", "停办从 from 到 until,两端都包含。"),
        (
            "a closure that ends before it starts",
            "A closure runs from `from` to `until`, both included.",
        ),
    ),
    Page::new(
        "R0412",
        ("停办日本来就休息", "停办的这一天是周末或节假日,这一项不起作用,可能日期写错。"),
        (
            "a closure on a day off",
            "The closed day is a weekend day or a holiday, so the entry does nothing; perhaps the date is wrong.",
        ),
    ),
    Page::new(
        "R0413",
        ("年份颠倒", "first_year 到 last_year 是应有放假安排的年份。"),
        (
            "years out of order",
            "From `first_year` to `last_year` the holidays are expected to be known.",
        ),
    ),
    Page::new(
        "R0414",
        (
            "放假安排未公布或不全",
            "holidays.csv 中没有这一年的通知,或者只录了一部分:七个法定节日(元旦、春节、清明节、劳动节、端午节、中秋节、国庆节)缺了哪一个,或者没有一行写明 notice_url。没有录的节日只能按周末和平日计时,所以涉及这一年的时限都标为“暂定”;录全后用 `duban rules recalculate` 重算。几个节日连在一起放假的,名称写在一起,如“中秋节、国庆节”。notice_url 写通知的网址,没有网址的写文号。",
        ),
        (
            "a year without its holidays, or with part of them",
            "holidays.csv has no notice of this year, or part of one: one of the seven statutory festivals is missing, or no row names the notice under notice_url. What is not there counts as any other day, so limits that touch the year are marked provisional; complete it and run `duban rules recalculate`. Festivals that are taken together share a name, such as 中秋节、国庆节. Under notice_url stands the notice's address, or its number if it has none.",
        ),
    ),
    Page::new(
        "R0415",
        (
            "节假日表缺列",
            "holidays.csv 的第一行是列名:date(日期)、kind(off 放假 / work 上班)、name(节日)、notice_year(通知所属年份)、notice_url(通知的网址或文号)。前四列必须有,其余列不读。",
        ),
        (
            "a column of holidays is missing",
            "The first line of holidays.csv names the columns: date, kind (off or work), name, notice_year, notice_url (address or number of the notice). The first four must be there; others are not read.",
        ),
    ),
    Page::new(
        "R0416",
        ("节假日行不完整", "每行都要有日期、种类、名称和通知年份。"),
        (
            "a holiday without all its fields",
            "Every row has a date, a kind, a name and the year of its notice.",
        ),
    ),
    Page::new(
        "R0417",
        ("节假日日期无法识别", "日期写成 2026-02-15 或 2026/2/15,且必须真实存在。"),
        (
            "a holiday's date that cannot be read",
            "Dates are written 2026-02-15 or 2026/2/15 and must exist.",
        ),
    ),
    Page::new(
        "R0418",
        ("节假日种类未知", "kind 为 off(放假)或 work(调休上班)。"),
        ("unknown kind of day", "`kind` is off for a day off or work for a make-up workday."),
    ),
    Page::new(
        "R0419",
        (
            "通知年份无法识别",
            "notice_year 是放假通知所属的年份。一年的七个法定节日都有了,这一年才算已公布。",
        ),
        (
            "a notice's year that cannot be read",
            "`notice_year` is the year a notice is for. With all seven statutory festivals that year counts as published.",
        ),
    ),
    Page::new(
        "R0420",
        ("节假日重复", "同一天只能写一行,否则不知道是放假还是上班。"),
        (
            "a day that appears twice",
            "A day has one row, for otherwise nobody knows whether it is worked.",
        ),
    ),
    Page::new(
        "R0421",
        ("调休日本来就上班", "调休上班的日子应是周末;这一天本来就上班,可能日期写错。"),
        (
            "a make-up day that is worked anyway",
            "Make-up workdays are weekend days; this one is worked anyway, so perhaps the date is wrong.",
        ),
    ),
    Page::new(
        "R0422",
        (
            "季节、停办或另定时段的日子过多",
            "日历最多 64 个季节、1000 次停办、366 个另定时段的日子,星期几的时段最多 7 项,其余不读。连续停办写成一项,用 until 表示最后一天。",
        ),
        (
            "too many seasons, closures or days",
            "A calendar has at most 64 seasons, 1,000 closures, 366 days with hours of their own and 7 entries of weekdays; the rest is not read. Consecutive days are one closure with an `until`.",
        ),
    ),
    Page::new(
        "R0423",
        (
            "通知年份与日期不符",
            "notice_year 是放假通知所属的年份:通知管当年的日子,连同元旦前后上一年或下一年的几天。差得更远,多半是年份写错,或者在表格里拖动填充时逐行加了一;这一行的放假照计,但不算哪一年的通知。",
        ),
        (
            "a notice of another year",
            "`notice_year` is the year a notice is for: it rules days of that year and a few around New Year. A year farther off is most likely misspelt, or was counted up by dragging in a spreadsheet; the row's day off counts, but for no year's notice.",
        ),
    ),
    Page::new(
        "R0424",
        (
            "没有写周末",
            "weekend 列出每周不上班的日子。漏写时一周七天都算工作日,所有工作时限都会提前,所以必须写;确实天天上班的,写 weekend = []。",
        ),
        (
            "no weekend",
            "`weekend` lists the days that are not worked. Without it all seven would be, and every working limit would end early, so it must be there; where every day is worked, weekend = [].",
        ),
    ),
    Page::new(
        "R0425",
        (
            "周末里有平日",
            "weekend 写的是不上班的日子。其中有周一到周五的某一天,多半是写错,或者写成了上班的日子。确实如此可以不改。",
        ),
        (
            "a weekday in the weekend",
            "`weekend` lists the days that are not worked. One of Monday to Friday among them is most likely a slip, or the days worked were listed. If it is meant, leave it.",
        ),
    ),
    Page::new(
        "R0426",
        ("星期重复", "weekend 中每一天只写一次;每个星期几的时段也只写一次,否则不知道按哪一个。"),
        (
            "a weekday that appears twice",
            "Each day stands once in `weekend`, and each weekday has one entry of hours, for otherwise nobody knows which holds.",
        ),
    ),
    Page::new(
        "R0427",
        (
            "为周末写时段",
            "[[weekday]] 只定时段,不定上不上班。weekend 里的日子只有调休上班时才用得到这些时段。每周都上班的,从 weekend 中删去;只为某一个调休日,用 [[day]]。",
        ),
        (
            "hours for a day of the weekend",
            "[[weekday]] gives hours, not whether a day is worked. Hours of a weekend day hold on make-up days alone. If it is worked every week, take it out of `weekend`; for one make-up day use [[day]].",
        ),
    ),
    Page::new(
        "R0428",
        (
            "一天的时段太长或太短",
            "一天的办公时段合计超过 12 小时或不到 2 小时,多半是时刻写错,如下午写成 2:00。一个“工作日”等于当天全部时段,时限会随之变化。确实如此,在 slots 下面写明合计的小时数,如 hours = 24;写明的数与时段不符时会提醒。",
        ),
        (
            "a working day that is very long or short",
            "Slots of more than 12 hours or less than 2 in all are most likely a slip, such as 2:00 for two in the afternoon. A work_day is all slots of its day, so limits move with them. If it is meant, write the hours of the day below the slots, such as hours = 24; a number that does not fit the slots is told.",
        ),
    ),
    Page::new(
        "R0429",
        (
            "停办太久",
            "一次停办使十个以上工作日不计时,所有时限都会顺延,多半是年份写错。确实如此,在这一项里写明有几个工作日不计时,如 workdays = 21;写明的数与日期不符时会提醒。",
        ),
        (
            "a very long closure",
            "A closure takes away more than ten working days and moves every limit; most likely a year is wrong. If it is meant, write in the entry how many working days it takes away, such as workdays = 21; a number that does not fit the days is told.",
        ),
    ),
    Page::new(
        "R0430",
        (
            "季节太长",
            "一个季节超过八个月,多半是起止日期颠倒(从 09-30 到 06-01 会跨年)或年份写错。确实如此,把长的那一段写成平时的 slots,短的写成季节。",
        ),
        (
            "a very long season",
            "A season of more than eight months most likely has its ends swapped (09-30 to 06-01 spans New Year) or a wrong year. If it is meant, make the longer part of the year the ordinary slots and the shorter one the season.",
        ),
    ),
    Page::new(
        "R0431",
        (
            "为休息日写时段",
            "[[day]] 只定某一天的时段,不定上不上班。周末、放假和停办的日子不上班,时段不起作用。要上班的,先在 holidays.csv 写一行 work。",
        ),
        (
            "hours for a day off",
            "[[day]] gives the hours of one day, not whether it is worked. Weekends, holidays and closures are not, so the hours do nothing. If the day is worked, give it a row with `work` in holidays.csv.",
        ),
    ),
    Page::new(
        "R0432",
        ("同一天的时段重复", "一天的时段只写一处 [[day]],否则不知道按哪一个。"),
        (
            "a day with hours twice",
            "A day has one [[day]], for otherwise nobody knows which hours hold.",
        ),
    ),
    Page::new(
        "R0433",
        (
            "季节里没有这几天的时段",
            "平时为某个星期几另写了时段([[weekday]]),季节里却没有([[season.weekday]])。季节期间只按季节自己的时段,这几天与当季其他日子一样。把要用的时段写进季节,即使与当季其他日子相同,也就没有疑问了。",
        ),
        (
            "a season without hours for these weekdays",
            "Some weekdays have hours of their own ([[weekday]]), but not in this season ([[season.weekday]]). Within a season its own hours alone hold, so these days are like its others. Write into the season what is to hold, also if it is the same.",
        ),
    ),
    Page::new(
        "R0434",
        (
            "节日没有名称",
            "每一行都写节日名称(name)。时限明细用它说明为什么不计这一天,没有名称就说不清;也不知道是不是七个法定节日之一。",
        ),
        (
            "a holiday without a name",
            "Every row names its holiday. Accounts give the name as the reason why a day does not count, and it tells the seven statutory festivals apart.",
        ),
    ),
    Page::new(
        "R0435",
        (
            "假期太长",
            "holidays.csv 里连着放假的日子超过 12 天。历年最长的是 2020 年春节的 10 天;更长的多半是在表格里拖动填充时多填了几行。",
        ),
        (
            "a very long break",
            "More than 12 days off on end in holidays.csv. The longest break there was had 10 days (Spring Festival of 2020); a longer one is most likely filled in by dragging.",
        ),
    ),
    Page::new(
        "R0436",
        (
            "不是北京时间",
            "utc_offset 是当地时间与世界时的差,全国统一为 +08:00。写成别的(如漏写符号、写成 -08:00),办公时段、时限和显示的时刻都会错开几小时。确在境外可以不改。",
        ),
        (
            "not Beijing time",
            "`utc_offset` is local time less universal time, +08:00 in all of China. Anything else, such as -08:00, moves office hours, limits and every instant shown by hours. Elsewhere, leave it.",
        ),
    ),
];

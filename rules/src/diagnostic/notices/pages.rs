//! The pages of the notices' codes.

use crate::diagnostic::Page;

/// One page per code.
pub(in crate::diagnostic) const PAGES: &[Page] = &[
    Page::new(
        "R0701",
        (
            "缺少通知模板",
            "程序在派遣、催收、督办、返工、结案和每日简报时各用一个固定名称的模板,缺一个就有一种通知发不出去。",
        ),
        (
            "a template is missing",
            "The program uses templates of fixed names for dispatch, reminders, escalation, rework, closing and briefs; without one of them a kind of notice cannot be sent.",
        ),
    ),
    Page::new(
        "R0702",
        (
            "模板语法错误",
            "变量写在 {{ }} 中,条件和循环写在 {% %} 中并要结束。行号从模板第一行算起。",
        ),
        (
            "a template that is wrong",
            "Variables stand in {{ }}, conditions and loops in {% %} and are ended. Lines are counted from the template's first.",
        ),
    ),
    Page::new(
        "R0703",
        (
            "使用了未列出的变量",
            "每个模板用 variables 列出可以使用的变量,写错的变量名会在检查时发现,而不是在通知中留下空白。",
        ),
        (
            "an undeclared variable",
            "Each template lists the variables it may use, so that a misspelt one is found here and not as a gap in a notice.",
        ),
    ),
    Page::new(
        "R0704",
        ("程序不提供的变量", "variables 只能列出程序提供的变量,帮助中列出全部名称。"),
        (
            "a variable never given",
            "`variables` may list what the program gives; the help names all of it.",
        ),
    ),
    Page::new(
        "R0705",
        ("未知的发送途径", "目前有电子邮件(email)和短信(sms)。"),
        ("unknown channel", "There are e-mail (`email`) and SMS (`sms`)."),
    ),
    Page::new(
        "R0706",
        ("没有发送途径", "没有途径的通知谁也收不到。"),
        ("no channel", "A notice without a channel reaches nobody."),
    ),
    Page::new(
        "R0707",
        (
            "发送时间无法识别",
            "发送时间用 cron 表示,六段依次为秒、分、时、日、月、星期,按本地时间。星期写名称(周一至周五 或 Mon-Fri);不分节假日。",
        ),
        (
            "a schedule that cannot be read",
            "A schedule is a cron expression of six fields: second, minute, hour, day, month, weekday, in local time. Weekdays are names (Mon-Fri); it knows no holidays.",
        ),
    ),
    Page::new(
        "R0708",
        (
            "不存在的过滤器、判断或函数",
            "模板可以使用 minijinja 自带的过滤器(如 default、length、upper、replace、join)、判断(如 defined、none)和函数(range)。名称写错或别的软件才有的名称(如 truncate、date)在发送时会出错,所以在这里拒绝。",
        ),
        (
            "a filter, test or function that does not exist",
            "Templates have the filters (default, length, upper, replace, join), tests (defined, none) and functions (range) that come with minijinja. A misspelt name, or one of another program (truncate, date), would fail at sending and is refused here.",
        ),
    ),
    Page::new(
        "R0709",
        ("读取别的模板", "每个模板自成一体:include、import、from、extends 没有可读取的内容。"),
        (
            "a template that reads another",
            "Each template stands alone: there is nothing to read by include, import, from or extends.",
        ),
    ),
    Page::new(
        "R0710",
        (
            "模板无法填写",
            "每个模板在生效之前用四组值试填:变量都有值、为空、没有值、很长。没有值的变量留空,但不能对它计算、取长度或逐项列出;文字不能当数字或列表用;循环和文字的长度有上限。",
        ),
        (
            "a template that cannot be filled in",
            "Each template is tried before it is in force: with every variable, with blank ones, with none, and with long ones. A variable without a value is left blank, but cannot be counted, measured or listed; a text is neither a number nor a list; loops and the length of the text have a bound.",
        ),
    ),
    Page::new(
        "R0711",
        (
            "用数字写星期",
            "有的程序以 1 为周一、0 为周日,本程序旧版以 1 为周日:`1-5` 曾是周日至周四。所以星期只写名称:周一至周五,周二、周四,Mon-Fri,Tue,Thu。旧版时已经生效的规则照旧发送,`duban status` 写明按旧读法是哪几天;改写后用 `duban rules apply` 使之生效。",
        ),
        (
            "weekdays by numbers",
            "To some programs 1 is Monday and 0 Sunday; to this one 1 was Sunday, so that `1-5` was Sunday to Thursday. Weekdays are therefore names: Mon-Fri, or Tue,Thu. Rules that came into force before go on as they were, and `duban status` says on which days; once the names are written, apply the rules.",
        ),
    ),
    Page::new(
        "R0712",
        (
            "发送时间的段数不对",
            "六段依次为秒、分、时、日、月、星期,用空格分开。别的程序常从“分”写起,只有五段;在这里前面要加一个 0。第七段(年)不能写:到期后简报会悄悄停发。",
        ),
        (
            "too few or too many fields",
            "There are six: second, minute, hour, day, month, weekday, with blanks between. Other programs begin with the minute and have five; put a 0 in front. A seventh, the year, is refused: briefs would end with it and nobody would notice.",
        ),
    ),
    Page::new(
        "R0713",
        (
            "永远不会到来的时间",
            "例如 2 月 31 日:规则能读,简报却一次也不会发。“日”和“星期”都写时,两者都符合的日子才发。",
        ),
        (
            "a time that never comes",
            "The 31st of February, say: it can be read, and no brief would ever go out. Where both day and weekday are given, a day must be both.",
        ),
    ),
    Page::new(
        "R0714",
        (
            "一分钟内发送不止一次",
            "第一段是秒。写 `*` 就是每秒一次,一小时 3600 次,每个收件人都会收到。每日简报的“秒”写 0。",
        ),
        (
            "more often than once a minute",
            "The first field is the second: `*` is each second, 3,600 times an hour, to everybody. A daily brief has 0 there.",
        ),
    ),
    Page::new(
        "R0715",
        (
            "一小时内发送不止一次",
            "第二段是分。写 `*` 就是每分钟一次:`0 * 8 * * *` 在八点到九点之间发 60 次。确需如此可以使用,多半是把“分”写漏了。",
        ),
        (
            "more often than once an hour",
            "The second field is the minute: `0 * 8 * * *` goes out 60 times between eight and nine. It may be meant; mostly a 0 is missing.",
        ),
    ),
    Page::new(
        "R0720",
        (
            "短信过长",
            "含汉字的短信每条 70 字,更长的分成几条、每条 67 字,逐条计费,有的手机和网关会截断。字数按示例内容填写后计算;地点、案由等较长的,实际条数更多。",
        ),
        (
            "a long SMS",
            "A message with Chinese characters holds 70; a longer text goes as several of 67 each, is paid for message by message, and may be cut on its way. It is counted with sample values; with long places it is more.",
        ),
    ),
    Page::new(
        "R0730",
        (
            "变量的写法不对",
            "变量写在两个半角花括号之间:{{ place }}。{place}、${place}、{ {place} }、全角的｛｛place｝｝、$place、【place】都填不进内容,会原样印在通知里。条件写 {% if x %}…{% endif %}。",
        ),
        (
            "a variable that is written wrong",
            "A variable stands between two ASCII braces on each side: {{ place }}. Nothing is filled in for {place}, ${place}, { {place} }, full-width braces, $place or [place]; they would be read as they stand. Conditions are {% if x %}…{% endif %}.",
        ),
    ),
    Page::new(
        "R0731",
        (
            "会印出 None 一类的字",
            "没有值的变量在通知里一律留空。但把整个列表印出来,或用 tojson、pprint 这类过滤器,会把“没有”印成 None、undefined、null,收件人看不懂。",
        ),
        (
            "a template that prints None",
            "A variable without a value is left blank in every notice. Only a list that is printed as a whole, or filters such as tojson and pprint, make None, undefined or null of it, which nobody understands.",
        ),
    ),
    Page::new(
        "R0732",
        (
            "用 none 比较或印出",
            "没有值的变量不等于 none,只是不在。问它有没有值,写 {% if x %} 或 {% if x is none %};没有值时另写文字,用 {{ x or \"无\" }}。",
        ),
        (
            "a comparison with none",
            "A variable without a value is not equal to none, it is not there. Ask by {% if x %} or {% if x is none %}; other words instead of it are {{ x or \"none\" }}.",
        ),
    ),
];

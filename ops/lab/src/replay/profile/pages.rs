//! The page of every code of a profile, for `duban rules explain`.

use duban_rules::diagnostic::Page;

/// Every page, in the order of codes.
pub const PAGES: &[Page] = &[
    Page::new(
        "P0001",
        (
            "回放配置无法读取",
            "`duban replay` 的配置是 TOML:键和值,列名写在 [columns] 中。缺少必写的键、键名写错、引号不成对都会这样。",
        ),
        (
            "a profile that cannot be read",
            "The profile of `duban replay` is TOML: keys and values, columns under [columns]. A key that is missing or \
             misspelt, or a quotation mark without its other half, ends like this.",
        ),
    ),
    Page::new(
        "P0002",
        (
            "没有这个时区",
            "文件中不带时差的时间按这个时区计。写 IANA 时区名,夏令时由它决定;缩写(如 EST)不行。",
        ),
        (
            "no such zone",
            "Times without an offset count as of this zone. Write a name of the IANA list, which knows of summer time; \
             an abbreviation such as EST does not.",
        ),
    ),
    Page::new(
        "P0003",
        (
            "时间格式丢掉时区",
            "照字面写的 Z、UTC、+00 和 %Z 读到了也不起作用:时间会按 zone 计,可能差好几个小时而看不出来。时差写 %z。",
        ),
        (
            "a time format that loses the zone",
            "A literal Z, UTC or +00, and %Z, are read and change nothing: times would count as of the zone, hours wrong \
             and without a word. Write %z for an offset.",
        ),
    ),
    Page::new(
        "P0004",
        (
            "时间格式读不出时刻",
            "按它写出一个时刻再读回来,得到的不是同一分钟:缺年、月、日、时、分中的一项,十二小时制缺 %p,或写法不存在。",
        ),
        (
            "a time format without an instant",
            "A time written by it and read again is not the same minute: a part of the date or the hour is missing, %p \
             beside hours up to twelve, or there is no such notation.",
        ),
    ),
    Page::new(
        "P0005",
        ("督办步骤次序不对", "ladder 是时限用去的百分比,由小到大各不相同,每一步比上一步更晚。"),
        (
            "steps out of order",
            "The ladder is percentages of the time allowed, each larger than the one before, for each step comes later.",
        ),
    ),
    Page::new(
        "P0006",
        (
            "两项写了同一列",
            "同一列不能有两个意思。例如时限和结案写成同一列,所有案件就都按期结案,看不出错误。",
        ),
        (
            "one column for two",
            "A column has one meaning. With target and closed in one column, say, every case would be closed in time, and \
             nothing would look wrong.",
        ),
    ),
    Page::new(
        "P0007",
        (
            "只写了一半",
            "经度和纬度要成对;[location] 要有坐标列才用得上;没有 unit 列时要写 unit_default。只写一半的内容会被悄悄丢下。",
        ),
        (
            "half of a pair",
            "Latitude and longitude go together; [location] needs their columns; without a column of units there is \
             unit_default. Half of it would be dropped without a word.",
        ),
    ),
    Page::new(
        "P0008",
        (
            "按期和超期分不清",
            "[published] 的两个词用来读文件中公布的结论。两个词相同或为空时,超期会当作按期。",
        ),
        (
            "in time and too late are the same",
            "The two words of [published] read the verdict that the file publishes. Where they are the same, or empty, \
             what is too late would pass for in time.",
        ),
    ),
    Page::new(
        "P0009",
        (
            "名称是空的",
            "name 是案件来源的名称,是案件号的一部分;unit_default 是没有单位的案件所归的单位。",
        ),
        (
            "an empty name",
            "The name is the source of the cases and part of their ids; unit_default is whose the cases without a unit are.",
        ),
    ),
    Page::new(
        "P0010",
        (
            "收件地址不对",
            "督办通知写给这个地址;{unit} 换成单位的名称。不是邮件地址时,一封也投不出去。",
        ),
        (
            "no address",
            "Notices go to this address, with the unit's name for {unit}. Where it is none, no letter leaves.",
        ),
    ),
];

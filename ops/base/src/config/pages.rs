//! The page of every code of the configuration, for `duban rules explain`.

use duban_rules::diagnostic::Page;

/// Every page, in the order of codes.
pub const PAGES: &[Page] = &[
    Page::new(
        "C0001",
        ("配置文件过大", "duban.toml 只有十几项,上限 1 MiB。超过的多半是 --config 指错了文件。"),
        (
            "the configuration is too large",
            "duban.toml has a dozen fields; 1 MiB is more than enough. Most often --config names a wrong file.",
        ),
    ),
    Page::new(
        "C0002",
        (
            "配置文件不是 UTF-8",
            "配置文件用 UTF-8 编码,带不带字节序标记(BOM)均可。在文本编辑器中另存为 UTF-8。",
        ),
        (
            "the configuration is not UTF-8",
            "The configuration is UTF-8, with or without a byte order mark. Save it so in a text editor.",
        ),
    ),
    Page::new(
        "C0003",
        (
            "TOML 格式错误",
            "配置由 `[表]` 和 `键 = 值` 组成,例如 `[store]` 下一行 `dir = \"data\"`。标点一律半角。",
        ),
        (
            "not TOML",
            "The configuration is made of `[table]` and `key = value`, such as `dir = \"data\"` under `[store]`.",
        ),
    ),
    Page::new(
        "C0004",
        ("键重复", "同一个表中一个键只能写一次,否则不知道哪一个有效。"),
        (
            "a key appears twice",
            "A key may appear once in a table, for otherwise nobody knows which one holds.",
        ),
    ),
    Page::new(
        "C0005",
        (
            "未知的键",
            "没有这一项配置,多半是拼写错误或写错了表。`duban config explain` 列出全部配置项。",
        ),
        (
            "unknown key",
            "There is no such field; most often it is misspelt or stands in a wrong table. `duban config explain` lists all.",
        ),
    ),
    Page::new(
        "C0006",
        ("值的类型不对", "目录、地址等文字加半角引号,数量是不加引号的整数。"),
        (
            "a value of the wrong type",
            "Directories and addresses are quoted texts; counts are whole numbers without quotation marks.",
        ),
    ),
    Page::new(
        "C0007",
        (
            "数值超出范围",
            "每个数量都有上下限,单位写在键名里(如 _mib)。范围见诊断和 `duban config explain`。",
        ),
        (
            "a number outside its bounds",
            "Every count has a least and a most; its unit is in the key (such as _mib). `duban config explain` tells them.",
        ),
    ),
    Page::new(
        "C0008",
        ("不认识的值", "这一项只能取列出的几个值之一。"),
        ("an unknown value", "This field takes one of the listed values."),
    ),
    Page::new(
        "C0009",
        ("内容为空", "这一项不能为空;删去整行即用默认值。"),
        ("a blank text", "This field must say something; remove the line to use the default."),
    ),
    Page::new(
        "C0010",
        (
            "配置项互相矛盾",
            "几项单独看都对,合在一起不能用:不加密却连接别的机器、有用户名却没有密码文件、选了短信中心却没有填写账号。按提示改其中一项。",
        ),
        (
            "fields that do not go together",
            "Each is right alone and together they cannot work: an unencrypted way to another machine, a user without \
             a file for the password, an SMS centre without an account. Change the one that the help names.",
        ),
    ),
    Page::new(
        "C0011",
        (
            "环境变量的值不可用",
            "每一项配置都可以由环境变量指定:`courier.smtp.host` 对应 DUBAN_COURIER_SMTP_HOST,其余类推。这个变量的值不是该项可用的值。",
        ),
        (
            "a variable without a usable value",
            "Each field can be set by a variable of the environment: DUBAN_COURIER_SMTP_HOST for `courier.smtp.host`, \
             and so on. The value of this one is none of its field's.",
        ),
    ),
    Page::new(
        "C0012",
        (
            "服务不能这样启动",
            "每一项写法都对,但服务不能这样工作:密码文件读不到或是空的、发件人不是邮件地址、网址不是网址、SMPP 账号过长、存储或规则目录不可用。`duban serve` 以同样的话拒绝启动。",
        ),
        (
            "a server does not start like this",
            "It is written well and cannot work: a secret that cannot be read or is empty, a sender that is no address, \
             a URL that is none, an account too long for SMPP, a store or rules that are not there. `duban serve` refuses \
             in the same words.",
        ),
    ),
    Page::new(
        "C0013",
        (
            "服务可以启动,但有风险",
            "例如在外部地址上监听明文 HTTP,或密码文件对所有账户可读。服务照常启动,并把它写进日志。",
        ),
        (
            "a server starts, and is at risk",
            "Plain HTTP on an address that others reach, or a secret that everybody on the machine can read. A server \
             starts all the same and logs it.",
        ),
    ),
];

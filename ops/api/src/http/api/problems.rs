//! Every problem that an operation may answer with, for the document.

use std::collections::BTreeMap;

use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

use crate::http::problem::Problem;

pub(super) struct Problems;

const ALL: [(&str, &str); 14] = [
    ("400", "请求写错:JSON 不完整,或请求头不合要求"),
    ("401", "未登录,或令牌已失效"),
    ("403", "没有权限"),
    ("404", "没有这一项,或此身份看不到"),
    ("405", "此地址不接受这种方法"),
    ("408", "正文没有及时送到"),
    ("409", "按现在的情形不能这样办理"),
    ("412", "已有变动,If-Match 不符"),
    ("413", "正文过大"),
    ("415", "正文的类型不对"),
    ("422", "内容不合要求"),
    ("423", "暂时锁定"),
    ("429", "请求过多或系统繁忙,稍后再试"),
    ("503", "暂时不能办理,或须由系统管理员处理"),
];

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let one = |(status, words): (&str, &str)| {
            let schema = Ref::from_schema_name(Problem::name());
            let content = ContentBuilder::new().schema(Some(schema)).build();
            let response = ResponseBuilder::new().description(words);
            let response = response.content("application/problem+json", content).build();
            (status.to_owned(), response.into())
        };
        ALL.into_iter().map(one).collect()
    }
}

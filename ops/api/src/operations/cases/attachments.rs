//! Attachments of a case over HTTP and on the command line.

use clap::Args;
use duban_actors::case::{Case, Command};
use duban_actors::context::Context;
use duban_rules::vocabulary::UnitId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::handling::unit;
use crate::http::api::text::{FileId, Key, Reason};
use crate::operations::exposed::Operation;

/// 附上文件
///
/// 把照片、PDF 或录音附在未结的案件上,例如来电录音、权属资料。监督中心和指挥中心可看,承办单位附上的该单位也可看。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct AttachmentBody {
    /// 文件(上传附件得到的编号)
    #[arg(long, value_name = "FILE")]
    file: FileId,
    /// 是什么
    #[arg(long, value_name = "TEXT")]
    note: Reason,
    /// 中心代录时写明单位;不写即中心的附件
    #[arg(long, value_name = "UNIT")]
    on_behalf_of: Option<Key>,
}

impl Operation for AttachmentBody {
    type Of = Case;
    const NAME: &'static str = "attachment";
    const VERB: &'static str = "attach";
    const ID: &'static str = "attachToCase";
    const DONE: &'static str = "已附上";
    const EXAMPLES: &'static [&'static str] = &["c7k2m… --by zhiban --file 3fa8… --note 来电录音"];

    fn on_behalf_of(&self) -> Option<UnitId> {
        unit(self.on_behalf_of.as_ref())
    }

    fn command(self, _: &Context) -> Command {
        Command::Attach { file: self.file.into(), note: self.note.into() }
    }
}

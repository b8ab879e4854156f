//! The ledger of deferrals: nobody asks it anything; what waits is read.

use super::row::{At, get, look};
use super::{Noun, Resource};
use crate::http::api::deferrals::{self, Ledger};
use crate::http::api::described::{reading, shape};
use crate::verbs::deferral::List;

/// Which cases wait.
pub(super) const DEFERRALS: Resource = Resource {
    noun: Some(Noun { name: "deferral", about: "查看缓办台账" }),
    ..Resource::system(
        ("/deferrals", "缓办"),
        None,
        &[
            look::<List>(),
            get(
                At::All,
                |route| route.to(deferrals::list),
                reading("listDeferrals", "列出缓办台账")
                    .at_length("待主管县长签批的在前;缓办中的,最先复核的在前(办法第二十七条)。")
                    .answers(shape::<Ledger>, "缓办台账"),
            ),
        ],
    )
};

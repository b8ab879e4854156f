//! The committee: nobody asks it anything yet; who it consists of is read.

use super::row::{At, get, look};
use super::{Noun, Resource};
use crate::http::api::committee::{self, Committee};
use crate::http::api::described::{reading, shape};
use crate::verbs::committee::List;

/// The committee of the rules in force.
pub(super) const COMMITTEE: Resource = Resource {
    noun: Some(Noun { name: "committee", about: "查看城管委的主任和成员" }),
    ..Resource::system(
        ("/committee", "城管委"),
        None,
        &[
            look::<List>(),
            get(
                At::All,
                |route| route.to(committee::show),
                reading("getCommittee", "查看城管委的主任和成员")
                    .at_length("按现行规则;写了任期的带第一天和最后一天。")
                    .answers(shape::<Committee>, "城管委"),
            ),
        ],
    )
};

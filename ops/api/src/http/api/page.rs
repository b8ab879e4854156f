//! Pages of a list: how long one is, and where the next begins.

use actix_web::http::StatusCode;
use compact_str::CompactString;
use duban_runtime::entity::{EntityId, Kind};
use serde::Deserialize;
use utoipa::IntoParams;

use super::text::Key;
use crate::http::problem::Problem;

/// Rows of a page unless something else is asked.
const USUAL: usize = 50;
/// Rows of a page at most.
pub(super) const ROWS_MAX: usize = 200;
/// Characters of a cursor; the longest that is ever given has fewer.
const CURSOR_MAX: usize = 200;

/// Which page.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// 上一页给出的 next;不写则为第一页
    #[param(max_length = 200, required = false)]
    pub(super) cursor: Option<String>,
    /// 每页行数
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub(super) limit: Option<usize>,
}

impl Paging {
    /// Rows of this page.
    ///
    /// # Errors
    /// 422 for none or too many.
    pub(super) fn limit(&self) -> Result<usize, Problem> {
        match self.limit {
            None => Ok(USUAL),
            Some(limit) if (1..=ROWS_MAX).contains(&limit) => Ok(limit),
            Some(_) => Err(unfit("limit").detail(format!("1 至 {ROWS_MAX}"))),
        }
    }

    /// The place in an entity list where the page begins.
    ///
    /// # Errors
    /// 422 for a cursor that no page gave.
    pub(super) fn place(&self, kind: Kind) -> Result<Option<(CompactString, EntityId)>, Problem> {
        let Some(text) = self.cursor()? else { return Ok(None) };
        // Keys hold dots; the orders of these lists do not.
        let (order, key) = text.split_once('~').ok_or_else(no_cursor)?;
        Ok(Some((order.into(), EntityId::new(kind, key))))
    }

    /// The cursor, if it can be one.
    ///
    /// # Errors
    /// 422 for one that no page gave.
    pub(super) fn cursor(&self) -> Result<Option<&str>, Problem> {
        let fits =
            |text: &str| text.len() <= CURSOR_MAX && text.chars().all(|c| c.is_ascii_graphic());
        match self.cursor.as_deref() {
            None => Ok(None),
            Some(text) if fits(text) => Ok(Some(text)),
            Some(_) => Err(no_cursor()),
        }
    }
}

/// The cursor of what stands behind this place.
pub(super) fn cursor((order, id): &(CompactString, EntityId)) -> String {
    format!("{order}~{}", id.key)
}

/// No page gave this cursor.
pub(super) fn no_cursor() -> Problem {
    unfit("cursor").detail("应为上一页给出的 next")
}

/// A parameter that is not what it should be.
pub(crate) fn unfit(name: &str) -> Problem {
    let title = format!("参数 {name} 不合要求");
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unfit-parameter", &title)
}

/// What a path names.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct Named(pub(super) Key);

impl Named {
    /// The name.
    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

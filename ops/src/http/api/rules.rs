//! The rules in force.

use actix_web::HttpResponse;
use actix_web::web::Data;
use duban_rules::Sources;
use serde::Serialize;
use utoipa::ToSchema;

use super::asker::Asker;
use super::problems::Problems;
use crate::house::House;

/// The rules in force.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct InForce {
    /// 全部规则文件的指纹(BLAKE3)
    hash: String,
    /// 手册的版本
    edition: String,
    /// 规则目录;空为随程序提供的规则
    dir: String,
    /// 规则文件
    #[schema(value_type = Vec<String>)]
    files: [&'static str; Sources::NAMES.len()],
}

#[utoipa::path(
    get, path = "/api/v1/rules", operation_id = "getRules", tag = "规则", summary = "查看现行规则",
    responses((status = 200, description = "现行规则", body = InForce), Problems),
)]
pub(super) async fn show(house: Data<House>, _asker: Asker) -> HttpResponse {
    let rules = house.rules.current();
    let book = &rules.0.rules;
    HttpResponse::Ok().json(InForce {
        hash: blake3::Hash::from_bytes(book.hash).to_hex().to_string(),
        edition: book.handbook.number.clone(),
        dir: house.config.rules_dir.display().to_string(),
        files: Sources::NAMES,
    })
}

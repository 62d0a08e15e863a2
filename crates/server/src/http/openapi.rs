//! `GET /v1/openapi.json`: the addresses, their answers and codes. Shapes are described in `protocol`.

use axum::Json;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{Http, HttpAuthScheme, SecurityScheme},
};

use super::{accounts, applications, blobs, catalogue, feed};

#[derive(OpenApi)]
#[openapi(
    info(title = "易办医保 intake office", description = "How desks hand applications in and follow them."),
    paths(
        accounts::open, applications::submit, blobs::put, blobs::patch, blobs::head, feed::follow, catalogue::offer,
        catalogue::bundle
    ),
    modifiers(&Account)
)]
struct Description;

struct Account;

impl Modify for Account {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        openapi.components.get_or_insert_default().add_security_scheme("account", scheme);
    }
}

/// The description.
pub(crate) async fn describe() -> Json<utoipa::openapi::OpenApi> {
    Json(Description::openapi())
}

//! The console's own files, built from `ui/` and carried in the binary.

use axum::{
    body::Body,
    extract::Path,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use rust_embed::{Embed, EmbeddedFile};

use crate::http::problem::{Answer, Failure};

#[derive(Embed)]
#[folder = "../../ui/dist-console"]
struct Files;

const INDEX: &str = "index.html";

pub(super) async fn index() -> Answer<Response> {
    Files::get(INDEX).map(|found| serve(INDEX, found)).ok_or_else(Failure::not_found)
}

/// A file, or the page itself for addresses that the page routes by itself.
pub(super) async fn file(Path(path): Path<String>) -> Answer<Response> {
    match Files::get(&path) {
        Some(found) => Ok(serve(&path, found)),
        None if path.contains('.') || path.starts_with("api/") => Err(Failure::not_found()),
        None => index().await,
    }
}

fn serve(path: &str, found: EmbeddedFile) -> Response {
    let mut response = Body::from(found.data.into_owned()).into_response();
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(found.metadata.mimetype()) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    // Names of built files hold their hash; the page itself is asked for every time.
    let keep = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    response
}

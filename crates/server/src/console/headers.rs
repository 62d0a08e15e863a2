//! Headers that keep the console in its room, and the question where a request comes from.

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};
use protocol::ProblemCode;

use crate::http::problem::{Answer, Failure};

/// Own scripts, own styles, own pictures, nothing else, and no page around it.
const PAGES: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
    font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types vue";
/// For data: were it ever shown as a page, it could do nothing.
const DATA: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

fn set(response: &mut Response, name: HeaderName, value: &'static str) {
    response.headers_mut().insert(name, HeaderValue::from_static(value));
}

fn guard(response: &mut Response, policy: &'static str) {
    set(response, header::CONTENT_SECURITY_POLICY, policy);
    set(response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(response, header::X_FRAME_OPTIONS, "DENY");
    set(response, header::REFERRER_POLICY, "no-referrer");
    set(response, HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(response, HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(
        response,
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), clipboard-read=()",
    );
}

pub(super) async fn guard_pages(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    guard(&mut response, PAGES);
    response
}

pub(super) async fn guard_data(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    guard(&mut response, DATA);
    set(&mut response, header::CACHE_CONTROL, "no-store");
    response
}

/// Under TLS a browser that was here once comes back over TLS only.
pub(super) async fn demand_tls(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    set(&mut response, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    response
}

/// Browsers say where a request comes from; what another site sends is refused before it is read.
pub(super) async fn same_origin(request: Request, next: Next) -> Answer<Response> {
    let from = request.headers().get("sec-fetch-site").and_then(|value| value.to_str().ok());
    if matches!(from, None | Some("same-origin" | "none")) {
        Ok(next.run(request).await)
    } else {
        Err(Failure::new(
            StatusCode::FORBIDDEN,
            ProblemCode::Forbidden,
            "the request comes from another site",
        ))
    }
}

//! Every address of the office, with its limits.

use std::time::Duration;

use axum::{
    Router,
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware,
    response::Redirect,
    routing::{get, post, put},
};
use tower_http::{
    catch_panic::CatchPanicLayer, set_header::SetResponseHeaderLayer, timeout::TimeoutLayer,
    trace::TraceLayer,
};

use super::{
    accounts, applications, blobs, catalogue, feed, openapi,
    problem::{Answer, Failure, after_panic, dress},
};
use crate::{console, office::Office};

/// Answers within this, feeds and uploads aside.
const SWIFT: Duration = Duration::from_secs(60);
/// 2 MB at 32 kbit/s, and some.
const UPLOAD: Duration = Duration::from_secs(900);
/// Manifests are a few kilobytes; long texts stay far below this.
const LARGEST_MANIFEST: usize = 1024 * 1024;

pub(crate) fn router(office: Office) -> Router {
    let swift = Router::new()
        .route("/healthz", get(health))
        .route("/v1/openapi.json", get(openapi::describe))
        .route("/v1/accounts", post(accounts::open))
        .route("/v1/applications", post(applications::submit))
        .route("/v1/feed", get(feed::follow))
        .route("/v1/catalogue", get(catalogue::offer))
        .route("/v1/catalogue/{sha256}", get(catalogue::bundle))
        .layer(DefaultBodyLimit::max(LARGEST_MANIFEST))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, SWIFT));
    // The handler counts for itself: it reads a stream, which the default limit does not see.
    let uploads = Router::new()
        .route("/v1/blobs/{sha256}", put(blobs::put).head(blobs::head))
        .layer(DefaultBodyLimit::disable())
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, UPLOAD));
    let console =
        console::router(&office).layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, SWIFT));
    let log = TraceLayer::new_for_http().make_span_with(|request: &Request| {
        // The route, never the address: ids and hashes stay out of the log.
        let route = request.extensions().get::<MatchedPath>().map_or("unknown", MatchedPath::as_str);
        tracing::info_span!("request", method = %request.method(), route)
    });
    Router::new()
        .merge(swift)
        .merge(uploads)
        .merge(console)
        .route("/", get(|| async { Redirect::temporary("/console/") }))
        .fallback(|| async { Failure::not_found() })
        .layer(CatchPanicLayer::custom(after_panic))
        .layer(middleware::from_fn(dress))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(log)
        .with_state(office)
}

/// Whether the office can work.
async fn health(State(office): State<Office>) -> Answer<&'static str> {
    office.store.ping().await?;
    Ok("ok")
}

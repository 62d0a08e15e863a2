//! Every address of the office, with its limits.

use std::time::Duration;

use axum::{
    Router,
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{Redirect, Response},
    routing::{get, post, put},
};
use tower_http::{
    catch_panic::CatchPanicLayer, set_header::SetResponseHeaderLayer, timeout::TimeoutLayer,
    trace::TraceLayer,
};

use super::{
    accounts,
    admission::{Room, admit},
    applications, blobs, catalogue, feed, health, openapi, peer,
    problem::{Failure, after_panic, dress},
    receiving, unread,
};
use crate::{console, office::Office};

/// Answers within this, feeds and uploads aside.
const SWIFT: Duration = Duration::from_secs(60);
/// Manifests are a few kilobytes; long texts stay far below this.
const LARGEST_MANIFEST: usize = 1024 * 1024;

pub(crate) fn router(office: Office) -> Router {
    let rooms = &office.rooms;
    let room = |room: &Room| middleware::from_fn_with_state(room.clone(), admit);
    let manifests = Router::new()
        .route("/v1/accounts", post(accounts::open))
        .route("/v1/applications", post(applications::submit))
        .layer(room(&rooms.manifests));
    let news = Router::new().route("/v1/feed", get(feed::follow)).layer(room(&rooms.feed));
    let public = Router::new()
        .route("/v1/openapi.json", get(openapi::describe))
        .route("/v1/catalogue", get(catalogue::offer))
        .route("/v1/catalogue/{sha256}", get(catalogue::bundle))
        .layer(room(&rooms.public));
    // Without a room: how the office is can be asked whatever else it does.
    let health = Router::new()
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/healthz", get(health::ready));
    let swift = Router::new()
        .merge(manifests)
        .merge(news)
        .merge(public)
        .merge(health)
        .layer(DefaultBodyLimit::max(LARGEST_MANIFEST))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, SWIFT));
    // The handler counts for itself: it reads a stream, which the default limit does not see.
    let uploads = Router::new()
        .route("/v1/blobs/{sha256}", put(blobs::put).patch(blobs::patch).head(blobs::head))
        .layer(room(&rooms.blobs))
        .layer(DefaultBodyLimit::disable())
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, receiving::LONGEST));
    let console = console::router(&office)
        .layer(room(&rooms.console))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, SWIFT));
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
        .layer(middleware::from_fn_with_state(office.clone(), peer::tell))
        .layer(middleware::from_fn_with_state(office.clone(), make_room))
        .layer(CatchPanicLayer::custom(after_panic))
        .layer(middleware::from_fn(dress))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(middleware::from_fn(unread::tell))
        .layer(log)
        .with_state(office)
}

/// Where there is no room for what was asked, what is kept for comfort gives way.
async fn make_room(State(office): State<Office>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if response.status() == StatusCode::INSUFFICIENT_STORAGE {
        office.partials.give_way().await;
    }
    response
}

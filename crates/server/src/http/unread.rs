//! Requests that are answered before their body is read: refusing costs nothing that way, and a document that is here
//! already need not be sent. What remains of the body would be taken for the next request, so hyper ends the connection;
//! whoever asked must be told, or their next request goes into a connection that is being closed and is never answered.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
};

use axum::{
    body::{Body, HttpBody},
    extract::Request,
    http::{HeaderValue, Version, header},
    middleware::Next,
    response::Response,
};
use futures::{StreamExt, stream};

/// Says `Connection: close` where the answer came before the end of the body. HTTP/2 ends single streams by itself.
pub(super) async fn tell(request: Request, next: Next) -> Response {
    if request.version() > Version::HTTP_11 || request.body().is_end_stream() {
        return next.run(request).await;
    }
    let read = Arc::new(AtomicBool::new(false));
    let request = request.map(|body| noting_its_end(body, Arc::clone(&read)));
    let mut response = next.run(request).await;
    if !read.load(Ordering::Relaxed) {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

fn noting_its_end(body: Body, read: Arc<AtomicBool>) -> Body {
    let end = stream::poll_fn(move |_| {
        read.store(true, Ordering::Relaxed);
        Poll::Ready(None)
    });
    Body::from_stream(body.into_data_stream().chain(end))
}

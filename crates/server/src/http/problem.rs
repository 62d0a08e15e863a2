//! Errors on the wire: `application/problem+json` for everything that is not a success, whoever noticed it.

use std::any::Any;

use axum::{
    Json,
    body::Body,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use protocol::{ContentHash, Problem, ProblemCode};

use crate::{
    attachments::AttachmentError, checking::CheckFailure, judging::Refused, keys::random_bytes,
    store::StoreError,
};

const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("application/problem+json");
/// Seconds after which a busy office may be asked again, at least; see [`spread`].
const BUSY_FOR: u64 = 3;

/// An answer that is not a success.
#[derive(Debug)]
pub(crate) struct Failure {
    problem: Box<Problem>,
    /// Seconds.
    retry_after: Option<u64>,
}

pub(crate) type Answer<T> = Result<T, Failure>;

impl Failure {
    pub(crate) fn new(status: StatusCode, code: ProblemCode, title: impl Into<String>) -> Self {
        let problem = Problem {
            code,
            status: status.as_u16(),
            title: title.into(),
            findings: Vec::new(),
            document: None,
            hashes: Vec::new(),
            within_ms: None,
        };
        Self { problem: Box::new(problem), retry_after: None }
    }

    pub(crate) fn malformed(title: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, ProblemCode::Malformed, title)
    }

    pub(crate) fn unauthorised(title: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, ProblemCode::Unauthorised, title)
    }

    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, ProblemCode::NotFound, "there is nothing here for you")
    }

    pub(crate) fn conflict(title: &str, hashes: Vec<ContentHash>) -> Self {
        let mut this = Self::new(StatusCode::CONFLICT, ProblemCode::Conflict, title);
        this.problem.hashes = hashes;
        this
    }

    pub(crate) fn out_of_turn(title: &str) -> Self {
        Self::new(StatusCode::CONFLICT, ProblemCode::StaleRevision, title)
    }

    /// The rest of a document that is to follow other bytes than are here.
    pub(crate) fn offset_mismatch(title: &str) -> Self {
        Self::new(StatusCode::CONFLICT, ProblemCode::OffsetMismatch, title)
    }

    pub(crate) fn too_late() -> Self {
        Self::new(
            StatusCode::CONFLICT,
            ProblemCode::SupplementExpired,
            "the day by which the supplement had to come has passed",
        )
    }

    pub(crate) fn rate_limited(title: &str, seconds: u64) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, ProblemCode::RateLimited, title).retry_after(seconds)
    }

    /// Of what is begun and not finished there is enough; the others of this account need not wait.
    pub(crate) fn too_many_unfinished() -> Self {
        let title = "too many applications were begun and not finished; finish them first";
        Self::new(StatusCode::TOO_MANY_REQUESTS, ProblemCode::TooManyUnfinished, title).retry_after(3600)
    }

    /// The request did not arrive whole; the same request may be sent again.
    pub(crate) fn broken_off(title: &str) -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, ProblemCode::Busy, title).retry_after(spread(BUSY_FOR))
    }

    pub(crate) fn too_large(title: &str) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, ProblemCode::TooLarge, title)
    }

    pub(crate) fn hash_mismatch(title: &str) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, ProblemCode::HashMismatch, title)
    }

    pub(crate) fn unfit(title: impl Into<String>) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, ProblemCode::UnfitDocument, title)
    }

    pub(crate) fn not_ready(title: &str, findings: Vec<forms::Finding>) -> Self {
        let mut this = Self::new(StatusCode::UNPROCESSABLE_ENTITY, ProblemCode::NotReady, title);
        this.problem.findings = findings;
        this
    }

    pub(crate) fn busy() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, ProblemCode::Busy, "the office is busy")
            .retry_after(spread(BUSY_FOR))
    }

    /// Too many came: this one's turn is in so many `seconds`.
    pub(crate) fn busy_until_turn(seconds: u64) -> Self {
        let mut this = Self::busy().retry_after(BUSY_FOR + seconds);
        this.problem.within_ms = Some(1_000);
        this
    }

    /// More at the same time than one may have; `of` says whose they are.
    pub(crate) fn crowding(of: &str) -> Self {
        Self::rate_limited(&format!("too many requests of {of} at the same time"), spread(BUSY_FOR))
    }

    pub(crate) fn storage_full() -> Self {
        Self::new(StatusCode::INSUFFICIENT_STORAGE, ProblemCode::StorageFull, "the office has no room left")
            .retry_after(spread(60))
    }

    /// The cause goes to the log, not to the caller.
    pub(crate) fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(%cause, "the office failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, ProblemCode::Internal, "the office made a mistake")
    }

    /// The bytes are at fault, and would be again.
    pub(crate) fn blames_document(&self) -> bool {
        matches!(self.problem.code, ProblemCode::UnfitDocument | ProblemCode::HashMismatch)
    }

    pub(crate) fn about(mut self, document: ContentHash) -> Self {
        self.problem.document = Some(document);
        self
    }

    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self.problem)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, MEDIA_TYPE);
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy | StoreError::Away => Self::busy(),
            StoreError::Full => Self::storage_full(),
            other => Self::internal(other),
        }
    }
}

impl From<AttachmentError> for Failure {
    fn from(error: AttachmentError) -> Self {
        match error {
            AttachmentError::Full => Self::storage_full(),
            AttachmentError::Away(_) => Self::busy(),
            other => Self::internal(other),
        }
    }
}

impl From<CheckFailure> for Failure {
    fn from(failure: CheckFailure) -> Self {
        match failure {
            CheckFailure::Unfit(code) => Self::unfit(format!("the document is not fit: {code}")),
            CheckFailure::Busy => Self::busy(),
            CheckFailure::Broken(error) => Self::internal(error),
        }
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::UnknownService => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                ProblemCode::UnknownService,
                "this office does not know the service or its version",
            ),
            Refused::Malformed(title) => Self::malformed(title),
            Refused::TooLarge { document } => {
                Self::too_large("a document is larger than 2 000 000 bytes").about(document)
            }
            Refused::NotReady(findings) => Self::not_ready("the application is not ready", findings),
            Refused::OutOfTurn(title) => Self::out_of_turn(title),
            Refused::TooLate => Self::too_late(),
        }
    }
}

/// A time between once and twice `seconds`, drawn for each answer: those who are sent away together must not come
/// back together.
fn spread(seconds: u64) -> u64 {
    seconds + drawn(seconds)
}

/// Drawn evenly, up to `most`.
fn drawn(most: u64) -> u64 {
    u64::from(random_bytes::<4>().map_or(0, u32::from_le_bytes)) % (most + 1)
}

/// Dresses refusals of the framework (unknown method, unreadable body, time-out, …) as problems.
pub(crate) async fn dress(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let plain = response.headers().get(header::CONTENT_TYPE) != Some(&MEDIA_TYPE);
    if !(status.is_client_error() || status.is_server_error()) || !plain {
        return response;
    }
    let (code, title) = match status {
        StatusCode::NOT_FOUND => (ProblemCode::NotFound, "there is nothing here"),
        StatusCode::METHOD_NOT_ALLOWED => (ProblemCode::Malformed, "this address does not know the method"),
        StatusCode::REQUEST_TIMEOUT => (ProblemCode::Busy, "the request took too long"),
        StatusCode::PAYLOAD_TOO_LARGE => (ProblemCode::TooLarge, "the request is too large"),
        status if status.is_client_error() => (ProblemCode::Malformed, "the request cannot be read"),
        _ => (ProblemCode::Internal, "the office made a mistake"),
    };
    let mut dressed = Failure::new(status, code, title).into_response();
    if let Some(allow) = response.headers().get(header::ALLOW) {
        dressed.headers_mut().insert(header::ALLOW, allow.clone());
    }
    dressed
}

/// What a caller gets where the office stumbled. The message of the panic may hold personal data: it is dropped.
pub(crate) fn after_panic(_: Box<dyn Any + Send>) -> http::Response<Body> {
    Failure::internal("a request panicked").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_are_sent_away_together_do_not_come_back_together() {
        let drawn: std::collections::BTreeSet<u64> = (0..500).map(|_| spread(10)).collect();
        assert_eq!((drawn.first(), drawn.last()), (Some(&10), Some(&20)));
        assert_eq!(drawn.len(), 11);
    }
}

//! `GET /v1/feed`: what changed for the caller, waiting for it when asked to.

use std::time::Duration;

use axum::{
    Json,
    extract::{Query, State},
    http::StatusCode,
};
use protocol::{FeedPage, ProblemCode};
use serde::Deserialize;
use tokio::{
    select,
    sync::broadcast::error::RecvError,
    time::{Instant, sleep_until},
};

use super::{
    problem::{Answer, Failure},
    reading::Caller,
};
use crate::office::Office;

/// Longest that a caller may wait, in seconds; most proxies cut at 30.
pub(crate) const LONGEST_WAIT: u64 = 25;
/// Changes in one page.
const PAGE: u32 = 100;

#[derive(Debug, Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    after: String,
    #[serde(default)]
    wait: u64,
}

/// Answers at once where there is news, otherwise when there is or when the wait is over.
#[utoipa::path(
    get, path = "/v1/feed", tag = "desk", security(("account" = [])),
    params(
        ("after" = Option<String>, Query, description = "the cursor of the last page; empty at first"),
        ("wait" = Option<u64>, Query, description = "seconds to wait for news, at most 25"),
    ),
    responses(
        (status = 200, description = "changes, each application at most once, and the cursor to go on with", body = Object),
        (status = 400, description = "`malformed`", body = Object, content_type = "application/problem+json"),
        (status = 401, description = "`unauthorised`", body = Object, content_type = "application/problem+json"),
        (status = 410, description = "`cursor_expired`: start from the beginning", body = Object, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn follow(
    State(office): State<Office>,
    Caller(account): Caller,
    Query(ask): Query<Ask>,
) -> Answer<Json<FeedPage>> {
    let after = match ask.after.as_str() {
        "" => 0,
        cursor => cursor.parse().map_err(|_| Failure::malformed("the cursor was not issued here"))?,
    };
    let until = Instant::now() + Duration::from_secs(ask.wait.min(LONGEST_WAIT));
    // Subscribed before the first look, so that nothing falls between looking and waiting.
    let mut news = office.news();
    loop {
        let read = office.store.page_feed(account, after, PAGE).await?;
        if after > read.newest {
            // Only after the office went back to an older copy of its data.
            return Err(Failure::new(
                StatusCode::GONE,
                ProblemCode::CursorExpired,
                "the cursor is of another time; start from the beginning",
            ));
        }
        if !read.page.changes.is_empty() || Instant::now() >= until {
            return Ok(Json(read.page));
        }
        loop {
            select! {
                heard = news.recv() => match heard {
                    Ok(who) if who != account => {}
                    Ok(_) | Err(RecvError::Lagged(_)) => break,
                    Err(RecvError::Closed) => return Ok(Json(read.page)),
                },
                () = sleep_until(until) => return Ok(Json(read.page)),
                () = office.stopping.cancelled() => return Ok(Json(read.page)),
            }
        }
    }
}

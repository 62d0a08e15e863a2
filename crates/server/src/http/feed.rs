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
    time::{Instant, sleep_until},
};

use super::{
    problem::{Answer, Failure},
    reading::Caller,
};
use crate::{office::Office, store::FeedRead};

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
    Caller(account, _counted): Caller,
    Query(ask): Query<Ask>,
) -> Answer<Json<FeedPage>> {
    let after = position(&ask.after, &office.feed_epoch)?;
    let until = Instant::now() + Duration::from_secs(ask.wait.min(LONGEST_WAIT));
    // Before the first look, so that nothing falls between looking and waiting.
    let mut waiting = office.news.wait_for(account);
    loop {
        let mut read = if waiting.stands(after) {
            FeedRead { page: FeedPage { changes: Vec::new(), cursor: after.to_string() }, newest: after }
        } else {
            office.store.page_feed(account, after, PAGE).await?
        };
        if after > read.newest {
            // Only after somebody put an older copy of the database in its place without telling (see `backup`).
            return Err(expired());
        }
        read.page.cursor = format!("{}:{}", office.feed_epoch, read.page.cursor);
        if !read.page.changes.is_empty() || Instant::now() >= until {
            return Ok(Json(read.page));
        }
        waiting.looked(read.newest);
        select! {
            () = waiting.news() => {}
            () = sleep_until(until) => return Ok(Json(read.page)),
            () = office.stopping.cancelled() => return Ok(Json(read.page)),
        }
    }
}

/// The position of a cursor within this epoch; 0 for the empty one.
fn position(cursor: &str, epoch: &str) -> Answer<u64> {
    if cursor.is_empty() {
        return Ok(0);
    }
    // Without an epoch: issued before there were any.
    let (of, position) = cursor.split_once(':').unwrap_or(("", cursor));
    let position = position.parse().map_err(|_| Failure::malformed("the cursor was not issued here"))?;
    if of == epoch { Ok(position) } else { Err(expired()) }
}

fn expired() -> Failure {
    Failure::new(
        StatusCode::GONE,
        ProblemCode::CursorExpired,
        "the cursor is of another time; start from the beginning",
    )
}

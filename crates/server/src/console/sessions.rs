//! Logging in and out, and who is asking. Tokens are 256 random bits, kept here only as their hash.

use axum::{
    Json,
    extract::{FromRequestParts, State},
    http::{HeaderValue, Method, StatusCode, request::Parts},
};
use axum_extra::extract::{
    CookieJar,
    cookie::{Cookie, SameSite},
};
use jiff::Timestamp;
use protocol::{ContentHash, ProblemCode};
use zeroize::Zeroizing;

use super::types::{Credentials, ReviewerSession};
use crate::{
    http::{
        problem::{Answer, Failure},
        reading::Read,
        sparing::Admitted,
    },
    keys::random_bytes,
    office::Office,
    passwords::LONGEST_PASSWORD,
    store::LoginAttempt,
};

const COOKIE: &str = "yiban_console";
const CSRF_HEADER: &str = "x-csrf-token";
/// Longest name that is looked at, in bytes.
const LONGEST_NAME: usize = 64;

/// A reviewer with a living session. A request that changes something also carries the session's CSRF token.
pub(super) struct Reviewer {
    pub(super) name: String,
    token: ContentHash,
    csrf: String,
}

impl FromRequestParts<Office> for Reviewer {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, office: &Office) -> Answer<Self> {
        let jar = CookieJar::from_headers(&parts.headers);
        let secret = jar.get(COOKIE).map(Cookie::value).ok_or_else(not_logged_in)?;
        let token = ContentHash::of(secret.as_bytes());
        let name = office.store.session(token, office.now()).await?.ok_or_else(not_logged_in)?;
        let csrf = csrf_token(secret);
        if !matches!(parts.method, Method::GET | Method::HEAD) {
            let sent = parts.headers.get(CSRF_HEADER).map(HeaderValue::as_bytes);
            // Hashes are compared, so that the time taken tells nothing about the token.
            if sent.map(ContentHash::of) != Some(ContentHash::of(csrf.as_bytes())) {
                return Err(Failure::new(
                    StatusCode::FORBIDDEN,
                    ProblemCode::Forbidden,
                    "the header X-CSRF-Token does not belong to the session",
                ));
            }
        }
        Ok(Self { name, token, csrf })
    }
}

fn not_logged_in() -> Failure {
    Failure::unauthorised("nobody is logged in, or the session has ended")
}

/// Follows from the session's secret, so that it need not be stored; does not lead back to it.
fn csrf_token(secret: &str) -> String {
    ContentHash::of(format!("yiban console csrf\0{secret}").as_bytes()).to_string()
}

pub(super) async fn login(
    State(office): State<Office>,
    _: Admitted,
    jar: CookieJar,
    Read(credentials): Read<Credentials>,
) -> Answer<(CookieJar, Json<ReviewerSession>)> {
    let password = Zeroizing::new(credentials.password);
    let name = credentials.name.trim().to_lowercase();
    if name.is_empty() || name.len() > LONGEST_NAME || password.len() > LONGEST_PASSWORD {
        return Err(wrong());
    }
    // The place comes first: who cannot be looked at is not counted as wrong.
    let place = office.passwords.place().await.ok_or_else(Failure::busy)?;
    let (stored, locks_until) = match office.store.attempt_login(&name, office.now()).await? {
        LoginAttempt::Locked { until } => return Err(locked(until, office.now())),
        LoginAttempt::Proceed { password_hash, locks_until } => (password_hash, locks_until),
    };
    if !office.passwords.fits(place, password, stored).await {
        tracing::warn!(last = locks_until.is_some(), "a login failed");
        return Err(locks_until.map_or_else(wrong, |until| locked(until, office.now())));
    }
    let secret = Zeroizing::new(hex::encode(random_bytes::<32>().map_err(Failure::internal)?));
    office.store.open_session(&name, ContentHash::of(secret.as_bytes()), office.now()).await?;
    let session = ReviewerSession { name, csrf_token: csrf_token(&secret) };
    let cookie = Cookie::build((COOKIE, secret.to_string()))
        .path("/console")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(office.secure_cookies);
    Ok((jar.add(cookie), Json(session)))
}

fn wrong() -> Failure {
    Failure::unauthorised("the name or the password is wrong")
}

fn locked(until: Timestamp, now: Timestamp) -> Failure {
    let seconds = u64::try_from(until.duration_since(now).as_secs()).unwrap_or(0).max(1);
    Failure::new(
        StatusCode::LOCKED,
        ProblemCode::Locked,
        "too many failed logins; wait, or ask for a new password",
    )
    .retry_after(seconds)
}

pub(super) async fn logout(
    State(office): State<Office>,
    reviewer: Reviewer,
    jar: CookieJar,
) -> Answer<(CookieJar, StatusCode)> {
    office.store.end_session(reviewer.token, office.now()).await?;
    Ok((jar.remove(Cookie::build(COOKIE).path("/console")), StatusCode::NO_CONTENT))
}

pub(super) async fn current(reviewer: Reviewer) -> Json<ReviewerSession> {
    Json(ReviewerSession { name: reviewer.name, csrf_token: reviewer.csrf })
}

//! The reviewers' face: static pages under `/console/`, their API under `/console/api/`.
//! Everything here needs a session except the pages themselves and the login.

mod cases;
mod deciding;
mod documents;
mod headers;
mod pages;
mod sessions;
mod types;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    response::Redirect,
    routing::{get, post},
};

use crate::office::Office;

pub use types::{
    CaseAnswer, CaseConsent, CaseDetail, CaseDocument, CaseRevision, Credentials, QueueItem, QueuePage,
    QueueView, ReviewerSession,
};

/// Decisions with their reasons are small.
const LARGEST_BODY: usize = 64 * 1024;

pub(crate) fn router(office: &Office) -> Router<Office> {
    let documents = "/cases/{application}/revisions/{revision}/documents/{slot}/{index}";
    let api = Router::new()
        .route("/login", post(sessions::login))
        .route("/logout", post(sessions::logout))
        .route("/session", get(sessions::current))
        .route("/queue", get(cases::queue))
        .route("/cases/{application}", get(cases::detail))
        .route("/cases/{application}/claim", post(deciding::claim))
        .route("/cases/{application}/release", post(deciding::release))
        .route("/cases/{application}/decision", post(deciding::decide))
        .route(&format!("{documents}/pages/{{page}}"), get(documents::page))
        .route(&format!("{documents}/original"), get(documents::original))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(middleware::from_fn(headers::same_origin))
        .layer(middleware::from_fn(headers::guard_data));
    let pages = Router::new()
        .route("/console", get(|| async { Redirect::permanent("/console/") }))
        .route("/console/", get(pages::index))
        .route("/console/{*path}", get(pages::file))
        .layer(middleware::from_fn(headers::guard_pages));
    let all = Router::new().merge(pages).nest("/console/api", api);
    if office.secure_cookies { all.layer(middleware::from_fn(headers::demand_tls)) } else { all }
}

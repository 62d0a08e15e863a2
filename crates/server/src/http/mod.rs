//! The office's HTTP face for desks, base path `/v1`. The reviewers' face is `console`.

mod accounts;
pub(crate) mod admission;
mod answering;
mod applications;
mod blobs;
mod catalogue;
mod crowd;
pub(crate) mod door;
mod feed;
pub(crate) mod health;
pub(crate) mod openapi;
pub(crate) mod peer;
pub(crate) mod problem;
pub(crate) mod reading;
mod receiving;
pub(crate) mod router;
pub(crate) mod sparing;
mod unread;

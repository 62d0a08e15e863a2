//! What tests share: a person who does not exist, her papers, what a desk hands in, a network that fails, real
//! services. May look at anything; nothing looks at it.
#![allow(clippy::missing_panics_doc, reason = "builders for tests panic instead of failing")]

pub mod enrolment;
pub mod handing;
pub mod network;
pub mod papers;
pub mod person;
pub mod photographs;
pub mod services;

//! What tests share: a person who does not exist and her papers. May look at anything; nothing looks at it.
#![allow(clippy::missing_panics_doc, reason = "builders for tests panic instead of failing")]

pub mod papers;
pub mod person;
pub mod photographs;

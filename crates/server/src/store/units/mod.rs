//! What the office does with its rows, a file per subject, once for both databases. A function here is (part of) a
//! unit of work: it runs within a transaction of its engine, may run again, and locks what it reads to write.

pub(super) mod accounts;
pub(super) mod audit;
pub(super) mod cases;
pub(super) mod columns;
pub(super) mod completing;
pub(super) mod editions;
pub(super) mod intake;
pub(super) mod logins;
mod numbers;
pub(super) mod queue;
pub(super) mod review;
pub(super) mod standing;

//! The desk is harmed: killed, its disk full, failing, or without power. What it had told a person must be there when
//! it comes up again, and everything that was handed in must arrive, once.

pub(super) mod calls;
pub(super) mod cuts;
pub(super) mod full;
pub mod inside;
pub(super) mod killed;
mod process;
mod told;

//! What to send, what to fetch, when to try again: `step(state, moment, event) -> (state, effects)`.
//!
//! Pure: no I/O, no clock, no randomness, no runtime. Whoever drives it (`desk::sending`, a simulation) carries
//! the effects out and hands back what came of them, with the time and a random number. Everything that must
//! survive a crash is an effect on the store; the state itself may be lost at any moment and is made anew from
//! the outbox.

mod backoff;
mod effect;
mod event;
mod lane;
mod state;
mod step;
mod verdict;

pub use backoff::Pace;
pub use effect::{Effect, Reason, Refused, Ticket};
pub use event::{Event, Failure, KeepFailure, Moment};
pub use state::{Network, State, Task};
pub use step::step;

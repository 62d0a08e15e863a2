//! What may be asked and whether the answers are right.
//!
//! An office writes a *service* (事项) as data in `catalog/`; this crate reads it ([`Catalogue`]) and says of
//! any answers which fields are relevant, what is wrong with them and what to do about it, what follows from
//! them, which materials are owed and what it costs ([`ServiceDefinition::evaluate`]). Desk and server run the very same code.
//!
//! Deliberately absent: clocks, files, sockets, windows. `today` is handed in; evaluation never fails and
//! never panics.

mod answers;
mod catalogue;
mod definition;
mod evaluate;
mod evaluation;
mod expression;
mod kinds;
mod service;
mod text;
mod typing;

pub use answers::{Answer, Answers, FieldId, SlotId};
pub use catalogue::{
    Advice, Adviser, Calendar, Catalogue, CatalogueError, Channel, ChannelKind, Comparison, ComparisonRow,
    Complaint, HelpEntry, Library, Outcome, WaitingQuestion, WorkingDay,
};
pub use definition::{Example, ServiceDefinition, Subject};
pub use evaluation::{
    Evaluation, FeeLine, FeeQuote, FieldState, Finding, MaterialState, RegionalRules, RowState, SectionState,
    Severity, SlotState, Supplied, Target, WaitingLine, WaitingPeriod,
};
pub use service::{
    Alternative, Choice, Consent, ConsentClass, ConsentDue, Field, FieldKind, Guide, Material, Notice,
    Region, RegionPath, ReviewPromise, ReviewTime, Rows, Section, Service, ServiceSummary, Slot,
};
pub use text::{Language, Text};

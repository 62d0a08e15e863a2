//! Patterns in expressions. Building one costs more than all else that a row of a form needs, so each is kept.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use cel::{
    ExecutionError, FunctionContext, Value,
    common::{types::CelString, value::CowVal},
    extractors::IntoResolveResult,
};
use regex::Regex;

/// More than all catalogues write; an expression that takes its pattern from an answer fills no memory.
const MOST_KEPT: usize = 256;

static KEPT: RwLock<Option<HashMap<String, Regex>>> = RwLock::new(None);

/// `text.matches('^[0-9]{6}$')` or `matches(text, pattern)`; no value where either is no text or no pattern.
pub(super) fn matches<'context, 'call>(
    call: &mut FunctionContext<'context, 'call>,
) -> Result<CowVal<'context, 'call>, ExecutionError> {
    let mut arguments = call.this.iter().chain(&call.args);
    let mut text = || arguments.next().and_then(|argument| argument.downcast_ref::<CelString<'_>>());
    let (Some(text), Some(pattern)) = (text(), text()) else {
        return Err(call.error("takes a text and a pattern"));
    };
    is_match(text.inner(), pattern.inner())
        .map_err(|error| call.error(error))
        .map(Value::Bool)
        .into_resolve_result()
}

fn is_match(text: &str, pattern: &str) -> Result<bool, regex::Error> {
    let kept = KEPT.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(regex) = kept.as_ref().and_then(|kept| kept.get(pattern)) {
        return Ok(regex.is_match(text));
    }
    drop(kept);
    let regex = Regex::new(pattern)?;
    let is_match = regex.is_match(text);
    let mut kept = KEPT.write().unwrap_or_else(PoisonError::into_inner);
    let kept = kept.get_or_insert_default();
    if kept.len() < MOST_KEPT {
        kept.insert(pattern.to_owned(), regex);
    }
    Ok(is_match)
}

#[cfg(test)]
mod tests {
    use super::is_match;

    #[test]
    fn kept_patterns_answer_as_fresh_ones() {
        for _ in 0..2 {
            assert_eq!(is_match("044001", "^[0-9]{6}$"), Ok(true));
            assert_eq!(is_match("04400x", "^[0-9]{6}$"), Ok(false));
            assert_eq!(is_match("阿", r"^\p{Han}+$"), Ok(true));
            assert!(is_match("a", "(").is_err());
        }
    }
}

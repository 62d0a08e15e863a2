//! What the database said lately, so that it need not be asked again. Everything is forgotten together after a while, and
//! when there is too much of it: whoever finds nothing here asks the database.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// How much is remembered, in 10 to 20 MB: more than comes within the same hour.
const MOST: usize = 100_000;
/// How long it is remembered. A database that was put back behind a running office may have forgotten it.
const LATELY: Duration = Duration::from_secs(600);

/// Facts by their names. Cheap to clone.
pub(crate) struct Lately<K, V>(Arc<Mutex<Facts<K, V>>>);

struct Facts<K, V> {
    since: Instant,
    known: HashMap<K, V>,
}

impl<K, V> Clone for Lately<K, V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K, V> Default for Lately<K, V> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Facts { since: Instant::now(), known: HashMap::new() })))
    }
}

impl<K: Eq + Hash, V: Clone> Lately<K, V> {
    pub(crate) fn get(&self, name: &K) -> Option<V> {
        self.at(Instant::now()).known.get(name).cloned()
    }

    pub(crate) fn put(&self, name: K, fact: V) {
        self.at(Instant::now()).known.insert(name, fact);
    }

    pub(crate) fn forget(&self, name: &K) {
        self.at(Instant::now()).known.remove(name);
    }

    /// Without what is not to be remembered any longer.
    fn at(&self, now: Instant) -> MutexGuard<'_, Facts<K, V>> {
        let mut facts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if facts.known.len() >= MOST || now.saturating_duration_since(facts.since) >= LATELY {
            *facts = Facts { since: now, known: HashMap::new() };
        }
        facts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_remembered_for_ever_and_never_too_much() {
        let lately = Lately::default();
        for fact in 0..MOST - 1 {
            lately.put(fact, fact);
        }
        assert_eq!(lately.get(&7), Some(7));
        lately.forget(&7);
        assert_eq!((lately.get(&7), lately.get(&8)), (None, Some(8)));
        lately.put(7, 7);
        lately.put(MOST, MOST);
        assert_eq!(lately.get(&8), None);
        lately.put(1, 1);
        assert!(lately.at(Instant::now() + LATELY).known.is_empty());
    }
}

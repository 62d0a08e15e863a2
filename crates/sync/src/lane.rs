//! A breaker: after failures in a row everything of its kind waits, and the waits grow.

/// How one kind of request has fared lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Lane {
    /// In a row.
    pub(crate) failures: u32,
    pub(crate) not_before_ms: u64,
}

impl Lane {
    pub(crate) const fn works(&mut self) {
        self.failures = 0;
        self.not_before_ms = 0;
    }

    pub(crate) const fn is_due(&self, now_ms: u64) -> bool {
        self.not_before_ms <= now_ms
    }

    /// A clock that was set back takes what waits along with it, or a wait of seconds would become one of days.
    pub(crate) const fn set_back(&mut self, by_ms: u64) {
        self.not_before_ms = self.not_before_ms.saturating_sub(by_ms);
    }
}

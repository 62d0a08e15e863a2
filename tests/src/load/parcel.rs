//! What is handed in: a complete application with photographs that nobody handed in before, made before the clock runs.

use anyhow::Result;
use jiff::Timestamp;
use testkit::handing::{Papers, numbered, photo_of};
use uuid::Uuid;

/// Photographs of about the same weight.
pub(super) struct Photographs {
    master: Vec<u8>,
    next: u64,
}

impl Photographs {
    pub(super) fn of(bytes: usize) -> Self {
        // Of another run there may be some.
        let (next, _) = Uuid::new_v4().as_u64_pair();
        Self { master: photo_of(bytes), next }
    }

    pub(super) fn take(&mut self) -> Vec<u8> {
        self.next = self.next.wrapping_add(1);
        numbered(&self.master, self.next)
    }
}

/// Applications with `photographs` different documents each.
pub(super) fn applications(from: &mut Photographs, count: u32, photographs: u32) -> Result<Vec<Papers>> {
    let taken: Vec<Vec<Vec<u8>>> =
        (0..count).map(|_| (0..photographs).map(|_| from.take()).collect()).collect();
    Ok(taken.iter().map(|documents| Papers::resident_with(Timestamp::now(), documents)).collect())
}

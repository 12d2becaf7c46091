//! A clock that stands still until it is told to go on.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use todoke::clock::Clock;
use todoke_domain::time::Timestamp;

/// The clock.
#[derive(Clone)]
pub(crate) struct TestClock(Arc<AtomicI64>);

impl TestClock {
    /// Stands at this instant.
    pub(crate) fn at(rfc3339: &str) -> Self {
        Self(Arc::new(AtomicI64::new(Timestamp::parse_rfc3339(rfc3339).unwrap().as_micros())))
    }

    /// Stands at the real present, for what verifies against the machine's own clock.
    pub(crate) fn at_present() -> Self {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        Self(Arc::new(AtomicI64::new(i64::try_from(since.as_micros()).unwrap())))
    }

    /// Goes on.
    pub(crate) fn advance_ms(&self, millis: i64) {
        self.0.fetch_add(millis * 1_000, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        // A microsecond a look: two things that happen one after the other never have the same instant.
        Timestamp::from_micros(self.0.fetch_add(1, Ordering::SeqCst))
    }
}

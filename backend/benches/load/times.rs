//! Many measured times, and the shares that one asks of them.

use std::time::Duration;

/// Times of one scenario.
#[derive(Default)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    /// One more.
    pub(crate) fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// Those of another run, too.
    pub(crate) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// How many.
    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap()
    }

    /// The time that this many per cent stay below, in milliseconds.
    pub(crate) fn percentile_ms(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let last = sorted.len().saturating_sub(1);
        sorted.get((sorted.len() * percent / 100).min(last)).map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
    }

    /// `p50 / p99` in milliseconds.
    pub(crate) fn told(&self) -> String {
        format!("{:.1} / {:.1} ms", self.percentile_ms(50), self.percentile_ms(99))
    }
}

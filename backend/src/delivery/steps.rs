//! How long the steps of an attempt take: name, connection, TLS, first byte. What was begun when the attempt ended
//! (also by time-out) counts up to its end.

use tokio::time::Instant;

use super::stream::Traffic;
use crate::store::attempts::Timings;

/// A step that is measured from outside; the first byte is seen by the connection itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Finding the address of the host's name.
    Dns,
    /// Making the connection.
    Connect,
    /// The TLS handshake.
    Tls,
}

/// The steps of one attempt.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    /// What went over the connection.
    pub traffic: Traffic,
    timings: Timings,
    running: Option<(Step, Instant)>,
}

impl Steps {
    /// Begins a step; the one before has ended.
    pub(crate) fn begin(&mut self, step: Step) {
        self.end();
        self.running = Some((step, Instant::now()));
    }

    /// Ends the step that runs.
    pub(crate) fn end(&mut self) {
        let Some((step, since)) = self.running.take() else { return };
        let taken = Some(milliseconds(since.elapsed()));
        match step {
            Step::Dns => self.timings.dns_ms = taken,
            Step::Connect => self.timings.connect_ms = taken,
            Step::Tls => self.timings.tls_ms = taken,
        }
    }

    /// What was measured, once the attempt has ended.
    pub(crate) fn into_timings(mut self) -> Timings {
        self.end();
        Timings { first_byte_ms: self.traffic.first_byte_after().map(milliseconds), ..self.timings }
    }
}

fn milliseconds(duration: std::time::Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}

//! The duty to bring one result to the merchant's endpoint: how an attempt is classed and what follows it.
//!
//! Knows no HTTP library: the sender tells what it saw, this file says what that means.

use crate::{acknowledgement::BodyRule, retry::RetryPolicy};

/// Why an attempt failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cause {
    /// The host's name has no address.
    NameNotResolved,
    /// Nobody listens at the address.
    ConnectionRefused,
    /// The connection could not be made for another reason.
    ConnectFailed,
    /// The connection was not made in time.
    ConnectTimedOut,
    /// The TLS handshake failed.
    TlsFailed,
    /// The address is private or otherwise not permitted.
    BlockedTarget,
    /// The IP code has no endpoint yet.
    NoEndpoint,
    /// The request could not be built from the endpoint's settings.
    InvalidRequest,
    /// No answer in time after the request was written.
    TimedOut,
    /// The connection broke after bytes of the request were written.
    ConnectionReset,
    /// What came back is not HTTP, or is over a limit.
    InvalidAnswer,
    /// Status 5xx.
    ServerError,
    /// Status 4xx (or 1xx, which ends no exchange).
    ClientError,
    /// Status 3xx; never followed.
    Redirect,
    /// Status 2xx, but the body is not what the acknowledgement rule asks for.
    BodyRuleNotMet,
    /// The process died between "may have been written" and "outcome recorded".
    ProcessDied,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 16] = [
        Self::NameNotResolved,
        Self::ConnectionRefused,
        Self::ConnectFailed,
        Self::ConnectTimedOut,
        Self::TlsFailed,
        Self::BlockedTarget,
        Self::NoEndpoint,
        Self::InvalidRequest,
        Self::TimedOut,
        Self::ConnectionReset,
        Self::InvalidAnswer,
        Self::ServerError,
        Self::ClientError,
        Self::Redirect,
        Self::BodyRuleNotMet,
        Self::ProcessDied,
    ];

    /// The name in storage and on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NameNotResolved => "NAME_NOT_RESOLVED",
            Self::ConnectionRefused => "CONNECTION_REFUSED",
            Self::ConnectFailed => "CONNECT_FAILED",
            Self::ConnectTimedOut => "CONNECT_TIMED_OUT",
            Self::TlsFailed => "TLS_FAILED",
            Self::BlockedTarget => "BLOCKED_TARGET",
            Self::NoEndpoint => "NO_ENDPOINT",
            Self::InvalidRequest => "INVALID_REQUEST",
            Self::TimedOut => "TIMED_OUT",
            Self::ConnectionReset => "CONNECTION_RESET",
            Self::InvalidAnswer => "INVALID_ANSWER",
            Self::ServerError => "SERVER_ERROR",
            Self::ClientError => "CLIENT_ERROR",
            Self::Redirect => "REDIRECT",
            Self::BodyRuleNotMet => "BODY_RULE_NOT_MET",
            Self::ProcessDied => "PROCESS_DIED",
        }
    }

    /// The cause of this name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.code() == code)
    }

    /// What the merchant may have received when an attempt fails for this cause (docs/REQUIREMENTS.md, A.3).
    pub const fn receipt(self) -> Receipt {
        match self {
            Self::NameNotResolved
            | Self::ConnectionRefused
            | Self::ConnectFailed
            | Self::ConnectTimedOut
            | Self::TlsFailed
            | Self::BlockedTarget
            | Self::NoEndpoint
            | Self::InvalidRequest => Receipt::NotReceived,
            Self::TimedOut
            | Self::ConnectionReset
            | Self::InvalidAnswer
            | Self::ServerError
            | Self::ClientError
            | Self::Redirect
            | Self::BodyRuleNotMet
            | Self::ProcessDied => Receipt::MaybeReceived,
        }
    }
}

/// What the merchant may have received of a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Receipt {
    /// No byte of the request can have reached the merchant's program (未達).
    NotReceived,
    /// The merchant's program may have acted on it (到達の可能性あり).
    MaybeReceived,
}

impl Receipt {
    /// The name in storage and on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotReceived => "NOT_RECEIVED",
            Self::MaybeReceived => "MAYBE_RECEIVED",
        }
    }

    /// The class of this name.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::NotReceived, Self::MaybeReceived].into_iter().find(|receipt| receipt.code() == code)
    }
}

/// How one attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The endpoint acknowledged.
    Delivered,
    /// It did not; the cause says what the merchant may have received.
    Failed(Cause),
}

impl Outcome {
    /// Classes an answer by its status and, for 2xx, by the endpoint's body rule. `body` is decoded in the
    /// endpoint's charset and holds at most its first 64 KiB.
    pub fn of_answer(status: u16, body: &str, rule: &BodyRule) -> Self {
        match status {
            200..=299 if rule.is_met_by(body) => Self::Delivered,
            200..=299 => Self::Failed(Cause::BodyRuleNotMet),
            300..=399 => Self::Failed(Cause::Redirect),
            500..=599 => Self::Failed(Cause::ServerError),
            _ => Self::Failed(Cause::ClientError),
        }
    }

    /// `DELIVERED`, `NOT_RECEIVED` or `MAYBE_RECEIVED`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Delivered => "DELIVERED",
            Self::Failed(cause) => cause.receipt().code(),
        }
    }
}

/// Who set an attempt going.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trigger {
    /// The first attempt of a result, or one of the retry policy.
    Automatic,
    /// One decision of a person or tool about one row.
    Manual,
    /// A resend batch.
    Batch,
}

impl Trigger {
    /// The name in storage and on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Automatic => "AUTOMATIC",
            Self::Manual => "MANUAL",
            Self::Batch => "BATCH",
        }
    }

    /// The trigger of this name.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Automatic, Self::Manual, Self::Batch].into_iter().find(|trigger| trigger.code() == code)
    }
}

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeliveryState {
    /// Waits for its next attempt.
    Pending,
    /// A worker holds the lease: a request may be on its way.
    Leased,
    /// Acknowledged by the endpoint.
    Delivered,
    /// The policy is spent; a person decides.
    Failed,
}

impl DeliveryState {
    /// The name in storage.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Leased => "LEASED",
            Self::Delivered => "DELIVERED",
            Self::Failed => "FAILED",
        }
    }

    /// The state of this name.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Pending, Self::Leased, Self::Delivered, Self::Failed]
            .into_iter()
            .find(|state| state.code() == code)
    }
}

/// What the endpoint's settings say about failures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailurePolicy {
    /// Automatic retries.
    pub retry: RetryPolicy,
    /// The endpoint drops a second copy by itself, so what may have arrived may be sent again unasked.
    pub endpoint_is_idempotent: bool,
}

/// What follows an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Nothing more to do.
    Finish,
    /// The next automatic attempt, after so many milliseconds.
    RetryAfter {
        /// Wait in milliseconds.
        delay_ms: i64,
    },
    /// The send error appears, or stays with the newer failure.
    RaiseSendError,
}

/// Circumstances of the attempt that has just ended.
#[derive(Clone, Copy, Debug)]
pub struct AttemptContext {
    /// Who set it going.
    pub trigger: Trigger,
    /// Failed automatic attempts so far, this one included.
    pub failures: u32,
    /// The answer's `Retry-After`, in milliseconds.
    pub retry_after_ms: Option<i64>,
    /// A random number of thousandths, 0 to 1,000.
    pub jitter_permille: u16,
}

/// Decides what follows an attempt. What may have been received is retried unasked only where the endpoint is
/// declared idempotent; what a person sent is never retried unasked (docs/REQUIREMENTS.md, A.4 and A.11).
pub fn next_step(outcome: Outcome, context: AttemptContext, policy: &FailurePolicy) -> NextStep {
    let cause = match outcome {
        Outcome::Delivered => return NextStep::Finish,
        Outcome::Failed(cause) => cause,
    };
    let automatic = match context.trigger {
        Trigger::Automatic => true,
        Trigger::Manual | Trigger::Batch => false,
    };
    let permitted = match cause.receipt() {
        Receipt::NotReceived => true,
        Receipt::MaybeReceived => policy.endpoint_is_idempotent,
    };
    if !(automatic && permitted) {
        return NextStep::RaiseSendError;
    }
    match policy.retry.delay_ms(context.failures, context.retry_after_ms, context.jitter_permille) {
        Some(delay_ms) => NextStep::RetryAfter { delay_ms },
        None => NextStep::RaiseSendError,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn context(trigger: Trigger, failures: u32) -> AttemptContext {
        AttemptContext { trigger, failures, retry_after_ms: None, jitter_permille: 0 }
    }

    #[test]
    fn answers_are_classed_by_status_and_body() {
        let ok = BodyRule::Equals("OK".to_owned());
        for (status, body, outcome) in [
            (200, "OK", Outcome::Delivered),
            (204, "", Outcome::Failed(Cause::BodyRuleNotMet)),
            (200, "NG", Outcome::Failed(Cause::BodyRuleNotMet)),
            (301, "OK", Outcome::Failed(Cause::Redirect)),
            (404, "OK", Outcome::Failed(Cause::ClientError)),
            (500, "OK", Outcome::Failed(Cause::ServerError)),
            (101, "OK", Outcome::Failed(Cause::ClientError)),
            (999, "OK", Outcome::Failed(Cause::ClientError)),
        ] {
            assert_eq!(Outcome::of_answer(status, body, &ok), outcome, "{status} {body}");
        }
    }

    #[test]
    fn names_survive_storage() {
        for cause in Cause::ALL {
            assert_eq!(Cause::from_code(cause.code()), Some(cause));
        }
    }

    #[test]
    fn what_may_have_arrived_is_not_sent_again_unasked() {
        let mut policy =
            FailurePolicy { retry: RetryPolicy::EveryHours { hours: 1 }, endpoint_is_idempotent: false };
        let timed_out = Outcome::Failed(Cause::TimedOut);
        assert_eq!(next_step(timed_out, context(Trigger::Automatic, 1), &policy), NextStep::RaiseSendError);
        policy.endpoint_is_idempotent = true;
        let retry = NextStep::RetryAfter { delay_ms: 3_600_000 };
        assert_eq!(next_step(timed_out, context(Trigger::Automatic, 1), &policy), retry);
    }

    #[test]
    fn what_cannot_have_arrived_follows_the_policy_until_it_is_spent() {
        let policy =
            FailurePolicy { retry: RetryPolicy::Delays { delays_s: vec![5] }, endpoint_is_idempotent: false };
        let refused = Outcome::Failed(Cause::ConnectionRefused);
        assert_eq!(
            next_step(refused, context(Trigger::Automatic, 1), &policy),
            NextStep::RetryAfter { delay_ms: 5_000 }
        );
        assert_eq!(next_step(refused, context(Trigger::Automatic, 2), &policy), NextStep::RaiseSendError);
    }

    proptest! {
        /// State machine: whatever happens, a person's resend is followed by nothing that sends unasked.
        #[test]
        fn a_decision_leads_to_at_most_one_request(cause_index in 0_usize..16, failures in 0_u32..50, idempotent: bool, hours in 1_u32..=24) {
            let policy = FailurePolicy { retry: RetryPolicy::EveryHours { hours }, endpoint_is_idempotent: idempotent };
            for trigger in [Trigger::Manual, Trigger::Batch] {
                let step = next_step(Outcome::Failed(Cause::ALL[cause_index]), context(trigger, failures), &policy);
                prop_assert_eq!(step, NextStep::RaiseSendError);
            }
        }

        #[test]
        fn maybe_received_is_never_retried_without_declared_idempotency(cause_index in 0_usize..16, failures in 0_u32..50) {
            let cause = Cause::ALL[cause_index];
            let policy = FailurePolicy { retry: RetryPolicy::EveryHours { hours: 1 }, endpoint_is_idempotent: false };
            let step = next_step(Outcome::Failed(cause), context(Trigger::Automatic, failures), &policy);
            prop_assert_eq!(matches!(step, NextStep::RetryAfter { .. }), cause.receipt() == Receipt::NotReceived);
        }
    }
}

//! The event that tells a cart of a restored order (docs/REQUIREMENTS.md, B.5): when it is tried again, and when
//! somebody may send it by hand.
//!
//! Its id is stable and the cart drops a second copy by it. So what may have been received is sent again unasked, and
//! by hand without a confirmation, unlike a payment result.

use crate::{
    delivery::{DeliveryState, Outcome, Trigger},
    retry::RetryPolicy,
};

/// The event's type on the wire.
pub const ORDER_RESTORED: &str = "order.restored";
/// Waits before each retry, in seconds: those that the Standard Webhooks specification suggests, three days together.
pub const RETRY_DELAYS_S: [u32; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
/// How long a cart may take, from the start of the connection to the end of its answer, in milliseconds.
pub const TIMEOUT_MS: u32 = 15_000;

/// What follows an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventStep {
    /// The cart has it.
    Delivered,
    /// The next attempt, after so many milliseconds.
    RetryAfter {
        /// Wait in milliseconds.
        delay_ms: i64,
    },
    /// The schedule is spent; a person decides.
    GiveUp,
}

/// Decides what follows an attempt. `failures` counts the failed attempts so far, this one included, whoever set them
/// going: an event that was given up is tried once by hand and no more.
pub fn step_after(
    outcome: Outcome,
    failures: u32,
    retry_after_ms: Option<i64>,
    jitter_permille: u16,
) -> EventStep {
    match outcome {
        Outcome::Delivered => EventStep::Delivered,
        Outcome::Failed(_) => {
            let schedule = RetryPolicy::Delays { delays_s: RETRY_DELAYS_S.to_vec() };
            match schedule.delay_ms(failures, retry_after_ms, jitter_permille) {
                Some(delay_ms) => EventStep::RetryAfter { delay_ms },
                None => EventStep::GiveUp,
            }
        }
    }
}

/// Whether a request is on its way, or was just decided: then nobody sends another one. `next` is what sets the next
/// attempt going, or set the present one going.
pub const fn is_sending(state: DeliveryState, next: Trigger) -> bool {
    match (state, next) {
        (DeliveryState::Leased, _) | (DeliveryState::Pending, Trigger::Manual | Trigger::Batch) => true,
        (DeliveryState::Pending, Trigger::Automatic)
        | (DeliveryState::Delivered | DeliveryState::Failed, _) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::Cause;

    #[test]
    fn every_failure_is_retried_on_the_schedule_until_it_is_spent() {
        for cause in Cause::ALL {
            for (failures, delay_s) in (1..).zip(RETRY_DELAYS_S) {
                let step = step_after(Outcome::Failed(cause), failures, None, 0);
                let delay_ms = i64::from(delay_s) * 1_000;
                assert_eq!(step, EventStep::RetryAfter { delay_ms }, "{cause:?} {failures}");
            }
            for failures in [10, 11, u32::MAX] {
                assert_eq!(step_after(Outcome::Failed(cause), failures, Some(1), 0), EventStep::GiveUp);
            }
        }
        assert_eq!(step_after(Outcome::Delivered, 0, None, 0), EventStep::Delivered);
    }

    #[test]
    fn the_cart_may_ask_for_a_longer_wait_and_jitter_lengthens_it() {
        let failed = Outcome::Failed(Cause::ServerError);
        assert_eq!(step_after(failed, 1, Some(60_000), 0), EventStep::RetryAfter { delay_ms: 60_000 });
        assert_eq!(step_after(failed, 2, Some(60_000), 0), EventStep::RetryAfter { delay_ms: 300_000 });
        assert_eq!(step_after(failed, 1, None, 1_000), EventStep::RetryAfter { delay_ms: 6_000 });
    }

    #[test]
    fn what_is_on_its_way_is_not_sent_a_second_time() {
        for (state, next, sending) in [
            (DeliveryState::Pending, Trigger::Automatic, false),
            (DeliveryState::Pending, Trigger::Manual, true),
            (DeliveryState::Leased, Trigger::Automatic, true),
            (DeliveryState::Leased, Trigger::Manual, true),
            (DeliveryState::Delivered, Trigger::Manual, false),
            (DeliveryState::Failed, Trigger::Manual, false),
        ] {
            assert_eq!(is_sending(state, next), sending, "{state:?} {next:?}");
        }
    }
}

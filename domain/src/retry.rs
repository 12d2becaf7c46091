//! When a failed delivery is tried again without anybody asking (docs/REQUIREMENTS.md, A.4).
//!
//! Draws no random number: the caller gives the jitter in thousandths.

use serde::{Deserialize, Serialize};

/// What follows a failed attempt, per IP code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RetryPolicy {
    /// No automatic retry: the send error is raised at once. The default for carrier billing (reference A).
    #[default]
    None,
    /// So many retries as there are delays; the send error is raised when they are spent.
    Delays {
        /// Seconds before each retry, at most [`RetryPolicy::DELAYS_MAX`] of them.
        delays_s: Vec<u32>,
    },
    /// Every so many hours until accepted, as the result-notification program of reference B does.
    EveryHours {
        /// Hours between attempts, 1 to 24.
        hours: u32,
    },
}

impl RetryPolicy {
    /// The most retries of a list: beyond this a person should look.
    pub const DELAYS_MAX: usize = 10;
    /// The longest wait that a `Retry-After` header may ask for, in milliseconds (one day).
    pub const RETRY_AFTER_MAX_MS: i64 = 86_400_000;

    /// Reads `none`, `delays:5,60` (seconds) or `every:6` (hours), as commands write it.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, figures) = text.split_once(':').unwrap_or((text, ""));
        match kind {
            "none" if figures.is_empty() => Some(Self::None),
            "delays" => {
                let delays_s: Option<Vec<u32>> =
                    figures.split(',').map(|delay| delay.trim().parse().ok()).collect();
                let delays_s = delays_s.filter(|delays| delays.len() <= Self::DELAYS_MAX)?;
                let fit = delays_s.iter().all(|delay| (1..=86_400).contains(delay));
                fit.then_some(Self::Delays { delays_s })
            }
            "every" => {
                let hours = figures.parse().ok().filter(|hours| (1..=24).contains(hours))?;
                Some(Self::EveryHours { hours })
            }
            _ => None,
        }
    }

    /// The wait before the next attempt in milliseconds, or `None` when the policy is spent.
    /// `failures` counts the failed automatic attempts so far, the one just made included.
    /// Jitter lengthens the wait by up to a fifth, so that an outage does not end in a stampede.
    pub fn delay_ms(&self, failures: u32, retry_after_ms: Option<i64>, jitter_permille: u16) -> Option<i64> {
        let base_s = match self {
            Self::None => return None,
            Self::Delays { delays_s } => {
                let index = usize::try_from(failures.checked_sub(1)?).ok()?;
                *delays_s.get(index)?
            }
            Self::EveryHours { hours } => hours.saturating_mul(3_600),
        };
        let base_ms = i64::from(base_s).saturating_mul(1_000);
        let asked_ms = retry_after_ms.unwrap_or(0).clamp(0, Self::RETRY_AFTER_MAX_MS);
        let wait_ms = base_ms.max(asked_ms);
        let jitter_ms = (wait_ms / 5).saturating_mul(i64::from(jitter_permille.min(1_000))) / 1_000;
        Some(wait_ms.saturating_add(jitter_ms))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_default_never_retries() {
        assert_eq!(RetryPolicy::default().delay_ms(1, Some(1_000), 500), None);
    }

    #[test]
    fn commands_write_a_policy_in_one_word() {
        assert_eq!(RetryPolicy::parse("none"), Some(RetryPolicy::None));
        assert_eq!(RetryPolicy::parse("delays:5, 60"), Some(RetryPolicy::Delays { delays_s: vec![5, 60] }));
        assert_eq!(RetryPolicy::parse("every:6"), Some(RetryPolicy::EveryHours { hours: 6 }));
        for wrong in [
            "",
            "delays:",
            "delays:0",
            "delays:86401",
            "delays:1,1,1,1,1,1,1,1,1,1,1",
            "every:25",
            "every:",
            "none:1",
        ] {
            assert_eq!(RetryPolicy::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_list_is_spent_after_its_last_delay() {
        let policy = RetryPolicy::Delays { delays_s: vec![10, 60] };
        assert_eq!(policy.delay_ms(1, None, 0), Some(10_000));
        assert_eq!(policy.delay_ms(2, None, 0), Some(60_000));
        assert_eq!(policy.delay_ms(3, None, 0), None);
        assert_eq!(policy.delay_ms(1, None, 1_000), Some(12_000));
    }

    #[test]
    fn retry_after_lengthens_but_never_shortens_and_has_a_limit() {
        let policy = RetryPolicy::EveryHours { hours: 1 };
        assert_eq!(policy.delay_ms(900, None, 0), Some(3_600_000));
        assert_eq!(policy.delay_ms(1, Some(7_200_000), 0), Some(7_200_000));
        assert_eq!(policy.delay_ms(1, Some(1_000), 0), Some(3_600_000));
        assert_eq!(policy.delay_ms(1, Some(i64::MAX), 0), Some(RetryPolicy::RETRY_AFTER_MAX_MS));
    }

    proptest! {
        #[test]
        fn a_wait_lies_between_its_base_and_a_fifth_more(hours in 1_u32..=24, failures in 1_u32..1_000, jitter in 0_u16..=1_000) {
            let base = i64::from(hours) * 3_600_000;
            let wait = RetryPolicy::EveryHours { hours }.delay_ms(failures, None, jitter).unwrap();
            prop_assert!((base..=base + base / 5).contains(&wait));
        }
    }
}

//! What an IP code's settings may be: limits and faults, before anything is stored.
//!
//! Resolves no name and parses no address: that is the server's part.

use crate::{
    acknowledgement::BodyRule,
    payment::{FaultKind, FieldFault, PARAMETER_NAME_CHARS_MAX, PARAMETERS_MAX},
    retry::RetryPolicy,
};

/// Shortest time-out, in milliseconds: below it no endpoint answers over the internet.
pub const TIMEOUT_MS_MIN: u32 = 100;
/// Longest time-out: an attempt holds a slot as long.
pub const TIMEOUT_MS_MAX: u32 = 120_000;
/// Longest delay of a retry, in milliseconds (one day).
pub const DELAY_MS_MAX: u32 = 86_400_000;
/// Greatest number of hours between attempts.
pub const EVERY_HOURS_MAX: u32 = 24;
/// Greatest number of failures before a pause.
pub const PAUSE_AFTER_FAILURES_MAX: u32 = 10_000;
/// Most alert addresses of an IP code.
pub const ALERT_ADDRESSES_MAX: usize = 10;
/// Longest address of an endpoint, in characters.
pub const URL_CHARS_MAX: usize = 2_000;

/// The kinds of body rules, without their text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyRuleKind {
    /// Any body.
    Any,
    /// Equal to the text.
    Equals,
    /// Begins with the text.
    StartsWith,
    /// Holds the text.
    Contains,
}

/// The kinds of retry policies, without their figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryKind {
    /// No automatic retry.
    None,
    /// A list of delays.
    Delays,
    /// Every so many hours.
    UntilAccepted,
}

/// The time-out, if it is within its limits.
///
/// # Errors
/// The fault beside `timeoutMs`.
pub fn parse_timeout_ms(timeout_ms: i64) -> Result<u32, FieldFault> {
    within(timeout_ms, TIMEOUT_MS_MIN, TIMEOUT_MS_MAX, "endpoint.timeoutMs")
}

/// The body rule of a kind with its text.
///
/// # Errors
/// The fault beside `bodyRule.text`.
pub fn parse_body_rule(kind: BodyRuleKind, text: Option<&str>) -> Result<BodyRule, FieldFault> {
    let fault = |kind| FieldFault::new("endpoint.bodyRule.text", kind);
    let text = text.unwrap_or_default();
    let build = match kind {
        BodyRuleKind::Any if text.is_empty() => return Ok(BodyRule::Any),
        BodyRuleKind::Any => return Err(fault(FaultKind::UnknownField)),
        BodyRuleKind::Equals => BodyRule::Equals,
        BodyRuleKind::StartsWith => BodyRule::StartsWith,
        BodyRuleKind::Contains => BodyRule::Contains,
    };
    if text.trim().is_empty() {
        return Err(fault(FaultKind::Required));
    }
    if text.chars().count() > BodyRule::TEXT_CHARS_MAX {
        return Err(fault(FaultKind::TooLong(BodyRule::TEXT_CHARS_MAX)));
    }
    Ok(build(text.to_owned()))
}

/// The retry policy of a kind with its figures. Figures of another kind are faults: somebody meant something else.
///
/// # Errors
/// The fault beside its field.
pub fn parse_retry_policy(
    kind: RetryKind,
    delays_ms: Option<&[i64]>,
    every_hours: Option<i64>,
) -> Result<RetryPolicy, FieldFault> {
    let fault = |field: &str, kind| Err(FieldFault::new(format!("retryPolicy.{field}"), kind));
    let delays_ms = delays_ms.unwrap_or_default();
    if kind != RetryKind::Delays && !delays_ms.is_empty() {
        return fault("delaysMs", FaultKind::UnknownField);
    }
    if kind != RetryKind::UntilAccepted && every_hours.is_some() {
        return fault("everyHours", FaultKind::UnknownField);
    }
    match kind {
        RetryKind::None => Ok(RetryPolicy::None),
        RetryKind::Delays if delays_ms.is_empty() => fault("delaysMs", FaultKind::Required),
        RetryKind::Delays if delays_ms.len() > RetryPolicy::DELAYS_MAX => {
            fault("delaysMs", FaultKind::TooMany(RetryPolicy::DELAYS_MAX))
        }
        RetryKind::Delays => {
            let delays: Result<Vec<u32>, FieldFault> =
                delays_ms.iter().map(|delay| delay_s(*delay)).collect();
            delays.map(|delays_s| RetryPolicy::Delays { delays_s })
        }
        RetryKind::UntilAccepted => match every_hours {
            None => fault("everyHours", FaultKind::Required),
            Some(hours) => within(hours, 1, EVERY_HOURS_MAX, "retryPolicy.everyHours")
                .map(|hours| RetryPolicy::EveryHours { hours }),
        },
    }
}

/// After how many failures in a row an endpoint is paused; 0 means never.
///
/// # Errors
/// The fault beside its field.
pub fn parse_pause_after(failures: i64) -> Result<u32, FieldFault> {
    within(failures, 0, PAUSE_AFTER_FAILURES_MAX, "retryPolicy.pauseAfterFailures")
}

/// What is wrong with a list of editable parameters. What names the payment is never edited.
pub fn faults_of_editable_parameters(names: &[String]) -> Vec<FieldFault> {
    let field = "editableParameters";
    let mut faults = Vec::new();
    if names.len() > PARAMETERS_MAX {
        faults.push(FieldFault::new(field, FaultKind::TooMany(PARAMETERS_MAX)));
    }
    for name in names {
        if name.is_empty() {
            faults.push(FieldFault::new(field, FaultKind::Required));
        } else if name.chars().count() > PARAMETER_NAME_CHARS_MAX {
            faults.push(FieldFault::new(field, FaultKind::TooLong(PARAMETER_NAME_CHARS_MAX)));
        } else if name.chars().any(char::is_control) {
            faults.push(FieldFault::new(field, FaultKind::InvalidFormat));
        } else if ["clientip", "order_no"].contains(&name.as_str()) {
            faults.push(FieldFault::new(field, FaultKind::ReservedName));
        }
    }
    faults.dedup();
    faults
}

/// Whole seconds from one second to a day.
fn delay_s(delay_ms: i64) -> Result<u32, FieldFault> {
    let field = "retryPolicy.delaysMs";
    let delay_ms = within(delay_ms, 1_000, DELAY_MS_MAX, field)?;
    if delay_ms % 1_000 == 0 {
        Ok(delay_ms / 1_000)
    } else {
        Err(FieldFault::new(field, FaultKind::InvalidFormat))
    }
}

fn within(number: i64, least: u32, most: u32, field: &str) -> Result<u32, FieldFault> {
    let fault = || FieldFault::new(field, FaultKind::OutOfRange);
    let number = u32::try_from(number).map_err(|_| fault())?;
    if (least..=most).contains(&number) { Ok(number) } else { Err(fault()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind<T>(result: Result<T, FieldFault>) -> Option<FaultKind> {
        result.err().map(|fault| fault.kind)
    }

    #[test]
    fn figures_have_both_limits() {
        for (number, fits) in [(99, false), (100, true), (120_000, true), (120_001, false), (-1, false)] {
            assert_eq!(parse_timeout_ms(number).is_ok(), fits, "{number}");
        }
        for (number, fits) in [(-1, false), (0, true), (10_000, true), (10_001, false)] {
            assert_eq!(parse_pause_after(number).is_ok(), fits, "{number}");
        }
        for (hours, fits) in [(0, false), (1, true), (24, true), (25, false)] {
            let parsed = parse_retry_policy(RetryKind::UntilAccepted, None, Some(hours));
            assert_eq!(parsed.is_ok(), fits, "{hours}");
        }
        for (delay, fits) in
            [(999, false), (1_000, true), (1_500, false), (86_400_000, true), (86_401_000, false)]
        {
            assert_eq!(parse_retry_policy(RetryKind::Delays, Some(&[delay]), None).is_ok(), fits, "{delay}");
        }
    }

    #[test]
    fn a_policy_takes_the_figures_of_its_kind_only() {
        let parsed = parse_retry_policy(RetryKind::Delays, Some(&[5_000, 60_000]), None);
        assert_eq!(parsed, Ok(RetryPolicy::Delays { delays_s: vec![5, 60] }));
        assert_eq!(kind(parse_retry_policy(RetryKind::Delays, None, None)), Some(FaultKind::Required));
        assert_eq!(
            kind(parse_retry_policy(RetryKind::Delays, Some(&[1_000; 11]), None)),
            Some(FaultKind::TooMany(10))
        );
        assert_eq!(kind(parse_retry_policy(RetryKind::UntilAccepted, None, None)), Some(FaultKind::Required));
        for wrong in [
            parse_retry_policy(RetryKind::None, Some(&[1_000]), None),
            parse_retry_policy(RetryKind::None, None, Some(1)),
            parse_retry_policy(RetryKind::UntilAccepted, Some(&[1_000]), Some(1)),
        ] {
            assert_eq!(kind(wrong), Some(FaultKind::UnknownField));
        }
    }

    #[test]
    fn a_body_rule_has_its_text() {
        assert_eq!(parse_body_rule(BodyRuleKind::Any, None), Ok(BodyRule::Any));
        assert_eq!(parse_body_rule(BodyRuleKind::Equals, Some("OK")), Ok(BodyRule::Equals("OK".to_owned())));
        let long = "あ".repeat(200);
        assert_eq!(
            parse_body_rule(BodyRuleKind::Contains, Some(&long)),
            Ok(BodyRule::Contains(long.clone()))
        );
        assert_eq!(
            kind(parse_body_rule(BodyRuleKind::Contains, Some(&(long + "あ")))),
            Some(FaultKind::TooLong(200))
        );
        assert_eq!(kind(parse_body_rule(BodyRuleKind::StartsWith, Some(" "))), Some(FaultKind::Required));
        assert_eq!(kind(parse_body_rule(BodyRuleKind::Any, Some("OK"))), Some(FaultKind::UnknownField));
    }

    #[test]
    fn what_names_the_payment_is_never_editable() {
        let faults = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            faults_of_editable_parameters(&names).first().map(|fault| fault.kind)
        };
        assert_eq!(faults(&["money", "福袋"]), None);
        assert_eq!(faults(&[]), None);
        assert_eq!(faults(&["order_no"]), Some(FaultKind::ReservedName));
        assert_eq!(faults(&["clientip"]), Some(FaultKind::ReservedName));
        assert_eq!(faults(&[""]), Some(FaultKind::Required));
        assert_eq!(faults(&["x"; 51]), Some(FaultKind::TooMany(50)));
    }
}

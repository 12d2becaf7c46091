//! The words, marks and colours of every state: text, shape and colour always come together.
use super::decisions::Conflict;
use super::edit::Change;
use super::enums::{
    AbnormalOrderReason, AbnormalOrderStatus, AttemptOutcome, AttemptTrigger, Cause, ConflictReason,
    OrderStatus, Receipt, SendErrorStatus, TimelineKind,
};
use super::format;
use crate::api::decode;
use crate::i18n::Lang;

/// A state as it is drawn: its word and the class that gives colour and shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) text: &'static str,
    pub(crate) tone: &'static str,
}

fn mark(text: &'static str, tone: &'static str) -> Mark {
    Mark { text, tone }
}

pub(crate) fn send_error(l: Lang, status: SendErrorStatus, resending: bool) -> Mark {
    match (status, resending) {
        (SendErrorStatus::Unprocessed, true) => mark(l.status_resending(), "ring"),
        (SendErrorStatus::Unprocessed, false) => mark(l.status_unprocessed(), "danger"),
        (SendErrorStatus::Processed, _) => mark(l.status_processed(), "plain"),
    }
}

pub(crate) fn receipt(l: Lang, receipt: Receipt) -> Mark {
    match receipt {
        Receipt::NotReceived => mark(l.receipt_not_received(), "open"),
        Receipt::MaybeReceived => mark(l.receipt_maybe_received(), "warning"),
    }
}

pub(crate) fn attempt(l: Lang, outcome: AttemptOutcome) -> Mark {
    match outcome {
        AttemptOutcome::Delivered => mark(l.outcome_delivered(), "good"),
        AttemptOutcome::NotReceived => receipt(l, Receipt::NotReceived),
        AttemptOutcome::MaybeReceived => receipt(l, Receipt::MaybeReceived),
    }
}

/// What an edit does to a parameter; nothing for one that stays.
pub(crate) fn change(l: Lang, change: Change) -> Option<Mark> {
    match change {
        Change::Same => None,
        Change::Changed => Some(mark(l.change_changed(), "warning")),
        Change::Added => Some(mark(l.change_added(), "good")),
        Change::Removed => Some(mark(l.change_removed(), "danger")),
    }
}

pub(crate) fn abnormal_order(l: Lang, status: AbnormalOrderStatus) -> Mark {
    match status {
        AbnormalOrderStatus::Restorable => mark(l.list_restorable(), "warning"),
        AbnormalOrderStatus::Restored => mark(l.list_restored(), "plain"),
        AbnormalOrderStatus::Duplicate => mark(l.list_duplicate(), "violet"),
        AbnormalOrderStatus::Unrestorable => mark(l.list_unrestorable(), "grey"),
    }
}

pub(crate) fn order(l: Lang, status: OrderStatus) -> Mark {
    match status {
        OrderStatus::New => mark(l.order_status_new(), "ring"),
        OrderStatus::InProgress => mark(l.order_status_in_progress(), "good"),
        OrderStatus::Shipped => mark(l.order_status_shipped(), "plain"),
        OrderStatus::Cancelled => mark(l.order_status_cancelled(), "grey"),
    }
}

/// Why an attempt failed, with the status code where there was an answer: `サーバーエラー (503)`.
pub(crate) fn cause(l: Lang, cause: Cause, http_status: Option<i64>) -> String {
    let text = cause_text(l, cause);
    match http_status {
        Some(code) => [text, " (", &code.to_string(), ")"].concat(),
        None => text.to_owned(),
    }
}

pub(crate) fn cause_text(l: Lang, cause: Cause) -> &'static str {
    match cause {
        Cause::NameNotResolved => l.cause_name_not_resolved(),
        Cause::ConnectionRefused => l.cause_connection_refused(),
        Cause::ConnectFailed => l.cause_connect_failed(),
        Cause::ConnectTimedOut => l.cause_connect_timed_out(),
        Cause::TlsFailed => l.cause_tls_failed(),
        Cause::BlockedTarget => l.cause_blocked_target(),
        Cause::NoEndpoint => l.cause_no_endpoint(),
        Cause::InvalidRequest => l.cause_invalid_request(),
        Cause::TimedOut => l.cause_timed_out(),
        Cause::ConnectionReset => l.cause_connection_reset(),
        Cause::InvalidAnswer => l.cause_invalid_answer(),
        Cause::ServerError => l.cause_server_error(),
        Cause::ClientError => l.cause_client_error(),
        Cause::Redirect => l.cause_redirect(),
        Cause::BodyRuleNotMet => l.cause_body_rule_not_met(),
        Cause::ProcessDied => l.cause_process_died(),
        Cause::Unknown => l.cause_unknown(),
    }
}

pub(crate) fn trigger(l: Lang, trigger: AttemptTrigger) -> &'static str {
    match trigger {
        AttemptTrigger::Automatic => l.trigger_automatic(),
        AttemptTrigger::Manual => l.trigger_manual(),
        AttemptTrigger::Batch => l.trigger_batch(),
        AttemptTrigger::Unknown => l.trigger_unknown(),
    }
}

/// Why nothing was done for a decision: in what way somebody was first, who, and when.
pub(crate) fn conflict(l: Lang, conflict: &Conflict) -> String {
    let what = match conflict.reason {
        ConflictReason::AlreadyResending => l.conflict_already_resending(),
        ConflictReason::AlreadyProcessed => l.conflict_already_processed(),
        ConflictReason::NotProcessed => l.conflict_not_processed(),
        ConflictReason::SettingsChanged => l.conflict_settings_changed(),
        ConflictReason::ChangedMeanwhile => l.conflict_changed_meanwhile(),
        ConflictReason::KeyReused => l.conflict_key_reused(),
        ConflictReason::AlreadyRestored => l.conflict_already_restored(),
        ConflictReason::NotRestorable => l.conflict_not_restorable(),
        ConflictReason::AlreadyClosed => l.conflict_already_closed(),
        ConflictReason::NotClosable => l.conflict_not_closable(),
        ConflictReason::StatusChanged => l.conflict_status_changed(),
        ConflictReason::MailAlreadySent => l.conflict_mail_already_sent(),
        ConflictReason::GatewayCheckBlocked => l.conflict_gateway_check_blocked(),
        ConflictReason::BatchState => l.conflict_batch_state(),
        ConflictReason::PlanExpired => l.conflict_plan_expired(),
        ConflictReason::AlreadySending => l.conflict_already_sending(),
        ConflictReason::Unknown => l.error_conflict(),
    };
    let at = conflict.at.as_deref().map(format::instant);
    let by: Vec<&str> = conflict.by.as_deref().into_iter().chain(at.as_deref()).collect();
    if by.is_empty() { what.to_owned() } else { [what, " (", &by.join(" · "), ")"].concat() }
}

/// The carrier's own name for its billing; a code one does not know is shown as it is.
pub(crate) fn carrier(l: Lang, code: &str) -> String {
    match code {
        "docomo" => l.carrier_docomo().to_owned(),
        "au" => l.carrier_au().to_owned(),
        "softbank" => l.carrier_softbank().to_owned(),
        other => other.to_owned(),
    }
}

/// Why an abnormal order stands where it stands, and what to do about it.
pub(crate) fn reason(l: Lang, reason: AbnormalOrderReason) -> (&'static str, &'static str) {
    match reason {
        AbnormalOrderReason::NoCheckout => (l.reason_no_checkout(), l.todo_no_checkout()),
        AbnormalOrderReason::AmountMismatch => (l.reason_amount_mismatch(), l.todo_mismatch()),
        AbnormalOrderReason::PaymentMethodMismatch => (l.reason_payment_method_mismatch(), l.todo_mismatch()),
        AbnormalOrderReason::AccessIdMismatch => (l.reason_access_id_mismatch(), l.todo_mismatch()),
        AbnormalOrderReason::CheckoutExpired => (l.reason_checkout_expired(), l.todo_no_checkout()),
        AbnormalOrderReason::InvalidAmount => (l.reason_invalid_amount(), l.todo_mismatch()),
        AbnormalOrderReason::InvalidCurrency => (l.reason_invalid_currency(), l.todo_mismatch()),
        AbnormalOrderReason::InvalidDate => (l.reason_invalid_date(), l.todo_mismatch()),
        AbnormalOrderReason::OrderExists => (l.reason_order_exists(), l.todo_order_exists()),
        AbnormalOrderReason::CancelledAtGateway => (l.reason_cancelled_at_gateway(), l.todo_cancelled()),
        AbnormalOrderReason::Unknown => (l.reason_unknown(), l.todo_mismatch()),
    }
}

/// `DUPLICATE ORDER_EXISTS`, as the timeline tells an evaluation, in words; a word one does not know stays as it is.
pub(crate) fn evaluation(l: Lang, detail: &str) -> String {
    let in_words = |word: &str| match (decode::word(word), decode::word(word)) {
        (Some(status), _) => abnormal_order(l, status).text.to_owned(),
        (None, Some(AbnormalOrderReason::Unknown) | None) => word.to_owned(),
        (None, Some(known)) => reason(l, known).0.to_owned(),
    };
    detail.split(' ').map(in_words).collect::<Vec<_>>().join(" · ")
}

pub(crate) fn timeline(l: Lang, kind: TimelineKind) -> &'static str {
    match kind {
        TimelineKind::NotificationReceived => l.timeline_notification_received(),
        TimelineKind::Evaluated => l.timeline_evaluated(),
        TimelineKind::CheckoutRegistered => l.timeline_checkout_registered(),
        TimelineKind::OrderRegistered => l.timeline_order_registered(),
        TimelineKind::Restored => l.timeline_restored(),
        TimelineKind::Deleted => l.timeline_deleted(),
        TimelineKind::CancelledAtGateway => l.timeline_cancelled_at_gateway(),
        TimelineKind::ResultReceived => l.timeline_result_received(),
        TimelineKind::Attempted => l.timeline_attempted(),
        TimelineKind::ResendDecided => l.timeline_resend_decided(),
        TimelineKind::Closed => l.timeline_closed(),
        TimelineKind::Reopened => l.timeline_reopened(),
        TimelineKind::MailQueued => l.timeline_mail_queued(),
        TimelineKind::MailSent => l.timeline_mail_sent(),
        TimelineKind::MailFailed => l.timeline_mail_failed(),
        TimelineKind::GatewayChecked => l.timeline_gateway_checked(),
        TimelineKind::StatusChanged => l.timeline_status_changed(),
        TimelineKind::EventQueued => l.timeline_event_queued(),
        TimelineKind::EventAttempted => l.timeline_event_attempted(),
        TimelineKind::Unknown => l.timeline_unknown(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_is_being_sent_again_says_so_until_it_is_closed() {
        assert_eq!(send_error(Lang::Ja, SendErrorStatus::Unprocessed, false).text, "未処理");
        assert_eq!(send_error(Lang::Ja, SendErrorStatus::Unprocessed, true).text, "再送信中");
        assert_eq!(send_error(Lang::Ja, SendErrorStatus::Processed, true).text, "処理済");
    }

    #[test]
    fn an_evaluation_is_told_in_words() {
        let told = evaluation(Lang::Ja, "DUPLICATE ORDER_EXISTS NEWER");
        assert_eq!(told, ["重複注文", Lang::Ja.reason_order_exists(), "NEWER"].join(" · "));
    }

    #[test]
    fn a_cause_names_the_status_code_and_an_unknown_carrier_itself() {
        assert_eq!(cause(Lang::Ja, Cause::ServerError, Some(503)), "サーバーエラー (503)");
        assert_eq!(carrier(Lang::En, "ymobile"), "ymobile");
    }
}

//! A resend batch as it is told: its states in words and marks, what is left of it, and at what pace it goes on.
use super::enums::{Cause, ConflictReason, ResendBatchAction, ResendBatchRowState, ResendBatchState};
use super::status::{self, Mark};
use crate::api::decode;
use crate::i18n::Lang;
use todoke_domain::resend_batch::PLAN_LIFE_MS;
use todoke_domain::time::Timestamp;

/// The pace is that of the last few seconds: it follows an endpoint that slows down.
const PACE_WINDOW_MS: i64 = 10_000;
/// Below this nothing can be said of a pace.
const PACE_SPAN_MIN_MS: i64 = 1_000;

/// Until when a plan can be started; nothing where the instant cannot be read.
pub(crate) fn expires_at(planned_at: &str) -> Option<Timestamp> {
    let planned_at = Timestamp::parse_rfc3339(planned_at).ok()?;
    Some(planned_at.plus_millis(PLAN_LIFE_MS))
}

/// A plan that nobody started within its hour is void.
pub(crate) fn is_expired(state: ResendBatchState, planned_at: &str, now: Timestamp) -> bool {
    state == ResendBatchState::Planned && expires_at(planned_at).is_some_and(|end| end < now)
}

pub(crate) fn is_over(state: ResendBatchState) -> bool {
    matches!(state, ResendBatchState::Cancelled | ResendBatchState::Completed)
}

pub(crate) fn state(l: Lang, state: ResendBatchState, is_expired: bool) -> Mark {
    let (text, tone) = match state {
        ResendBatchState::Planned if is_expired => (l.batch_expired(), "grey"),
        ResendBatchState::Planned => (l.batch_planned(), "open"),
        ResendBatchState::Running => (l.batch_running(), "ring"),
        ResendBatchState::Paused => (l.batch_paused(), "warning"),
        ResendBatchState::Cancelled => (l.batch_cancelled(), "grey"),
        ResendBatchState::Completed => (l.batch_completed(), "good"),
    };
    Mark { text, tone }
}

pub(crate) fn action(l: Lang, action: ResendBatchAction) -> &'static str {
    match action {
        ResendBatchAction::Resend => l.resend(),
        ResendBatchAction::MarkProcessed => l.mark_processed(),
    }
}

pub(crate) fn row_state(l: Lang, state: ResendBatchRowState) -> Mark {
    let (text, tone) = match state {
        ResendBatchRowState::Waiting => (l.result_waiting(), "open"),
        ResendBatchRowState::Sending => (l.result_running(), "ring"),
        ResendBatchRowState::Done => (l.result_succeeded(), "good"),
        ResendBatchRowState::Failed => (l.result_failed(), "danger"),
        ResendBatchRowState::Skipped => (l.row_skipped(), "warning"),
    };
    Mark { text, tone }
}

/// Why a row failed or was left alone; a word one does not know stays as it is.
pub(crate) fn row_reason(l: Lang, reason: &str) -> String {
    let told = match reason {
        "MAYBE_RECEIVED_NOT_CONFIRMED" => l.skipped_not_confirmed(),
        "BATCH_CANCELLED" => l.skipped_cancelled(),
        _ => match (decode::word(reason), decode::word(reason)) {
            (Some(ConflictReason::AlreadyResending), _) => l.conflict_already_resending(),
            (Some(ConflictReason::AlreadyProcessed), _) => l.conflict_already_processed(),
            (Some(ConflictReason::ChangedMeanwhile), _) => l.skipped_changed(),
            (_, None | Some(Cause::Unknown)) => reason,
            (_, Some(cause)) => status::cause_text(l, cause),
        },
    };
    told.to_owned()
}

/// What is known of the last seconds: how many rows had their outcome at which millisecond.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pace {
    samples: Vec<(i64, i64)>,
}

impl Pace {
    pub(crate) fn note(&mut self, now_ms: i64, settled: i64) {
        self.samples.push((now_ms, settled));
        // One sample from before the window stays, so that a slow batch has a pace as well.
        let old = self.samples.iter().filter(|(at, _)| *at < now_ms.saturating_sub(PACE_WINDOW_MS)).count();
        self.samples.drain(..old.saturating_sub(1));
    }

    /// A pause says nothing of the pace.
    pub(crate) fn forget(&mut self) {
        self.samples.clear();
    }

    pub(crate) fn rows_per_minute(&self) -> Option<i64> {
        let ((first_at, first), (last_at, last)) = (self.samples.first()?, self.samples.last()?);
        let span = last_at.saturating_sub(*first_at);
        if span < PACE_SPAN_MIN_MS || last <= first {
            return None;
        }
        last.saturating_sub(*first).saturating_mul(60_000).checked_div(span).filter(|pace| *pace > 0)
    }

    /// `毎秒25件`, or by the minute where it is slow.
    pub(crate) fn in_words(&self, l: Lang) -> Option<String> {
        let pace = self.rows_per_minute()?;
        Some(if pace < 120 {
            l.pace_by_minute(&pace.to_string())
        } else {
            l.pace_by_second(&super::format::count(pace / 60, false))
        })
    }

    pub(crate) fn time_left(&self, l: Lang, left: i64) -> Option<String> {
        let seconds = left.saturating_mul(60).checked_div(self.rows_per_minute()?)?.max(1);
        Some(duration(l, seconds))
    }
}

/// About how long: seconds, then minutes, then hours and minutes.
fn duration(l: Lang, seconds: i64) -> String {
    let minutes = seconds.saturating_add(59) / 60;
    match seconds {
        ..90 => l.left_seconds(&seconds.to_string()),
        90..5_400 => l.left_minutes(&minutes.to_string()),
        _ => l.left_hours(&(minutes / 60).to_string(), &(minutes % 60).to_string()),
    }
}

/// The share of a whole in per cent, so that what is not nothing is not drawn as nothing.
pub(crate) fn percent(part: i64, total: i64) -> i64 {
    let exact = part.saturating_mul(100).checked_div(total).unwrap_or(0);
    if part > 0 { exact.max(1) } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_void_after_its_hour_unless_it_was_started() {
        let at = |text: &str| Timestamp::parse_rfc3339(text).unwrap();
        let planned_at = "2026-11-22T15:00:00+09:00";
        let expired = |state, now| is_expired(state, planned_at, at(now));
        assert!(!expired(ResendBatchState::Planned, "2026-11-22T16:00:00+09:00"));
        assert!(expired(ResendBatchState::Planned, "2026-11-22T16:00:01+09:00"));
        assert!(!expired(ResendBatchState::Running, "2026-11-22T18:00:00+09:00"));
        assert_eq!(state(Lang::Ja, ResendBatchState::Planned, true).text, "期限切れ");
    }

    #[test]
    fn the_pace_is_that_of_the_last_seconds() {
        let mut pace = Pace::default();
        pace.note(0, 0);
        assert_eq!(pace.in_words(Lang::Ja), None, "one look tells no pace");
        pace.note(2_000, 50);
        assert_eq!(pace.in_words(Lang::Ja).as_deref(), Some("毎秒25件"));
        assert_eq!(pace.time_left(Lang::Ja, 1_000).as_deref(), Some("約40秒"));
        for second in 1..=20 {
            pace.note(2_000 + second * 1_000, 50 + second);
        }
        assert_eq!(pace.in_words(Lang::Ja).as_deref(), Some("毎分60件"));
        assert_eq!(pace.time_left(Lang::Ja, 1_000).as_deref(), Some("約17分"));
        assert_eq!(pace.time_left(Lang::En, 8_000).as_deref(), Some("about 2 h 14 min"));
        pace.forget();
        assert_eq!(pace.rows_per_minute(), None);
    }

    #[test]
    fn a_reason_is_told_in_words_and_one_unknown_as_it_is() {
        assert_eq!(row_reason(Lang::Ja, "SERVER_ERROR"), "サーバーエラー");
        assert_eq!(row_reason(Lang::Ja, "ALREADY_PROCESSED"), Lang::Ja.conflict_already_processed());
        assert_eq!(row_reason(Lang::Ja, "BATCH_CANCELLED"), Lang::Ja.skipped_cancelled());
        assert_eq!(row_reason(Lang::Ja, "SUNSPOT"), "SUNSPOT");
    }

    #[test]
    fn a_small_share_is_still_seen() {
        assert_eq!((percent(1, 1_000), percent(0, 10), percent(5, 10), percent(0, 0)), (1, 0, 50, 0));
    }
}

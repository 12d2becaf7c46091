//! What became of the rows of a batch and why, in both languages. For exports.

use todoke_domain::{delivery::Cause, resend_batch::BatchRowState};

use super::{Language, cause_text};

/// What became of a row.
pub(crate) const fn batch_row_state_text(state: BatchRowState, language: Language) -> &'static str {
    match (state, language) {
        (BatchRowState::Waiting, Language::Japanese) => "待機中",
        (BatchRowState::Waiting, Language::English) => "Waiting",
        (BatchRowState::Sending, Language::Japanese) => "送信中",
        (BatchRowState::Sending, Language::English) => "Sending",
        (BatchRowState::Done, Language::Japanese) => "成功",
        (BatchRowState::Done, Language::English) => "Done",
        (BatchRowState::Failed, Language::Japanese) => "失敗",
        (BatchRowState::Failed, Language::English) => "Failed",
        (BatchRowState::Skipped, Language::Japanese) => "スキップ",
        (BatchRowState::Skipped, Language::English) => "Skipped",
    }
}

/// Why it failed (a cause) or was left alone; a name that is not known is told as it is.
pub(crate) fn batch_row_reason_text(reason: &str, language: Language) -> &str {
    if let Some(cause) = Cause::from_code(reason) {
        return cause_text(cause, language);
    }
    match (reason, language) {
        ("ALREADY_RESENDING", Language::Japanese) => "別の再送信が実行中",
        ("ALREADY_RESENDING", Language::English) => "being re-sent already",
        ("ALREADY_PROCESSED", Language::Japanese) => "すでに処理済",
        ("ALREADY_PROCESSED", Language::English) => "processed already",
        ("CHANGED_MEANWHILE", Language::Japanese) => "確認のあとに送信が行われた",
        ("CHANGED_MEANWHILE", Language::English) => "tried again since the plan was frozen",
        ("MAYBE_RECEIVED_NOT_CONFIRMED", Language::Japanese) => "到達の可能性が生じた",
        ("MAYBE_RECEIVED_NOT_CONFIRMED", Language::English) => "may have been received meanwhile",
        ("BATCH_CANCELLED", Language::Japanese) => "一括処理の中止",
        ("BATCH_CANCELLED", Language::English) => "the batch was cancelled",
        (unknown, Language::Japanese | Language::English) => unknown,
    }
}

//! Why an attempt failed and what the merchant may have received, in both languages. For mails and exports.

use todoke_domain::delivery::{Cause, Receipt};

use super::Language;

/// Why an attempt failed, in the reader's language. For mails and exports.
pub(crate) const fn cause_text(cause: Cause, language: Language) -> &'static str {
    match language {
        Language::Japanese => japanese_cause(cause),
        Language::English => english_cause(cause),
    }
}

const fn japanese_cause(cause: Cause) -> &'static str {
    match cause {
        Cause::NameNotResolved => "送信先のホスト名を解決できません",
        Cause::ConnectionRefused => "接続を拒否されました",
        Cause::ConnectFailed => "接続できません",
        Cause::ConnectTimedOut => "接続がタイムアウトしました",
        Cause::TlsFailed => "TLS接続に失敗しました",
        Cause::BlockedTarget => "送信が許可されていないアドレスです",
        Cause::NoEndpoint => "送信先が設定されていません",
        Cause::InvalidRequest => "送信データを作成できません",
        Cause::TimedOut => "応答がタイムアウトしました",
        Cause::ConnectionReset => "送信後に接続が切断されました",
        Cause::InvalidAnswer => "応答がHTTPとして正しくありません",
        Cause::ServerError => "サーバーエラー",
        Cause::ClientError => "受信側がリクエストを受け付けませんでした",
        Cause::Redirect => "転送(リダイレクト)の応答",
        Cause::BodyRuleNotMet => "応答の内容が受領の条件と一致しません",
        Cause::ProcessDied => "送信中に処理が中断しました",
    }
}

const fn english_cause(cause: Cause) -> &'static str {
    match cause {
        Cause::NameNotResolved => "the host's name could not be resolved",
        Cause::ConnectionRefused => "the connection was refused",
        Cause::ConnectFailed => "the connection failed",
        Cause::ConnectTimedOut => "the connection timed out",
        Cause::TlsFailed => "the TLS handshake failed",
        Cause::BlockedTarget => "the address may not be reached",
        Cause::NoEndpoint => "no endpoint is set",
        Cause::InvalidRequest => "the request could not be built",
        Cause::TimedOut => "the answer timed out",
        Cause::ConnectionReset => "the connection broke after the request was sent",
        Cause::InvalidAnswer => "the answer was not valid HTTP",
        Cause::ServerError => "server error",
        Cause::ClientError => "the request was not accepted",
        Cause::Redirect => "the answer was a redirect",
        Cause::BodyRuleNotMet => "the answer's body was not an acknowledgement",
        Cause::ProcessDied => "sending was interrupted",
    }
}

/// What the merchant may have received, in the reader's language.
pub(crate) const fn receipt_text(receipt: Receipt, language: Language) -> &'static str {
    match (receipt, language) {
        (Receipt::NotReceived, Language::Japanese) => "未達",
        (Receipt::NotReceived, Language::English) => "Not received",
        (Receipt::MaybeReceived, Language::Japanese) => "到達の可能性あり",
        (Receipt::MaybeReceived, Language::English) => "May have been received",
    }
}

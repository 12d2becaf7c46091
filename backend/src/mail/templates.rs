//! The texts of mails: plain, Japanese first, a short English part below. Never card data, never a whole phone
//! number or address of the buyer.

use todoke_domain::delivery::{Cause, Receipt};
use url::Url;

use crate::store::{ip_codes::IpCodeSettings, mails::NewMail, send_errors::SendError};

/// The alert about one send error.
const ALERT: &str = include_str!("templates/send_error_alert.txt");
/// The digest of several.
const DIGEST: &str = include_str!("templates/send_error_digest.txt");
/// Rows that a digest lists; the rest is counted.
const DIGEST_ROWS_MAX: usize = 20;

/// Tells of the first send error of an outage.
pub(crate) fn send_error_alert(
    recipient: &str,
    settings: &IpCodeSettings,
    row: &SendError,
    public_url: &Url,
) -> NewMail {
    let body = fill(
        ALERT,
        &[
            ("merchant", &settings.merchant),
            ("ip_code", row.ip_code.as_str()),
            ("ip_code_name", &settings.name),
            ("order_no", &row.order_no),
            ("carrier", carrier_name(&row.carrier)),
            ("amount", &row.amount.to_string()),
            ("occurred_at", &row.occurred_at.to_tokyo_text()),
            ("cause", &cause_with_status(row)),
            ("cause_english", cause_english(row.cause)),
            ("receipt", receipt_text(row.receipt())),
            ("receipt_english", receipt_english(row.receipt())),
            ("link", &link_to(row, public_url)),
        ],
    );
    NewMail {
        kind: "SEND_ERROR_ALERT",
        ip_code: Some(row.ip_code.clone()),
        recipient: recipient.to_owned(),
        subject: format!("【Todoke】CGI送信エラー {} (IPコード {})", row.order_no, row.ip_code),
        body,
    }
}

/// Tells of everything that was gathered for an address since the last mail.
pub(crate) fn send_error_digest(
    recipient: &str,
    rows: &[SendError],
    gathered: usize,
    public_url: &Url,
) -> NewMail {
    let lines: Vec<String> =
        rows.iter().take(DIGEST_ROWS_MAX).map(|row| digest_line(row, public_url)).collect();
    let rest = gathered.saturating_sub(lines.len());
    let more = if rest > 0 { format!("\n  ほか {rest}件 / and {rest} more\n") } else { String::new() };
    let list_link = public_url.join("send-errors").map_or_else(|_| public_url.to_string(), String::from);
    let body = fill(
        DIGEST,
        &[
            ("count", &gathered.to_string()),
            ("rows", &lines.join("\n")),
            ("more", &more),
            ("link", &list_link),
        ],
    );
    NewMail {
        kind: "SEND_ERROR_DIGEST",
        ip_code: None,
        recipient: recipient.to_owned(),
        subject: format!("【Todoke】CGI送信エラー {gathered}件のまとめ"),
        body,
    }
}

fn digest_line(row: &SendError, public_url: &Url) -> String {
    format!(
        "  {} IPコード {} オーダーNo {} {} {} / {}\n    {}",
        row.occurred_at.to_tokyo_text(),
        row.ip_code,
        row.order_no,
        row.amount,
        cause_with_status(row),
        receipt_text(row.receipt()),
        link_to(row, public_url),
    )
}

fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        text.push_str(before);
        let Some((name, tail)) = after.split_once("}}") else {
            break;
        };
        text.push_str(values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value));
        rest = tail;
    }
    text.push_str(rest);
    text
}

fn link_to(row: &SendError, public_url: &Url) -> String {
    let path = format!("send-errors/{}", crate::graphql::global_id::of_send_error(row.id));
    public_url.join(&path).map_or_else(|_| public_url.to_string(), String::from)
}

fn cause_with_status(row: &SendError) -> String {
    match row.http_status {
        Some(status) => format!("{} (HTTP {status})", cause_text(row.cause)),
        None => cause_text(row.cause).to_owned(),
    }
}

fn carrier_name(code: &str) -> &str {
    match code {
        "docomo" => "d払い",
        "au" => "auかんたん決済",
        "softbank" => "ソフトバンクまとめて支払い",
        other => other,
    }
}

const fn receipt_text(receipt: Receipt) -> &'static str {
    match receipt {
        Receipt::NotReceived => "未達(加盟店様のシステムには届いていません)",
        Receipt::MaybeReceived => "到達の可能性あり(再送信の前に提供・発送状況をご確認ください)",
    }
}

const fn receipt_english(receipt: Receipt) -> &'static str {
    match receipt {
        Receipt::NotReceived => "not received",
        Receipt::MaybeReceived => "may have been received: check what was provided before you re-send",
    }
}

const fn cause_text(cause: Cause) -> &'static str {
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

const fn cause_english(cause: Cause) -> &'static str {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_once_and_values_are_never_read_as_templates() {
        assert_eq!(fill("a {{x}} b {{y}}", &[("x", "{{y}}"), ("y", "2")]), "a {{y}} b 2");
        assert_eq!(fill("plain", &[]), "plain");
    }
}

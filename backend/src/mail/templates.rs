//! The texts of mails: plain, Japanese first, a short English part below. Never card data, never a whole phone
//! number or address of the buyer.

use todoke_domain::{
    delivery::{Outcome, Receipt},
    template,
    time::Timestamp,
};
use url::Url;

use crate::{
    messages::{Language, cause_text},
    store::{ip_codes::IpCodeSettings, mails::NewMail, send_errors::SendError},
};

/// The alert about one send error.
const ALERT: &str = include_str!("templates/send_error_alert.txt");
/// The digest of several.
const DIGEST: &str = include_str!("templates/send_error_digest.txt");
/// Deliveries to an endpoint are paused.
const PAUSED: &str = include_str!("templates/endpoint_paused.txt");
/// They go on.
const RESUMED: &str = include_str!("templates/endpoint_resumed.txt");
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
            ("cause_english", cause_text(row.cause, Language::English)),
            ("receipt", receipt_advice(row.receipt)),
            ("receipt_english", receipt_advice_english(row.receipt)),
            ("link", &link_to(row, public_url)),
        ],
    );
    NewMail {
        kind: "SEND_ERROR_ALERT",
        ip_code: Some(row.ip_code.clone()),
        recipient: recipient.to_owned(),
        subject: format!("【Todoke】CGI送信エラー {} (IPコード {})", row.order_no, row.ip_code),
        body,
        of_order: None,
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
        of_order: None,
    }
}

/// Tells that deliveries to an endpoint are paused, and after what.
pub(crate) fn endpoint_paused(
    recipient: &str,
    settings: &IpCodeSettings,
    (outcome, at): (Option<Outcome>, Timestamp),
    public_url: &Url,
) -> NewMail {
    let cause = |language| match outcome {
        Some(Outcome::Failed(cause)) => cause_text(cause, language),
        Some(Outcome::Delivered) | None => "-",
    };
    let values = [
        ("at", at.to_tokyo_text()),
        ("cause", cause(Language::Japanese).to_owned()),
        ("cause_english", cause(Language::English).to_owned()),
        ("link", settings_link(settings, public_url)),
    ];
    let subject = format!("【Todoke】CGIへの自動送信を一時停止しました (IPコード {})", settings.ip_code);
    of_endpoint("ENDPOINT_PAUSED", recipient, settings, (subject, PAUSED), &values)
}

/// Tells that deliveries to an endpoint go on: after an outcome, or because somebody said so.
pub(crate) fn endpoint_resumed(
    recipient: &str,
    settings: &IpCodeSettings,
    (outcome, kept, at): (Option<Outcome>, u64, Timestamp),
    public_url: &Url,
) -> NewMail {
    let (how, how_english) = match outcome {
        Some(_) => ("送信の成功により自動で再開", "an attempt succeeded"),
        None => ("管理画面での操作により再開", "resumed by hand"),
    };
    let list_link = public_url.join("send-errors").map_or_else(|_| public_url.to_string(), String::from);
    let values = [
        ("at", at.to_tokyo_text()),
        ("how", how.to_owned()),
        ("how_english", how_english.to_owned()),
        ("kept", kept.to_string()),
        ("link", list_link),
    ];
    let subject = format!("【Todoke】CGIへの自動送信を再開しました (IPコード {})", settings.ip_code);
    of_endpoint("ENDPOINT_RESUMED", recipient, settings, (subject, RESUMED), &values)
}

fn of_endpoint(
    kind: &'static str,
    recipient: &str,
    settings: &IpCodeSettings,
    (subject, template): (String, &str),
    values: &[(&str, String)],
) -> NewMail {
    let mut all = vec![
        ("merchant", settings.merchant.as_str()),
        ("ip_code", settings.ip_code.as_str()),
        ("ip_code_name", settings.name.as_str()),
    ];
    all.extend(values.iter().map(|(name, value)| (*name, value.as_str())));
    NewMail {
        kind,
        ip_code: Some(settings.ip_code.clone()),
        recipient: recipient.to_owned(),
        subject,
        body: fill(template, &all),
        of_order: None,
    }
}

fn settings_link(settings: &IpCodeSettings, public_url: &Url) -> String {
    let path = format!("settings/ip-codes/{}", settings.ip_code);
    public_url.join(&path).map_or_else(|_| public_url.to_string(), String::from)
}

fn digest_line(row: &SendError, public_url: &Url) -> String {
    format!(
        "  {} IPコード {} オーダーNo {} {} {} / {}\n    {}",
        row.occurred_at.to_tokyo_text(),
        row.ip_code,
        row.order_no,
        row.amount,
        cause_with_status(row),
        receipt_advice(row.receipt),
        link_to(row, public_url),
    )
}

fn fill(template: &str, values: &[(&str, &str)]) -> String {
    template::fill(template, |name| {
        values.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    })
}

fn link_to(row: &SendError, public_url: &Url) -> String {
    let path = format!("send-errors/{}", crate::global_id::of_send_error(row.id));
    public_url.join(&path).map_or_else(|_| public_url.to_string(), String::from)
}

fn cause_with_status(row: &SendError) -> String {
    match row.http_status {
        Some(status) => format!("{} (HTTP {status})", cause_text(row.cause, Language::Japanese)),
        None => cause_text(row.cause, Language::Japanese).to_owned(),
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

/// What the reader should do about the class.
const fn receipt_advice(receipt: Receipt) -> &'static str {
    match receipt {
        Receipt::NotReceived => "未達(加盟店様のシステムには届いていません)",
        Receipt::MaybeReceived => "到達の可能性あり(再送信の前に提供・発送状況をご確認ください)",
    }
}

/// The same in English.
const fn receipt_advice_english(receipt: Receipt) -> &'static str {
    match receipt {
        Receipt::NotReceived => "not received",
        Receipt::MaybeReceived => "may have been received: check what was provided before you re-send",
    }
}

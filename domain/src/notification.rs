//! Result notifications of GMO-PG's multi-payment format: fields, statuses, repeats (docs/DOMAIN.md, GMO-PG).
//!
//! The old CCS format is not public; this one took its place. Nothing here authenticates anybody: ShopPass and
//! AccessPass arrive masked and are dropped at once.

use chrono::NaiveDateTime;

use crate::{
    ids::NotificationId,
    money::Yen,
    text::{self, BrokenPercentEncoding, Charset},
    time::Timestamp,
};

/// Longest body in bytes: all known fields at their greatest length, percent-encoded, are below 8 kB.
pub const BODY_BYTES_MAX: usize = 64 * 1024;
/// Most fields of one notification.
pub const FIELDS_MAX: usize = 200;
/// Longest ShopID (docs/DOMAIN.md, GMO-PG).
pub const SHOP_ID_CHARS_MAX: usize = 13;
/// Longest ShopPass (docs/DOMAIN.md, GMO-PG).
pub const SHOP_PASS_CHARS_MAX: usize = 10;
/// Fields that are never kept, masked or not.
pub const SECRET_FIELDS: [&str; 2] = ["ShopPass", "AccessPass"];

/// A notification as it came, secrets dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Every field in wire order, unknown ones too, decoded as CP932; secrets are left out.
    pub fields: Vec<(String, String)>,
}

/// Why a body is not taken (the answer is then `1`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// A `%` without two hexadecimal digits.
    #[error("broken percent-encoding")]
    PercentEncoding,
    /// Over [`FIELDS_MAX`] fields.
    #[error("too many fields")]
    TooManyFields,
    /// No ShopID, or one over its length.
    #[error("no usable ShopID")]
    NoShopId,
    /// No OrderID: nothing could ever be matched with it.
    #[error("no OrderID")]
    NoOrderId,
}

impl From<BrokenPercentEncoding> for Unreadable {
    fn from(_: BrokenPercentEncoding) -> Self {
        Self::PercentEncoding
    }
}

/// What a status says about the money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoneyState {
    /// AUTH, CAPTURE, SALES, PAYSUCCESS without an error code.
    Paid,
    /// VOID, RETURN, RETURNX, CANCEL.
    Cancelled,
    /// All else: nothing was taken, or not yet.
    Neither,
}

impl Notification {
    /// Parses a form-encoded body.
    ///
    /// # Errors
    /// The body is unreadable, or without the fields that tell whose and which it is.
    pub fn parse(body: &[u8]) -> Result<Self, Unreadable> {
        let mut fields = text::parse_form(body, Charset::Cp932)?;
        if fields.len() > FIELDS_MAX {
            return Err(Unreadable::TooManyFields);
        }
        fields.retain(|(name, _)| !SECRET_FIELDS.iter().any(|secret| secret.eq_ignore_ascii_case(name)));
        let notification = Self { fields };
        let shop_id_chars = notification.shop_id().chars().count();
        if shop_id_chars == 0 || shop_id_chars > SHOP_ID_CHARS_MAX {
            return Err(Unreadable::NoShopId);
        }
        if notification.order_id().trim().is_empty() {
            return Err(Unreadable::NoOrderId);
        }
        Ok(notification)
    }

    /// A field as it came; empty where it is missing.
    pub fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str())
    }

    /// Whose it is.
    pub fn shop_id(&self) -> &str {
        self.field("ShopID")
    }

    /// The order number, as the gateway has it.
    pub fn order_id(&self) -> &str {
        self.field("OrderID")
    }

    /// The payment's id at the gateway.
    pub fn access_id(&self) -> &str {
        self.field("AccessID")
    }

    /// The id that a repeat of this notification has too (docs/DOMAIN.md, GMO-PG).
    pub fn id(&self) -> NotificationId {
        let key = ["ShopID", "OrderID", "AccessID", "Status", "JobCd", "TranID", "TranDate"]
            .map(|name| self.field(name));
        NotificationId::of(&key)
    }

    /// Amount plus tax, where both are readable: what the buyer paid in all.
    pub fn paid_total(&self) -> Option<Yen> {
        let amount = parse_wire_amount(self.field("Amount"))?;
        let tax_text = self.field("Tax").trim();
        let tax = if tax_text.is_empty() { 0 } else { parse_wire_amount(tax_text)? };
        Yen::new(amount.checked_add(tax)?).ok()
    }

    /// TranDate, `yyyyMMddHHmmss` in Asia/Tokyo; `None` where it is no date.
    pub fn transaction_at(&self) -> Option<Timestamp> {
        let text = self.field("TranDate").trim();
        if text.len() != 14 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        NaiveDateTime::parse_from_str(text, "%Y%m%d%H%M%S").ok().map(Timestamp::from_tokyo)
    }

    /// What this notification says about the money.
    pub fn money_state(&self) -> MoneyState {
        match self.field("Status").trim() {
            "AUTH" | "CAPTURE" | "SALES" | "PAYSUCCESS" if self.field("ErrCode").trim().is_empty() => {
                MoneyState::Paid
            }
            "VOID" | "RETURN" | "RETURNX" | "CANCEL" => MoneyState::Cancelled,
            _ => MoneyState::Neither,
        }
    }
}

/// The bytes that may be kept: the body without the values of the secret fields.
pub fn without_secrets(body: &[u8]) -> Vec<u8> {
    let pieces = body.split(|byte| *byte == b'&').map(|piece| {
        let name_end = piece.iter().position(|byte| *byte == b'=').unwrap_or(piece.len());
        let (raw_name, _) = piece.split_at(name_end);
        let name = text::percent_decode(raw_name).unwrap_or_default();
        let secret = SECRET_FIELDS.iter().any(|secret| secret.as_bytes().eq_ignore_ascii_case(&name));
        if secret { [raw_name, b"="].concat() } else { piece.to_vec() }
    });
    pieces.collect::<Vec<_>>().join(&b'&')
}

/// The ShopID that a body claims, where the body as a whole cannot be read: for counting, never for storing.
pub fn claimed_shop_id(body: &[u8]) -> Option<String> {
    let value = body.split(|byte| *byte == b'&').find_map(|piece| piece.strip_prefix(b"ShopID="))?;
    let is_fit =
        (1..=SHOP_ID_CHARS_MAX).contains(&value.len()) && value.iter().all(u8::is_ascii_alphanumeric);
    if is_fit { String::from_utf8(value.to_vec()).ok() } else { None }
}

/// One to nine digits.
fn parse_wire_amount(text: &str) -> Option<i64> {
    let trimmed = text.trim();
    let fits = (1..=9).contains(&trimmed.len()) && trimmed.bytes().all(|byte| byte.is_ascii_digit());
    if fits { trimmed.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of docs/DOMAIN.md.
    const EXAMPLE: &[u8] = b"ShopID=tshop00012345&ShopPass=**********&AccessID=75340a34dde2a2f3d77c70a48cd815e3&AccessPass=********************************&OrderID=2009031700002&Status=CAPTURE&JobCd=CAPTURE&Amount=11350&Tax=0&Currency=JPN&Forward=2a99662&Method=1&PayTimes=&TranID=0903171629111111111111871056&Approve=+707831&TranDate=20090317162958&ErrCode=&ErrInfo=&PayType=0";

    fn parsed(body: &str) -> Notification {
        Notification::parse(format!("ShopID=s&OrderID=1&{body}").as_bytes()).unwrap()
    }

    #[test]
    fn the_example_is_read_whole_and_its_secrets_are_dropped() {
        let notification = Notification::parse(EXAMPLE).unwrap();
        assert_eq!(notification.shop_id(), "tshop00012345");
        assert_eq!(notification.field("Approve"), " 707831");
        assert_eq!(notification.paid_total(), Yen::new(11_350).ok());
        assert_eq!(notification.money_state(), MoneyState::Paid);
        assert_eq!(notification.transaction_at().unwrap().to_rfc3339(), "2009-03-17T16:29:58+09:00");
        assert_eq!(notification.field("ShopPass"), "");
        assert!(!notification.fields.iter().any(|(_, value)| value.contains("***")));
        assert!(!without_secrets(EXAMPLE).windows(2).any(|pair| pair == b"**"));
    }

    #[test]
    fn a_body_that_cannot_be_read_may_still_tell_whose_it_is() {
        for (body, expected) in [
            (&b"ShopID=tshop1&x=%4"[..], Some("tshop1")),
            (b"x=%4&ShopID=tshop1", Some("tshop1")),
            (b"ShopID=&x=%4", None),
            (b"ShopID=12345678901234", None),
            (b"ShopID=t%4", None),
            (b"", None),
        ] {
            assert_eq!(claimed_shop_id(body).as_deref(), expected);
        }
    }

    #[test]
    fn secrets_are_dropped_however_their_names_are_written() {
        let kept = without_secrets(b"Shop%50ass=secret&accesspass=secret&ShopID=s");
        assert!(!String::from_utf8(kept).unwrap().contains("secret"));
    }

    #[test]
    fn unreadable_bodies_are_told_apart() {
        for (body, fault) in [
            (&b""[..], Unreadable::NoShopId),
            (b"OrderID=1", Unreadable::NoShopId),
            (b"ShopID=12345678901234&OrderID=1", Unreadable::NoShopId),
            (b"ShopID=s&OrderID=", Unreadable::NoOrderId),
            (b"ShopID=s&OrderID=1&x=%4", Unreadable::PercentEncoding),
        ] {
            assert_eq!(Notification::parse(body), Err(fault));
        }
    }

    #[test]
    fn money_is_taken_only_where_the_status_says_so() {
        for (fields, state) in [
            ("Status=AUTH&ErrCode=", MoneyState::Paid),
            ("Status=SALES&ErrCode=+++", MoneyState::Paid),
            ("Status=PAYSUCCESS", MoneyState::Paid),
            ("Status=CAPTURE&ErrCode=G12", MoneyState::Neither),
            ("Status=SAUTH", MoneyState::Neither),
            ("Status=CHECK", MoneyState::Neither),
            ("Status=REQSUCCESS", MoneyState::Neither),
            ("Status=VOID", MoneyState::Cancelled),
            ("Status=RETURNX", MoneyState::Cancelled),
            ("Status=CANCEL", MoneyState::Cancelled),
            ("Status=SOMETHINGNEW", MoneyState::Neither),
        ] {
            assert_eq!(parsed(fields).money_state(), state, "{fields}");
        }
    }

    #[test]
    fn amounts_that_are_no_amounts_are_no_amounts() {
        for (fields, total) in [
            ("Amount=11000&Tax=350", Some(11_350)),
            ("Amount=650&Tax=", Some(650)),
            ("Amount=0650", Some(650)),
            ("Amount=", None),
            ("Amount=-1", None),
            ("Amount=123456789012", None),
            ("Amount=11.5", None),
            ("Amount=100&Tax=x", None),
        ] {
            assert_eq!(parsed(fields).paid_total().map(|yen| i64::from(yen.amount())), total, "{fields}");
        }
    }

    #[test]
    fn impossible_dates_are_none() {
        for text in ["20090230120000", "2009031716295", "20090317 62958", "20090317246060", ""] {
            assert_eq!(parsed(&format!("TranDate={text}")).transaction_at(), None, "{text}");
        }
    }

    #[test]
    fn a_repeat_has_the_same_id_and_a_later_status_another() {
        let first = parsed("AccessID=a&Status=AUTH&TranDate=20090317162958");
        let repeat = parsed("AccessID=a&Status=AUTH&TranDate=20090317162958&Extra=1");
        let later = parsed("AccessID=a&Status=SALES&TranDate=20090317162958");
        assert_eq!(first.id(), repeat.id());
        assert_ne!(first.id(), later.id());
    }
}

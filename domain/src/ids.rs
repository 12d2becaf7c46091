//! Typed identifiers, so that a payment's id can never be passed where a delivery's is meant.
//!
//! Ids are made by the server (or derived from a payment's natural key); this file draws no random numbers.

use std::{
    fmt,
    hash::{Hash, Hasher},
    marker::PhantomData,
    str::FromStr,
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// An identifier of one kind of thing.
pub struct Id<Kind>(Uuid, PhantomData<fn() -> Kind>);

/// Marks the ids of merchants.
pub enum MerchantKind {}
/// Marks the ids of users.
pub enum UserKind {}
/// Marks the ids of sign-in sessions (a family of refresh tokens).
pub enum SessionKind {}
/// Marks the ids of API tokens.
pub enum ApiTokenKind {}
/// Marks the ids of payments.
pub enum PaymentKind {}
/// Marks the ids of deliveries; this id is repeated in every request of the delivery.
pub enum DeliveryKind {}
/// Marks the ids of attempts.
pub enum AttemptKind {}
/// Marks the ids of decisions (one decision, at most one request).
pub enum DecisionKind {}
/// Marks the ids of signing secrets.
pub enum SigningSecretKind {}
/// Marks the ids of resend batches.
pub enum ResendBatchKind {}
/// Marks the ids of restore batches.
pub enum RestoreBatchKind {}
/// Marks the ids of result notifications.
pub enum NotificationKind {}
/// Marks the ids of abnormal orders.
pub enum AbnormalOrderKind {}
/// Marks the ids of checkouts.
pub enum CheckoutKind {}
/// Marks the ids of saved searches.
pub enum SavedSearchKind {}
/// Marks the ids of orders.
pub enum OrderKind {}

/// The id of a merchant.
pub type MerchantId = Id<MerchantKind>;
/// The id of a user.
pub type UserId = Id<UserKind>;
/// The id of a sign-in session.
pub type SessionId = Id<SessionKind>;
/// The id of an API token.
pub type ApiTokenId = Id<ApiTokenKind>;
/// The id of a payment; the send error of a payment bears the same id, because there is at most one.
pub type PaymentId = Id<PaymentKind>;
/// The id of a delivery.
pub type DeliveryId = Id<DeliveryKind>;
/// The id of an attempt.
pub type AttemptId = Id<AttemptKind>;
/// The id of a decision.
pub type DecisionId = Id<DecisionKind>;
/// The id of a secret with which requests to a merchant are signed.
pub type SigningSecretId = Id<SigningSecretKind>;
/// The id of a resend batch; the decision behind each of its resends bears the same id.
pub type ResendBatchId = Id<ResendBatchKind>;
/// The id of a restore batch; the decision to start it bears the same id.
pub type RestoreBatchId = Id<RestoreBatchKind>;
/// The id of a result notification.
pub type NotificationId = Id<NotificationKind>;
/// The id of an abnormal order.
pub type AbnormalOrderId = Id<AbnormalOrderKind>;
/// The id of a checkout.
pub type CheckoutId = Id<CheckoutKind>;
/// The id of an order.
pub type OrderId = Id<OrderKind>;
/// The id of a saved search.
pub type SavedSearchId = Id<SavedSearchKind>;

impl<Kind> Id<Kind> {
    /// Wraps a raw value, at the rim (database, wire).
    pub const fn new(value: Uuid) -> Self {
        Self(value, PhantomData)
    }

    /// The raw value, for the rim.
    pub const fn value(self) -> Uuid {
        self.0
    }

    /// An id that depends on nothing but the given parts: the same thing told twice gets the same id,
    /// on whichever machine, without asking the database first.
    fn derived(space: &str, parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        hash.update(space.as_bytes());
        for part in parts {
            hash.update([0]);
            hash.update(part.as_bytes());
        }
        let mut bytes = [0_u8; 16];
        for (target, source) in bytes.iter_mut().zip(hash.finalize()) {
            *target = source;
        }
        Self::new(Uuid::new_v8(bytes))
    }
}

impl PaymentId {
    /// The id of the payment (`ip_code`, `order_no`). Unique by that pair (docs/REQUIREMENTS.md, Words).
    pub fn of(ip_code: &IpCode, order_no: &str) -> Self {
        Self::derived("payment", &[ip_code.as_str(), order_no])
    }
}

impl DeliveryId {
    /// The id of the delivery of one result, unique by (`ip_code`, `order_no`, `status`).
    pub fn of_result(payment: PaymentId, status: &str) -> Self {
        Self::derived("payment-result", &[&payment.to_string(), status])
    }

    /// The id of the delivery that tells the cart of a restored order.
    pub fn of_restored_order(order: OrderId) -> Self {
        Self::derived("order.restored", &[&order.to_string()])
    }
}

impl ResendBatchId {
    /// The decision behind each resend of this batch.
    pub const fn decision(self) -> DecisionId {
        DecisionId::new(self.value())
    }

    /// The batch whose decision this is, if it is a batch's.
    pub const fn of_decision(decision: DecisionId) -> Self {
        Self::new(decision.value())
    }
}

impl RestoreBatchId {
    /// The decision to start this batch.
    pub const fn decision(self) -> DecisionId {
        DecisionId::new(self.value())
    }
}

impl AbnormalOrderId {
    /// The id of the row for one gateway payment: shop, order number as the gateway has it, and access id.
    /// The same order number may stand twice in the list, through two payments.
    pub fn of(shop_id: &str, gateway_order_id: &str, access_id: &str) -> Self {
        Self::derived("abnormal-order", &[shop_id, gateway_order_id, access_id])
    }
}

impl NotificationId {
    /// The id of a notification, from the key by which repeats are known (docs/DOMAIN.md, GMO-PG).
    pub fn of(key: &[&str; 7]) -> Self {
        Self::derived("notification", key)
    }
}

impl OrderId {
    /// The id of the order with this number, unique by (`ip_code`, `order_no`).
    pub fn of(ip_code: &IpCode, order_no: &str) -> Self {
        Self::derived("order", &[ip_code.as_str(), order_no])
    }
}

impl CheckoutId {
    /// The id of the checkout with this number, unique by (`ip_code`, `order_no`).
    pub fn of(ip_code: &IpCode, order_no: &str) -> Self {
        Self::derived("checkout", &[ip_code.as_str(), order_no])
    }
}

impl<Kind> Clone for Id<Kind> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<Kind> Copy for Id<Kind> {}
impl<Kind> PartialEq for Id<Kind> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<Kind> Eq for Id<Kind> {}
impl<Kind> PartialOrd for Id<Kind> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<Kind> Ord for Id<Kind> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<Kind> Hash for Id<Kind> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<Kind> fmt::Display for Id<Kind> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}
impl<Kind> fmt::Debug for Id<Kind> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}
impl<Kind> FromStr for Id<Kind> {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::new(text.parse()?))
    }
}

/// A contract code (IPコード): five to ten digits, kept as text. Not a network address.
/// The unit of every permission.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IpCode(String);

/// The text is not five to ten ASCII digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an IP code is five to ten digits")]
pub struct InvalidIpCode;

impl IpCode {
    /// Fewest digits.
    pub const DIGITS_MIN: usize = 5;
    /// Most digits.
    pub const DIGITS_MAX: usize = 10;

    /// Parses `^\d{5,10}$`.
    pub fn parse(text: &str) -> Result<Self, InvalidIpCode> {
        let fits = (Self::DIGITS_MIN..=Self::DIGITS_MAX).contains(&text.len());
        if fits && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidIpCode)
        }
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IpCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
impl TryFrom<String> for IpCode {
    type Error = InvalidIpCode;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}
impl From<IpCode> for String {
    fn from(code: IpCode) -> Self {
        code.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ip_code_is_five_to_ten_digits() {
        for (text, fits) in [
            ("1234", false),
            ("12345", true),
            ("0012000123", true),
            ("12345678901", false),
            ("12a45", false),
            ("１２３４５", false),
            (" 12345", false),
            ("", false),
        ] {
            assert_eq!(IpCode::parse(text).is_ok(), fits, "{text:?}");
        }
    }

    #[test]
    fn derived_ids_tell_apart_what_only_looks_alike() {
        let code = IpCode::parse("20120").unwrap();
        let longer = IpCode::parse("201201").unwrap();
        assert_eq!(PaymentId::of(&code, "11"), PaymentId::of(&code, "11"));
        assert_ne!(PaymentId::of(&code, "111"), PaymentId::of(&longer, "11"));
    }
}

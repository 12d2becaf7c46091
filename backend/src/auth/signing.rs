//! Signatures of requests to merchants by the Standard Webhooks specification, and the secrets behind them.
//!
//! Knows no table and no HTTP: what is signed is an id, an instant and a text.

use std::fmt;

use base64::{Engine, prelude::BASE64_STANDARD};
use standardwebhooks::Webhook;
use todoke_domain::{
    ids::{IpCode, SigningSecretId},
    time::Timestamp,
};

use super::{
    random_bytes,
    sealed::{Sealer, SecretText, Unopenable},
};
use crate::error::Error;

/// Bytes of a secret; the specification asks for 24 to 64.
const SECRET_BYTES: usize = 32;
/// How every secret begins.
const PREFIX: &str = "whsec_";

/// What a secret signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SecretPurpose {
    /// Payment results.
    Results,
    /// `order.restored`.
    OrderRestored,
}

impl SecretPurpose {
    /// The name in storage and on the wire.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Results => "RESULTS",
            Self::OrderRestored => "ORDER_RESTORED",
        }
    }

    /// The purpose of that name.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        [Self::Results, Self::OrderRestored].into_iter().find(|purpose| purpose.code() == code)
    }
}

/// A sealed secret of an IP code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SealedSecret {
    /// The secret's id; with the IP code it is the place that it was sealed for.
    pub id: SigningSecretId,
    /// What it signs.
    pub purpose: SecretPurpose,
    /// As it is stored.
    pub sealed: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it signs; the newest one has no end.
    pub retires_at: Option<Timestamp>,
}

/// Makes a secret, as the merchant's program takes it.
pub(crate) fn make_secret() -> Result<SecretText, Error> {
    let bytes = random_bytes::<SECRET_BYTES>().map_err(Error::internal)?;
    Ok(SecretText::new(format!("{PREFIX}{}", BASE64_STANDARD.encode(bytes))))
}

/// Seals a secret for its row.
pub(crate) fn seal(
    sealer: &Sealer,
    ip_code: &IpCode,
    id: SigningSecretId,
    secret: &SecretText,
) -> Result<String, Error> {
    sealer.seal(&place(ip_code.as_str(), id), secret)
}

/// Opens a sealed secret of an IP code.
pub(crate) fn open(sealer: &Sealer, ip_code: &str, secret: &SealedSecret) -> Result<SecretText, Unopenable> {
    sealer.open(&place(ip_code, secret.id), &secret.sealed)
}

fn place(ip_code: &str, id: SigningSecretId) -> String {
    format!("signing-secret/{ip_code}/{id}")
}

/// Signs with every secret of an IP code that is good at the time.
pub(crate) struct Signer(Vec<(Webhook, Option<Timestamp>)>);

impl fmt::Debug for Signer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Signer(hidden)")
    }
}

impl Signer {
    /// Opens the secrets of an IP code. Without any, nothing is signed.
    pub(crate) fn open(
        sealer: &Sealer,
        ip_code: &IpCode,
        sealed: &[SealedSecret],
    ) -> Result<Self, Unopenable> {
        let keys = sealed.iter().map(|secret| {
            let text = open(sealer, ip_code.as_str(), secret)?;
            let webhook = Webhook::new(text.reveal()).map_err(|_| Unopenable::Unknown)?;
            Ok((webhook, secret.retires_at))
        });
        keys.collect::<Result<Vec<_>, _>>().map(Self)
    }

    /// The signature of each payload with each secret, separated by spaces; nothing where there is no secret.
    pub(crate) fn sign(&self, id: &str, at: Timestamp, payloads: &[&str]) -> String {
        let second = at.as_micros().div_euclid(1_000_000);
        let good = self.0.iter().filter(|(_, retires_at)| retires_at.is_none_or(|end| at < end));
        let signatures = good.flat_map(|(webhook, _)| {
            // Payloads are texts, so the library has no reason to refuse one.
            payloads.iter().filter_map(move |payload| webhook.sign(id, second, payload.as_bytes()).ok())
        });
        signatures.collect::<Vec<String>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's reference implementations.
    #[test]
    fn a_signature_is_that_of_the_specification() {
        let webhook = Webhook::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signer = Signer(vec![(webhook, None)]);
        let at = Timestamp::from_micros(1_614_265_330_999_999);
        let payload = r#"{"test": 2432232314}"#;
        assert_eq!(
            signer.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", at, &[payload]),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn a_secret_signs_until_it_retires() {
        let webhook = |key: u8| Webhook::from_bytes(vec![key; 32]).unwrap();
        let signer = Signer(vec![(webhook(1), None), (webhook(2), Some(Timestamp::from_micros(1_000)))]);
        let count = |micros| signer.sign("x", Timestamp::from_micros(micros), &["a", ""]).split(' ').count();
        assert_eq!((count(999), count(1_000)), (4, 2));
        assert_eq!(Signer(Vec::new()).sign("x", Timestamp::from_micros(0), &["a"]), "");
    }

    #[test]
    fn secrets_look_as_the_specification_says() {
        let secret = make_secret().unwrap();
        let text = secret.reveal().strip_prefix(PREFIX).unwrap();
        assert_eq!(BASE64_STANDARD.decode(text).unwrap().len(), SECRET_BYTES);
    }
}

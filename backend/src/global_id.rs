//! Opaque global ids: kind and value, base64. Who makes one up gets "not found".

use async_graphql::ID;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use todoke_domain::ids::{Id, OrderId, PaymentId};

/// Makes a global id.
pub(crate) fn encode<Kind>(kind: &str, id: Id<Kind>) -> ID {
    ID(BASE64_URL_SAFE_NO_PAD.encode(format!("{kind}:{id}")))
}

/// The id, if it is one of this kind.
pub(crate) fn decode<Kind>(kind: &str, id: &ID) -> Option<Id<Kind>> {
    let (found, value) = split(id)?;
    if found == kind { value.parse().ok() } else { None }
}

/// The kind and the value of a global id.
pub(crate) fn split(id: &ID) -> Option<(String, String)> {
    let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(id.as_str()).ok()?).ok()?;
    let (kind, value) = text.split_once(':')?;
    Some((kind.to_owned(), value.to_owned()))
}

/// The id of an order, for the event that tells a cart of it.
pub(crate) fn of_order(id: OrderId) -> String {
    encode("Order", id).0
}

/// The id of a send error, for links in mails.
pub(crate) fn of_send_error(id: PaymentId) -> String {
    encode("SendError", id).0
}

#[cfg(test)]
mod tests {
    use todoke_domain::ids::{OrderKind, PaymentKind};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_id_of_one_kind_is_none_of_another() {
        let id = PaymentId::new(Uuid::from_u128(5));
        let global = encode("SendError", id);
        assert_eq!(decode::<PaymentKind>("SendError", &global), Some(id));
        assert_eq!(decode::<OrderKind>("Order", &global), None);
        for nonsense in ["", "x", "????", "U2VuZEVycm9y"] {
            assert_eq!(decode::<PaymentKind>("SendError", &ID(nonsense.to_owned())), None);
        }
    }
}

//! Mail: the texts, the outbox's worker, and the ways out (SMTP, or `.eml` files where none is set).

pub(crate) mod outbox;
pub(crate) mod templates;
pub(crate) mod transport;

/// Whether a mail can be addressed to this: one address, no name beside it.
pub(crate) fn is_address(text: &str) -> bool {
    text.parse::<lettre::Address>().is_ok()
}

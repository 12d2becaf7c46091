//! Mail: the texts, the outbox's worker, and the ways out (SMTP, or `.eml` files where none is set).

pub(crate) mod outbox;
pub(crate) mod templates;
pub(crate) mod transport;

//! What is particular to a provider's wire format.

pub(crate) mod order_restored;
pub(crate) mod zeus;

//! What is particular to a provider's wire format.

pub(crate) mod zeus;

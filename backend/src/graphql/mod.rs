//! GraphQL: the contract of `schema.graphql`. A resolver reads its input, calls one use case and wraps what comes
//! back; it holds no rule and names no entity.

pub(crate) mod context;
pub(crate) mod errors;
pub(crate) mod loaders;
pub(crate) mod mutation;
pub(crate) mod order_loaders;
pub(crate) mod query;
pub(crate) mod scalars;
pub mod schema;
pub(crate) mod subscription;
pub(crate) mod types;

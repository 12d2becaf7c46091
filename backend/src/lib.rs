//! The server of Todoke. Public is what `main` and the tests start it with; the rooms inside are described in
//! `docs/ARCHITECTURE.md`.

pub mod app;
mod auth;
pub mod cli;
pub mod clock;
pub mod config;
mod delivery;
pub mod demo;
mod error;
mod global_id;
mod graphql;
pub mod http;
pub mod live;
mod mail;
mod messages;
mod providers;
pub mod runtime;
pub mod store;
pub mod telemetry;

pub use graphql::schema::print_schema;

//! The schema and its limits.

use std::sync::Arc;

use async_graphql::SchemaBuilder;

use super::{errors::RequestErrorCodes, mutation::Mutation, query::Query, subscription::Subscription};
use crate::app::App;

/// Deepest nesting of a query: the app's deepest has 7 levels.
const DEPTH_MAX: usize = 15;
/// Greatest cost of a query: a page of 100 rows with 40 fields each, and room for one nested page.
const COMPLEXITY_MAX: usize = 15_000;

/// The schema.
pub(crate) type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// The schema with the application behind it.
pub(crate) fn build(app: Arc<App>) -> Schema {
    builder().data(app).finish()
}

/// The contract as text, as `schema.graphql` holds it.
pub fn print_schema() -> String {
    builder().finish().sdl()
}

fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    async_graphql::Schema::build(Query::default(), Mutation::default(), Subscription::default())
        .limit_depth(DEPTH_MAX)
        .limit_complexity(COMPLEXITY_MAX)
        .extension(RequestErrorCodes)
}

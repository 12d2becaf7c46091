//! Relay connections: every list answers in this one shape.

use std::borrow::Cow;

use async_graphql::{Context, Object, ObjectType, SimpleObject, TypeName};
use tokio::sync::OnceCell;

use crate::{
    app::{App, Error},
    auth::scope::Scope,
    graphql::context::Asked,
    store::page::{Page, PageRequest, Place, Total},
};

/// What stands in lists.
pub(crate) trait Listed: ObjectType + 'static {
    /// Names one list of it: a search, or what the rows belong to.
    type List: Send + Sync + 'static;

    /// How many rows the list has, for who may see them.
    fn count(
        list: &Self::List,
        app: &App,
        scope: &Scope,
    ) -> impl Future<Output = Result<Total, Error>> + Send;
}

/// Where a page stands in its list.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct PageInfo {
    /// Whether the page was asked for with `after`.
    has_previous_page: bool,
    /// Whether rows follow.
    has_next_page: bool,
    /// The cursor of the first row.
    start_cursor: Option<String>,
    /// The cursor of the last row; the next page is `after` it.
    end_cursor: Option<String>,
}

/// A row of a page.
#[derive(Debug, SimpleObject)]
#[graphql(name_type)]
pub(crate) struct Edge<N: Listed> {
    /// The row's place.
    cursor: String,
    /// The row.
    node: N,
}

/// A page of a list.
#[derive(Debug)]
pub(crate) struct Connection<N: Listed> {
    edges: Vec<Edge<N>>,
    has_previous: bool,
    has_next: bool,
    list: N::List,
    /// Counted when it is asked for, and once, although two fields tell of it.
    total: OnceCell<Total>,
}

impl<N: Listed> Connection<N> {
    /// The page that was read of a list.
    pub(crate) fn of<R>(list: N::List, request: PageRequest, page: Page<R>) -> Self
    where
        N: From<R>,
    {
        Self::with_cursors(list, request, page, Place::to_cursor)
    }

    /// The same for a list whose cursors are written in another way.
    pub(crate) fn with_cursors<R>(
        list: N::List,
        request: PageRequest,
        page: Page<R>,
        cursor: impl Fn(Place) -> String,
    ) -> Self
    where
        N: From<R>,
    {
        let has_next = page.has_next;
        let edges = page.rows.into_iter();
        let edges = edges.map(|(place, row)| Edge { cursor: cursor(place), node: N::from(row) }).collect();
        Self { edges, has_previous: request.after.is_some(), has_next, list, total: OnceCell::new() }
    }

    async fn total(&self, ctx: &Context<'_>) -> async_graphql::Result<Total> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let total = self.total.get_or_try_init(|| N::count(&self.list, app, scope)).await;
        total.copied().map_err(|error| ctx.error(error))
    }
}

/// A page of a list.
#[Object(name_type)]
impl<N: Listed> Connection<N> {
    /// The rows with their places.
    async fn edges(&self) -> &[Edge<N>] {
        &self.edges
    }

    /// The rows.
    async fn nodes(&self) -> Vec<&N> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// Where the page stands.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_previous_page: self.has_previous,
            has_next_page: self.has_next,
            start_cursor: self.edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: self.edges.last().map(|edge| edge.cursor.clone()),
        }
    }

    /// How many rows the list has, exact up to 10,000.
    async fn total_count(&self, ctx: &Context<'_>) -> async_graphql::Result<u64> {
        self.total(ctx).await.map(|total| total.count)
    }

    /// Whether there are more than 10,000.
    async fn total_count_is_capped(&self, ctx: &Context<'_>) -> async_graphql::Result<bool> {
        self.total(ctx).await.map(|total| total.is_capped)
    }
}

impl<N: Listed> TypeName for Connection<N> {
    fn type_name() -> Cow<'static, str> {
        [N::type_name().as_ref(), "Connection"].concat().into()
    }
}

impl<N: Listed> TypeName for Edge<N> {
    fn type_name() -> Cow<'static, str> {
        [N::type_name().as_ref(), "Edge"].concat().into()
    }
}

//! The rim: HTTP in, HTTP out. `build_app` is what the server and the tests both run.

use std::sync::Arc;

use actix_web::{
    App as ActixApp, Error as ActixError,
    body::MessageBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    web,
};

use crate::{app::App, config::Role, graphql::schema};

mod assets;
mod export;
mod graphql;
mod health;
mod ingest;
mod notify;
pub(crate) mod problem;
mod request;
mod websocket;

/// Most bytes of a GraphQL request.
const GRAPHQL_BYTES_MAX: usize = 1024 * 1024;

/// Every route with what stands around it.
pub fn build_app(
    app: Arc<App>,
) -> ActixApp<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = ActixError,
        InitError = (),
    >,
> {
    let role = app.role;
    let schema = schema::build(app.clone());
    ActixApp::new()
        .app_data(web::Data::from(app))
        .app_data(web::Data::new(schema))
        .app_data(web::PayloadConfig::new(GRAPHQL_BYTES_MAX))
        .wrap(actix_web::middleware::from_fn(request::around))
        .configure(health::routes)
        .configure(move |config| {
            // A worker takes nothing in: it only tells how it is.
            if role != Role::Worker {
                ingest::routes(config);
                export::routes(config);
                notify::routes(config);
                graphql::routes(config);
                assets::routes(config);
            }
        })
}

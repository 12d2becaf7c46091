//! The demo's desk: chooses the sample endpoint's answer, lists what it received, and sends a payment result or a
//! notification by the public interfaces. The demo's gateway answers on its port. Not part of `serve`.

use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
};

use actix_web::{App as ActixApp, HttpResponse, HttpServer, dev::Server, web};
use serde::Deserialize;
use serde_json::json;
use todoke_domain::payment::{Parameter, RawPaymentResult};

use super::{
    gateway_desk,
    sample_endpoint::{SampleAnswer, SampleEndpoint},
};
use crate::{
    app::{App, payments::accept_results},
    auth::scope::Scope,
    runtime::StartError,
};

/// The page, with its script and style inside: it is served by the demo only.
const PAGE: &str = include_str!("desk.html");

/// What the desk works with.
#[derive(Clone)]
pub(super) struct DeskState {
    app: Arc<App>,
    endpoint: SampleEndpoint,
}

impl DeskState {
    /// The application.
    pub(super) fn app(&self) -> &App {
        &self.app
    }
}

/// The desk's port, taken before anything starts: the gateway that answers on it is a setting of the server.
pub(super) fn listen(wanted: SocketAddr) -> Result<TcpListener, StartError> {
    let anywhere: SocketAddr = (std::net::Ipv4Addr::LOCALHOST, 0).into();
    let listener = TcpListener::bind(wanted).or_else(|_| TcpListener::bind(anywhere));
    listener.map_err(|error| StartError::Io(format!("{wanted} cannot be listened at: {error}")))
}

/// Serves the desk.
pub(super) fn serve(
    app: Arc<App>,
    endpoint: SampleEndpoint,
    listener: TcpListener,
) -> Result<Server, StartError> {
    let state = DeskState { app, endpoint };
    let server = HttpServer::new(move || {
        ActixApp::new()
            .app_data(web::Data::new(state.clone()))
            .route("/", web::get().to(page))
            .route("/control", web::get().to(read_control))
            .route("/control", web::put().to(write_control))
            .route("/requests", web::get().to(requests))
            .route("/send-payment-result", web::post().to(send_payment_result))
            .route("/payment/SearchTrade.idPass", web::post().to(gateway_desk::search_trade))
    })
    .workers(1)
    .disable_signals();
    let server = server.listen(listener);
    let server = server.map_err(|error| StartError::Io(format!("the desk cannot listen: {error}")))?;
    Ok(server.run())
}

async fn page() -> HttpResponse {
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(PAGE)
}

#[derive(Deserialize)]
struct Control {
    answer: SampleAnswer,
}

async fn read_control(state: web::Data<DeskState>) -> HttpResponse {
    HttpResponse::Ok().json(json!({"answer": state.endpoint.answer(), "cgi_url": state.endpoint.url()}))
}

async fn write_control(state: web::Data<DeskState>, control: web::Json<Control>) -> HttpResponse {
    state.endpoint.set_answer(control.into_inner().answer);
    HttpResponse::Ok().json(json!({"answer": state.endpoint.answer()}))
}

async fn requests(state: web::Data<DeskState>) -> HttpResponse {
    HttpResponse::Ok().json(state.endpoint.requests())
}

/// A payment result with fresh numbers, taken in exactly as one that comes by HTTP.
async fn send_payment_result(state: web::Data<DeskState>) -> HttpResponse {
    let now = state.app.clock.now();
    let number = now.as_micros() / 1_000;
    let raw = RawPaymentResult {
        ip_code: "2012000123".to_owned(),
        order_no: format!("{}-{number}", now.tokyo_date().format("%Y-%m%d")),
        carrier: "docomo".to_owned(),
        status: "03".to_owned(),
        amount: 11_350,
        phone: "09012345678".to_owned(),
        email: "taro@example.jp".to_owned(),
        sendid: "mr192".to_owned(),
        sendpoint: "2026031700002".to_owned(),
        error_code: String::new(),
        occurred_at: now.to_rfc3339(),
        parameters: vec![
            Parameter { name: "item".to_owned(), value: "春の福袋".to_owned() },
            Parameter { name: "shop".to_owned(), value: "㈱髙島".to_owned() },
        ],
    };
    let order_no = raw.order_no.clone();
    match accept_results(&state.app, &Scope::system(), vec![Ok(raw)]).await {
        Ok(_) => HttpResponse::Accepted().json(json!({"order_no": order_no})),
        Err(refused) => HttpResponse::InternalServerError().json(json!({"error": format!("{refused:?}")})),
    }
}

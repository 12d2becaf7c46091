//! One order, and where it came from when it was restored.
use super::orders::mail_text;
use crate::api;
use crate::api::error::{ApiError, ErrorKind};
use crate::api::queries::{OrderDetail, order_detail};
use crate::components::facts::{facts, text};
use crate::components::load_view::load_view;
use crate::components::mark::mark_view;
use crate::components::order_facts::{Line, lines_view};
use crate::components::page::name_page;
use crate::context::{App, use_app};
use crate::i18n::{Lang, use_lang};
use crate::load::Query;
use crate::model::{format, status};
use leptos::prelude::*;
use order_detail::OrderDetailOrder as Detail;

#[component]
pub(crate) fn Order(id: String) -> impl IntoView {
    let app = use_app();
    let l = use_lang();
    let query = Query::new(move || ask(app, id.clone()));
    name_page(l, l.orders(), None);
    load_view(query, 10, move |found| {
        name_page(l, &[l.order_no(), " ", &found.order_no].concat(), None);
        detail_view(l, found)
    })
}

async fn ask(app: App, id: String) -> Result<Detail, ApiError> {
    let answer = api::run::<OrderDetail>(app, order_detail::Variables { id }).await?;
    answer.order.ok_or_else(|| ApiError::of(ErrorKind::NotFound))
}

fn detail_view(l: Lang, found: &Detail) -> AnyView {
    let origin = found.restored_from.as_ref().map(|origin| {
        let href = ["/abnormal-orders/", &origin.id].concat();
        view! { <a href=href>{l.restored_from()}</a> }
    });
    let lines = found.lines.iter();
    let lines = lines.map(|line| Line {
        name: line.name.clone(),
        unit_price: line.unit_price,
        quantity: line.quantity,
    });
    view! {
        <header class="page-head detail-head">
            <p class="crumb"><a href="/orders">{l.orders()}</a></p>
            <h1>{l.order_no()} " " <span class="figures">{found.order_no.clone()}</span></h1>
            <p class="marks">
                {mark_view(status::order(l, found.status))}
                <span class="figures strong">{format::yen(found.total)}</span>
                {origin}
            </p>
        </header>
        <div class="columns">
            <section aria-labelledby="facts-heading">
                <h2 id="facts-heading">{l.facts_heading()}</h2>
                {facts(vec![
                    (l.ip_code(), text(found.ip_code.clone())),
                    (l.order_type(), text(format::text_or_missing(found.order_type.as_deref()))),
                    (l.ordered_at(), text(format::instant(&found.ordered_at))),
                    (l.registered_at(), text(format::instant(&found.registered_at))),
                    (l.customer(), text(format::customer(Some(&found.customer_name), found.member_id.as_deref()))),
                    (l.email(), text(found.email.clone())),
                    (l.payment_method(), text(format::text_or_missing(found.payment_method.as_deref()))),
                    (l.confirmation_mail(), text(mail_text(l, found.confirmation_mail_sent_at.as_deref()))),
                ])}
            </section>
            <section aria-labelledby="lines-heading">
                <h2 id="lines-heading">{l.lines_heading(&found.item_count.to_string())}</h2>
                {lines_view(l, lines.collect(), found.shipping_fee, found.total)}
            </section>
        </div>
    }
    .into_any()
}

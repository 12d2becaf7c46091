//! What the cart kept beside what it has: the checkout, and the order that was made or that stands in the way.
use super::Detail;
use crate::api::order_queries::abnormal_order_detail::{
    AbnormalOrderDetailAbnormalOrderCheckout as Checkout, OrderFacts,
};
use crate::components::facts::{facts, text};
use crate::components::mark::mark_view;
use crate::components::order_facts::{Line, lines_view};
use crate::i18n::Lang;
use crate::model::{format, status};
use leptos::prelude::*;

pub(crate) fn sides(l: Lang, found: &Detail) -> AnyView {
    let checkout = match &found.checkout {
        Some(checkout) => checkout_view(l, l.checkout(), checkout),
        None => {
            view! { <section><h2>{l.checkout()}</h2><p class="quiet">{l.checkout_missing()}</p></section> }
                .into_any()
        }
    };
    let order = found.order.as_ref().map(|order| order_view(l, l.restored_order(), order));
    let colliding = found.colliding_order.as_ref().map(|order| order_view(l, l.colliding_order(), order));
    view! { <div class="columns">{checkout} {order} {colliding}</div> }.into_any()
}

pub(crate) fn checkout_view(l: Lang, heading: &'static str, checkout: &Checkout) -> AnyView {
    let lines = checkout.lines.iter();
    let lines = lines.map(|line| Line {
        name: line.name.clone(),
        unit_price: line.unit_price,
        quantity: line.quantity,
    });
    view! {
        <section>
            <h2>{heading}</h2>
            {facts(vec![
                (l.order_no(), text(checkout.order_no.clone())),
                (l.order_type(), text(checkout.order_type.clone())),
                (l.ordered_at(), text(format::instant(&checkout.ordered_at))),
                (l.customer(), text(format::customer(Some(&checkout.customer_name), checkout.member_id.as_deref()))),
                (l.email(), text(checkout.email.clone())),
                (l.pay_type(), text(format::text_or_missing(checkout.pay_type.as_deref()))),
                (l.access_id(), text(format::text_or_missing(checkout.access_id.as_deref()))),
                (l.registered_at(), text(format::instant(&checkout.registered_at))),
            ])}
            {lines_view(l, lines.collect(), checkout.shipping_fee, checkout.total)}
        </section>
    }
    .into_any()
}

fn order_view(l: Lang, heading: &'static str, order: &OrderFacts) -> AnyView {
    let href = ["/orders/", &order.id].concat();
    let lines = order.lines.iter();
    let lines = lines.map(|line| Line {
        name: line.name.clone(),
        unit_price: line.unit_price,
        quantity: line.quantity,
    });
    view! {
        <section>
            <h2>{heading}</h2>
            {facts(vec![
                (l.order_no(), view! { <a href=href>{order.order_no.clone()}</a> }.into_any()),
                (l.status(), mark_view(status::order(l, order.status))),
                (l.ordered_at(), text(format::instant(&order.ordered_at))),
                (l.customer(), text(format::customer(Some(&order.customer_name), order.member_id.as_deref()))),
                (l.email(), text(order.email.clone())),
                (l.payment_method(), text(format::text_or_missing(order.payment_method.as_deref()))),
            ])}
            {lines_view(l, lines.collect(), order.shipping_fee, order.total)}
        </section>
    }
    .into_any()
}

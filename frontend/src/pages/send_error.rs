//! One send error: what it is, what was sent and answered, what may be done. Links in alert mails lead here.
mod attempts;

use crate::api;
use crate::api::error::{ApiError, ErrorKind};
use crate::api::queries::{SendErrorDetail, send_error_detail};
use crate::browser;
use crate::components::facts::{facts, named_values, text};
use crate::components::load_view::load_view;
use crate::components::mark::mark_view;
use crate::components::page::name_page;
use crate::context::{App, use_app};
use crate::i18n::{Lang, use_lang};
use crate::live;
use crate::load::Query;
use crate::model::decisions::{Decision, Plan};
use crate::model::enums::{Action, SendErrorStatus};
use crate::model::{format, status};
use crate::router::use_go;
use leptos::prelude::*;
use send_error_detail::SendErrorDetailSendError as Detail;

#[component]
pub(crate) fn SendError(id: String) -> impl IntoView {
    let app = use_app();
    let l = use_lang();
    let id = StoredValue::new(id);
    let query = Query::new(move || ask(app, id.get_value()));
    live::on_send_error_changed(move |row| {
        if id.with_value(|id| *id == row.id) {
            query.refresh();
        }
    });
    name_page(l, l.send_errors(), None);
    load_view(query, 12, move |found| {
        name_page(l, &[l.order_no_carrier(), " ", &found.order_no].concat(), None);
        detail_view(app, l, found.clone())
    })
}

async fn ask(app: App, id: String) -> Result<Detail, ApiError> {
    let answer = api::run::<SendErrorDetail>(app, send_error_detail::Variables { id }).await?;
    answer.send_error.ok_or_else(|| ApiError::of(ErrorKind::NotFound))
}

fn detail_view(app: App, l: Lang, found: Detail) -> AnyView {
    let attempts = found.attempts.nodes.clone();
    let total = format::count(found.attempts.total_count, false);
    view! {
        <header class="page-head detail-head">
            <p class="crumb"><a href="/send-errors">{l.send_errors()}</a></p>
            <h1>{l.order_no_carrier()} " " <span class="figures">{found.order_no.clone()}</span></h1>
            <p class="marks">
                {mark_view(status::send_error(l, found.status, found.resending))}
                <span class="figures strong">{format::yen(found.amount)}</span>
                {mark_view(status::receipt(l, found.receipt))}
                <span class="quiet">{status::cause(l, found.cause, found.http_status)}</span>
            </p>
        </header>
        <Actions app found=found.clone() />
        <div class="columns">
            <section aria-labelledby="attempts-heading">
                <h2 id="attempts-heading">{l.attempts_heading(&total)}</h2>
                {attempts::timeline(l, attempts, &found.payment.received_at)}
            </section>
            <section aria-labelledby="facts-heading">
                <h2 id="facts-heading">{l.facts_heading()}</h2>
                {facts_view(l, &found)}
                <h2>{l.parameters()}</h2>
                {named_values(found.parameters.into_iter().map(|one| (one.name, one.value)).collect())}
            </section>
        </div>
    }
    .into_any()
}

fn facts_view(l: Lang, found: &Detail) -> AnyView {
    let mut rows = vec![
        (l.sent_at(), text(format::instant(&found.occurred_at))),
        (l.ip_code(), text(found.ip_code.clone())),
        (l.carrier(), text(status::carrier(l, &found.carrier))),
        (l.phone(), text(format::text_or_missing(found.phone.as_deref()))),
        (l.email(), text(format::text_or_missing(found.email.as_deref()))),
        (l.sendid(), text(format::text_or_missing(found.sendid.as_deref()))),
        (l.attempts(), text(found.attempt_count.to_string())),
    ];
    if found.processed_at.is_some() {
        rows.push((l.processed_at(), text(format::instant_or_missing(found.processed_at.as_deref()))));
        rows.push((l.processed_by(), text(format::text_or_missing(found.processed_by.as_deref()))));
        rows.push((l.processed_reason(), text(format::text_or_missing(found.processed_reason.as_deref()))));
    }
    facts(rows)
}

/// 再送信 and 処理済にする lead to the confirmation with this row alone.
#[component]
fn Actions(app: App, found: Detail) -> impl IntoView {
    let l = use_lang();
    if found.status != SendErrorStatus::Unprocessed || found.resending {
        return ().into_any();
    }
    let go = use_go();
    let (id, order_no) = (found.id.clone(), found.order_no.clone());
    let decide = Callback::new(move |decision: Decision| {
        let mut plan = Plan { origin: browser::here(), ..Plan::default() };
        plan.toggle(&id, &order_no, decision);
        app.change_plan(|current| *current = plan);
        go("/send-errors/confirm");
    });
    let resend = app.may(&found.ip_code, Action::Resend).then(|| {
        view! {
            <button type="button" class="button primary" on:click=move |_| decide.run(Decision::Resend)>{l.resend()}</button>
        }
    });
    let close = app.may(&found.ip_code, Action::Close).then(|| {
        view! {
            <button type="button" class="button" on:click=move |_| decide.run(Decision::MarkProcessed)>{l.mark_processed_do()}</button>
        }
    });
    let edit = app.may(&found.ip_code, Action::EditParameters).then(|| {
        let href = ["/send-errors/", &found.id, "/edit"].concat();
        view! { <a class="button" href=href>{l.edit_parameters()}</a> }
    });
    view! { <div class="actions">{resend} {close} {edit}</div> }.into_any()
}

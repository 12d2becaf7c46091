//! 設定 > IPコード: the IP codes with where each delivers; each leads to its settings.
pub(crate) mod cart;
mod form;
pub(crate) mod gateway;
mod health;
pub(crate) mod ip_code;
pub(crate) mod mail_template;
mod outcome;
mod saving;
mod secret;
mod trial;

use crate::api;
use crate::api::settings_queries::{IpCodeList, ip_code_list};
use crate::components::load_view::{Empty, load_view};
use crate::components::page::{name_page, page_head};
use crate::components::rows::{RowKey, cell, head, row_key, tab_stop};
use crate::context::use_app;
use crate::i18n::{Lang, use_lang};
use crate::load::Query;
use crate::model::enums::Action;
use crate::model::settings::method_text;
use crate::router::use_go;
use ip_code_list::IpCodeListIpCodes as Row;
use leptos::prelude::*;

const SKELETON_ROWS: usize = 4;

#[component]
pub(crate) fn IpCodes() -> impl IntoView {
    let app = use_app();
    let l = use_lang();
    let rows = Query::new(move || async move {
        let answer = api::run::<IpCodeList>(app, ip_code_list::Variables).await?;
        Ok(answer.ip_codes)
    });
    let go = use_go();
    let on_key = move |event: web_sys::KeyboardEvent| {
        if let Some((code, RowKey::Open)) = row_key(&event) {
            go(&href(&code));
        }
    };
    let on_key = StoredValue::new(on_key);
    name_page(l, l.settings_ip_codes_title(), None);
    view! {
        {page_head(l.settings_ip_codes_title(), l.settings_ip_codes_purpose())}
        {load_view(rows, SKELETON_ROWS, move |rows: &Vec<Row>| {
            if rows.is_empty() {
                return view! { <Empty why=l.settings_empty() next=l.settings_empty_next() /> }.into_any();
            }
            let may = |code: &str| app.may(code, Action::Settings);
            let body: Vec<AnyView> = rows.iter().enumerate().map(|(index, row)| row_view(l, index, row, may(&row.code))).collect();
            let headings = [l.ip_code(), l.settings_name(), l.settings_merchant(), l.endpoint_url(), l.settings_right()];
            view! {
                <div class="table-scroll" role="region" tabindex="0" aria-label=l.settings_ip_codes()>
                    <table class="list" aria-label=l.settings_ip_codes()>
                        {head(&headings, &[])}
                        <tbody on:keydown=move |event| on_key.with_value(|on_key| on_key(event))>{body}</tbody>
                    </table>
                </div>
            }
            .into_any()
        })}
    }
}

fn href(code: &str) -> String {
    ["/settings/ip-codes/", code].concat()
}

fn row_view(l: Lang, index: usize, row: &Row, may_change: bool) -> AnyView {
    let endpoint = match &row.endpoint {
        Some(endpoint) => {
            let text = [method_text(endpoint.method), " ", &endpoint.url].concat();
            view! { <code>{text}</code> }.into_any()
        }
        None => view! { <span class="quiet">{l.endpoint_missing()}</span> }.into_any(),
    };
    let right = if may_change { l.settings_may_change() } else { l.settings_may_look() };
    view! {
        <tr tabindex=tab_stop(index) data-id=row.code.clone()>
            {cell(l.ip_code(), view! { <a href=href(&row.code)>{row.code.clone()}</a> })}
            {cell(l.settings_name(), row.name.clone())}
            {cell(l.settings_merchant(), row.merchant.clone())}
            {cell(l.endpoint_url(), endpoint)}
            {cell(l.settings_right(), right)}
        </tr>
    }
    .into_any()
}

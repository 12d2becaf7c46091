//! What one does with the list as a whole: its order, rows a page, columns, and the whole search as a file.
use super::filter_of;
use super::sorting::SortSelect;
use crate::api::queries::create_download_link::{CreateDownloadLinkInput, PeriodInput, SendErrorFilter};
use crate::browser;
use crate::components::pop::{Edge, pop};
use crate::download::Download;
use crate::i18n::use_lang;
use crate::model::columns::{Column, HiddenColumns};
use crate::model::enums::DownloadEncoding;
use crate::model::paging::PAGE_SIZES;
use crate::model::send_error_search::SendErrorAddress;
use crate::router::use_go;
use leptos::prelude::*;

const COLUMNS_KEY: &str = "todoke.sendErrors.hiddenColumns";
const ROWS_KEY: &str = "todoke.sendErrors.rows";

pub(crate) fn remembered_columns() -> HiddenColumns {
    HiddenColumns::from_text(&browser::remembered(COLUMNS_KEY).unwrap_or_default())
}

/// The rows of a page as they were last chosen, for a search that does not say.
pub(crate) fn remembered_rows() -> Option<usize> {
    browser::remembered(ROWS_KEY)?.parse().ok()
}

#[component]
pub(crate) fn Toolbar(address: SendErrorAddress, hidden: RwSignal<HiddenColumns>) -> impl IntoView {
    let file = address.clone();
    view! {
        <div class="toolbar">
            <SortSelect address=address.clone() />
            <RowsSelect address=address.clone() />
            <ColumnChoice hidden />
            <Download wanted=Callback::new(move |encoding| wanted_file(&file, encoding)) />
        </div>
    }
}

/// The whole search in its order; each operation has its own type of the list's filter.
fn wanted_file(address: &SendErrorAddress, encoding: DownloadEncoding) -> CreateDownloadLinkInput {
    let filter = filter_of(&address.search);
    let filter = SendErrorFilter {
        ip_codes: filter.ip_codes,
        condition: filter.condition,
        order_no: filter.order_no,
        email: filter.email,
        phone: filter.phone,
        sendid: filter.sendid,
        period: filter.period.map(|period| PeriodInput {
            year_month: period.year_month,
            from: period.from,
            to: period.to,
            preset: period.preset,
        }),
    };
    CreateDownloadLinkInput {
        send_errors: Some(filter),
        send_errors_sort: Some(address.sort),
        resend_batch: None,
        abnormal_orders: None,
        encoding,
    }
}

#[component]
fn ColumnChoice(hidden: RwSignal<HiddenColumns>) -> impl IntoView {
    let l = use_lang();
    let choices: Vec<AnyView> = Column::ALL
        .into_iter()
        .map(|column| {
            let toggle = move || {
                hidden.update(|hidden| hidden.toggle(column));
                browser::remember(COLUMNS_KEY, &hidden.with_untracked(HiddenColumns::to_text));
            };
            view! {
                <label class="choice">
                    <input type="checkbox" prop:checked=move || hidden.with(|hidden| hidden.shows(column)) on:change=move |_| toggle() />
                    <span>{column.heading(l)}</span>
                </label>
            }
            .into_any()
        })
        .collect();
    pop(Edge::End, l.columns().into_any(), l.columns(), choices.into_any())
}

#[component]
fn RowsSelect(address: SendErrorAddress) -> impl IntoView {
    let l = use_lang();
    let go = use_go();
    let chosen = address.rows;
    let options: Vec<AnyView> = PAGE_SIZES
        .into_iter()
        .map(|rows| {
            view! { <option value=rows selected=rows == chosen>{l.rows_a_page(&rows.to_string())}</option> }
                .into_any()
        })
        .collect();
    let choose = move |text: String| {
        let Ok(rows) = text.parse::<usize>() else { return };
        browser::remember(ROWS_KEY, &text);
        go(&address.with_rows(rows).href());
    };
    view! {
        <select class="quiet-select" aria-label=l.page_size() data-id="rows" on:change=move |event| choose(event_target_value(&event))>
            {options}
        </select>
    }
}

//! 一括: the tick of each row, the tick of the page, and the step from the page to everything that matches.
use super::list::fact_cells;
use crate::api::queries::send_errors::SendErrorRow;
use crate::components::rows::{cell, tab_stop};
use crate::context::App;
use crate::i18n::Lang;
use crate::model::columns::HiddenColumns;
use crate::model::enums::{Action, SendErrorStatus};
use crate::model::format;
use crate::model::ticks::{Matching, PageTicks};
use leptos::prelude::*;

/// Closed rows, and those on their way, wait for nothing.
pub(super) fn may_tick(app: App, row: &SendErrorRow) -> bool {
    row.status == SendErrorStatus::Unprocessed
        && !row.resending
        && (app.may(&row.ip_code, Action::Resend) || app.may(&row.ip_code, Action::Close))
}

/// The rows of the page in view, each as it changed since it came.
pub(super) type Rows = StoredValue<Vec<(String, RwSignal<SendErrorRow>)>>;

/// The rows of a page that may be ticked; follows them.
fn tickable(app: App, rows: Rows) -> Vec<String> {
    rows.with_value(|rows| {
        let open = rows.iter().filter(|(_, row)| row.with(|row| may_tick(app, row)));
        open.map(|(id, _)| id.clone()).collect()
    })
}

pub(super) fn toggle(app: App, rows: Rows, id: &str) {
    let page = untrack(|| tickable(app, rows));
    if page.iter().any(|other| other == id) {
        app.change_ticks(|ticks| ticks.toggle(id, &page));
    }
}

pub(super) fn row_view(
    app: App,
    l: Lang,
    columns: &HiddenColumns,
    (index, id): (usize, &str),
    row: RwSignal<SendErrorRow>,
    rows: Rows,
) -> AnyView {
    let (own, columns) = (id.to_owned(), columns.clone());
    let is_ticked = Memo::new(move |_| {
        row.with(|row| may_tick(app, row)) && app.ticks.with(|ticks| ticks.is_ticked(&own))
    });
    let cells = move || {
        row.with(|row| {
            view! {
                <td class="tick" data-label=l.tick()><span class="choice">{tick_box(app, l, row, is_ticked, rows)}</span></td>
                {fact_cells(l, &columns, row)}
                {cell(l.processed_by(), format::text_or_missing(row.processed_by.as_deref()))}
            }
            .into_any()
        })
    };
    view! {
        <tr tabindex=tab_stop(index) data-id=id.to_owned() class:chosen=is_ticked
            class:unprocessed=move || row.with(|row| row.status == SendErrorStatus::Unprocessed)>
            {cells}
        </tr>
    }
    .into_any()
}

fn tick_box(app: App, l: Lang, row: &SendErrorRow, is_ticked: Memo<bool>, rows: Rows) -> Option<AnyView> {
    if !may_tick(app, row) {
        return None;
    }
    let (label, id) = (l.tick_of(&row.order_no), row.id.clone());
    let view = view! {
        <input type="checkbox" data-act="tick" aria-label=label prop:checked=is_ticked
            on:change=move |_| toggle(app, rows, &id) />
    };
    Some(view.into_any())
}

/// The tick of the heading.
pub(super) fn page_tick(app: App, l: Lang, rows: Rows) -> AnyView {
    let tick = page_box(app, move || tickable(app, rows), Some(l.tick_page()));
    view! { <th scope="col" class="tick"><span class="choice">{tick}</span></th> }.into_any()
}

/// A box for the whole page: ticked, not, or in between.
fn page_box(
    app: App,
    page: impl Fn() -> Vec<String> + Send + Sync + 'static,
    label: Option<&'static str>,
) -> AnyView {
    let page = Memo::new(move |_| page());
    let state = Memo::new(move |_| page.with(|page| app.ticks.with(|ticks| ticks.page_ticks(page))));
    let toggle = move |event: web_sys::Event| {
        page.with_untracked(|page| app.change_ticks(|ticks| ticks.toggle_page(page)));
        // The browser has changed the box by itself; where nothing came of it, it is set back.
        set_checked(&event, state.get_untracked() == PageTicks::Every);
    };
    view! {
        <input type="checkbox" aria-label=label prop:checked=move || state.get() == PageTicks::Every
            prop:indeterminate=move || state.get() == PageTicks::Some on:change=toggle />
    }
    .into_any()
}

fn set_checked(event: &web_sys::Event, is_checked: bool) {
    use wasm_bindgen::JsCast;
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
    if let Some(target) = target {
        target.set_checked(is_checked);
    }
}

/// The line over the list: the tick of the page where the narrow layout has no headings, and the way from a whole
/// page to all that match.
pub(super) fn choice_line(app: App, l: Lang, rows: Rows, (count, is_capped): (i64, bool)) -> AnyView {
    let several_pages = i64::try_from(rows.with_value(Vec::len)).is_ok_and(|rows| count > rows);
    let page = Memo::new(move |_| tickable(app, rows));
    let narrow = page_box(app, move || page.get(), None);
    let total = format::count(count, is_capped);
    let line = move || {
        let on_page = page.with(Vec::len);
        let (is_all, ticked) =
            page.with(|page| app.ticks.with(|ticks| (ticks.all.is_some(), ticks.page_ticks(page))));
        if is_all {
            let clear = move |_| app.change_ticks(|ticks| ticks.clear());
            return view! {
                <span class="strong">{l.all_chosen(&total)}</span>
                <button type="button" class="button small-button" on:click=clear>{l.clear_choice()}</button>
            }
            .into_any();
        }
        if ticked != PageTicks::Every || !several_pages {
            return ().into_any();
        }
        let choose = move |_| app.change_ticks(|ticks| ticks.choose_all(Matching { count, is_capped }));
        view! {
            <span>{l.page_chosen(&on_page.to_string())}</span>
            <button type="button" class="button small-button" on:click=choose>{l.choose_all_matching(&total)}</button>
        }
        .into_any()
    };
    view! {
        <div class="tick-line">
            <label class="choice only-narrow">{narrow} <span>{l.tick_page()}</span></label>
            <div class="tick-words" role="status">{line}</div>
        </div>
    }
    .into_any()
}

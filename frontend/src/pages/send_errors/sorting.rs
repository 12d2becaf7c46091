//! The order of the list: by date or by amount, either way. The headings are its buttons; on phones, where there are no
//! headings, a choice stands above the cards.
use crate::i18n::{Lang, use_lang};
use crate::model::columns::Column;
use crate::model::enums::SendErrorSort;
use crate::model::send_error_search::SendErrorAddress;
use crate::router::use_go;
use leptos::prelude::*;

/// The columns that sort, the direction they first sort in before the other.
const SORTED: [(Column, SendErrorSort, SendErrorSort); 2] = [
    (Column::SentAt, SendErrorSort::NewestFirst, SendErrorSort::OldestFirst),
    (Column::Amount, SendErrorSort::AmountDescending, SendErrorSort::AmountAscending),
];

/// The heading of a column: a button where it sorts.
pub(crate) fn heading(l: Lang, address: &SendErrorAddress, column: Column) -> AnyView {
    let class = matches!(column, Column::Amount | Column::Attempts).then_some("figures");
    let Some((_, down, up)) = SORTED.into_iter().find(|(sorted, _, _)| *sorted == column) else {
        return view! { <th scope="col" class=class>{column.heading(l)}</th> }.into_any();
    };
    let direction = if address.sort == down {
        Some("descending")
    } else if address.sort == up {
        Some("ascending")
    } else {
        None
    };
    let next = address.with_sort(if address.sort == down { up } else { down }).href();
    let go = use_go();
    let id = if column == Column::SentAt { "sort-sent-at" } else { "sort-amount" };
    view! {
        <th scope="col" class=class aria-sort=direction>
            <button type="button" class="sort" data-id=id on:click=move |_| go(&next)>{column.heading(l)}</button>
        </th>
    }
    .into_any()
}

#[component]
pub(crate) fn SortSelect(address: SendErrorAddress) -> impl IntoView {
    let l = use_lang();
    let go = use_go();
    let choices = [
        (SendErrorSort::NewestFirst, l.sort_newest_first()),
        (SendErrorSort::OldestFirst, l.sort_oldest_first()),
        (SendErrorSort::AmountDescending, l.sort_amount_descending()),
        (SendErrorSort::AmountAscending, l.sort_amount_ascending()),
    ];
    let options: Vec<AnyView> = choices
        .iter()
        .map(|(sort, text)| view! { <option selected=*sort == address.sort>{*text}</option> }.into_any())
        .collect();
    let choose = move |text: String| {
        if let Some((sort, _)) = choices.into_iter().find(|(_, own)| *own == text) {
            go(&address.with_sort(sort).href());
        }
    };
    view! {
        <select class="quiet-select only-narrow" aria-label=l.sort() data-id="sort" on:change=move |event| choose(event_target_value(&event))>
            {options}
        </select>
    }
}

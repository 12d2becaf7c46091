//! Turning pages with keyset cursors: the address holds the cursors of the pages before.
use crate::i18n::use_lang;
use crate::model::format;
use leptos::prelude::*;

/// Rows of one page of every list.
pub(crate) const PAGE_ROWS: usize = 50;

#[component]
pub(crate) fn Pager(
    /// How many pages were turned already.
    turned: usize,
    rows: usize,
    total: String,
    /// Addresses of the neighbours, where there are any.
    before: Option<String>,
    after: Option<String>,
) -> impl IntoView {
    let l = use_lang();
    let first = turned.saturating_mul(PAGE_ROWS).saturating_add(1);
    let last = first.saturating_add(rows).saturating_sub(1);
    let range = l.pager_range(&format::number(first), &format::number(last), &total);
    let turn = |href: Option<String>, text: &'static str| match href {
        Some(href) => view! { <a class="button" href=href>{text}</a> }.into_any(),
        None => view! { <span class="button disabled" aria-disabled="true">{text}</span> }.into_any(),
    };
    view! {
        <nav class="pager" aria-label=l.pager()>
            <span class="figures">{range}</span>
            {turn(before, l.pager_before())}
            {turn(after, l.pager_after())}
        </nav>
    }
}

/// The stack of cursors of the page before, if there is one.
pub(crate) fn stack_before(after: &[String]) -> Option<Vec<String>> {
    after.split_last().map(|(_, before)| before.to_vec())
}

pub(crate) fn stack_after(
    after: &[String],
    end_cursor: Option<&String>,
    has_next: bool,
) -> Option<Vec<String>> {
    let cursor = end_cursor.filter(|_| has_next)?;
    Some(after.iter().chain([cursor]).cloned().collect())
}

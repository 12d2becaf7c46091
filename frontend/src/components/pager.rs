//! Turning pages with keyset cursors: the address holds the cursors of the pages before.
use crate::i18n::use_lang;
use crate::model::format;
pub(crate) use crate::model::paging::PAGE_ROWS;
use leptos::prelude::*;

#[component]
pub(crate) fn Pager(
    /// How many pages were turned already.
    turned: usize,
    #[prop(default = PAGE_ROWS)] page_rows: usize,
    rows: usize,
    total: String,
    /// Addresses of the neighbours, where there are any.
    before: Option<String>,
    after: Option<String>,
) -> impl IntoView {
    let l = use_lang();
    let first = turned.saturating_mul(page_rows).saturating_add(1);
    let last = first.saturating_add(rows).saturating_sub(1);
    let range = l.pager_range(&format::number(first), &format::number(last), &total);
    let count = page_rows.to_string();
    let turn = |href: Option<String>, id: &'static str, text: String| match href {
        Some(href) => view! { <a class="button" href=href data-id=id>{text}</a> }.into_any(),
        None => view! { <span class="button disabled" aria-disabled="true">{text}</span> }.into_any(),
    };
    view! {
        <nav class="pager" aria-label=l.pager()>
            <span class="figures">{range}</span>
            {turn(before, "pager-before", l.pager_before(&count))}
            {turn(after, "pager-after", l.pager_after(&count))}
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

//! What an edit changes: each parameter as it was and as it is, the change as text, shape and colour.
use super::mark::mark_view;
use super::rows::{cell, head};
use crate::i18n::Lang;
use crate::model::edit::Change;
use crate::model::{format, status};
use leptos::prelude::*;

/// A parameter's name, and its value before and after; `None` where it was not, or is no longer, there.
pub(crate) type Difference = (String, Option<String>, Option<String>);

pub(crate) fn diff_table(l: Lang, differences: impl Iterator<Item = Difference>) -> AnyView {
    let rows: Vec<AnyView> = differences.map(|difference| row_view(l, difference)).collect();
    view! {
        <div class="table-scroll" role="region" tabindex="0" aria-label=l.edit_diff_heading()>
            <table class="list edit-table" aria-label=l.edit_diff_heading()>
                {head(&[l.edit_name(), l.edit_before(), l.edit_after(), l.edit_change()], &[])}
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row_view(l: Lang, (name, before, after): Difference) -> AnyView {
    let (change, class) = match (&before, &after) {
        (None, _) => (Change::Added, "line-added"),
        (Some(_), None) => (Change::Removed, "line-removed"),
        (Some(_), Some(_)) => (Change::Changed, "line-changed"),
    };
    let code = |value: Option<String>| {
        let value = value.filter(|value| !value.is_empty());
        view! { <code>{value.unwrap_or_else(|| format::MISSING.to_owned())}</code> }
    };
    view! {
        <tr class=class>
            {cell(l.edit_name(), view! { <code class="strong">{name}</code> })}
            {cell(l.edit_before(), code(before))}
            {cell(l.edit_after(), code(after))}
            {cell(l.edit_change(), status::change(l, change).map(mark_view))}
        </tr>
    }
    .into_any()
}

//! How far long work is: a bar in three parts, and tiles of figures. Only figures change while one reads.
use crate::i18n::Lang;
use crate::model::{batch, format};
use leptos::prelude::*;

/// Rows of the work; those that are settled are done, failed or left alone.
#[derive(Clone, Copy)]
pub(crate) struct Shares {
    pub(crate) total: i64,
    pub(crate) settled: i64,
    pub(crate) done: i64,
    pub(crate) failed: i64,
    pub(crate) skipped: i64,
}

/// What the bar shows stands in words beside it and in its value.
pub(crate) fn bar(
    l: Lang,
    label: &'static str,
    shares: impl Fn() -> Shares + Copy + Send + 'static,
) -> AnyView {
    let words = move || {
        let Shares { total, settled, .. } = shares();
        l.progress(&format::count(settled, false), &format::count(total, false))
    };
    let part = move |class: &'static str, read: fn(&Shares) -> i64| {
        let width = move || {
            let shares = shares();
            [&batch::percent(read(&shares), shares.total).to_string(), "%"].concat()
        };
        view! { <span class=class style:width=width></span> }.into_any()
    };
    view! {
        <p class="strong figures" aria-hidden="true">{words}</p>
        <div class="meter" role="progressbar" aria-label=label aria-valuemin="0"
            aria-valuenow=move || shares().settled.to_string() aria-valuemax=move || shares().total.to_string()
            aria-valuetext=words>
            {part("meter-done", |shares| shares.done)}
            {part("meter-failed", |shares| shares.failed)}
            {part("meter-skipped", |shares| shares.skipped)}
        </div>
    }
    .into_any()
}

pub(crate) fn tile(
    label: &'static str,
    mark: &'static str,
    value: impl Fn() -> String + Send + 'static,
) -> AnyView {
    view! {
        <div>
            <dt><span class=mark>{label}</span></dt>
            <dd class="figures">{value}</dd>
        </div>
    }
    .into_any()
}

//! How far a batch is: bar, figures, pace and time left. Only figures change while one reads.
use super::facts::Facts;
use super::settled;
use crate::browser;
use crate::i18n::Lang;
use crate::load::effect;
use crate::model::batch::{self, Pace};
use crate::model::enums::ResendBatchState;
use crate::model::format;
use leptos::prelude::*;
use todoke_domain::time::Timestamp;

pub(super) fn progress_view(l: Lang, facts: RwSignal<Facts>) -> AnyView {
    let pace = RwSignal::new(Pace::default());
    effect(move || {
        let (state, settled) = facts.with(|facts| (facts.state, settled(facts)));
        pace.update(|pace| {
            if state == ResendBatchState::Running {
                pace.note(browser::now().millis_since(Timestamp::from_micros(0)), settled);
            } else {
                pace.forget();
            }
        });
    });
    let figure = move |read: fn(&Facts) -> i64| move || format::count(facts.with(read), false);
    let is_running = Memo::new(move |_| facts.with(|facts| facts.state == ResendBatchState::Running));
    let going = move || {
        is_running.get().then(|| {
            let rate =
                move || pace.with(|pace| pace.in_words(l)).unwrap_or_else(|| l.pace_unknown().to_owned());
            let time = move || {
                let left = facts.with(left);
                pace.with(|pace| pace.time_left(l, left)).unwrap_or_else(|| l.pace_unknown().to_owned())
            };
            view! {
                {tile(l.batch_rate(), "", rate)}
                {tile(l.batch_time_left(), "", time)}
            }
        })
    };
    view! {
        {bar_view(l, facts)}
        <dl class="tiles">
            {tile(l.result_succeeded(), "mark mark-good", figure(|facts| facts.done))}
            {tile(l.result_failed(), "mark mark-danger", figure(|facts| facts.failed))}
            {tile(l.row_skipped(), "mark mark-warning", figure(|facts| facts.skipped))}
            {tile(l.batch_left(), "mark mark-open", figure(left))}
            {going}
        </dl>
    }
    .into_any()
}

fn left(facts: &Facts) -> i64 {
    facts.total.saturating_sub(settled(facts))
}

/// The bar in three parts; what it shows stands in words beside it and in its value.
fn bar_view(l: Lang, facts: RwSignal<Facts>) -> AnyView {
    let now = move || facts.with(settled).to_string();
    let words = move || {
        facts.with(|facts| {
            l.progress(&format::count(settled(facts), false), &format::count(facts.total, false))
        })
    };
    let part = move |class: &'static str, read: fn(&Facts) -> i64| {
        let width = move || {
            let share = facts.with(|facts| batch::percent(read(facts), facts.total));
            [&share.to_string(), "%"].concat()
        };
        view! { <span class=class style:width=width></span> }.into_any()
    };
    view! {
        <p class="strong figures" aria-hidden="true">{words}</p>
        <div class="meter" role="progressbar" aria-label=l.batch_progress() aria-valuemin="0" aria-valuenow=now
            aria-valuemax=move || facts.with(|facts| facts.total).to_string() aria-valuetext=words>
            {part("meter-done", |facts| facts.done)}
            {part("meter-failed", |facts| facts.failed)}
            {part("meter-skipped", |facts| facts.skipped)}
        </div>
    }
    .into_any()
}

fn tile(label: &'static str, mark: &'static str, value: impl Fn() -> String + Send + 'static) -> AnyView {
    view! {
        <div>
            <dt><span class=mark>{label}</span></dt>
            <dd class="figures">{value}</dd>
        </div>
    }
    .into_any()
}

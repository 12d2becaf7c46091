//! How far a batch is: bar, figures, pace and time left. Only figures change while one reads.
use super::facts::Facts;
use super::settled;
use crate::browser;
use crate::components::progress::{Shares, bar, tile};
use crate::i18n::Lang;
use crate::load::effect;
use crate::model::batch::Pace;
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
        {bar(l, l.batch_progress(), move || facts.with(shares))}
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

fn shares(facts: &Facts) -> Shares {
    Shares {
        total: facts.total,
        settled: settled(facts),
        done: facts.done,
        failed: facts.failed,
        skipped: facts.skipped,
    }
}

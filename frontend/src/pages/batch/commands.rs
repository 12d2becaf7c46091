//! 一時停止 · 再開 · 中止. Whoever comes second is told who acted and when; 中止 asks first.
use super::facts::{Detail, Facts, may_steer};
use crate::api::error::ApiError;
use crate::api::queries::{
    CancelResendBatch, PauseResendBatch, ResumeResendBatch, cancel_resend_batch, pause_resend_batch,
    resume_resend_batch,
};
use crate::api::{self};
use crate::browser;
use crate::context::App;
use crate::i18n::Lang;
use crate::model::enums::ResendBatchState;
use crate::model::{batch, format};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Command {
    Pause,
    Resume,
    Cancel,
}

/// What the buttons share.
#[derive(Clone, Copy)]
struct Steering {
    app: App,
    facts: RwSignal<Facts>,
    is_busy: RwSignal<bool>,
    is_asking: RwSignal<bool>,
    refusal: RwSignal<Option<String>>,
}

pub(super) fn commands_view(app: App, l: Lang, detail: &Detail, facts: RwSignal<Facts>) -> AnyView {
    if !may_steer(app, detail) {
        return ().into_any();
    }
    let steering = Steering {
        app,
        facts,
        is_busy: RwSignal::new(false),
        is_asking: RwSignal::new(false),
        refusal: RwSignal::new(None),
    };
    let state = Memo::new(move |_| facts.with(|facts| facts.state));
    let buttons = move || match state.get() {
        ResendBatchState::Running => buttons_view(l, steering, Command::Pause),
        ResendBatchState::Paused => buttons_view(l, steering, Command::Resume),
        ResendBatchState::Planned | ResendBatchState::Cancelled | ResendBatchState::Completed => {
            ().into_any()
        }
    };
    let question = move || {
        let is_open = steering.is_asking.get() && !batch::is_over(state.get());
        is_open.then(|| question_view(l, steering))
    };
    view! {
        <div role="alert">
            {move || steering.refusal.get().map(|told| view! { <p class="panel error-panel spaced">{told}</p> })}
        </div>
        {buttons}
        {question}
    }
    .into_any()
}

fn buttons_view(l: Lang, steering: Steering, main: Command) -> AnyView {
    let text = if main == Command::Pause { l.pause() } else { l.resume() };
    let is_busy = move || steering.is_busy.get().then_some("true");
    let ask = move |_| {
        steering.is_asking.set(true);
        browser::focus_when_drawn("cancel-question");
    };
    view! {
        <div class="actions">
            <button type="button" id="steer" class="button" aria-disabled=is_busy on:click=move |_| steering.send(main)>{text}</button>
            <button type="button" class="button danger" on:click=ask aria-expanded=move || steering.is_asking.get().to_string()>{l.cancel_batch()}</button>
        </div>
    }
    .into_any()
}

/// A yes or no, on the page itself; Escape is no.
fn question_view(l: Lang, steering: Steering) -> AnyView {
    let left = move || {
        let left = steering.facts.with(|facts| facts.total.saturating_sub(super::settled(facts)));
        l.cancel_question(&format::count(left, false))
    };
    let close = move || {
        steering.is_asking.set(false);
        browser::focus("steer");
    };
    view! {
        <section class="warning-box" id="cancel-question" tabindex="-1" aria-labelledby="cancel-heading"
            on:keydown=move |event| if event.key() == "Escape" { close() }>
            <h2 id="cancel-heading">{l.cancel_heading()}</h2>
            <p>{left}</p>
            <div class="actions">
                <button type="button" class="button danger" on:click=move |_| steering.send(Command::Cancel)>{l.cancel_do()}</button>
                <button type="button" class="button" on:click=move |_| close()>{l.cancel_not()}</button>
            </div>
        </section>
    }
    .into_any()
}

impl Steering {
    fn send(self, command: Command) {
        if self.is_busy.get_untracked() {
            return;
        }
        self.is_busy.set(true);
        self.refusal.set(None);
        let id = self.facts.with_untracked(|facts| facts.id.clone());
        spawn_local(async move {
            let refusal = match run(self.app, command, id.clone()).await {
                Ok(refusal) => refusal,
                Err(error) => Some(error.text(self.app.lang.get_untracked())),
            };
            // The connection tells the new state as a rule; where it is away, the server is asked.
            if let Ok(detail) = super::facts::ask(self.app, id).await {
                let _ = self.facts.try_set(detail.facts);
            }
            let _ = self.refusal.try_set(refusal);
            let _ = self.is_asking.try_set(false);
            let _ = self.is_busy.try_set(false);
            browser::focus("steer");
        });
    }
}

async fn run(app: App, command: Command, id: String) -> Result<Option<String>, ApiError> {
    Ok(match command {
        Command::Pause => {
            let answer = api::run::<PauseResendBatch>(app, pause_resend_batch::Variables { id }).await?;
            answer.pause_resend_batch.user_errors.into_iter().next().map(|fault| fault.message)
        }
        Command::Resume => {
            let answer = api::run::<ResumeResendBatch>(app, resume_resend_batch::Variables { id }).await?;
            answer.resume_resend_batch.user_errors.into_iter().next().map(|fault| fault.message)
        }
        Command::Cancel => {
            let answer = api::run::<CancelResendBatch>(app, cancel_resend_batch::Variables { id }).await?;
            answer.cancel_resend_batch.user_errors.into_iter().next().map(|fault| fault.message)
        }
    })
}

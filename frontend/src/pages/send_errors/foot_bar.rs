//! The bar at the foot: appears when something is chosen, says what, and leads to the confirmation.
use crate::browser;
use crate::context::use_app;
use crate::i18n::use_lang;
use crate::model::decisions::Decision;
use crate::model::send_error_search::SendErrorAddress;
use crate::router::use_go;
use leptos::prelude::*;

#[component]
pub(crate) fn FootBar(address: Memo<Option<SendErrorAddress>>) -> impl IntoView {
    let l = use_lang();
    let app = use_app();
    let go = use_go();
    let confirm = Callback::new(move |()| {
        let origin = browser::here();
        app.change_plan(|plan| plan.origin = origin);
        go("/send-errors/confirm");
    });
    move || {
        let is_running = app.plan.with(|plan| plan.is_submitted && !plan.is_finished());
        if is_running {
            return view! {
                <div class="foot-bar" role="region" aria-label=l.chosen()>
                    <span class="strong">{l.plan_running()}</span>
                    <a class="button" href="/send-errors/confirm">{l.plan_running_look()}</a>
                </div>
            }
            .into_any();
        }
        let (resend, close) =
            app.plan.with(|plan| (plan.count(Decision::Resend), plan.count(Decision::MarkProcessed)));
        let total = resend.saturating_add(close);
        if total == 0 || address.with(Option::is_none) {
            return ().into_any();
        }
        let text = l.chosen_count(&close.to_string(), &resend.to_string(), &total.to_string());
        view! {
            <div class="foot-bar" role="region" aria-label=l.chosen()>
                <span class="strong" aria-live="polite">{text}</span>
                <button type="button" class="button" on:click=move |_| app.change_plan(|plan| plan.items.clear())>{l.clear_choice()}</button>
                <button type="button" class="button primary" on:click=move |_| confirm.run(())>{l.send()}</button>
            </div>
        }
        .into_any()
    }
}

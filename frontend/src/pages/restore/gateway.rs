//! What the gateway says of the payment at this moment: asked when the confirmation opens, and again on request.
//! It decides nothing: what a restore may do is `model::gateway_check`'s, and the server's.
use crate::api;
use crate::api::error::ApiError;
use crate::api::order_queries::abnormal_order_detail::{
    AbnormalOrderDetailAbnormalOrder as Detail, AbnormalOrderDetailAbnormalOrderGatewayCheck as Answer,
};
use crate::api::order_queries::{CheckGateway, check_gateway};
use crate::components::facts::{facts, text};
use crate::components::mark::mark_view;
use crate::context::App;
use crate::i18n::Lang;
use crate::load::Query;
use crate::model::format;
use crate::model::gateway_check::{self, Asking, Gate};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

#[derive(Clone, Copy)]
pub(crate) struct Check {
    pub(crate) query: Query<Detail>,
    pub(crate) asking: RwSignal<Asking>,
    /// "The gateway does not tell; I have looked there myself."
    pub(crate) is_meant: RwSignal<bool>,
    pub(crate) is_missing: RwSignal<bool>,
}

impl Check {
    pub(crate) fn new(query: Query<Detail>) -> Self {
        Self {
            query,
            asking: RwSignal::new(Asking::NotYet),
            is_meant: RwSignal::new(false),
            is_missing: RwSignal::new(false),
        }
    }

    pub(crate) fn gate(self, found: &Detail) -> Gate {
        let last = found.gateway_check.as_ref().map(|answer| (answer.outcome, answer.checked_at.as_str()));
        self.asking.with(|asking| gateway_check::gate(found.gateway_check_configured, asking, last))
    }

    pub(crate) fn ask(self, app: App, l: Lang, id: String) {
        if self.asking.get_untracked() == Asking::Running {
            return;
        }
        self.asking.set(Asking::Running);
        spawn_local(async move {
            let next = send(app, l, id).await.unwrap_or_else(|error| Asking::Failed(error.text(l)));
            if self.asking.try_set(next).is_none() {
                self.query.refresh();
            }
        });
    }
}

async fn send(app: App, l: Lang, id: String) -> Result<Asking, ApiError> {
    let payload = api::run::<CheckGateway>(app, check_gateway::Variables { id }).await?.check_gateway;
    let answer = payload.abnormal_order.and_then(|row| row.gateway_check);
    Ok(match (payload.user_errors.into_iter().next(), answer) {
        (Some(fault), _) => Asking::Failed(fault.message),
        (None, Some(answer)) => Asking::Told(answer.checked_at),
        (None, None) => Asking::Failed(l.error_unreadable().to_owned()),
    })
}

pub(crate) fn check_view(app: App, l: Lang, found: &Detail, check: Check) -> AnyView {
    if !found.gateway_check_configured {
        return view! {
            <h2>{l.gateway_now()}</h2>
            <p>{l.gateway_check_off()}</p>
            <p class="quiet small">{l.gateway_check_off_next()}</p>
        }
        .into_any();
    }
    let id = StoredValue::new(found.id.clone());
    let state = move || match check.asking.get() {
        Asking::NotYet | Asking::Running => {
            Some(view! { <p class="quiet">{l.gateway_asking()}</p> }.into_any())
        }
        Asking::Failed(why) => Some(view! { <p class="fault">{why}</p> }.into_any()),
        Asking::Told(_) => None,
    };
    view! {
        <h2>{l.gateway_now()}</h2>
        <div role="status">
            {state}
            {found.gateway_check.as_ref().map(|answer| answer_view(l, answer))}
        </div>
        <p class="actions">
            <button type="button" class="button small-button" on:click=move |_| check.ask(app, l, id.get_value())>{l.gateway_ask_again()}</button>
        </p>
    }
    .into_any()
}

fn answer_view(l: Lang, answer: &Answer) -> AnyView {
    let mut rows = vec![
        (l.gateway_outcome(), mark_view(gateway_check::outcome(l, answer.outcome))),
        (
            l.gateway_asked_at(),
            text([format::instant(&answer.checked_at), " · ".to_owned(), answer.checked_by.clone()].concat()),
        ),
    ];
    if let Some(problem) = answer.problem {
        rows.push((l.gateway_problem(), text(gateway_check::problem(l, problem))));
    }
    if let Some(state) = &answer.status {
        rows.push((l.gateway_state(), text(state.clone())));
    }
    if let Some(amount) = answer.amount {
        rows.push((l.total(), text(format::yen(amount))));
    }
    let error: Vec<&str> =
        [&answer.error_code, &answer.error_info].into_iter().flatten().map(String::as_str).collect();
    if !error.is_empty() {
        rows.push((l.gateway_error(), text(error.join(" · "))));
    }
    facts(rows)
}

/// Why nothing can be restored, or what has to be said before it is.
pub(crate) fn gate_view(l: Lang, found: &Detail, check: Check) -> AnyView {
    let evidence = found.gateway_check.as_ref().and_then(|answer| answer.evidence.clone());
    let gate = check.gate(found);
    match gate {
        Gate::Open | Gate::Waiting => ().into_any(),
        Gate::Closed => {
            let evidence = evidence.map(|evidence| {
                facts(vec![
                    (l.evidence_field(), text(evidence.field)),
                    (l.evidence_notified(), text(format::text_or_missing(Some(&evidence.expected)))),
                    (l.evidence_gateway(), text(format::text_or_missing(Some(&evidence.actual)))),
                ])
            });
            view! {
                <section class="warning-box" role="alert" aria-labelledby="blocked-heading">
                    <h2 id="blocked-heading">{l.gateway_blocked_heading()}</h2>
                    {evidence}
                    <p>{l.gateway_blocked_next()}</p>
                </section>
            }
            .into_any()
        }
        Gate::OnlyIfMeant => view! {
            <section class="warning-box" aria-labelledby="unreachable-heading">
                <h2 id="unreachable-heading">{l.gateway_unreachable_heading()}</h2>
                <p>{l.gateway_unreachable_next()}</p>
                <label class="choice">
                    <input type="checkbox" id="f-proceed" aria-describedby="f-proceed-fault"
                        prop:checked=move || check.is_meant.get()
                        aria-invalid=move || check.is_missing.get().then_some("true")
                        on:change=move |event| check.is_meant.set(event_target_checked(&event)) />
                    <span>{l.gateway_proceed()}</span>
                </label>
                <p class="fault" id="f-proceed-fault">{move || check.is_missing.get().then(|| l.gateway_proceed_required())}</p>
            </section>
        }
        .into_any(),
    }
}

//! 期間: the group of fields for the period of a search.
use super::field::{FaultText, Faults, field_id, radio};
use crate::browser;
use crate::i18n::use_lang;
use crate::model::period::{Period, PeriodKind, permitted_days, permitted_months};
use leptos::prelude::*;

#[component]
pub(crate) fn PeriodField(value: RwSignal<Period>, faults: Faults) -> impl IntoView {
    let l = use_lang();
    let kind = move |kind: PeriodKind, label: &'static str| {
        radio(
            "period",
            label,
            move || value.with(|period| period.kind == kind),
            move || {
                value.update(|period| period.kind = kind);
            },
        )
    };
    view! {
        <div class="choices" role="radiogroup" aria-labelledby="f-period" aria-describedby="f-period-fault">
            {kind(PeriodKind::Unbounded, l.period_unbounded())}
            <span class="joined">{kind(PeriodKind::Month, l.period_month())} <MonthSelect value /></span>
            <span class="joined">{kind(PeriodKind::Days, l.period_days())} <DayInputs value faults /></span>
            {kind(PeriodKind::Today, l.period_today())}
            {kind(PeriodKind::Yesterday, l.period_yesterday())}
        </div>
        <FaultText faults path="period" />
        <FaultText faults path="period.yearMonth" />
        <FaultText faults path="period.from" />
        <FaultText faults path="period.to" />
    }
}

/// Exactly the eight months that may be searched.
#[component]
fn MonthSelect(value: RwSignal<Period>) -> impl IntoView {
    let l = use_lang();
    let months = permitted_months(browser::now());
    let first = months.first().cloned().unwrap_or_default();
    value.update(|period| {
        if period.month.is_empty() {
            period.month = first;
        }
    });
    let options: Vec<AnyView> = months
        .into_iter()
        .map(|month| {
            let text = month.clone();
            view! {
                <option value=month.clone() prop:selected=move || value.with(|period| period.month == month)>{text}</option>
            }
            .into_any()
        })
        .collect();
    let choose = move |month: String| {
        value.update(|period| {
            period.month = month;
            period.kind = PeriodKind::Month;
        });
    };
    view! {
        <select id=field_id("period.yearMonth") aria-label=l.period_month() on:change=move |event| choose(event_target_value(&event))>
            {options}
        </select>
    }
}

#[component]
fn DayInputs(value: RwSignal<Period>, faults: Faults) -> impl IntoView {
    let l = use_lang();
    let (first, last) = permitted_days(browser::now());
    let invalid = move |path: &'static str| {
        faults.with(|faults| faults.iter().any(|fault| fault.field == path).then_some("true"))
    };
    let change = move |change: &dyn Fn(&mut Period)| {
        value.update(|period| {
            change(period);
            period.kind = PeriodKind::Days;
        });
    };
    view! {
        <input
            type="date"
            id=field_id("period.from")
            aria-label=l.period_from()
            min=first.clone()
            max=last.clone()
            prop:value=move || value.with(|period| period.from.clone())
            on:change=move |event| { let day = event_target_value(&event); change(&|period| period.from.clone_from(&day)); }
            aria-invalid=move || invalid("period.from")
        />
        <span aria-hidden="true">"〜"</span>
        <input
            type="date"
            id=field_id("period.to")
            aria-label=l.period_to()
            min=first
            max=last
            prop:value=move || value.with(|period| period.to.clone())
            on:change=move |event| { let day = event_target_value(&event); change(&|period| period.to.clone_from(&day)); }
            aria-invalid=move || invalid("period.to")
        />
    }
}

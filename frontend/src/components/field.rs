//! Fields with their labels and faults: the error stands beside the field and is summed up on top.
use crate::api::error::FieldFault;
use crate::browser;
use crate::i18n::use_lang;
use leptos::prelude::*;

pub(crate) type Faults = RwSignal<Vec<FieldFault>>;

/// The id of the field of a path: `period.from` → `f-period-from`.
pub(crate) fn field_id(path: &str) -> String {
    ["f-", &path.replace('.', "-")].concat()
}

pub(crate) fn fault_of(faults: Faults, path: &str) -> Option<String> {
    faults.with(|faults| faults.iter().find(|fault| fault.field == path).map(|fault| fault.message.clone()))
}

#[component]
pub(crate) fn FaultText(faults: Faults, #[prop(into)] path: String) -> impl IntoView {
    let id = [&field_id(&path), "-fault"].concat();
    view! { <p class="fault" id=id>{move || fault_of(faults, &path)}</p> }
}

#[component]
pub(crate) fn TextField(
    label: &'static str,
    path: &'static str,
    value: RwSignal<String>,
    faults: Faults,
    #[prop(default = "text")] kind: &'static str,
    #[prop(default = "off")] autocomplete: &'static str,
) -> impl IntoView {
    let id = field_id(path);
    let fault_id = [&id, "-fault"].concat();
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                id=id
                type=kind
                autocomplete=autocomplete
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
                aria-invalid=move || fault_of(faults, path).map(|_| "true")
                aria-describedby=fault_id
            />
            <FaultText faults path />
        </div>
    }
}

/// A choice of one out of a few, as radio buttons.
pub(crate) fn radio(
    name: &'static str,
    label: &'static str,
    is_chosen: impl Fn() -> bool + Send + 'static,
    choose: impl Fn() + 'static,
) -> AnyView {
    view! {
        <label class="choice">
            <input type="radio" name=name prop:checked=is_chosen on:change=move |_| choose() />
            <span>{label}</span>
        </label>
    }
    .into_any()
}

/// A choice out of a list; the first is the empty one.
#[component]
pub(crate) fn Select(
    label: &'static str,
    path: &'static str,
    options: Vec<(&'static str, &'static str)>,
    value: RwSignal<String>,
) -> impl IntoView {
    let id = field_id(path);
    let options: Vec<AnyView> = options
        .into_iter()
        .map(|(code, text)| {
            view! { <option value=code prop:selected=move || value.with(|value| value == code)>{text}</option> }.into_any()
        })
        .collect();
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select id=id on:change=move |event| value.set(event_target_value(&event))>{options}</select>
        </div>
    }
}

/// All faults on top, each leading to its field.
#[component]
pub(crate) fn FaultSummary(faults: Faults) -> impl IntoView {
    let l = use_lang();
    move || {
        let list = faults.get();
        if list.is_empty() {
            return ().into_any();
        }
        let items: Vec<AnyView> = list
            .into_iter()
            .map(|fault| {
                let id = field_id(&fault.field);
                let href = ["#", &id].concat();
                view! {
                    <li>
                        <a href=href on:click=move |event| { event.prevent_default(); browser::focus(&id); }>{fault.message}</a>
                    </li>
                }
                .into_any()
            })
            .collect();
        view! {
            <div class="panel error-panel" role="alert">
                <p class="strong">{l.faults_heading(&items.len().to_string())}</p>
                <ul>{items}</ul>
            </div>
        }
        .into_any()
    }
}

/// A text of several lines.
#[component]
pub(crate) fn TextArea(
    #[prop(into)] label: String,
    path: &'static str,
    value: RwSignal<String>,
    faults: Faults,
    #[prop(default = 3)] rows: u32,
    #[prop(default = false)] is_required: bool,
) -> impl IntoView {
    let l = use_lang();
    let id = field_id(path);
    let fault_id = [&id, "-fault"].concat();
    let mark = is_required.then(|| view! { <span class="quiet">{l.required()}</span> });
    view! {
        <div class="field">
            <label for=id.clone()>{label} " " {mark}</label>
            <textarea id=id rows=rows.to_string() aria-required=is_required.then_some("true") aria-describedby=fault_id
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
                aria-invalid=move || fault_of(faults, path).map(|_| "true")></textarea>
            <FaultText faults path />
        </div>
    }
}

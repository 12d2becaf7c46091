//! How saving goes, on every page of the settings: where it stands, what is told of it, and where the focus goes.
use crate::api::error::FieldFault;
use crate::browser;
use crate::components::field::{Faults, field_id};
use crate::i18n::Lang;
use leptos::prelude::*;

/// How the saving goes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Saving {
    Idle,
    Running,
    Saved,
    Failed(String),
}

/// What is wrong stands beside its fields, and the first of them has the focus.
pub(crate) fn refused(faults: Faults, told: Vec<FieldFault>) -> Saving {
    let first = told.first().map(|fault| field_id(&fault.field));
    let _ = faults.try_set(told);
    if let Some(first) = first {
        browser::focus(&first);
    }
    Saving::Idle
}

/// The foot of a form: what became of the last saving, and the button.
pub(crate) fn save_foot(l: Lang, saving: RwSignal<Saving>) -> AnyView {
    let told = move || match saving.get() {
        Saving::Failed(why) => view! { <p class="fault" role="alert">{why}</p> }.into_any(),
        Saving::Saved => view! { <p class="quiet" role="status">{l.settings_saved()}</p> }.into_any(),
        Saving::Idle | Saving::Running => view! { <p class="quiet" role="status"></p> }.into_any(),
    };
    view! {
        {told}
        <div class="form-foot">
            <button type="submit" class="button primary" aria-disabled=move || (saving.get() == Saving::Running).then_some("true")>
                {move || if saving.get() == Saving::Running { l.settings_saving() } else { l.settings_save() }}
            </button>
        </div>
    }
    .into_any()
}

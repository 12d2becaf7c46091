//! 送信データ修正: the parameters as they are beside what they shall be, and why; then the confirmation.
//! What is typed is the person's draft until it is sent: going to the confirmation and back loses nothing.
mod confirm;
mod form;

use crate::api;
use crate::api::error::{ApiError, ErrorKind};
use crate::api::queries::{
    EditableParameters, SendErrorParameters, editable_parameters, send_error_parameters,
};
use crate::components::field::Faults;
use crate::components::load_view::load_view;
use crate::components::mark::mark_view;
use crate::components::page::name_page;
use crate::context::{App, use_app};
use crate::i18n::{Lang, use_lang};
use crate::live;
use crate::load::{Query, effect};
use crate::model::edit::Edit as Draft;
use crate::model::enums::{Action, SendErrorStatus};
use crate::model::{format, status};
use leptos::prelude::*;
use send_error_parameters::SendErrorParametersSendError as Row;
use todoke_domain::payment::Parameter;

pub(crate) use confirm::EditConfirm;

/// The row as it stands, and the only parameters that its IP code's settings permit; `None` permits all.
struct Found {
    row: Row,
    editable: Option<Vec<String>>,
}

/// What somebody types about one row, and the row as it stands.
#[derive(Clone, Copy)]
struct Editing {
    found: Query<Found>,
    draft: RwSignal<Draft>,
    faults: Faults,
}

impl Editing {
    /// Takes up what was typed, and asks for the row.
    fn begin(app: App, id: String, kept: Draft) -> Self {
        let form = form_name(&id);
        let faults = RwSignal::new(kept.faults.clone());
        let draft = RwSignal::new(kept);
        effect(move || app.keep_draft(form.clone(), draft.get()));
        Self { found: Query::new(move || ask(app, id.clone())), draft, faults }
    }

    /// Keeps the form in step with the row: a newer attempt or result shows at once, what was typed stays.
    fn follow(self, id: String) {
        live::on_send_error_changed(move |changed| {
            if changed.id == id {
                self.found.refresh();
            }
        });
        effect(move || {
            let read = self.found.with(|found| {
                let stored = found.row.parameters.iter();
                let stored = stored.map(|one| Parameter { name: one.name.clone(), value: one.value.clone() });
                Some((stored.collect::<Vec<_>>(), found.editable.clone(), found.row.attempt_count))
            });
            if let Some((stored, editable, attempt_count)) = read {
                self.draft.update(|draft| draft.rebase(&stored, editable.as_deref(), attempt_count));
            }
        });
    }
}

/// Under which name `context` keeps what is typed.
fn form_name(id: &str) -> String {
    ["edit ", id].concat()
}

async fn ask(app: App, id: String) -> Result<Found, ApiError> {
    let answer = api::run::<SendErrorParameters>(app, send_error_parameters::Variables { id }).await?;
    let row = answer.send_error.ok_or_else(|| ApiError::of(ErrorKind::NotFound))?;
    let editable = if app.may(&row.ip_code, Action::EditParameters) {
        let code = row.ip_code.clone();
        let answer = api::run::<EditableParameters>(app, editable_parameters::Variables { code }).await?;
        answer.ip_code.editable_parameters
    } else {
        None
    };
    Ok(Found { row, editable })
}

#[component]
pub(crate) fn Edit(id: String) -> impl IntoView {
    let app = use_app();
    let l = use_lang();
    name_page(l, l.edit_parameters(), None);
    let back = ["/send-errors/", &id].concat();
    let confirm = ["/send-errors/", &id, "/edit/confirm"].concat();
    let kept: Draft = app.kept_draft(&form_name(&id)).unwrap_or_default();
    let editing = Editing::begin(app, id.clone(), kept.taken_up_again());
    editing.follow(id);
    let may_edit =
        Memo::new(move |_| editing.found.with(|found| Some(may_edit(app, &found.row))).unwrap_or(false));
    view! {
        {load_view(editing.found, 10, move |found| head_view(app, l, &found.row))}
        {move || may_edit.get().then(|| view! {
            <form::Form editing back=back.clone() confirm=confirm.clone() />
        })}
    }
}

/// What the row's state and the person's right permit; the server asks the same again.
fn may_edit(app: App, row: &Row) -> bool {
    row.status == SendErrorStatus::Unprocessed
        && !row.resending
        && app.may(&row.ip_code, Action::EditParameters)
}

fn head_view(app: App, l: Lang, row: &Row) -> AnyView {
    let back = ["/send-errors/", &row.id].concat();
    let why_not = match (app.may(&row.ip_code, Action::EditParameters), row.resending) {
        (false, _) => Some(l.edit_not_permitted()),
        (true, true) => Some(l.edit_resending()),
        (true, false) if row.status == SendErrorStatus::Processed => Some(l.edit_closed()),
        (true, false) => None,
    };
    let why_not = why_not.map(|why| {
        view! {
            <div class="panel empty" role="status">
                <p class="strong">{why}</p>
                <a class="button" href=back.clone()>{l.open_details()}</a>
            </div>
        }
    });
    view! {
        <header class="page-head detail-head">
            <p class="crumb"><a href=back.clone()>{l.order_no_carrier()} " " {row.order_no.clone()}</a></p>
            <h1>{l.edit_parameters()}</h1>
            <p class="quiet">{l.edit_purpose()}</p>
            {row_marks(l, row)}
        </header>
        {why_not}
    }
    .into_any()
}

/// Which row this is about, in one line.
fn row_marks(l: Lang, row: &Row) -> AnyView {
    view! {
        <p class="marks">
            {mark_view(status::send_error(l, row.status, row.resending))}
            <span class="figures strong">{format::yen(row.amount)}</span>
            <span>{row.ip_code.clone()} " · " {status::carrier(l, &row.carrier)}</span>
            {mark_view(status::receipt(l, row.receipt))}
            <span class="quiet">{status::cause(l, row.cause, row.http_status)}</span>
        </p>
    }
    .into_any()
}

//! Saved searches: an address of the list under a name, one's own, to be opened again or thrown away.
//! What is saved is what the form says, once it keeps the rules; what was deleted can be brought back at once.
use crate::api::queries::{
    DeleteSavedSearch, SaveSearch, SavedSearches as SavedSearchesQuery, delete_saved_search, save_search,
    saved_searches,
};
use crate::api::{self, error::ApiError};
use crate::components::load_view::load_view;
use crate::context::{App, use_app};
use crate::i18n::{Lang, use_lang};
use crate::load::Query;
use crate::model::send_error_search::SendErrorAddress;
use leptos::prelude::*;
use saved_searches::SavedSearchesSavedSearches as SavedSearch;
use wasm_bindgen_futures::spawn_local;

/// What was just done, told beside the fields.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Notice {
    Saved(String),
    Deleted { name: String, query: String },
    Refused(String),
}

#[derive(Clone, Copy)]
struct Shelf {
    app: App,
    list: Query<Vec<SavedSearch>>,
    notice: RwSignal<Option<Notice>>,
}

#[component]
pub(crate) fn SavedSearches(
    /// The address of what the form says; `None` where it breaks a rule, which then stands beside its field.
    draft: Callback<(), Option<SendErrorAddress>>,
) -> impl IntoView {
    let l = use_lang();
    let app = use_app();
    let list = Query::new(move || async move {
        Ok(api::run::<SavedSearchesQuery>(app, saved_searches::Variables).await?.saved_searches)
    });
    let shelf = Shelf { app, list, notice: RwSignal::new(None) };
    let name = RwSignal::new(String::new());
    let save = move || {
        let wanted = name.get_untracked().trim().to_owned();
        if wanted.is_empty() {
            shelf.notice.set(Some(Notice::Refused(l.saved_search_name_required().to_owned())));
        } else if let Some(address) = draft.run(()) {
            name.set(String::new());
            spawn_local(shelf.save(wanted, address.query()));
        }
    };
    let on_key = move |event: web_sys::KeyboardEvent| {
        // Enter in this field saves; it does not search.
        if event.key() == "Enter" {
            event.prevent_default();
            save();
        }
    };
    view! {
        <div class="form-row">
            <p class="row-head" id="saved-searches">{l.saved_searches()}</p>
            <div class="row-fields saved-searches">
                {load_view(list, 1, move |found| list_view(shelf, l, found))}
                <div class="joined">
                    <input type="text" class="short" aria-label=l.saved_search_name() placeholder=l.saved_search_name()
                        maxlength="50" autocomplete="off" prop:value=move || name.get()
                        on:input=move |event| name.set(event_target_value(&event)) on:keydown=on_key />
                    <button type="button" class="button small-button" on:click=move |_| save()>{l.saved_search_save()}</button>
                </div>
                <div role="status">{move || shelf.notice.get().map(|notice| notice_view(shelf, l, notice))}</div>
            </div>
        </div>
    }
}

fn list_view(shelf: Shelf, l: Lang, found: &[SavedSearch]) -> AnyView {
    let items: Vec<AnyView> = found.iter().filter_map(|search| item_view(shelf, l, search.clone())).collect();
    if items.is_empty() {
        return view! { <p class="quiet">{l.saved_searches_none()}</p> }.into_any();
    }
    view! { <ul class="chips" aria-labelledby="saved-searches">{items}</ul> }.into_any()
}

/// Only what reads as a search becomes a link, whatever was stored.
fn item_view(shelf: Shelf, l: Lang, search: SavedSearch) -> Option<AnyView> {
    let href = SendErrorAddress::parse(&search.query)?.href();
    let name = search.name.clone();
    let delete = move || spawn_local(shelf.delete(search.clone()));
    Some(
        view! {
            <li class="chip saved-search">
                <a href=href>{name.clone()}</a>
                <button type="button" class="chip-button" aria-label=l.saved_search_delete(&name) on:click=move |_| delete()>
                    <span aria-hidden="true">"×"</span>
                </button>
            </li>
        }
        .into_any(),
    )
}

fn notice_view(shelf: Shelf, l: Lang, notice: Notice) -> AnyView {
    match notice {
        Notice::Saved(name) => view! { <p>{l.saved_search_saved(&name)}</p> }.into_any(),
        Notice::Refused(message) => view! { <p class="fault">{message}</p> }.into_any(),
        Notice::Deleted { name, query } => {
            let text = l.saved_search_deleted(&name);
            let bring_back = move || spawn_local(shelf.save(name.clone(), query.clone()));
            view! {
                <p class="joined">
                    <span>{text}</span>
                    <button type="button" class="button small-button" on:click=move |_| bring_back()>{l.undo()}</button>
                </p>
            }
            .into_any()
        }
    }
}

impl Shelf {
    async fn save(self, name: String, query: String) {
        let told = name.clone();
        let done = api::run::<SaveSearch>(self.app, save_search::Variables { name, query }).await;
        let refusal =
            done.map(|answer| answer.save_search.user_errors.into_iter().next().map(|one| one.message));
        self.settle(refusal, Notice::Saved(told));
    }

    async fn delete(self, search: SavedSearch) {
        let variables = delete_saved_search::Variables { id: search.id };
        let done = api::run::<DeleteSavedSearch>(self.app, variables).await;
        let refusal = done
            .map(|answer| answer.delete_saved_search.user_errors.into_iter().next().map(|one| one.message));
        self.settle(refusal, Notice::Deleted { name: search.name, query: search.query });
    }

    /// The form may be folded away by now: then nobody is told.
    fn settle(self, refusal: Result<Option<String>, ApiError>, done: Notice) {
        let notice = match refusal {
            Ok(None) => done,
            Ok(Some(message)) => Notice::Refused(message),
            Err(error) => Notice::Refused(error.text(self.app.lang.get_untracked())),
        };
        if self.notice.try_set(Some(notice)).is_none() {
            self.list.refresh();
        }
    }
}

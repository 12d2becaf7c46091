//! 一括復旧: ticks in the list 復旧対象, kept across its pages, and the plan that is made of them.
use super::filter_of;
use crate::api;
use crate::api::error::ApiError;
use crate::api::restore_queries::{PlanRestoreBatch, plan_restore_batch};
use crate::context::App;
use crate::i18n::Lang;
use crate::load::on_change;
use crate::model::enums::{AbnormalOrderList, Action};
use crate::model::format;
use crate::model::order_search::AbnormalOrderSearch;
use crate::model::restore_batch::{LeftOut, RestoreAddress, left_out};
use crate::router;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// What is chosen: these rows, or everything that matches.
#[derive(Clone, Copy)]
pub(super) struct Ticks {
    app: App,
    l: Lang,
    address: Memo<AbnormalOrderSearch>,
    ids: RwSignal<Vec<String>>,
    is_all: RwSignal<bool>,
    is_busy: RwSignal<bool>,
    trouble: RwSignal<Option<String>>,
}

impl Ticks {
    pub(super) fn new(app: App, l: Lang, address: Memo<AbnormalOrderSearch>) -> Self {
        let ticks = Self {
            app,
            l,
            address,
            ids: RwSignal::new(Vec::new()),
            is_all: RwSignal::new(false),
            is_busy: RwSignal::new(false),
            trouble: RwSignal::new(None),
        };
        // Another page of the same list keeps the choice; another search is another choice.
        let chosen_from = move || {
            let search = address.with(|search| AbnormalOrderSearch { after: Vec::new(), ..search.clone() });
            (search, app.selection.get())
        };
        on_change(chosen_from, move || ticks.clear());
        ticks
    }

    /// Where rows can be restored, and the person may.
    pub(super) fn are_offered(self, search: &AbnormalOrderSearch) -> bool {
        let codes = untrack(|| self.app.gateway_codes());
        search.list == AbnormalOrderList::Restorable
            && codes.iter().any(|code| self.app.may(code, Action::Restore))
    }

    fn clear(self) {
        self.ids.set(Vec::new());
        self.is_all.set(false);
        self.trouble.set(None);
    }

    fn has(self, id: &str) -> bool {
        self.is_all.get() || self.ids.with(|ids| ids.iter().any(|one| one == id))
    }

    /// `here` are the rows in view: of everything that matches, one that is taken out leaves those.
    pub(super) fn toggle(self, id: &str, here: &[String]) {
        self.trouble.set(None);
        if self.is_all.get_untracked() {
            self.is_all.set(false);
            self.ids.set(here.iter().filter(|one| *one != id).cloned().collect());
            return;
        }
        self.ids.update(|ids| {
            if ids.iter().any(|one| one == id) {
                ids.retain(|one| one != id);
            } else {
                ids.push(id.to_owned());
            }
        });
    }

    fn has_page(self, here: &[String]) -> bool {
        !here.is_empty() && here.iter().all(|id| self.has(id))
    }

    fn toggle_page(self, here: &[String]) {
        let had = untrack(|| self.has_page(here));
        self.trouble.set(None);
        self.is_all.set(false);
        self.ids.update(|ids| {
            ids.retain(|id| !here.contains(id));
            if !had {
                ids.extend(here.iter().cloned());
            }
        });
    }

    pub(super) fn head_view(self, here: Vec<String>) -> AnyView {
        let shown = here.clone();
        let is_on = move || self.has_page(&shown);
        view! {
            <th scope="col" class="tick">
                <label class="choice">
                    <input type="checkbox" aria-label=self.l.tick_page() prop:checked=is_on on:change=move |_| self.toggle_page(&here) />
                </label>
            </th>
        }
        .into_any()
    }

    /// The same where rows are cards and have no headings.
    pub(super) fn narrow_view(self, here: Vec<String>) -> AnyView {
        let shown = here.clone();
        let is_on = move || self.has_page(&shown);
        view! {
            <label class="choice only-narrow">
                <input type="checkbox" prop:checked=is_on on:change=move |_| self.toggle_page(&here) />
                <span>{self.l.tick_page()}</span>
            </label>
        }
        .into_any()
    }

    pub(super) fn cell_view(self, id: &str, order_no: &str, here: &[String]) -> AnyView {
        if !here.iter().any(|one| one == id) {
            return view! { <td class="tick" data-label=self.l.tick()></td> }.into_any();
        }
        let (own, shown, here) = (id.to_owned(), id.to_owned(), here.to_vec());
        let label = self.l.tick_of(order_no);
        view! {
            <td class="tick" data-label=self.l.tick()>
                <label class="choice">
                    <input type="checkbox" data-act="tick" aria-label=label prop:checked=move || self.has(&shown)
                        on:change=move |_| self.toggle(&own, &here) />
                </label>
            </td>
        }
        .into_any()
    }

    /// How many are chosen, and the way to the plan; nothing while nothing is chosen.
    pub(super) fn bar_view(self, here: Vec<String>, total: String, is_everything: bool) -> AnyView {
        let l = self.l;
        let is_empty = Memo::new(move |_| !self.is_all.get() && self.ids.with(Vec::is_empty));
        let all = total.clone();
        let chosen = move || {
            if self.is_all.get() {
                return l.all_chosen(&all);
            }
            l.ticked(&self.ids.with(|ids| format::number(ids.len())))
        };
        let may_take_all = Memo::new(move |_| !is_everything && !self.is_all.get() && self.has_page(&here));
        let take_all = move || {
            let label = l.choose_all_matching(&total);
            may_take_all.get().then(|| {
                view! { <button type="button" class="button" on:click=move |_| self.is_all.set(true)>{label}</button> }
            })
        };
        let take_all = StoredValue::new(take_all);
        let chosen = StoredValue::new(chosen);
        let bar = move || {
            (!is_empty.get()).then(|| {
                view! {
                    <div class="foot-bar">
                        <span role="status">{move || chosen.with_value(|chosen| chosen())}</span>
                        {move || take_all.with_value(|take_all| take_all())}
                        <button type="button" class="button" on:click=move |_| self.clear()>{l.clear_choice()}</button>
                        <button type="button" class="button primary" aria-disabled=move || self.is_busy.get().then_some("true")
                            on:click=move |_| self.plan()>{l.restores_next()}</button>
                    </div>
                }
            })
        };
        view! {
            <div role="alert">{move || self.trouble.get().map(|why| view! { <p class="panel error-panel spaced">{why}</p> })}</div>
            {bar}
        }
        .into_any()
    }

    fn plan(self) {
        if self.is_busy.get_untracked() {
            return;
        }
        self.is_busy.set(true);
        self.trouble.set(None);
        spawn_local(async move {
            let told = make_plan(self).await;
            if self.is_busy.try_set(false).is_some() {
                return;
            }
            match told {
                Ok(Ok(address)) => router::go(self.app, &address.href()),
                Ok(Err(why)) => self.trouble.set(Some(why)),
                Err(error) => self.trouble.set(Some(error.text(self.l))),
            }
        });
    }
}

/// The address of the plan, or why there is none.
async fn make_plan(ticks: Ticks) -> Result<Result<RestoreAddress, String>, ApiError> {
    let Ticks { app, l, .. } = ticks;
    let is_all = ticks.is_all.get_untracked();
    let filter = filter_of(app, &ticks.address.get_untracked());
    let filter = plan_restore_batch::AbnormalOrderFilter {
        ip_codes: filter.ip_codes,
        list: filter.list,
        order_no: filter.order_no,
        customer: filter.customer,
        member_id: filter.member_id,
        period: filter.period.map(|period| plan_restore_batch::PeriodInput {
            year_month: period.year_month,
            from: period.from,
            to: period.to,
            preset: period.preset,
        }),
    };
    let variables = plan_restore_batch::Variables {
        ids: (!is_all).then(|| ticks.ids.get_untracked()),
        filter: is_all.then_some(filter),
    };
    let payload = api::run::<PlanRestoreBatch>(app, variables).await?.plan_restore_batch;
    let left: Vec<LeftOut> =
        payload.left_out.into_iter().map(|one| LeftOut { reason: one.reason, count: one.count }).collect();
    let Some(batch) = payload.batch else {
        let fault = payload.user_errors.into_iter().next().map(|fault| fault.message);
        let words = left
            .iter()
            .map(|one| l.restores_left_out_count(&format::count(one.count, false), left_out(l, one.reason)));
        let told: Vec<String> = fault.into_iter().chain(words).collect();
        return Ok(Err(told.join(" ")));
    };
    Ok(Ok(RestoreAddress { id: batch.id, left_out: left, ..RestoreAddress::default() }))
}

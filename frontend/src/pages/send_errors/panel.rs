//! The search panel, laid out as the reference document's table: headings left, fields right.
//! What is typed is a draft until 表示 puts it into the address.
use super::saved::SavedSearches;
use super::{toolbar, words};
use crate::browser;
use crate::components::field::{FaultSummary, FaultText, Faults, TextField, field_id, radio};
use crate::components::period_field::PeriodField;
use crate::context::{App, use_app};
use crate::i18n::use_lang;
use crate::load::{effect, on_change};
use crate::model::enums::SendErrorCondition;
use crate::model::format;
use crate::model::paging::PAGE_ROWS;
use crate::model::period::{Period, permitted_days};
use crate::model::search_rules;
use crate::model::send_error_search::{Mode, SendErrorAddress, SendErrorSearch};
use crate::router::use_go;
use leptos::prelude::*;

/// One signal per field, so that typing in one redraws nothing else.
#[derive(Clone, Copy)]
struct Draft {
    ip_codes: RwSignal<Vec<String>>,
    condition: RwSignal<SendErrorCondition>,
    order_no: RwSignal<String>,
    email: RwSignal<String>,
    phone: RwSignal<String>,
    sendid: RwSignal<String>,
    period: RwSignal<Period>,
    mode: RwSignal<Mode>,
}

impl Draft {
    fn new(search: SendErrorSearch) -> Self {
        Self {
            ip_codes: RwSignal::new(search.ip_codes),
            condition: RwSignal::new(search.condition),
            order_no: RwSignal::new(search.order_no),
            email: RwSignal::new(search.email),
            phone: RwSignal::new(search.phone),
            sendid: RwSignal::new(search.sendid),
            period: RwSignal::new(search.period),
            mode: RwSignal::new(search.mode),
        }
    }

    fn set(self, search: SendErrorSearch) {
        self.ip_codes.set(search.ip_codes);
        self.condition.set(search.condition);
        self.order_no.set(search.order_no);
        self.email.set(search.email);
        self.phone.set(search.phone);
        self.sendid.set(search.sendid);
        self.mode.set(search.mode);
        self.period.update(|period| {
            let month = std::mem::take(&mut period.month);
            *period = search.period;
            if period.month.is_empty() {
                period.month = month;
            }
        });
    }

    fn search(self) -> SendErrorSearch {
        SendErrorSearch {
            ip_codes: self.ip_codes.get_untracked(),
            condition: self.condition.get_untracked(),
            order_no: self.order_no.get_untracked().trim().to_owned(),
            email: self.email.get_untracked().trim().to_owned(),
            phone: self.phone.get_untracked().trim().to_owned(),
            sendid: self.sendid.get_untracked().trim().to_owned(),
            period: self.period.get_untracked(),
            mode: self.mode.get_untracked(),
        }
    }
}

fn initial_search(app: App) -> SendErrorSearch {
    SendErrorSearch::initial(untrack(|| app.active_codes()))
}

#[component]
pub(crate) fn Search(
    address: Memo<Option<SendErrorAddress>>,
    is_open: RwSignal<bool>,
    faults: Faults,
    /// 表示 pressed for the search that is in the address already.
    again: Callback<()>,
) -> impl IntoView {
    let app = use_app();
    let draft = Draft::new(initial_search(app));
    effect(move || {
        let search = address.get().map_or_else(|| initial_search(app), |address| address.search);
        draft.set(search);
    });
    on_change(
        move || is_open.get(),
        move || browser::keep_focus(if is_open.get_untracked() { "search" } else { "change-search" }),
    );
    move || {
        if is_open.get() {
            view! { <Panel address draft faults again /> }.into_any()
        } else {
            view! { <Folded address is_open /> }.into_any()
        }
    }
}

#[component]
fn Folded(address: Memo<Option<SendErrorAddress>>, is_open: RwSignal<bool>) -> impl IntoView {
    let l = use_lang();
    let chips = move || {
        let words =
            address.with(|address| address.as_ref().map(|address| words::in_words(l, &address.search)));
        let chips = words.into_iter().flatten().map(|word| view! { <li class="chip">{word}</li> }.into_any());
        chips.collect::<Vec<AnyView>>()
    };
    let open = move || {
        is_open.set(true);
    };
    view! {
        <div class="folded-search">
            <ul class="chips" aria-label=l.search_in_words()>{chips}</ul>
            <button type="button" id="change-search" class="button" aria-expanded="false" on:click=move |_| open()>{l.change_search()}</button>
        </div>
    }
}

#[component]
fn Panel(
    address: Memo<Option<SendErrorAddress>>,
    draft: Draft,
    faults: Faults,
    again: Callback<()>,
) -> impl IntoView {
    let l = use_lang();
    let app = use_app();
    let go = use_go();
    // What the form says, once it keeps the rules; else its faults stand beside the fields.
    let sound = move || {
        let search = draft.search();
        let broken = search_rules::faults(l, &search, browser::now());
        let is_sound = broken.is_empty();
        faults.set(broken);
        is_sound.then(|| {
            // The page size is the reader's: what they chose last, else that of the list in view. So is the order.
            let shown = address.get_untracked();
            let rows = toolbar::remembered_rows().or_else(|| Some(shown.as_ref()?.rows));
            let sort = shown.map(|shown| shown.sort).unwrap_or_default();
            SendErrorAddress::first_page(search).with_sort(sort).with_rows(rows.unwrap_or(PAGE_ROWS))
        })
    };
    let show = move || {
        let Some(href) = sound().map(|address| address.href()) else { return };
        if href == browser::here() {
            again.run(());
        } else {
            go(&href);
        }
    };
    let reset = move || {
        faults.set(Vec::new());
        draft.set(initial_search(app));
    };
    view! {
        <form class="panel search" id="search" tabindex="-1" role="search" novalidate=true on:submit=move |event| { event.prevent_default(); show(); }>
            <FaultSummary faults />
            <IpCodeRow draft faults />
            <ConditionRow draft />
            <KeywordRow draft faults />
            <div class="form-row">
                <p class="row-head" id="f-period" tabindex="-1">{l.period()}</p>
                <div class="row-fields"><PeriodField value=draft.period faults /></div>
            </div>
            <ModeRow draft />
            <SavedSearches draft=Callback::new(move |()| sound()) />
            <div class="form-foot">
                <AllWaiting />
                <button type="button" class="button" on:click=move |_| reset()>{l.reset()}</button>
                <button type="submit" class="button primary">{l.show()}</button>
            </div>
        </form>
    }
}

/// The menu counts all that waits; this leads to exactly those, for the initial values show today's only.
#[component]
fn AllWaiting() -> impl IntoView {
    let l = use_lang();
    let app = use_app();
    move || {
        let (first, last) = permitted_days(browser::now());
        let mut search = SendErrorSearch::initial(app.active_codes());
        search.period = Period::days(first, last);
        let count = format::count(app.unprocessed(), false);
        view! { <a class="all-waiting" href=SendErrorAddress::first_page(search).href()>{l.all_unprocessed(&count)}</a> }.into_any()
    }
}

#[component]
fn IpCodeRow(draft: Draft, faults: Faults) -> impl IntoView {
    let l = use_lang();
    let app = use_app();
    let codes = app.ip_codes.get_untracked().unwrap_or_default();
    let all: Vec<String> = codes.iter().map(|ip_code| ip_code.code.clone()).collect();
    let has_several = all.len() > 1;
    let all = StoredValue::new(all);
    let every = move || draft.ip_codes.with(Vec::len) >= all.with_value(Vec::len);
    let toggle_every = move || {
        let codes = if every() { Vec::new() } else { all.get_value() };
        draft.ip_codes.set(codes);
    };
    let choices: Vec<AnyView> =
        codes.into_iter().map(|ip_code| code_choice(draft, ip_code.code, ip_code.name)).collect();
    view! {
        <div class="form-row">
            <p class="row-head" id="f-ipCodes" tabindex="-1">{l.ip_code()}</p>
            <div class="row-fields">
                <div class="choices" role="group" aria-labelledby="f-ipCodes" aria-describedby="f-ipCodes-fault">
                    {choices}
                    {has_several.then(|| view! {
                        <label class="choice strong">
                            <input type="checkbox" prop:checked=every on:change=move |_| toggle_every() />
                            <span>{l.choose_all()}</span>
                        </label>
                    })}
                </div>
                <FaultText faults path="ipCodes" />
            </div>
        </div>
    }
}

fn code_choice(draft: Draft, code: String, name: String) -> AnyView {
    let shown = code.clone();
    let code = StoredValue::new(code);
    let is_chosen = move || code.with_value(|code| draft.ip_codes.with(|chosen| chosen.contains(code)));
    let toggle = move || {
        let code = code.get_value();
        draft.ip_codes.update(|chosen| {
            if chosen.contains(&code) {
                chosen.retain(|other| *other != code);
            } else {
                chosen.push(code);
            }
        });
    };
    view! {
        <label class="choice">
            <input type="checkbox" prop:checked=is_chosen on:change=move |_| toggle() />
            <span><span class="figures">{shown}</span> " " {name}</span>
        </label>
    }
    .into_any()
}

#[component]
fn ConditionRow(draft: Draft) -> impl IntoView {
    let l = use_lang();
    let choice = move |condition: SendErrorCondition| {
        radio(
            "condition",
            words::condition(l, condition),
            move || draft.condition.get() == condition,
            move || draft.condition.set(condition),
        )
    };
    view! {
        <div class="form-row">
            <p class="row-head" id=field_id("condition")>"CGISendErr"</p>
            <div class="row-fields choices" role="radiogroup" aria-labelledby="f-condition">
                {choice(SendErrorCondition::All)}
                {choice(SendErrorCondition::Unprocessed)}
                {choice(SendErrorCondition::Processed)}
            </div>
        </div>
    }
}

/// 処理方式. Whoever may do nothing has nothing to choose.
#[component]
fn ModeRow(draft: Draft) -> impl IntoView {
    let l = use_lang();
    let app = use_app();
    if !app.may_decide_somewhere(&app.permitted_codes()) {
        return ().into_any();
    }
    let choice = move |mode: Mode| {
        radio("mode", words::mode(l, mode), move || draft.mode.get() == mode, move || draft.mode.set(mode))
    };
    view! {
        <div class="form-row">
            <p class="row-head" id=field_id("mode")>{l.mode()}</p>
            <div class="row-fields choices" role="radiogroup" aria-labelledby="f-mode">
                {choice(Mode::Individual)}
                {choice(Mode::Bulk)}
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn KeywordRow(draft: Draft, faults: Faults) -> impl IntoView {
    let l = use_lang();
    view! {
        <div class="form-row">
            <p class="row-head" id="f-keywords">{l.keywords()}</p>
            <div class="row-fields keywords" role="group" aria-labelledby="f-keywords">
                <TextField label=l.order_no_carrier() path="orderNo" value=draft.order_no faults />
                <TextField label=l.email() path="email" value=draft.email faults />
                <TextField label=l.phone() path="phone" value=draft.phone faults />
                <TextField label=l.sendid() path="sendid" value=draft.sendid faults />
            </div>
        </div>
    }
}

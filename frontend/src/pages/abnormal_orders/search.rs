//! The search within the lists of abnormal orders: a draft until 表示 puts it into the address.
use crate::browser;
use crate::components::field::{FaultSummary, Faults, TextField};
use crate::components::period_field::PeriodField;
use crate::i18n::use_lang;
use crate::load::effect;
use crate::model::order_search::AbnormalOrderSearch;
use crate::model::period::Period;
use crate::model::search_rules;
use crate::router::use_go;
use leptos::prelude::*;

#[component]
pub(crate) fn Search(address: Memo<AbnormalOrderSearch>) -> impl IntoView {
    let l = use_lang();
    let go = use_go();
    let (order_no, customer) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (member_id, period) = (RwSignal::new(String::new()), RwSignal::new(Period::default()));
    let faults: Faults = RwSignal::new(Vec::new());
    effect(move || {
        let search = address.get();
        order_no.set(search.order_no);
        customer.set(search.customer);
        member_id.set(search.member_id);
        period.set(search.period);
    });
    let show = {
        let go = go.clone();
        move || {
            let broken = search_rules::period_faults(l, &period.get_untracked(), browser::now());
            let is_sound = broken.is_empty();
            faults.set(broken);
            if is_sound {
                let search = AbnormalOrderSearch {
                    list: address.get_untracked().list,
                    order_no: order_no.get_untracked().trim().to_owned(),
                    customer: customer.get_untracked().trim().to_owned(),
                    member_id: member_id.get_untracked().trim().to_owned(),
                    period: period.get_untracked(),
                    after: Vec::new(),
                };
                go(&search.href());
            }
        }
    };
    let reset = move || {
        faults.set(Vec::new());
        let list = address.get_untracked().list;
        go(&AbnormalOrderSearch { list, ..AbnormalOrderSearch::parse("") }.href());
    };
    view! {
        <details class="panel search-fold" prop:open=move || address.with_untracked(AbnormalOrderSearch::is_narrowed)>
            <summary>{l.search()}</summary>
            <form role="search" class="search" novalidate=true on:submit=move |event| { event.prevent_default(); show(); }>
                <FaultSummary faults />
                <div class="keywords">
                    <TextField label=l.order_no() path="orderNo" value=order_no faults />
                    <TextField label=l.customer_or_email() path="customer" value=customer faults />
                    <TextField label=l.member_id() path="memberId" value=member_id faults />
                </div>
                <p class="row-head" id="f-period" tabindex="-1">{l.period_received()}</p>
                <PeriodField value=period faults />
                <div class="form-foot">
                    <button type="button" class="button" on:click=move |_| reset()>{l.reset()}</button>
                    <button type="submit" class="button primary">{l.show()}</button>
                </div>
            </form>
        </details>
    }
}

//! The parts of the app that a browser loads when it first opens one of their pages (`model::page::PartPage`).
//! One function for each part is the door to it: whatever only that function reaches travels in the part's file.
//! What else names a page of a part moves that page back into what everybody loads first.
use crate::api::error::{ApiError, ErrorKind};
use crate::components::load_view::load_view;
use crate::load::Query;
use crate::model::page::{DetailPage, OrdersPage, PartPage, ResendsPage, SettingsPage};
use crate::pages;
use futures_util::FutureExt;
use leptos::prelude::*;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

const SKELETON_ROWS: usize = 8;

type Drawn = Result<AnyView, SplitLoaderError>;

#[wasm_split(detail, fallible, preload(load_detail))]
fn draw_detail(page: DetailPage) -> Drawn {
    Ok(match page {
        DetailPage::SendError(id) => view! { <pages::send_error::SendError id /> }.into_any(),
        DetailPage::Payment(id) => view! { <pages::payment::Payment id /> }.into_any(),
        DetailPage::Edit(id) => view! { <pages::edit::Edit id /> }.into_any(),
        DetailPage::EditConfirm(id) => view! { <pages::edit::EditConfirm id /> }.into_any(),
    })
}

#[wasm_split(resends, fallible, preload(load_resends))]
fn draw_resends(page: ResendsPage) -> Drawn {
    Ok(match page {
        ResendsPage::Confirm => view! { <pages::confirm::Confirm /> }.into_any(),
        ResendsPage::BulkConfirm(id) => view! { <pages::bulk::BulkConfirm id /> }.into_any(),
        ResendsPage::Batches => view! { <pages::batches::Batches /> }.into_any(),
        ResendsPage::Batch(id) => view! { <pages::batch::Batch id /> }.into_any(),
    })
}

#[wasm_split(orders, fallible, preload(load_orders))]
fn draw_orders(page: OrdersPage) -> Drawn {
    Ok(match page {
        OrdersPage::AbnormalOrders => view! { <pages::abnormal_orders::AbnormalOrders /> }.into_any(),
        OrdersPage::AbnormalOrder(id) => view! { <pages::abnormal_order::AbnormalOrder id /> }.into_any(),
        OrdersPage::Restore(id) => view! { <pages::restore::Restore id /> }.into_any(),
        OrdersPage::Delete(id) => view! { <pages::delete::Delete id /> }.into_any(),
        OrdersPage::RestoreBatch(id) => view! { <pages::restore_batch::RestoreBatch id /> }.into_any(),
        OrdersPage::Orders => view! { <pages::orders::Orders /> }.into_any(),
        OrdersPage::Order(id) => view! { <pages::order::Order id /> }.into_any(),
        OrdersPage::OrderMail(id) => view! { <pages::order::mail::OrderMail id /> }.into_any(),
    })
}

#[wasm_split(settings, fallible, preload(load_settings))]
fn draw_settings(page: SettingsPage) -> Drawn {
    Ok(match page {
        SettingsPage::IpCodes => view! { <pages::settings::IpCodes /> }.into_any(),
        SettingsPage::Gateway(code) => view! { <pages::settings::gateway::Gateway code /> }.into_any(),
        SettingsPage::MailTemplate(code) => {
            view! { <pages::settings::mail_template::MailTemplate code /> }.into_any()
        }
        SettingsPage::Cart(code) => view! { <pages::settings::cart::Cart code /> }.into_any(),
        SettingsPage::IpCode(code) => view! { <pages::settings::ip_code::IpCode code /> }.into_any(),
    })
}

async fn load(page: PartPage) -> Result<(), SplitLoaderError> {
    match page {
        PartPage::Detail(_) => load_detail().await,
        PartPage::Resends(_) => load_resends().await,
        PartPage::Orders(_) => load_orders().await,
        PartPage::Settings(_) => load_settings().await,
    }
}

/// Draws at once, in the reactive owner of the caller. The part must be here: nothing is waited for.
fn draw(page: PartPage) -> Option<AnyView> {
    let drawn = match page {
        PartPage::Detail(page) => draw_detail(page).now_or_never(),
        PartPage::Resends(page) => draw_resends(page).now_or_never(),
        PartPage::Orders(page) => draw_orders(page).now_or_never(),
        PartPage::Settings(page) => draw_settings(page).now_or_never(),
    };
    drawn?.ok()
}

/// A page of a part: a skeleton until the part is here, the error with ways on where it cannot be had.
pub(crate) fn part_view(page: PartPage) -> AnyView {
    let wanted = page.clone();
    let part = Query::new(move || {
        let wanted = wanted.clone();
        async move { load(wanted).await.map_err(|_| ApiError::of(ErrorKind::PartUnavailable)) }
    });
    load_view(part, SKELETON_ROWS, move |()| draw(page.clone()).into_any())
}

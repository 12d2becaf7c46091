//! The map from paths to pages. One match instead of a table of routes: it is tested natively and costs nothing.

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    Home,
    SignIn,
    SendErrors,
    Later(PartPage),
    Nowhere,
}

/// A page that is loaded when it is first opened, together with the other pages of its part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PartPage {
    Detail(DetailPage),
    Resends(ResendsPage),
    Orders(OrdersPage),
    Settings(SettingsPage),
}

/// One send error, and what is done on its page; one payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DetailPage {
    SendError(String),
    Edit(String),
    EditConfirm(String),
    Payment(String),
}

/// What was chosen in the list: confirmation, sending, result; one by one, and in batches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ResendsPage {
    Confirm,
    BulkConfirm(String),
    Batches,
    Batch(String),
}

/// 設定: how results are delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SettingsPage {
    IpCodes,
    IpCode(String),
    Gateway(String),
    MailTemplate(String),
    Cart(String),
}

/// Abnormal orders and orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OrdersPage {
    AbnormalOrders,
    AbnormalOrder(String),
    Restore(String),
    Delete(String),
    Orders,
    Order(String),
    OrderMail(String),
    RestoreBatch(String),
}

pub(crate) fn page_of(path: &str) -> Page {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [] => Page::Home,
        ["sign-in"] => Page::SignIn,
        ["send-errors"] => Page::SendErrors,
        ["send-errors", "confirm"] => resends(ResendsPage::Confirm),
        ["send-errors", "bulk", id] => resends(ResendsPage::BulkConfirm((*id).to_owned())),
        ["batches"] => resends(ResendsPage::Batches),
        ["batches", id] => resends(ResendsPage::Batch((*id).to_owned())),
        ["send-errors", id] => detail(DetailPage::SendError((*id).to_owned())),
        ["send-errors", id, "edit"] => detail(DetailPage::Edit((*id).to_owned())),
        ["send-errors", id, "edit", "confirm"] => detail(DetailPage::EditConfirm((*id).to_owned())),
        ["payments", id] => detail(DetailPage::Payment((*id).to_owned())),
        ["abnormal-orders"] => orders(OrdersPage::AbnormalOrders),
        ["abnormal-orders", id] => orders(OrdersPage::AbnormalOrder((*id).to_owned())),
        ["abnormal-orders", id, "restore"] => orders(OrdersPage::Restore((*id).to_owned())),
        ["abnormal-orders", id, "delete"] => orders(OrdersPage::Delete((*id).to_owned())),
        ["orders"] => orders(OrdersPage::Orders),
        ["orders", id] => orders(OrdersPage::Order((*id).to_owned())),
        ["orders", id, "mail"] => orders(OrdersPage::OrderMail((*id).to_owned())),
        ["restores", id] => orders(OrdersPage::RestoreBatch((*id).to_owned())),
        ["settings", "ip-codes"] => settings(SettingsPage::IpCodes),
        ["settings", "ip-codes", code] => settings(SettingsPage::IpCode((*code).to_owned())),
        ["settings", "ip-codes", code, "gateway"] => settings(SettingsPage::Gateway((*code).to_owned())),
        ["settings", "ip-codes", code, "cart"] => settings(SettingsPage::Cart((*code).to_owned())),
        ["settings", "ip-codes", code, "order-mail"] => {
            settings(SettingsPage::MailTemplate((*code).to_owned()))
        }
        _ => Page::Nowhere,
    }
}

fn detail(page: DetailPage) -> Page {
    Page::Later(PartPage::Detail(page))
}

fn resends(page: ResendsPage) -> Page {
    Page::Later(PartPage::Resends(page))
}

fn orders(page: OrdersPage) -> Page {
    Page::Later(PartPage::Orders(page))
}

fn settings(page: SettingsPage) -> Page {
    Page::Later(PartPage::Settings(page))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_their_pages() {
        let cases = [
            ("/", Page::Home),
            ("/send-errors", Page::SendErrors),
            ("/send-errors/confirm", resends(ResendsPage::Confirm)),
            ("/send-errors/abc", detail(DetailPage::SendError("abc".to_owned()))),
            ("/send-errors/abc/edit", detail(DetailPage::Edit("abc".to_owned()))),
            ("/send-errors/abc/edit/confirm", detail(DetailPage::EditConfirm("abc".to_owned()))),
            ("/send-errors/abc/edit/other", Page::Nowhere),
            ("/send-errors/bulk/abc", resends(ResendsPage::BulkConfirm("abc".to_owned()))),
            ("/payments/abc", detail(DetailPage::Payment("abc".to_owned()))),
            ("/batches/abc", resends(ResendsPage::Batch("abc".to_owned()))),
            ("/abnormal-orders/x/restore", orders(OrdersPage::Restore("x".to_owned()))),
            ("/abnormal-orders/x/delete", orders(OrdersPage::Delete("x".to_owned()))),
            ("/orders/1/mail", orders(OrdersPage::OrderMail("1".to_owned()))),
            ("/restores/1", orders(OrdersPage::RestoreBatch("1".to_owned()))),
            ("/orders/", orders(OrdersPage::Orders)),
            ("/settings/ip-codes", settings(SettingsPage::IpCodes)),
            ("/settings/ip-codes/2012000123", settings(SettingsPage::IpCode("2012000123".to_owned()))),
            ("/settings/ip-codes/1/gateway", settings(SettingsPage::Gateway("1".to_owned()))),
            ("/settings/ip-codes/1/cart", settings(SettingsPage::Cart("1".to_owned()))),
            ("/settings/ip-codes/1/order-mail", settings(SettingsPage::MailTemplate("1".to_owned()))),
            ("/settings", Page::Nowhere),
            ("/orders/1/2", Page::Nowhere),
        ];
        for (path, page) in cases {
            assert_eq!(page_of(path), page, "{path}");
        }
    }
}

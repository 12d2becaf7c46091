//! The map from paths to pages. One match instead of a table of routes: it is tested natively and costs nothing.

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    Home,
    SignIn,
    SendErrors,
    Confirm,
    SendError(String),
    AbnormalOrders,
    AbnormalOrder(String),
    Restore(String),
    Orders,
    Order(String),
    Nowhere,
}

pub(crate) fn page_of(path: &str) -> Page {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [] => Page::Home,
        ["sign-in"] => Page::SignIn,
        ["send-errors"] => Page::SendErrors,
        ["send-errors", "confirm"] => Page::Confirm,
        ["send-errors", id] => Page::SendError((*id).to_owned()),
        ["abnormal-orders"] => Page::AbnormalOrders,
        ["abnormal-orders", id] => Page::AbnormalOrder((*id).to_owned()),
        ["abnormal-orders", id, "restore"] => Page::Restore((*id).to_owned()),
        ["orders"] => Page::Orders,
        ["orders", id] => Page::Order((*id).to_owned()),
        _ => Page::Nowhere,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_their_pages() {
        let cases = [
            ("/", Page::Home),
            ("/send-errors", Page::SendErrors),
            ("/send-errors/confirm", Page::Confirm),
            ("/send-errors/abc", Page::SendError("abc".to_owned())),
            ("/abnormal-orders/x/restore", Page::Restore("x".to_owned())),
            ("/orders/", Page::Orders),
            ("/orders/1/2", Page::Nowhere),
        ];
        for (path, page) in cases {
            assert_eq!(page_of(path), page, "{path}");
        }
    }
}

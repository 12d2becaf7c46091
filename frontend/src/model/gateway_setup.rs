//! The gateway of an IP code as a person sets it up, and what its notifications say of the setup.
use super::enums::NotificationRefusal;
use super::status::Mark;
use crate::i18n::Lang;

/// Everything the form holds. The ShopPass is written only: an empty one leaves what is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Form {
    pub(crate) is_on: bool,
    pub(crate) shop_id: String,
    pub(crate) shop_pass: String,
    /// Addresses and networks, one a line.
    pub(crate) sources: String,
}

/// Whether notifications come: the light of the page.
pub(crate) fn signal(l: Lang, is_on: bool, last_at: Option<&str>) -> Mark {
    let (text, tone) = match (is_on, last_at) {
        (false, _) => (l.setup_off(), "grey"),
        (true, None) => (l.setup_waiting(), "ring"),
        (true, Some(_)) => (l.setup_receiving(), "good"),
    };
    Mark { text, tone }
}

pub(crate) fn refusal(l: Lang, refusal: NotificationRefusal) -> &'static str {
    match refusal {
        NotificationRefusal::SourceRefused => l.refusal_source(),
        NotificationRefusal::Disabled => l.refusal_disabled(),
        NotificationRefusal::Unreadable => l.refusal_unreadable(),
        NotificationRefusal::Unknown => l.refusal_other(),
    }
}

/// What is done in the gateway's administration, in the order in which it is done.
pub(crate) fn steps(l: Lang, shop_id: &str) -> Vec<String> {
    let choose =
        if shop_id.is_empty() { l.setup_step_choose_any().to_owned() } else { l.setup_step_choose(shop_id) };
    vec![
        l.setup_step_sign_in().to_owned(),
        choose,
        l.setup_step_paste().to_owned(),
        l.setup_step_save().to_owned(),
        l.setup_step_pay().to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_light_is_green_only_once_something_came_and_is_taken() {
        assert_eq!(signal(Lang::Ja, false, Some("2026-11-21T09:00:05+09:00")).tone, "grey");
        assert_eq!(signal(Lang::Ja, true, None).tone, "ring");
        assert_eq!(signal(Lang::Ja, true, Some("2026-11-21T09:00:05+09:00")).tone, "good");
    }

    #[test]
    fn the_steps_name_the_shop_where_it_is_known() {
        assert!(steps(Lang::Ja, "tshop0001").concat().contains("tshop0001"));
        assert!(steps(Lang::En, "").iter().all(|step| !step.contains('{')));
    }
}

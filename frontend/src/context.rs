//! The state that outlives a page: who is signed in, language, theme, chosen IP codes, connection, plan.
//! It is one `Copy` handle, given down as context. Page state does not belong here: it lives in the address.
use crate::api::decode::decode;
use crate::api::json;
use crate::api::queries::ip_codes::IpCodesIpCodes;
use crate::browser;
use crate::i18n::{self, Lang};
use crate::model::decisions::Plan;
use crate::model::enums::Action;
use crate::model::ticks::Ticks;
use leptos::prelude::*;
use std::any::Any;
use std::sync::Arc;

pub(crate) type IpCode = IpCodesIpCodes;

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) login: Option<String>,
    pub(crate) merchant: Option<String>,
}

const THEME_KEY: &str = "todoke.theme";
const SELECTION_KEY: &str = "todoke.ipCodes";
const PLAN_KEY: &str = "todoke.plan";
const TICKS_KEY: &str = "todoke.ticks";

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Session {
    /// The refresh cookie has been asked and has not answered yet.
    Resuming,
    /// It could not be asked; the reason stands beside.
    Unreachable(crate::api::error::ApiError),
    SignedOut,
    SignedIn(Person),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theme {
    Auto,
    Light,
    Dark,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    Live,
    Reconnecting,
    Offline,
}

/// Restorable, restored, duplicate and unrestorable orders of the chosen IP codes.
pub(crate) type Counts =
    crate::api::order_queries::abnormal_order_counts::AbnormalOrderCountsAbnormalOrderCounts;

#[derive(Clone, Copy)]
pub(crate) struct App {
    /// Where one is: the path and the query of the address. Only `router` sets them.
    pub(crate) path: RwSignal<String>,
    pub(crate) search: RwSignal<String>,
    pub(crate) lang: RwSignal<Lang>,
    pub(crate) theme: RwSignal<Theme>,
    pub(crate) session: RwSignal<Session>,
    /// The IP codes that the viewer may see; `None` until they are known.
    pub(crate) ip_codes: RwSignal<Option<Vec<IpCode>>>,
    pub(crate) ip_codes_error: RwSignal<Option<crate::api::error::ApiError>>,
    pub(crate) counts: RwSignal<Option<Counts>>,
    /// Restored orders of the chosen IP codes whose confirmation mail was not sent yet.
    pub(crate) waiting_mails: RwSignal<Option<i64>>,
    /// The IP codes chosen in the switcher; empty means all.
    pub(crate) selection: RwSignal<Vec<String>>,
    pub(crate) link: RwSignal<Link>,
    /// Counts how often the connection came back: lists ask again when it grows.
    pub(crate) reconnects: RwSignal<u32>,
    /// Counts the changes of abnormal orders and orders, gathered: their pages ask again when it grows.
    pub(crate) abnormal_changes: RwSignal<u32>,
    pub(crate) plan: RwSignal<Plan>,
    pub(crate) ticks: RwSignal<Ticks>,
    draft: RwSignal<Option<Draft>>,
    /// What is asked before one leaves a page where something typed would be lost; nothing where nothing would.
    pub(crate) unsaved: RwSignal<Option<&'static str>>,
}

/// What somebody typed and has not sent yet, under the name of its form. In memory alone: it may hold a buyer's data.
#[derive(Clone)]
struct Draft {
    form: String,
    content: Arc<dyn Any + Send + Sync>,
}

impl App {
    pub(crate) fn new() -> Self {
        let plan = browser::session_item(PLAN_KEY).and_then(|text| decode(&json::read(&text)).ok());
        let ticks = browser::session_item(TICKS_KEY).and_then(|text| decode(&json::read(&text)).ok());
        Self {
            path: RwSignal::new(window().location().pathname().unwrap_or_default()),
            search: RwSignal::new(window().location().search().unwrap_or_default()),
            lang: RwSignal::new(i18n::initial()),
            theme: RwSignal::new(theme_from(browser::remembered(THEME_KEY).as_deref())),
            session: RwSignal::new(Session::Resuming),
            ip_codes: RwSignal::new(None),
            ip_codes_error: RwSignal::new(None),
            counts: RwSignal::new(None),
            waiting_mails: RwSignal::new(None),
            selection: RwSignal::new(split(&browser::remembered(SELECTION_KEY).unwrap_or_default())),
            link: RwSignal::new(Link::Reconnecting),
            reconnects: RwSignal::new(0),
            abnormal_changes: RwSignal::new(0),
            plan: RwSignal::new(plan.unwrap_or_default()),
            draft: RwSignal::new(None),
            unsaved: RwSignal::new(None),
            ticks: RwSignal::new(ticks.unwrap_or_default()),
        }
    }

    pub(crate) fn choose_theme(self, theme: Theme) {
        browser::remember(THEME_KEY, theme_text(theme).unwrap_or("auto"));
        self.theme.set(theme);
    }

    pub(crate) fn select(self, codes: Vec<String>) {
        browser::remember(SELECTION_KEY, &codes.join(","));
        self.selection.set(codes);
    }

    /// Changes the plan and keeps it for a reload of this tab.
    pub(crate) fn change_plan(self, change: impl FnOnce(&mut Plan)) {
        self.plan.update(change);
        if let Ok(text) = self.plan.with_untracked(serde_json::to_string) {
            browser::set_session_item(PLAN_KEY, &text);
        }
    }

    /// Keeps what was typed into a form, so that going back or another language loses nothing. One form at a time.
    pub(crate) fn keep_draft<T: Send + Sync + 'static>(self, form: String, content: T) {
        self.draft.set(Some(Draft { form, content: Arc::new(content) }));
    }

    pub(crate) fn kept_draft<T: Clone + 'static>(self, form: &str) -> Option<T> {
        self.draft.with_untracked(|draft| {
            let draft = draft.as_ref().filter(|draft| draft.form == form)?;
            draft.content.downcast_ref::<T>().cloned()
        })
    }

    pub(crate) fn drop_draft(self) {
        self.draft.set(None);
        self.unsaved.set(None);
    }

    /// Changes the ticks and keeps them for a reload of this tab.
    pub(crate) fn change_ticks(self, change: impl FnOnce(&mut Ticks)) {
        self.ticks.update(change);
        if let Ok(text) = self.ticks.with_untracked(serde_json::to_string) {
            browser::set_session_item(TICKS_KEY, &text);
        }
    }

    /// The codes that lists ask for, following the switcher alone: those chosen in the switcher and still permitted, else all.
    pub(crate) fn active_codes(self) -> Vec<String> {
        let permitted = self.permitted_codes();
        let chosen: Vec<String> =
            self.selection.get().into_iter().filter(|code| permitted.contains(code)).collect();
        if chosen.is_empty() { permitted } else { chosen }
    }

    pub(crate) fn permitted_codes(self) -> Vec<String> {
        self.ip_codes
            .with_untracked(|codes| codes.iter().flatten().map(|ip_code| ip_code.code.clone()).collect())
    }

    pub(crate) fn permitted_gateway_codes(self) -> Vec<String> {
        self.ip_codes.with_untracked(|codes| {
            let on = codes.iter().flatten().filter(|ip_code| ip_code.gateway_notifications);
            on.map(|ip_code| ip_code.code.clone()).collect()
        })
    }

    /// Half B of the product shows only where the gateway's notification is on for some IP code.
    pub(crate) fn gateway_codes(self) -> Vec<String> {
        let active = self.active_codes();
        self.permitted_gateway_codes().into_iter().filter(|code| active.contains(code)).collect()
    }

    pub(crate) fn has_gateway(self) -> bool {
        self.ip_codes.with(|codes| codes.iter().flatten().any(|ip_code| ip_code.gateway_notifications))
    }

    pub(crate) fn unprocessed(self) -> i64 {
        let active = self.active_codes();
        self.ip_codes.with(|codes| {
            let counted = codes.iter().flatten().filter(|ip_code| active.contains(&ip_code.code));
            counted.map(|ip_code| ip_code.unprocessed_send_errors).sum()
        })
    }

    pub(crate) fn may(self, code: &str, action: Action) -> bool {
        self.ip_codes.with_untracked(|codes| {
            codes.iter().flatten().any(|ip_code| ip_code.code == code && ip_code.actions.contains(&action))
        })
    }

    /// Whether send errors of any of these IP codes may be sent again or closed.
    pub(crate) fn may_decide_somewhere(self, codes: &[String]) -> bool {
        codes.iter().any(|code| self.may(code, Action::Resend) || self.may(code, Action::Close))
    }
}

/// `data-theme` of `<html>`; none leaves it to the system.
pub(crate) fn theme_text(theme: Theme) -> Option<&'static str> {
    match theme {
        Theme::Auto => None,
        Theme::Light => Some("light"),
        Theme::Dark => Some("dark"),
    }
}

pub(crate) fn theme_from(text: Option<&str>) -> Theme {
    match text {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::Auto,
    }
}

fn split(codes: &str) -> Vec<String> {
    codes.split(',').filter(|code| !code.is_empty()).map(str::to_owned).collect()
}

pub(crate) fn use_app() -> App {
    // Every view is drawn below `app::Root`, which provides it; a view without it starts a fresh, empty one.
    use_context::<App>().unwrap_or_else(App::new)
}

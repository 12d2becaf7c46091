//! The languages of the app: typed messages out of `locales/*.json`, chosen at run time and remembered.
//! A key without a use, a use without a key and a key in one language only do not compile.
use crate::browser;
use crate::context::App;
use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lang {
    Ja,
    En,
}

include!(concat!(env!("OUT_DIR"), "/messages.rs"));

const STORAGE_KEY: &str = "todoke.language";

impl Lang {
    /// For `<html lang>` and `Accept-Language`.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::En => "en",
        }
    }

    pub(crate) fn other(self) -> Self {
        match self {
            Self::Ja => Self::En,
            Self::En => Self::Ja,
        }
    }

    fn from_code(code: &str) -> Self {
        if code.starts_with("en") { Self::En } else { Self::Ja }
    }
}

/// The remembered language, else the browser's; Japanese for every other language.
pub(crate) fn initial() -> Lang {
    let code = browser::remembered(STORAGE_KEY).or_else(browser::language);
    Lang::from_code(code.as_deref().unwrap_or("ja"))
}

pub(crate) fn choose(app: App, lang: Lang) {
    browser::remember(STORAGE_KEY, lang.code());
    app.lang.set(lang);
}

/// The language that this part of the page is drawn in. `app::in_language` draws it anew when it changes.
pub(crate) fn use_lang() -> Lang {
    use_context::<App>().map_or(Lang::Ja, |app| app.lang.get_untracked())
}

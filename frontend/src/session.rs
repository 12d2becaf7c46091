//! The session: the access token (in memory only), its refreshing, signing in and out.
//! Refresh tokens rotate and an old one that comes again ends the session: so refreshes are serialised,
//! in this tab and across tabs, by a lock of the browser.
use crate::api::error::{ApiError, ErrorKind};
use crate::api::queries::{RefreshSession, SignIn, SignOut, refresh_session, sign_in, sign_out};
use crate::api::{self, error::FieldFault};
use crate::browser;
use crate::context::{App, Person, Session};
use crate::model::decisions::Plan;
use crate::model::ticks::Ticks;
use leptos::prelude::*;
use std::cell::RefCell;
use todoke_domain::time::Timestamp;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

/// A token that ends this soon is replaced before it is used.
const EXPIRY_MARGIN_MS: i64 = 30_000;
const LOCK_NAME: &str = "todoke-session";
/// What tabs tell each other: its value changes with every signing out.
const SIGNED_OUT_KEY: &str = "todoke.signedOut";

struct Token {
    text: String,
    expires_at: Option<Timestamp>,
}

thread_local! {
    static TOKEN: RefCell<Option<Token>> = const { RefCell::new(None) };
}

/// Asks the refresh cookie, once when the page opens.
pub(crate) async fn resume(app: App) {
    app.session.set(Session::Resuming);
    if let Err(error) = replace_token(app, "").await
        && error.kind != ErrorKind::Unauthenticated
    {
        app.session.set(Session::Unreachable(error));
    }
}

/// The token in hand, or a new one when it ends soon.
pub(crate) async fn fresh_token(app: App) -> Result<String, ApiError> {
    let held = TOKEN.with_borrow(|token| token.as_ref().map(|token| (token.text.clone(), ends_soon(token))));
    match held {
        Some((text, false)) => Ok(text),
        Some((text, true)) => replace_token(app, &text).await,
        None => replace_token(app, "").await,
    }
}

/// Replaces a token that is refused or ends. Whoever waited for the lock finds it replaced already.
pub(crate) async fn replace_token(app: App, stale: &str) -> Result<String, ApiError> {
    let _lock = Lock::acquire().await;
    if let Some(text) = TOKEN.with_borrow(|token| token.as_ref().map(|token| token.text.clone()))
        && text != stale
    {
        return Ok(text);
    }
    match api::run_anonymous::<RefreshSession>(app, refresh_session::Variables).await {
        Ok(answer) => {
            let payload = answer.refresh_session;
            let person = payload.viewer.map(|viewer| Person {
                name: viewer.name,
                login: viewer.login,
                merchant: viewer.merchant,
            });
            enter(app, payload.access_token, payload.expires_at, person)
        }
        Err(error) if error.kind == ErrorKind::Unauthenticated => {
            leave(app);
            Err(error)
        }
        Err(error) => Err(error),
    }
}

/// Signs in. What the person can mend comes back as faults of fields.
pub(crate) async fn sign_in(app: App, login: String, password: String) -> Result<Vec<FieldFault>, ApiError> {
    let _lock = Lock::acquire().await;
    let payload = api::run_anonymous::<SignIn>(app, sign_in::Variables { login, password }).await?.sign_in;
    if !payload.user_errors.is_empty() {
        let faults = payload.user_errors.into_iter();
        return Ok(faults
            .map(|fault| FieldFault { field: fault.field.join("."), message: fault.message })
            .collect());
    }
    let person = payload.viewer.map(|viewer| Person {
        name: viewer.name,
        login: viewer.login,
        merchant: viewer.merchant,
    });
    enter(app, payload.access_token, payload.expires_at, person).map(|_| Vec::new())
}

pub(crate) async fn sign_out(app: App) {
    // Where the server cannot be reached, this page forgets its token all the same.
    let _ = api::run::<SignOut>(app, sign_out::Variables).await;
    app.change_plan(|plan| *plan = Plan::default());
    app.change_ticks(|ticks| *ticks = Ticks::default());
    browser::remember(SIGNED_OUT_KEY, &browser::new_uuid());
    leave(app);
}

/// Whoever signs out in one tab is signed out in all of them.
pub(crate) fn follow_other_tabs(app: App) {
    window_event_listener(leptos::ev::storage, move |event| {
        if event.key().as_deref() == Some(SIGNED_OUT_KEY) {
            leave(app);
        }
    });
}

fn enter(
    app: App,
    token: Option<String>,
    expires_at: Option<String>,
    person: Option<Person>,
) -> Result<String, ApiError> {
    let (Some(text), Some(person)) = (token, person) else {
        leave(app);
        return Err(ApiError::of(ErrorKind::Unauthenticated));
    };
    let expires_at = expires_at.and_then(|text| Timestamp::parse_rfc3339(&text).ok());
    TOKEN.set(Some(Token { text: text.clone(), expires_at }));
    let session = Session::SignedIn(person);
    if app.session.with_untracked(|before| *before != session) {
        app.session.set(session);
    }
    Ok(text)
}

fn leave(app: App) {
    TOKEN.set(None);
    app.ip_codes.set(None);
    app.counts.set(None);
    app.waiting_mails.set(None);
    app.drop_draft();
    app.session.set(Session::SignedOut);
}

fn ends_soon(token: &Token) -> bool {
    token.expires_at.is_some_and(|end| end.millis_since(browser::now()) < EXPIRY_MARGIN_MS)
}

/// Holds the browser's lock until it is dropped. A browser without locks goes on without.
struct Lock {
    release: Option<js_sys::Function>,
}

impl Lock {
    async fn acquire() -> Self {
        let mut release = None;
        let held = js_sys::Promise::new(&mut |resolve, _| release = Some(resolve));
        let acquired = js_sys::Promise::new(&mut |resolve, _| {
            if request_lock(&held, &resolve).is_none() {
                let _ = resolve.call0(&JsValue::NULL);
            }
        });
        let _ = JsFuture::from(acquired).await;
        Self { release }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(release) = self.release.take() {
            let _ = release.call0(&JsValue::NULL);
        }
    }
}

/// `navigator.locks.request(name, () => { acquired(); return held; })`
fn request_lock(held: &js_sys::Promise, acquired: &js_sys::Function) -> Option<()> {
    let navigator: JsValue = window().navigator().into();
    let locks = js_sys::Reflect::get(&navigator, &"locks".into()).ok().filter(JsValue::is_object)?;
    let request: js_sys::Function = js_sys::Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
    let (held, acquired) = (held.clone(), acquired.clone());
    let granted = Closure::once_into_js(move || {
        let _ = acquired.call0(&JsValue::NULL);
        held
    });
    request.call2(&locks, &LOCK_NAME.into(), &granted).ok().map(|_| ())
}

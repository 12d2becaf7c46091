//! Subscriptions that a page holds while it is open, beside those that the whole app keeps.
//! They outlive a connection: each new one asks for them again.
use crate::api::json::Json;
use crate::api::queries::{ResendBatchProgress, resend_batch_progress};
use graphql_client::{GraphQLQuery, QueryBody};
use leptos::prelude::on_cleanup;
use serde::Serialize;
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

type Listener = Rc<dyn Fn(&Json)>;

struct Followed {
    id: String,
    field: &'static str,
    message: String,
    listener: Listener,
}

#[derive(Default)]
struct Outbox {
    messages: Vec<String>,
    waker: Option<Waker>,
}

thread_local! {
    static FOLLOWED: RefCell<Vec<Followed>> = const { RefCell::new(Vec::new()) };
    static OUTBOX: RefCell<Outbox> = RefCell::default();
    static NEXT: Cell<u32> = const { Cell::new(0) };
}

/// Hands on a batch as it stands now, and whenever it goes on, until the view that asked is gone.
pub(crate) fn follow_batch(id: String, listener: impl Fn(&Json) + 'static) {
    let asked = ResendBatchProgress::build_query(resend_batch_progress::Variables { id });
    follow("resendBatchProgress", asked, listener);
}

/// Hands on what a subscription tells in its one field, until the view that asked is gone.
pub(crate) fn follow<Variables: Serialize>(
    field: &'static str,
    asked: QueryBody<Variables>,
    listener: impl Fn(&Json) + 'static,
) {
    let number = NEXT.get();
    NEXT.set(number.wrapping_add(1));
    let own = ["page-", &number.to_string()].concat();
    let message = super::subscribe(&own, asked);
    let followed = Followed { id: own.clone(), field, message: message.clone(), listener: Rc::new(listener) };
    FOLLOWED.with_borrow_mut(|all| all.push(followed));
    post(message);
    on_cleanup(move || {
        FOLLOWED.with_borrow_mut(|all| all.retain(|followed| followed.id != own));
        post([r#"{"type":"complete","id":""#, &own, r#""}"#].concat());
    });
}

/// Everything that is followed, for a connection that begins; what waited to be sent is in it.
pub(super) fn asked_again() -> Vec<String> {
    OUTBOX.with_borrow_mut(|outbox| outbox.messages.clear());
    FOLLOWED.with_borrow(|all| all.iter().map(|followed| followed.message.clone()).collect())
}

/// Resolves when a page begins or ends to follow something.
pub(super) fn posted() -> impl Future<Output = Vec<String>> + Unpin {
    poll_fn(|context| {
        OUTBOX.with_borrow_mut(|outbox| {
            if outbox.messages.is_empty() {
                outbox.waker = Some(context.waker().clone());
                Poll::Pending
            } else {
                Poll::Ready(std::mem::take(&mut outbox.messages))
            }
        })
    })
}

/// Whether a message belongs to something that a page follows or followed.
pub(super) fn is_own(message: &Json) -> bool {
    message.get("id").text().is_some_and(|id| id.starts_with("page-"))
}

pub(super) fn hand_on(message: &Json) {
    let id = message.get("id").text();
    let found = FOLLOWED.with_borrow(|all| {
        let followed = all.iter().find(|followed| Some(followed.id.as_str()) == id);
        followed.map(|followed| (followed.field, followed.listener.clone()))
    });
    if let Some((field, listener)) = found {
        listener(message.get("payload").get("data").get(field));
    }
}

fn post(message: String) {
    let waker = OUTBOX.with_borrow_mut(|outbox| {
        outbox.messages.push(message);
        outbox.waker.take()
    });
    if let Some(waker) = waker {
        waker.wake();
    }
}

//! What a page waits for: asked when the page opens, again when what it asks for changes, again on request.
//! It knows nothing of what is asked; how the four states look is `components::load_view`'s.
use crate::api::error::ApiError;
use crate::context::App;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use std::any::Any;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use wasm_bindgen_futures::spawn_local;

/// Rows are asked for again this often at most.
const GATHERING_MS: u32 = 1_000;

/// An effect, compiled once for all of them: each closure of its own would bring its own copy of the machinery.
pub(crate) fn effect(run: impl FnMut() + 'static) {
    boxed_effect(Box::new(run));
}

fn boxed_effect(mut run: Box<dyn FnMut()>) {
    Effect::new(move |_: Option<()>| run());
}

/// Runs whenever what is watched has another value than before, not for its first one. The value is read here: a memo
/// that is only followed, and read by nobody, follows nothing itself.
pub(crate) fn on_change<T: PartialEq + 'static>(
    watched: impl Fn() -> T + 'static,
    mut run: impl FnMut() + 'static,
) {
    let mut last = None;
    effect(move || {
        let now = watched();
        let is_changed = last.as_ref().is_some_and(|last| *last != now);
        last = Some(now);
        if is_changed {
            untrack(&mut run);
        }
    });
}

/// What happened while the live connection was away is asked for.
pub(crate) fn refresh_with_reconnects<T: Send + Sync + 'static>(app: App, query: Query<T>) {
    on_change(move || app.reconnects.get(), move || query.refresh());
}

/// Rows follow the figures that are told live, a second behind at most, however fast those change.
pub(crate) fn refresh_behind<T, F>(figures: impl Fn() -> F + 'static, query: Query<T>)
where
    T: Send + Sync + 'static,
    F: PartialEq + 'static,
{
    let is_gathering = StoredValue::new(false);
    on_change(figures, move || {
        if is_gathering.get_value() {
            return;
        }
        is_gathering.set_value(true);
        spawn_local(async move {
            TimeoutFuture::new(GATHERING_MS).await;
            if is_gathering.try_get_value().is_some() {
                is_gathering.set_value(false);
                query.refresh();
            }
        });
    });
}

/// What changed elsewhere among abnormal orders and orders shows without a jump.
pub(crate) fn refresh_with_changes<T: Send + Sync + 'static>(app: App, query: Query<T>) {
    on_change(move || app.abnormal_changes.get(), move || query.refresh());
}

/// What came, its type put aside: ten pages wait for ten types and share one piece of machinery.
pub(crate) type Found = Arc<dyn Any + Send + Sync>;

#[derive(Clone)]
pub(crate) enum Load {
    Waiting,
    Failed(ApiError),
    Ready(Found),
}

/// The part of a query that does not depend on what is asked for.
#[derive(Clone, Copy)]
pub(crate) struct Waiting {
    pub(crate) state: RwSignal<Load>,
    again: Trigger,
    is_quiet: StoredValue<bool>,
}

type Answer = Pin<Box<dyn Future<Output = Result<Found, ApiError>>>>;

impl Waiting {
    fn start(ask: Box<dyn Fn() -> Answer>) -> Self {
        let waiting = Self {
            state: RwSignal::new(Load::Waiting),
            again: Trigger::new(),
            is_quiet: StoredValue::new(false),
        };
        let newest = StoredValue::new(0_u32);
        effect(move || {
            waiting.again.track();
            let answer = ask();
            let mine = newest.get_value().wrapping_add(1);
            newest.set_value(mine);
            let is_quiet = waiting.is_quiet.get_value();
            waiting.is_quiet.set_value(false);
            if !is_quiet {
                waiting.state.set(Load::Waiting);
            }
            spawn_local(async move {
                let answer = answer.await;
                // An answer that was overtaken, or whose page is gone, is dropped.
                if newest.try_get_value() == Some(mine) {
                    waiting.settle(answer, is_quiet);
                }
            });
        });
        waiting
    }

    /// A quiet question that fails leaves what is there: it is the connection light that tells of trouble.
    fn settle(self, answer: Result<Found, ApiError>, is_quiet: bool) {
        let _ = match answer {
            Ok(found) => self.state.try_set(Load::Ready(found)),
            Err(_) if is_quiet => None,
            Err(error) => self.state.try_set(Load::Failed(error)),
        };
    }

    /// Asks again and shows that it does.
    pub(crate) fn reload(self) {
        self.again.notify();
    }

    /// Asks again while what is there stays readable.
    pub(crate) fn refresh(self) {
        self.is_quiet.set_value(true);
        self.again.notify();
    }
}

pub(crate) struct Query<T> {
    pub(crate) waiting: Waiting,
    found: PhantomData<fn() -> T>,
}

impl<T> Clone for Query<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Query<T> {}

impl<T: Send + Sync + 'static> Query<T> {
    /// Signals that `ask` reads before its first `await` start it again.
    pub(crate) fn new<Asked>(ask: impl Fn() -> Asked + 'static) -> Self
    where
        Asked: Future<Output = Result<T, ApiError>> + 'static,
    {
        let waiting = Waiting::start(Box::new(move || {
            let answer = ask();
            Box::pin(async move {
                let found: Found = Arc::new(answer.await?);
                Ok(found)
            })
        }));
        Self { waiting, found: PhantomData }
    }

    /// What is there, if anything is; follows it.
    pub(crate) fn with<R>(self, read: impl FnOnce(&T) -> Option<R>) -> Option<R> {
        self.waiting.state.with(|state| typed(state).and_then(read))
    }

    pub(crate) fn reload(self) {
        self.waiting.reload();
    }

    pub(crate) fn refresh(self) {
        self.waiting.refresh();
    }
}

fn typed<T: 'static>(state: &Load) -> Option<&T> {
    match state {
        Load::Ready(found) => found.downcast_ref(),
        Load::Waiting | Load::Failed(_) => None,
    }
}

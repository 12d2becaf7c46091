//! What a page waits for: asked when the page opens, again when what it asks for changes, again on request.
//! It knows nothing of what is asked; how the four states look is `components::load_view`'s.
use crate::api::error::ApiError;
use leptos::prelude::*;
use std::future::Future;
use wasm_bindgen_futures::spawn_local;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Load<T> {
    Waiting,
    Failed(ApiError),
    Ready(T),
}

pub(crate) struct Query<T: Send + Sync + 'static> {
    pub(crate) state: RwSignal<Load<T>>,
    again: Trigger,
    is_quiet: StoredValue<bool>,
}

impl<T: Send + Sync + 'static> Clone for Query<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Query<T> {}

impl<T: Send + Sync + 'static> Query<T> {
    /// Signals that `ask` reads before its first `await` start it again.
    pub(crate) fn new<Answer>(ask: impl Fn() -> Answer + 'static) -> Self
    where
        Answer: Future<Output = Result<T, ApiError>> + 'static,
    {
        let query = Self {
            state: RwSignal::new(Load::Waiting),
            again: Trigger::new(),
            is_quiet: StoredValue::new(false),
        };
        let newest = StoredValue::new(0_u32);
        Effect::new(move |_| {
            query.again.track();
            let answer = ask();
            let mine = newest.get_value().wrapping_add(1);
            newest.set_value(mine);
            let is_quiet = query.is_quiet.get_value();
            query.is_quiet.set_value(false);
            if !is_quiet {
                query.state.set(Load::Waiting);
            }
            spawn_local(async move {
                let answer = answer.await;
                // An answer that was overtaken, or whose page is gone, is dropped.
                if newest.try_get_value() == Some(mine) {
                    query.settle(answer, is_quiet);
                }
            });
        });
        query
    }

    /// A quiet question that fails leaves what is there: it is the connection light that tells of trouble.
    fn settle(self, answer: Result<T, ApiError>, is_quiet: bool) {
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

//! How many requests may be on their way: in all, and to one endpoint. A slow merchant fills the own slots only.
//!
//! A delivery is leased only with a slot in hand, so what is leased is on its way, not waiting in a queue.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use todoke_domain::ids::IpCode;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// Requests with results on their way from one process: bounds sockets and memory.
const RESULTS_MAX: usize = 256;
/// Requests with results on their way to one IP code's endpoint: merchants' CGIs are small machines.
const RESULTS_PER_ENDPOINT_MAX: usize = 32;
/// Events on their way from one process: people restore orders, so there are few.
const EVENTS_MAX: usize = 32;
/// Events on their way to one IP code's cart.
const EVENTS_PER_CART_MAX: usize = 4;

/// The slots of one process for one kind of requests.
#[derive(Debug)]
pub(crate) struct Slots {
    all_max: usize,
    per_endpoint_max: usize,
    all: Arc<Semaphore>,
    endpoints: Mutex<HashMap<IpCode, Arc<Semaphore>>>,
    freed: Arc<Notify>,
}

/// One slot; free again when dropped.
#[derive(Debug)]
pub(crate) struct Slot {
    permits: Option<(OwnedSemaphorePermit, OwnedSemaphorePermit)>,
    freed: Arc<Notify>,
}

impl Slots {
    /// All free, for payment results.
    pub(crate) fn of_results() -> Self {
        Self::new(RESULTS_MAX, RESULTS_PER_ENDPOINT_MAX)
    }

    /// All free, for events to carts: a slow CGI holds up no event, and a slow cart no result.
    pub(crate) fn of_events() -> Self {
        Self::new(EVENTS_MAX, EVENTS_PER_CART_MAX)
    }

    fn new(all_max: usize, per_endpoint_max: usize) -> Self {
        Self {
            all_max,
            per_endpoint_max,
            all: Arc::new(Semaphore::new(all_max)),
            endpoints: Mutex::default(),
            freed: Arc::new(Notify::new()),
        }
    }

    /// Takes a slot, if there is one for this endpoint and one in all.
    pub(crate) fn try_take(&self, ip_code: &IpCode) -> Option<Slot> {
        let endpoint = self.endpoint(ip_code).try_acquire_owned().ok()?;
        let all = self.all.clone().try_acquire_owned().ok()?;
        Some(Slot { permits: Some((all, endpoint)), freed: self.freed.clone() })
    }

    /// The endpoints that are at their limit.
    pub(crate) fn full_endpoints(&self) -> Vec<IpCode> {
        let endpoints = self.endpoints.lock().unwrap_or_else(PoisonError::into_inner);
        let full = endpoints.iter().filter(|(_, slots)| slots.available_permits() == 0);
        full.map(|(ip_code, _)| ip_code.clone()).collect()
    }

    /// How many are free in all.
    pub(crate) fn free(&self) -> usize {
        self.all.available_permits()
    }

    /// How many requests are on their way.
    pub(crate) fn taken(&self) -> usize {
        self.all_max.saturating_sub(self.free())
    }

    /// Returns after a slot became free.
    pub(crate) async fn freed(&self) {
        self.freed.notified().await;
    }

    /// Returns when nothing is on its way any more; no slot can be taken after.
    pub(crate) async fn drain(&self) {
        let most = u32::try_from(self.all_max).unwrap_or(u32::MAX);
        if let Ok(permits) = self.all.acquire_many(most).await {
            permits.forget();
        }
    }

    fn endpoint(&self, ip_code: &IpCode) -> Arc<Semaphore> {
        let mut endpoints = self.endpoints.lock().unwrap_or_else(PoisonError::into_inner);
        let slots = endpoints
            .entry(ip_code.clone())
            .or_insert_with(|| Arc::new(Semaphore::new(self.per_endpoint_max)));
        slots.clone()
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.permits.take();
        self.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_endpoint_leaves_room_for_the_others() {
        let slots = Slots::of_results();
        let (slow, quick) = (IpCode::parse("11111").unwrap(), IpCode::parse("22222").unwrap());
        let held: Vec<Slot> = std::iter::from_fn(|| slots.try_take(&slow)).collect();
        assert_eq!(held.len(), RESULTS_PER_ENDPOINT_MAX);
        assert_eq!(slots.full_endpoints(), std::slice::from_ref(&slow));
        assert!(slots.try_take(&quick).is_some());
        drop(held);
        assert!(slots.full_endpoints().is_empty());
        assert_eq!(slots.free(), RESULTS_MAX);
    }
}

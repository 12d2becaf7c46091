//! The settings of IP codes, and how their endpoints fare, as the inbox and the sender use them: believed for two
//! seconds, so that a change made by a command works within five and no result waits for a query.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use sea_orm::DbErr;
use todoke_domain::{endpoint_health::EndpointHealth, ids::IpCode, time::Timestamp};

use crate::{
    auth::{
        scope::Scope,
        sealed::{Sealer, Unopenable},
        signing::Signer,
    },
    clock::SharedClock,
    store::{self, Database, ip_codes::IpCodeSettings},
};

/// How long settings are believed, in milliseconds.
const BELIEVED_MS: i64 = 2_000;

/// The settings of an IP code, with its secrets opened: they are in memory only, and never shown.
#[derive(Debug)]
pub(crate) struct KnownEndpoint {
    settings: IpCodeSettings,
    /// How it fares.
    pub health: EndpointHealth,
    /// Signs requests; an error where the secrets do not open with this process's key.
    pub signer: Result<Signer, Unopenable>,
    /// Signs events to the cart.
    pub event_signer: Result<Signer, Unopenable>,
}

impl std::ops::Deref for KnownEndpoint {
    type Target = IpCodeSettings;

    fn deref(&self) -> &IpCodeSettings {
        &self.settings
    }
}

/// Settings read lately.
pub(crate) struct Endpoints {
    database: Database,
    clock: SharedClock,
    sealer: Sealer,
    known: Mutex<HashMap<IpCode, (Timestamp, Arc<KnownEndpoint>)>>,
}

impl Endpoints {
    /// Nothing read yet.
    pub(crate) fn new(database: Database, clock: SharedClock, sealer: Sealer) -> Self {
        Self { database, clock, sealer, known: Mutex::default() }
    }

    /// Reads these settings afresh next time: they, or how the endpoint fares, were changed here.
    pub(crate) fn forget(&self, ip_code: &IpCode) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(ip_code);
    }

    /// The settings of these IP codes; those that do not exist are left out.
    pub(crate) async fn load<'a>(
        &self,
        wanted: impl Iterator<Item = &'a IpCode>,
    ) -> Result<HashMap<IpCode, Arc<KnownEndpoint>>, DbErr> {
        let now = self.clock.now();
        let mut found = HashMap::new();
        let mut missing: Vec<IpCode> = Vec::new();
        {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            for ip_code in wanted {
                match known.get(ip_code) {
                    Some((at, settings)) if (0..BELIEVED_MS).contains(&now.millis_since(*at)) => {
                        found.insert(ip_code.clone(), settings.clone());
                    }
                    _ if missing.contains(ip_code) => {}
                    _ => missing.push(ip_code.clone()),
                }
            }
        }
        if missing.is_empty() {
            return Ok(found);
        }
        let (system, reader) = (Scope::system(), self.database.reader());
        let read = store::ip_codes::load_settings(&system, reader, &missing).await?;
        let health = store::endpoint_health::load(&system, reader, &missing).await?;
        let health_of = |ip_code: &IpCode| health.get(ip_code).copied().unwrap_or_default();
        let open = |settings: IpCodeSettings| {
            let health = health_of(&settings.ip_code);
            Arc::new(self.open(settings, health))
        };
        let read: Vec<_> = read.into_iter().map(open).collect();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        for settings in read {
            known.insert(settings.ip_code.clone(), (now, settings.clone()));
            found.insert(settings.ip_code.clone(), settings);
        }
        Ok(found)
    }

    fn open(&self, settings: IpCodeSettings, health: EndpointHealth) -> KnownEndpoint {
        let signer = Signer::open(&self.sealer, &settings.ip_code, &settings.signing_secrets);
        if let Err(error) = &signer {
            tracing::error!(ip_code = %settings.ip_code, %error, "a signing secret does not open; nothing is sent");
        }
        let event_signer = Signer::open(&self.sealer, &settings.ip_code, &settings.restored_secrets);
        if let Err(error) = &event_signer {
            tracing::error!(ip_code = %settings.ip_code, %error, "a signing secret does not open; no event is sent");
        }
        KnownEndpoint { settings, health, signer, event_signer }
    }
}

//! What every request may use.

use crate::{
    authority::Authority, clock::Clock, random::RandomSource, register::Register, settings::Settings,
    storage::Store,
};
use pki::key_policy::KnownKeys;
use std::{fmt, sync::Arc};
use tokio::sync::{Notify, futures::Notified, watch};

/// What every request may use; a clone is the same.
#[derive(Clone)]
pub struct AppState(Arc<Inner>);

struct Inner {
    parts: Parts,
    mail_written: Notify,
    card_job_changed: Notify,
    stopping: watch::Sender<bool>,
}

/// What a server is put together from.
pub struct Parts {
    /// What the person who runs it decided.
    pub settings: Settings,
    /// What lasts.
    pub store: Store,
    /// The time.
    pub clock: Box<dyn Clock>,
    /// The random source.
    pub random: Box<dyn RandomSource>,
    /// The certification authority.
    pub authority: Authority,
    /// The register of organizations.
    pub register: Box<dyn Register>,
    /// Published keys beyond those that every request is compared with.
    pub known_keys: KnownKeys,
}

impl AppState {
    /// Puts the parts together.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(Inner {
            parts,
            mail_written: Notify::new(),
            card_job_changed: Notify::new(),
            stopping: watch::Sender::new(false),
        }))
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.parts.settings
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.parts.store
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        self.0.parts.clock.as_ref()
    }

    pub(crate) fn random(&self) -> &dyn RandomSource {
        self.0.parts.random.as_ref()
    }

    pub(crate) fn authority(&self) -> &Authority {
        &self.0.parts.authority
    }

    pub(crate) fn register(&self) -> &dyn Register {
        self.0.parts.register.as_ref()
    }

    pub(crate) fn known_keys(&self) -> &KnownKeys {
        &self.0.parts.known_keys
    }

    /// Has the outbox looked at, now that a transaction with a message is committed.
    pub(crate) fn wake_mail(&self) {
        self.0.mail_written.notify_one();
    }

    /// Waits for [`Self::wake_mail`].
    pub(crate) async fn mail_was_written(&self) {
        self.0.mail_written.notified().await;
    }

    /// Has whoever follows a card job look at it again, now that a change is committed.
    pub(crate) fn wake_followers(&self) {
        self.0.card_job_changed.notify_waiters();
    }

    /// Ready when [`Self::wake_followers`] is called after this was, awaited or not.
    pub(crate) fn card_job_changed(&self) -> Notified<'_> {
        self.0.card_job_changed.notified()
    }

    /// From now on nobody waits for a change: who does is answered.
    pub(crate) fn stop_waiting(&self) {
        self.0.stopping.send_replace(true);
    }

    /// Waits for [`Self::stop_waiting`].
    pub(crate) async fn stopped_waiting(&self) {
        // An error would mean that the sender, which is here, is gone.
        let _ = self.0.stopping.subscribe().wait_for(|stopping| *stopping).await;
    }
}

impl fmt::Debug for AppState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("AppState").field("settings", &self.0.parts.settings).finish_non_exhaustive()
    }
}

impl fmt::Debug for Parts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Parts").field("settings", &self.settings).finish_non_exhaustive()
    }
}

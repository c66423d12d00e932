//! What every request may use.

use crate::{
    authority::Authority,
    clock::Clock,
    environment::Environment,
    mail::{Smtp, SmtpError},
    random::RandomSource,
    register::Register,
    settings::{MailDelivery, Settings},
    storage::{Reader, StorageError, Store, Transaction},
};
use pki::key_policy::KnownKeys;
use std::{fmt, sync::Arc};
use tokio::sync::{Notify, futures::Notified, watch};

/// What every request may use; a clone is the same.
#[derive(Clone)]
pub struct AppState(Arc<Inner>);

struct Inner {
    parts: Parts,
    /// `None` where mail is shown instead of sent.
    smtp: Option<Smtp>,
    job_written: Notify,
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
    ///
    /// # Errors
    /// The address of the SMTP server is none.
    pub fn new(parts: Parts) -> Result<Self, SmtpError> {
        let settings = &parts.settings;
        let smtp = match &settings.mail {
            MailDelivery::Inbox => None,
            MailDelivery::Smtp { url } => {
                Some(Smtp::connect_lazily(url, &settings.mail_from, settings.mail_time_limit)?)
            }
        };
        Ok(Self(Arc::new(Inner {
            parts,
            smtp,
            job_written: Notify::new(),
            card_job_changed: Notify::new(),
            stopping: watch::Sender::new(false),
        })))
    }

    /// What domain functions get besides their transaction.
    pub(crate) fn environment(&self) -> Environment<'_> {
        Environment { clock: self.clock(), random: self.random(), settings: self.settings() }
    }

    /// A connection for reading.
    pub(crate) async fn read(&self) -> Result<Reader, StorageError> {
        self.0.parts.store.read().await
    }

    /// Does the act, and answers when all of it is durable: see [`Store::write`]. Jobs that it wrote are looked at.
    pub(crate) async fn write<T, E>(
        &self,
        act: impl AsyncFnOnce(&mut Transaction, Environment<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        let state = self.clone();
        let (value, wrote_job) = self
            .store()
            .write(async move |transaction| {
                let value = act(transaction, state.environment()).await?;
                Ok::<_, E>((value, transaction.take_wrote_job()))
            })
            .await?;
        if wrote_job {
            self.wake_jobs();
        }
        Ok(value)
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

    /// The way to the SMTP server; `None` where mail is shown instead of sent.
    pub(crate) fn smtp(&self) -> Option<&Smtp> {
        self.0.smtp.as_ref()
    }

    /// Has the jobs looked at.
    pub(crate) fn wake_jobs(&self) {
        self.0.job_written.notify_one();
    }

    /// Waits for [`Self::wake_jobs`].
    pub(crate) async fn job_was_written(&self) {
        self.0.job_written.notified().await;
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

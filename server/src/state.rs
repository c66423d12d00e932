//! What every request may use.

use crate::{authority::Authority, clock::Clock, random::RandomSource, settings::Settings, storage::Store};
use std::{fmt, sync::Arc};

/// What every request may use; a clone is the same.
#[derive(Clone)]
pub struct AppState(Arc<Parts>);

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
}

impl AppState {
    /// Puts the parts together.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        self.0.clock.as_ref()
    }

    pub(crate) fn random(&self) -> &dyn RandomSource {
        self.0.random.as_ref()
    }

    pub(crate) fn authority(&self) -> &Authority {
        &self.0.authority
    }
}

impl fmt::Debug for AppState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("AppState").field("settings", &self.0.settings).finish_non_exhaustive()
    }
}

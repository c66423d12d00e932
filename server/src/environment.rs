//! What a domain function gets from outside besides its transaction.

use crate::{clock::Clock, random::RandomSource, settings::Settings};
use protocol::Timestamp;
use std::fmt;

/// The time and the random source.
#[derive(Clone, Copy)]
pub(crate) struct Outside<'a> {
    pub(crate) clock: &'a dyn Clock,
    pub(crate) random: &'a dyn RandomSource,
}

impl Outside<'_> {
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// The time, the random source, and what the person who runs the server decided.
#[derive(Clone, Copy)]
pub struct Environment<'a> {
    /// Tells the time of day, to the second.
    pub clock: &'a dyn Clock,
    /// The random source.
    pub random: &'a dyn RandomSource,
    /// What the person who runs the server decided.
    pub settings: &'a Settings,
}

impl<'a> Environment<'a> {
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn outside(self) -> Outside<'a> {
        Outside { clock: self.clock, random: self.random }
    }
}

impl fmt::Debug for Environment<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Environment").field("settings", &self.settings).finish_non_exhaustive()
    }
}

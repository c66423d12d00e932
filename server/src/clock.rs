//! Where time enters the server. Everything else gets it as an argument.

use protocol::Timestamp;
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// So far the clock may be behind the newest record: servers of one database need not agree to the second. Our choice.
const TOLERANCE: Duration = Duration::from_mins(5);

/// The clock shows a time that is over: what was signed now would be dated before what was signed already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the clock shows {now}, but the newest record is of {newest}: set the clock; until then nothing is signed"
)]
pub struct ClockError {
    /// What the clock shows.
    pub now: Timestamp,
    /// When the newest record was written.
    pub newest: Timestamp,
}

/// Whether the clock may be believed.
///
/// # Errors
/// It is more than five minutes behind the newest record.
pub(crate) fn check(now: Timestamp, newest: Option<Timestamp>) -> Result<(), ClockError> {
    match newest {
        Some(newest) if now.plus(TOLERANCE) < newest => Err(ClockError { now, newest }),
        _ => Ok(()),
    }
}

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// The computer's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the server reads the computer's clock"
    )]
    fn now(&self) -> Timestamp {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_unix_seconds(since_1970.as_secs()).expect("the year is before 10000")
    }
}

/// A clock that stands still until it is advanced, for tests.
#[derive(Debug)]
pub struct ManualClock {
    unix_seconds: AtomicU64,
}

impl ManualClock {
    /// A clock that shows `start`.
    #[must_use]
    pub fn new(start: Timestamp) -> Self {
        Self { unix_seconds: AtomicU64::new(start.unix_seconds()) }
    }

    /// Moves the hands back.
    pub fn set_back(&self, by: Duration) {
        self.unix_seconds.fetch_sub(by.as_secs(), Ordering::SeqCst);
    }

    /// Moves the hands forward.
    pub fn advance(&self, by: Duration) {
        self.unix_seconds.fetch_add(by.as_secs(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(self.unix_seconds.load(Ordering::SeqCst))
            .expect("tests stay before 10000")
    }
}

impl<C: Clock> Clock for std::sync::Arc<C> {
    fn now(&self) -> Timestamp {
        C::now(self)
    }
}

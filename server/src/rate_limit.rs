//! How often something may be asked for.

use protocol::Timestamp;
use std::time::Duration;

/// So many times within a window that moves on with the clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RateLimit {
    pub(crate) allowed: usize,
    pub(crate) window: Duration,
}

impl RateLimit {
    /// How long to wait until once more is allowed; `None` when it is now. `earlier` are the moments within the window,
    /// oldest first.
    pub(crate) fn wait(&self, earlier: &[Timestamp], now: Timestamp) -> Option<Duration> {
        let oldest_that_counts = earlier.get(earlier.len().checked_sub(self.allowed)?)?;
        let free_at = oldest_that_counts.plus(self.window).unix_seconds();
        let wait = Duration::from_secs(free_at.saturating_sub(now.unix_seconds()).max(1));
        // A moment of the future, which a clock that went back leaves behind, makes nobody wait longer than the window.
        Some(wait.min(self.window))
    }
}

#[cfg(test)]
mod tests {
    use super::RateLimit;
    use protocol::Timestamp;
    use std::time::Duration;

    #[test]
    fn one_waits_until_the_oldest_that_counts_is_over() {
        let at = |seconds| Timestamp::from_unix_seconds(seconds).unwrap();
        let limit = RateLimit { allowed: 2, window: Duration::from_secs(110) };
        assert_eq!(limit.wait(&[], at(1000)), None);
        assert_eq!(limit.wait(&[at(950)], at(1000)), None);
        assert_eq!(limit.wait(&[at(950), at(960)], at(1000)), Some(Duration::from_mins(1)));
        assert_eq!(limit.wait(&[at(950), at(960), at(970)], at(1000)), Some(Duration::from_secs(70)));
    }
}

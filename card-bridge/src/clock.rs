//! Where time enters the bridge.

use tokio::time::Instant;

/// The present moment of Tokio's clock, which tests stop and advance.
#[expect(clippy::disallowed_methods, reason = "the one place where the bridge reads Tokio's clock")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

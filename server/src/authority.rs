//! The certification authority: its certificates and its signing keys.

/// The certification authority of this server.
#[derive(Debug)]
pub struct Authority {}

//! Signet server.
fn main() {}

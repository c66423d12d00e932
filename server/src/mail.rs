//! Mail: its texts, the outbox that never loses one, and the way out.

pub(crate) mod message;
pub mod outbox;
mod smtp;

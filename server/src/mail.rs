//! Mail: its texts, the outbox that never loses one, and the way out. Jobs send it.

pub(crate) mod message;
pub(crate) mod outbox;
mod smtp;

pub use smtp::SmtpError;

pub(crate) use smtp::Smtp;

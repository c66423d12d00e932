//! Mail: its texts, the outbox that never loses one, and the way out.

pub(crate) mod message;
pub mod outbox;
mod smtp;

pub(crate) use smtp::{SmtpError, check_url as check_smtp_url};

//! Hands messages to an SMTP server.

use crate::{settings::smtp_transport, storage::outbox::StoredMessage};
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor,
    message::{Mailbox, header::ContentType},
};
use std::{
    fmt,
    time::{Duration, SystemTime},
};
use tokio::time::timeout;

/// A way to an SMTP server.
pub(crate) struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    time_limit: Duration,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Smtp").field("time_limit", &self.time_limit).finish_non_exhaustive()
    }
}

/// Why a message was not sent. The texts hold no address: they are logged and stored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SmtpError {
    /// Not `smtp://`, `smtps://` with a host.
    #[error("it is not of the form smtp://host:port, smtps://host:port or smtp://host:port?tls=required")]
    Url,
    /// The stored message cannot be written as a mail.
    #[error("the message cannot be written as a mail")]
    Unwritable,
    /// The server answered that it does not take the message now.
    #[error("the SMTP server answered {code}, not now")]
    NotNow {
        /// Such as 451.
        code: String,
    },
    /// The server answered that it will never take the message.
    #[error("the SMTP server answered {code}, never")]
    Refused {
        /// Such as 550.
        code: String,
    },
    /// The server did not answer in time.
    #[error("the SMTP server did not answer in time")]
    Timeout,
    /// No connection, or no TLS.
    #[error("the SMTP server could not be reached")]
    Unreachable,
}

impl Smtp {
    /// Prepares connections to the server at `url`: a connection is ended where its message is not taken within
    /// `time_limit`.
    ///
    /// # Errors
    /// The address is none.
    pub(crate) fn connect_lazily(url: &str, from: &Mailbox, time_limit: Duration) -> Result<Self, SmtpError> {
        let transport = smtp_transport(url).ok_or(SmtpError::Url)?.build();
        Ok(Self { transport, from: from.clone(), time_limit })
    }

    /// Hands over one message. Its Message-ID comes from the outbox: where it is sent twice, because the server stopped
    /// between the SMTP server's answer and its own note, the recipient's mail program sees one message.
    pub(crate) async fn send(&self, stored: &StoredMessage) -> Result<(), SmtpError> {
        let recipient: Address = stored.recipient.parse().map_err(|_not_one| SmtpError::Unwritable)?;
        let written_at =
            SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(stored.written_at.unix_seconds()));
        let message = lettre::Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, recipient))
            .subject(stored.subject.as_str())
            .date(written_at.ok_or(SmtpError::Unwritable)?)
            .message_id(Some(format!("<{}@{}>", stored.id, self.from.email.domain())))
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .body(stored.body.clone())
            .map_err(|_unwritable| SmtpError::Unwritable)?;
        // The limit of the transport is for the connection alone: a server that then says nothing would be heard for ever.
        let sending = timeout(self.time_limit, self.transport.send(message));
        sending.await.map_err(|_elapsed| SmtpError::Timeout)?.map_err(SmtpError::from).map(drop)
    }
}

impl From<lettre::transport::smtp::Error> for SmtpError {
    fn from(error: lettre::transport::smtp::Error) -> Self {
        let code = error.status().map(|code| code.to_string());
        match code {
            Some(code) if error.is_permanent() => Self::Refused { code },
            Some(code) => Self::NotNow { code },
            None if error.is_timeout() => Self::Timeout,
            None => Self::Unreachable,
        }
    }
}

/// Asks mail programs not to answer automatically (RFC 3834 §5).
#[derive(Clone)]
struct AutoSubmitted;

impl lettre::message::header::Header for AutoSubmitted {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> lettre::message::header::HeaderValue {
        lettre::message::header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

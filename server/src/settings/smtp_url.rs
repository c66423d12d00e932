use lettre::{AsyncSmtpTransport, Tokio1Executor, transport::smtp::AsyncSmtpTransportBuilder};

/// How the SMTP server of this address is reached; `None` where it is no address of one.
pub(crate) fn smtp_transport(url: &str) -> Option<AsyncSmtpTransportBuilder> {
    let is_known = url.starts_with("smtp://") || url.starts_with("smtps://");
    is_known.then(|| AsyncSmtpTransport::<Tokio1Executor>::from_url(url).ok()).flatten()
}

//! Named places where a test makes the process die, to prove what a crash there leaves behind.

/// Names the place where the process dies.
#[cfg(debug_assertions)]
const VARIABLE: &str = "SIGNET_FAILPOINT";

/// A place between two steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failpoint {
    /// The write lock is held, nothing is written.
    ReservationBegun,
    /// Serial number, to-be-signed bytes and audit record are written, not committed.
    ReservationWritten,
    /// They are committed; nothing is signed.
    Reserved,
    /// The signature is made; it is in memory only.
    Signed,
    /// Certificate, audit record and mail are written, not committed.
    CertificateWritten,
    /// They are committed; nobody was answered.
    Issued,
    /// A CRL and its audit record are written, not committed.
    CrlWritten,
    /// The CA's files are written, and do not have their name yet.
    AuthorityWritten,
}

impl Failpoint {
    /// What the environment variable `SIGNET_FAILPOINT` says for this place.
    #[cfg(debug_assertions)]
    fn name(self) -> &'static str {
        match self {
            Self::ReservationBegun => "reservation-begun",
            Self::ReservationWritten => "reservation-written",
            Self::Reserved => "reserved",
            Self::Signed => "signed",
            Self::CertificateWritten => "certificate-written",
            Self::Issued => "issued",
            Self::CrlWritten => "crl-written",
            Self::AuthorityWritten => "authority-written",
        }
    }

    /// Ends the process at once, without unwinding and without closing anything, when the test asked for this place.
    #[cfg(debug_assertions)]
    pub(crate) fn pass(self) {
        if std::env::var(VARIABLE).is_ok_and(|name| name == self.name()) {
            std::process::abort();
        }
    }

    /// A release build has no failpoints.
    #[cfg(not(debug_assertions))]
    pub(crate) fn pass(self) {}
}

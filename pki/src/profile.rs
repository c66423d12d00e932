//! The certificate profile as data: what every subscriber's certificate has in common.

use crate::hex;
use crate::mailbox::check_domain;
use der::DateTime;
use der::asn1::ObjectIdentifier;
use std::time::Duration;
use x509_cert::time::Time;

/// Longest validity of a subscriber's certificate, in days.
///
/// S/MIME BR §6.3.2 allows 825 days, and says that the maximum should not be used.
pub const MAXIMUM_VALIDITY_DAYS: u16 = 824;
/// Length of a day as the requirements count it (S/MIME BR §6.3.2).
pub const DAY_SECONDS: u64 = 86_400;
/// The policy *organization-validated, strict* (S/MIME BR §7.1.6.1).
pub const ORGANIZATION_STRICT_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.140.1.5.2.3");

/// Last second that a certificate can name: the end of the year 9999 (RFC 5280 §4.1.2.5).
const LAST_SECOND: u64 = 253_402_300_799;

/// A serial number of 16 octets, positive and never zero.
///
/// RFC 5280 §4.1.2.2, S/MIME BR §7.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SerialNumber([u8; Self::BYTES]);

impl SerialNumber {
    /// How many octets it has.
    pub const BYTES: usize = 16;

    /// From random bytes. The highest bit is cleared, so that the number is positive, and the next one set, so that it
    /// always has its full length: 126 bits are random, where 64 are asked for.
    pub fn from_random_bytes(mut bytes: [u8; Self::BYTES]) -> Self {
        if let Some(first) = bytes.first_mut() {
            *first = (*first & 0x7f) | 0x40;
        }
        Self(bytes)
    }

    /// The octets, most significant first.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Lower-case hex.
    pub fn to_hex(&self) -> String {
        hex::encode(&self.0)
    }
}

/// From when until when, Unix time in seconds, both seconds included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    not_before: u64,
    not_after: u64,
}

impl Validity {
    /// From the first to the last second.
    ///
    /// # Errors
    /// When the last second is before the first, or after the year 9999.
    pub fn new(not_before: u64, not_after: u64) -> Result<Self, ValidityError> {
        if not_after < not_before {
            return Err(ValidityError::Empty);
        }
        if not_after > LAST_SECOND {
            return Err(ValidityError::TooLate);
        }
        Ok(Self { not_before, not_after })
    }

    /// That many days of 86,400 seconds: the last second of validity is the one before they have passed, because both
    /// ends count (S/MIME BR §6.3.2).
    ///
    /// # Errors
    /// When there are no days, or the last second is after the year 9999.
    pub fn from_days(not_before: u64, days: u16) -> Result<Self, ValidityError> {
        let seconds = u64::from(days).saturating_mul(DAY_SECONDS);
        let last = not_before.saturating_add(seconds).checked_sub(1).ok_or(ValidityError::Empty)?;
        Self::new(not_before, last)
    }

    /// The first second.
    pub fn not_before(self) -> u64 {
        self.not_before
    }

    /// The last second.
    pub fn not_after(self) -> u64 {
        self.not_after
    }

    /// Whether all of the other one lies in this one.
    pub fn contains(self, other: Self) -> bool {
        self.not_before <= other.not_before && other.not_after <= self.not_after
    }
}

/// Why there is no such validity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ValidityError {
    /// Its end is before its beginning.
    #[error("the validity ends before it begins")]
    Empty,
    /// Its end is after the year 9999.
    #[error("the validity ends after the year 9999")]
    TooLate,
}

/// The time of a Unix second: `UTCTime` until 2049, `GeneralizedTime` after (RFC 5280 §4.1.2.5).
pub(crate) fn time(unix_seconds: u64) -> der::Result<Time> {
    DateTime::from_unix_duration(Duration::from_secs(unix_seconds)).map(Time::from)
}

/// A plain `http://` URL on a host with a public name: CRLs and CA certificates are fetched without TLS, because its
/// check would need them.
///
/// S/MIME BR §7.1.2.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpUrl(String);

/// Top-level names that never are public (RFC 6761, RFC 6762, RFC 7686; `lan`, `home` and `corp` by custom).
const PRIVATE_TOP_LEVEL_NAMES: [&str; 10] =
    ["test", "localhost", "invalid", "example", "local", "internal", "onion", "lan", "home", "corp"];

impl HttpUrl {
    /// Parses an absolute URL without user, query and fragment.
    ///
    /// # Errors
    /// When it is not such a URL.
    pub fn parse(text: &str) -> Result<Self, HttpUrlError> {
        let rest = text.strip_prefix("http://").ok_or(HttpUrlError::Scheme)?;
        let (authority, path) =
            rest.find('/').and_then(|slash| rest.split_at_checked(slash)).unwrap_or((rest, ""));
        let host = match authority.split_once(':') {
            Some((host, port)) if port.parse::<u16>().is_ok_and(|port| port != 0) => host,
            Some(_) => return Err(HttpUrlError::Port),
            None => authority,
        };
        check_domain(host).or(Err(HttpUrlError::Host))?;
        let top_level = host.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        if PRIVATE_TOP_LEVEL_NAMES.contains(&top_level.as_str()) {
            return Err(HttpUrlError::HostNotPublic);
        }
        if !path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-._~%".contains(&byte)) {
            return Err(HttpUrlError::Path);
        }
        Ok(Self(text.to_owned()))
    }

    /// The URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text is not a URL that may stand in a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HttpUrlError {
    /// It does not begin with `http://`.
    #[error("the URL must begin with http://")]
    Scheme,
    /// The host is not a domain name.
    #[error("the URL needs a host name with a dot, such as pki.example.com")]
    Host,
    /// The host is known in a local network only.
    #[error("the host of the URL is not a public name")]
    HostNotPublic,
    /// The port is not a number from 1 to 65535.
    #[error("the port of the URL is not a number from 1 to 65535")]
    Port,
    /// The path has a character that would have to be encoded, or a query.
    #[error("the path of the URL has a character that cannot stand there")]
    Path,
}

/// The policy of a demonstration's CA: what it issues is worthless. Below the enterprise number for examples (RFC 5612 §2).
pub const DEMONSTRATION_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.1");

/// The profile *ORGANIZATION-STRICT*: which policy, how long, and where the issuer publishes.
///
/// S/MIME BR §7.1.2.3, §7.1.4, §7.1.6.
#[derive(Clone, Debug)]
pub struct Profile {
    policy: ObjectIdentifier,
    maximum_validity_days: u16,
    crl_url: HttpUrl,
    issuer_certificate_url: HttpUrl,
}

impl Profile {
    /// With the URLs where the issuer's CRL and certificate are.
    pub fn organization_strict(crl_url: HttpUrl, issuer_certificate_url: HttpUrl) -> Self {
        Self {
            policy: ORGANIZATION_STRICT_POLICY,
            maximum_validity_days: MAXIMUM_VALIDITY_DAYS,
            crl_url,
            issuer_certificate_url,
        }
    }

    /// The policy's OID.
    pub fn policy(&self) -> ObjectIdentifier {
        self.policy
    }

    /// Longest validity, in days.
    pub fn maximum_validity_days(&self) -> u16 {
        self.maximum_validity_days
    }

    /// Where the issuer's CRL is.
    pub fn crl_url(&self) -> &HttpUrl {
        &self.crl_url
    }

    /// Where the issuer's certificate is.
    pub fn issuer_certificate_url(&self) -> &HttpUrl {
        &self.issuer_certificate_url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_number_is_positive_and_has_16_octets_from_any_random_bytes() {
        for bytes in [[0; 16], [0xff; 16], [0x80; 16]] {
            let serial_number = SerialNumber::from_random_bytes(bytes);
            assert_eq!(serial_number.as_bytes().len(), 16);
            assert!((0x40..0x80).contains(serial_number.as_bytes().first().unwrap()));
        }
        assert_eq!(SerialNumber::from_random_bytes([0; 16]).to_hex(), "40000000000000000000000000000000");
    }

    #[test]
    fn a_day_ends_one_second_before_the_next_begins() {
        let validity = Validity::from_days(1_000_000, 1).unwrap();
        assert_eq!((validity.not_before(), validity.not_after()), (1_000_000, 1_086_399));
        assert_eq!(Validity::from_days(1_000_000, 0), Err(ValidityError::Empty));
        assert_eq!(Validity::from_days(0, 0), Err(ValidityError::Empty));
        assert_eq!(Validity::from_days(LAST_SECOND, 1), Err(ValidityError::TooLate));
        assert!(Validity::new(5, 5).is_ok());
    }

    #[test]
    fn a_validity_contains_itself_and_what_lies_inside() {
        let outer = Validity::new(10, 20).unwrap();
        assert!(outer.contains(outer));
        assert!(outer.contains(Validity::new(11, 19).unwrap()));
        assert!(!outer.contains(Validity::new(9, 20).unwrap()));
        assert!(!outer.contains(Validity::new(10, 21).unwrap()));
    }

    #[test]
    fn years_until_2049_are_written_with_two_digits() {
        assert!(matches!(time(2_524_607_999).unwrap(), Time::UtcTime(_)));
        assert!(matches!(time(2_524_608_000).unwrap(), Time::GeneralTime(_)));
    }

    #[test]
    fn only_a_public_http_url_may_stand_in_a_certificate() {
        for text in ["http://signet.example.com", "http://pki.example.com:8080/pki/issuing.crl"] {
            assert_eq!(HttpUrl::parse(text).map(|url| url.as_str().to_owned()), Ok(text.to_owned()));
        }
        for (text, error) in [
            ("https://pki.example.com/a.crl", HttpUrlError::Scheme),
            ("HTTP://pki.example.com/a.crl", HttpUrlError::Scheme),
            ("ldap://pki.example.com/a", HttpUrlError::Scheme),
            ("http://localhost/a.crl", HttpUrlError::Host),
            ("http://127.0.0.1/a.crl", HttpUrlError::Host),
            ("http://user@example.com/a.crl", HttpUrlError::Host),
            ("http://", HttpUrlError::Host),
            ("http://pki.internal/a.crl", HttpUrlError::HostNotPublic),
            ("http://pki.Test/a.crl", HttpUrlError::HostNotPublic),
            ("http://pki.example.com:0/a.crl", HttpUrlError::Port),
            ("http://pki.example.com:x/a.crl", HttpUrlError::Port),
            ("http://pki.example.com/a b", HttpUrlError::Path),
            ("http://pki.example.com/a?b", HttpUrlError::Path),
        ] {
            assert_eq!(HttpUrl::parse(text), Err(error), "{text}");
        }
    }
}

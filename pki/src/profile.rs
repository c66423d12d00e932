//! The profile ORGANIZATION-STRICT as data.
/// Longest validity, in days.
pub const MAXIMUM_VALIDITY_DAYS: u16 = 824;
/// A serial number: positive, at most 20 octets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SerialNumber([u8; 16]);
impl SerialNumber {
    /// From 16 random bytes: the top bit is cleared, and the next one set, so that it is positive and always 16 octets.
    pub fn from_random_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
    /// Big-endian.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
    /// Lower-case hex.
    pub fn to_hex(&self) -> String {
        todo!()
    }
}
/// From when until when, Unix time in seconds, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    not_before: u64,
    not_after: u64,
}
/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ValidityError {
    /// Zero days.
    #[error("a validity needs at least one day")]
    Empty,
}
impl Validity {
    /// That many days of 86,400 seconds; the last second is the one before.
    /// # Errors
    /// Zero days, or a year after 9999.
    pub fn from_days(not_before: u64, days: u16) -> Result<Self, ValidityError> {
        let _ = (not_before, days);
        todo!()
    }
    /// First second.
    pub fn not_before(self) -> u64 {
        self.not_before
    }
    /// Last second.
    pub fn not_after(self) -> u64 {
        self.not_after
    }
}
/// A plain `http://` URL on a public host, as CRL distribution points and AIA need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpUrl(String);
/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HttpUrlError {
    /// Not http.
    #[error("must begin with http://")]
    NotHttp,
}
impl HttpUrl {
    /// Parses.
    /// # Errors
    /// When it is not such a URL.
    pub fn parse(text: &str) -> Result<Self, HttpUrlError> {
        todo!("{text}")
    }
    /// The URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
/// What every certificate of the profile has in common.
#[derive(Clone, Debug)]
pub struct Profile {
    crl_url: HttpUrl,
    issuer_certificate_url: HttpUrl,
}
impl Profile {
    /// ORGANIZATION-STRICT (S/MIME BR §7.1).
    pub fn organization_strict(crl_url: HttpUrl, issuer_certificate_url: HttpUrl) -> Self {
        Self { crl_url, issuer_certificate_url }
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

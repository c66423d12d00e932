//! Who asks: the origin of a page, as browsers send it (RFC 6454 §6.2).

use serde::{Deserialize, Serialize};
use std::fmt;
use url::{Host, Url};

/// No origin of a page is longer: a host name has 253 bytes (RFC 1035 §2.3.4).
const LONGEST_BYTES: usize = 280;

/// A secure origin: `https`, or `http` of this very computer. Compared byte by byte, and never by a part of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin(String);

/// A text that is no secure origin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no secure origin; one looks like `https://signet.example`, without a path")]
pub struct OriginError;

impl Origin {
    /// Reads the text as it stands in the header `Origin`: lower case, without the port of the scheme, without a path.
    ///
    /// # Errors
    /// When it is `null`, not secure, or not exactly as a browser writes it.
    pub fn parse(text: &str) -> Result<Self, OriginError> {
        if text.len() > LONGEST_BYTES {
            return Err(OriginError);
        }
        let url = Url::parse(text).or(Err(OriginError))?;
        let is_secure = match url.scheme() {
            "https" => true,
            "http" => is_this_computer(&url),
            _ => false,
        };
        // Written again it is the same: so there is no path, user, upper case or other spelling of the same host.
        if is_secure && url.origin().ascii_serialization() == text {
            Ok(Self(text.to_owned()))
        } else {
            Err(OriginError)
        }
    }

    /// As a browser writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is reached over TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }
}

fn is_this_computer(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl TryFrom<String> for Origin {
    type Error = OriginError;

    fn try_from(text: String) -> Result<Self, OriginError> {
        Self::parse(&text)
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secure_origins_are_read() {
        for text in [
            "https://signet.example",
            "https://signet.example:8443",
            "http://localhost:8080",
            "http://127.0.0.1:8080",
            "http://[::1]:8080",
        ] {
            assert_eq!(Origin::parse(text).map(String::from), Ok(text.to_owned()));
        }
    }

    #[test]
    fn nothing_else_is() {
        for text in [
            "",
            "null",
            "http://signet.example",
            "http://localhost.evil.example",
            "https://signet.example/",
            "https://signet.example:443",
            "https://SIGNET.example",
            "https://user@signet.example",
            "https://signet.example https://evil.example",
            "file://",
            "chrome-extension://abcdef",
            "ws://localhost:1",
        ] {
            assert_eq!(Origin::parse(text), Err(OriginError), "{text}");
        }
        assert_eq!(Origin::parse(&format!("https://{}.example", "a".repeat(300))), Err(OriginError));
    }
}

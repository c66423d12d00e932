//! Which senders of a request are believed when they name the client.

use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The addresses of the proxies in front of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Reads ranges such as `10.0.0.0/8,2001:db8::/32`; an address is a range of one. `None` where one is no range. No range at
    /// all is nobody.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let ranges = text.split(',').map(str::trim).filter(|range| !range.is_empty());
        ranges.map(range).collect::<Option<_>>().map(Self)
    }

    /// Whether the address is one of theirs.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|range| range.contains(&address.to_canonical()))
    }
}

impl Default for TrustedProxies {
    /// This computer.
    fn default() -> Self {
        let v4 = IpNet::new_assert(Ipv4Addr::LOCALHOST.into(), 8).trunc();
        Self(vec![v4, IpNet::from(IpAddr::from(Ipv6Addr::LOCALHOST))])
    }
}

fn range(text: &str) -> Option<IpNet> {
    text.parse().or_else(|_no_range| text.parse::<IpAddr>().map(IpNet::from)).ok()
}

#[cfg(test)]
mod tests {
    use super::TrustedProxies;

    fn contains(proxies: &TrustedProxies, address: &str) -> bool {
        proxies.contains(address.parse().unwrap())
    }

    #[test]
    fn an_address_is_trusted_when_a_range_holds_it() {
        let proxies = TrustedProxies::parse("10.1.0.0/16, 192.0.2.7,2001:db8::/32").unwrap();
        for trusted in ["10.1.2.3", "192.0.2.7", "2001:db8:1::1", "::ffff:10.1.2.3"] {
            assert!(contains(&proxies, trusted), "{trusted}");
        }
        for other in ["10.2.0.1", "192.0.2.8", "2001:db9::1", "127.0.0.1"] {
            assert!(!contains(&proxies, other), "{other}");
        }
    }

    #[test]
    fn this_computer_is_trusted_unless_told_otherwise() {
        for loopback in ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"] {
            assert!(contains(&TrustedProxies::default(), loopback), "{loopback}");
            assert!(!contains(&TrustedProxies::parse("").unwrap(), loopback), "{loopback}");
        }
        assert!(!contains(&TrustedProxies::default(), "192.0.2.1"));
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in ["localhost", "10.0.0.0/33", "10.0.0.1/8/8", "10.0.0.0/8;::1"] {
            assert_eq!(TrustedProxies::parse(text), None, "{text}");
        }
    }
}

//! The address that a request comes from, also through proxies.

use crate::settings::TrustedProxies;
use axum::http::{HeaderMap, HeaderName, header};
use std::net::{IpAddr, SocketAddr};

pub(super) const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The peer's address; where the peer is a trusted proxy, the last one that is none among those that the request came through.
///
/// What a proxy cannot name (RFC 7239 §6) counts as the proxy itself. Only one header is read: a proxy that writes
/// `X-Forwarded-For` may let the client's own `Forwarded` pass.
pub(super) fn address(peer: IpAddr, headers: &HeaderMap, proxies: &TrustedProxies) -> IpAddr {
    let mut nearest = peer.to_canonical();
    for hop in hops(headers).into_iter().rev() {
        match hop {
            Some(hop) if proxies.contains(nearest) => nearest = hop,
            _ => break,
        }
    }
    nearest
}

/// The addresses that the request came from, the first client's first; `None` for one that cannot be read.
fn hops(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    if headers.contains_key(X_FORWARDED_FOR) {
        elements(headers, &X_FORWARDED_FOR).map(|element| node(element?)).collect()
    } else {
        elements(headers, &header::FORWARDED).map(|element| node(forwarded_for(element?)?)).collect()
    }
}

/// The elements of a list (RFC 9110 §5.6.1); `None` for a line that is no text, or has an escaped quote (§5.6.4): no address
/// needs one, and a client could end a string with it that the proxy began.
fn elements<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = Option<&'a str>> {
    let lines = headers.get_all(name).iter();
    let lines = lines.map(|line| line.to_str().ok().filter(|line| !line.contains('\\')));
    lines.flat_map(|line| match line {
        Some(line) => split(line, ',').map(Some).collect(),
        None => vec![None],
    })
}

/// The parameter `for` of an element of `Forwarded` (RFC 7239 §4).
fn forwarded_for(element: &str) -> Option<&str> {
    let mut pairs = split(element, ';').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(name, _)| name.eq_ignore_ascii_case("for"))?;
    Some(value.trim_matches('"'))
}

/// Splits outside of quoted strings.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |character| {
        quoted ^= character == '"';
        character == separator && !quoted
    })
    .map(str::trim)
}

/// An address with or without a port, an IPv6 address perhaps in brackets (RFC 7239 §6).
fn node(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse().or_else(|_| text.parse::<SocketAddr>().map(|socket| socket.ip()));
    Some(address.ok()?.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::address;
    use crate::settings::TrustedProxies;
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    /// The address of a request from this peer, with these headers, when `10.0.0.0/8` and `fd00::/8` are proxies of ours.
    fn client(peer: &str, headers: &[(&'static str, &'static str)]) -> String {
        let proxies = TrustedProxies::parse("10.0.0.0/8,fd00::/8").unwrap();
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        address(peer.parse().unwrap(), &map, &proxies).to_string()
    }

    #[test]
    fn a_peer_that_is_no_proxy_of_ours_speaks_for_itself_alone() {
        let headers = [("x-forwarded-for", "192.0.2.1"), ("forwarded", "for=192.0.2.1")];
        assert_eq!(client("203.0.113.9", &headers), "203.0.113.9");
        assert_eq!(client("::ffff:203.0.113.9", &headers), "203.0.113.9");
    }

    #[test]
    fn the_client_is_the_last_address_that_is_no_proxy_of_ours() {
        for (value, expected) in [
            ("192.0.2.1", "192.0.2.1"),
            ("198.51.100.7, 192.0.2.1", "192.0.2.1"),
            ("198.51.100.7, 192.0.2.1, 10.9.9.9", "192.0.2.1"),
            ("10.1.1.1, 10.9.9.9", "10.1.1.1"),
            ("2001:db8::7,fd00::1", "2001:db8::7"),
            ("192.0.2.1:4711", "192.0.2.1"),
            ("[2001:db8::7]:4711", "2001:db8::7"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
        ] {
            assert_eq!(client("10.0.0.1", &[("x-forwarded-for", value)]), expected, "{value}");
        }
        let two_lines = [("x-forwarded-for", "198.51.100.7"), ("x-forwarded-for", "192.0.2.1")];
        assert_eq!(client("10.0.0.1", &two_lines), "192.0.2.1");
    }

    #[test]
    fn what_cannot_be_read_counts_as_the_proxy_that_wrote_it() {
        for value in ["", "unknown", "192.0.2.1, unknown", "192.0.2.1,", "192.0.2.1\\"] {
            assert_eq!(client("10.0.0.1", &[("x-forwarded-for", value)]), "10.0.0.1", "{value}");
        }
        assert_eq!(client("10.0.0.1", &[("x-forwarded-for", "unknown, 10.0.0.2")]), "10.0.0.2");
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn forwarded_is_read_where_it_stands_alone() {
        for (value, expected) in [
            ("for=192.0.2.1", "192.0.2.1"),
            ("proto=https;For=\"[2001:db8::7]:4711\";by=10.0.0.1", "2001:db8::7"),
            ("for=198.51.100.7, for=192.0.2.1;by=10.0.0.1, for=10.0.0.2", "192.0.2.1"),
            ("for=192.0.2.1;host=\"a, for=203.0.113.9\"", "192.0.2.1"),
            ("for=192.0.2.1;host=\"a\\\", for=203.0.113.9\"", "10.0.0.1"),
            ("for=_hidden", "10.0.0.1"),
            ("proto=https", "10.0.0.1"),
        ] {
            assert_eq!(client("10.0.0.1", &[("forwarded", value)]), expected, "{value}");
        }
        let both = [("forwarded", "for=203.0.113.9"), ("x-forwarded-for", "192.0.2.1")];
        assert_eq!(client("10.0.0.1", &both), "192.0.2.1");
    }
}

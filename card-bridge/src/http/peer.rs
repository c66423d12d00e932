//! Whether the other end of a connection is a program of the same person. Loopback is open to all people of a computer.

use std::net::SocketAddr;

/// Whether the connection from `peer` to the bridge's port was made by a program of the person that the bridge runs for.
/// On other systems than Linux the token alone stands for it.
#[cfg(target_os = "linux")]
pub(super) async fn is_this_person(peer: SocketAddr, port: u16) -> bool {
    let own = nix::unistd::getuid().as_raw();
    for (file, peer) in places(peer) {
        if let Ok(table) = tokio::fs::read_to_string(file).await
            && let Some(owner) = owner(&table, peer, port)
        {
            return owner == own;
        }
    }
    false
}

/// The tables that the other end may stand in: some programs use IPv6 sockets for everything (RFC 3493 §3.7).
#[cfg(target_os = "linux")]
fn places(peer: SocketAddr) -> Vec<(&'static str, SocketAddr)> {
    const IPV6: &str = "/proc/net/tcp6";
    match peer {
        SocketAddr::V4(address) => {
            let mapped = SocketAddr::from((address.ip().to_ipv6_mapped(), address.port()));
            vec![("/proc/net/tcp", peer), (IPV6, mapped)]
        }
        SocketAddr::V6(_) => vec![(IPV6, peer)],
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) async fn is_this_person(_peer: SocketAddr, _port: u16) -> bool {
    std::future::ready(true).await
}

/// The user id of the socket at `peer` that is connected with the port, from the kernel's table (`proc_pid_net(5)`).
#[cfg(target_os = "linux")]
fn owner(table: &str, peer: SocketAddr, port: u16) -> Option<u32> {
    let local = in_table(peer);
    let remote_port = format!(":{port:04X}");
    table.lines().skip(1).find_map(|line| {
        let mut columns = line.split_whitespace().skip(1);
        let is_it = columns.next()? == local && columns.next()?.ends_with(&remote_port);
        // After the state: two queues in one column, a timer in one, retransmissions.
        is_it.then(|| columns.nth(4)?.parse().ok()).flatten()
    })
}

/// An address as the kernel writes it: words of the machine's own byte order, in hex.
#[cfg(target_os = "linux")]
fn in_table(address: SocketAddr) -> String {
    let bytes = match address {
        SocketAddr::V4(address) => address.ip().octets().to_vec(),
        SocketAddr::V6(address) => address.ip().octets().to_vec(),
    };
    let words = bytes.chunks_exact(4).map(|word| {
        let word = u32::from_ne_bytes(word.try_into().expect("a chunk of four bytes"));
        format!("{word:08X}")
    });
    format!("{}:{:04X}", words.collect::<String>(), address.port())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[cfg(target_endian = "little")]
    #[test]
    fn the_owner_is_found_by_both_ends() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   \
            0: 0100007F:9C40 0100007F:6F2D 01 00000000:00000000 00:00000000 00000000  1000        0 1 1\n   \
            1: 0100007F:6F2D 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 2 1\n";
        let peer = "127.0.0.1:40000".parse().expect("an address");
        assert_eq!(owner(table, peer, 28_461), Some(1000));
        assert_eq!(owner(table, peer, 28_462), None);
        let other = "127.0.0.1:40001".parse().expect("an address");
        assert_eq!(owner(table, other, 28_461), None);
    }

    #[tokio::test]
    async fn a_connection_of_this_program_is_of_this_person() {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let Ok(listener) = tokio::net::TcpListener::bind(address).await else { continue };
            let bridge = listener.local_addr().expect("an address");
            let client = tokio::net::TcpStream::connect(bridge).await.expect("a connection");
            let peer = client.local_addr().expect("an address");
            assert!(is_this_person(peer, bridge.port()).await);
            assert!(!is_this_person(peer, bridge.port().wrapping_add(1)).await);
        }
    }
}

//! The program itself, behind what says that it is a proxy, and told to stop.

use crate::client::{Answer, PATIENCE, ask, connect_and_send, read_to_end};
use std::{net::SocketAddr, process::Stdio, time::Duration};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::{Child, Command},
    time::{Instant, timeout},
};

/// The server's bound (`STOPPING`), and some time for a busy machine.
const LONGEST_STOP: Duration = Duration::from_secs(20);

/// A demonstration, which ends with the test.
struct Program {
    child: Child,
    address: SocketAddr,
    _data: TempDir,
}

impl Program {
    async fn start(trusted_proxies: &str) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_signet"))
            .args(["serve", "--demonstration", "--listen=127.0.0.1:0", "--trusted-proxies", trusted_proxies])
            .arg("--data")
            .arg(data.path())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = loop {
            let line = timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap();
            let line = line.expect("the server ended before it listened");
            if let Some(address) = line.strip_prefix("listening on http://") {
                break address.parse().unwrap();
            }
        };
        Self { child, address, _data: data }
    }

    /// Asks for a sign-in link through a proxy on this computer, which says that the client is this one.
    async fn ask_for_link(&self, number: u32, client: &str) -> Answer {
        let head = format!(
            "POST /api/sign-in-links HTTP/1.1\r\nX-Signet: 1\r\nContent-Type: application/json\r\n\
            X-Forwarded-For: {client}"
        );
        ask(self.address, &head, &format!(r#"{{"email":"person-{number}@example.com"}}"#)).await
    }

    /// Sends the signal that ends programs.
    async fn tell_to_stop(&self) {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
    }
}

#[tokio::test]
async fn a_flood_through_a_trusted_proxy_is_stopped_and_other_clients_are_not() {
    let program = Program::start("127.0.0.1").await;
    let mut refused = Vec::new();
    for number in 0..30 {
        let answer = program.ask_for_link(number, "192.0.2.1").await;
        match answer.status() {
            202 => {}
            429 => refused.push(answer),
            other => panic!("{other}: {answer:?}"),
        }
    }
    let refused = refused.first().expect("nothing was refused");
    assert_eq!(refused.header("content-type"), Some("application/problem+json"));
    assert!(refused.header("retry-after").unwrap().parse::<u64>().unwrap() > 0);
    assert!(refused.0.contains("/problems/too-many-requests"), "{refused:?}");
    assert_eq!(program.ask_for_link(30, "192.0.2.2").await.status(), 202);
}

#[tokio::test]
async fn who_is_no_trusted_proxy_names_no_client() {
    let program = Program::start("198.51.100.0/24").await;
    for number in 0..30 {
        // All of them are from this computer, which a demonstration does not limit.
        assert_eq!(program.ask_for_link(number, "192.0.2.1").await.status(), 202);
    }
}

#[cfg(unix)]
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "measures how long the server takes to stop")]
async fn the_signal_to_stop_lets_a_request_finish_and_waits_for_nobody_idle() {
    let mut program = Program::start("127.0.0.1").await;
    let _idle = connect_and_send(program.address, "").await;
    let body = r#"{"email":"person@example.com"}"#;
    let begun = format!(
        "POST /api/sign-in-links HTTP/1.1\r\nHost: localhost\r\nX-Signet: 1\r\nExpect: 100-continue\r\n\
        Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let mut request = connect_and_send(program.address, &begun).await;
    // The server says so when it begins to read the body.
    request.readable().await.unwrap();
    let told = Instant::now();
    program.tell_to_stop().await;
    request.write_all(body.as_bytes()).await.unwrap();
    let answer = read_to_end(request).await;
    assert!(answer.contains("HTTP/1.1 202 "), "{answer}");
    let ended = timeout(PATIENCE, program.child.wait()).await.unwrap().unwrap();
    assert!(ended.success(), "{ended}");
    assert!(told.elapsed() < LONGEST_STOP, "{:?}", told.elapsed());
}

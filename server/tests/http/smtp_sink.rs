//! An SMTP server that takes mail, refuses it, or says nothing, as a test wants it.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU16, AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// What it received: the recipients of the envelope, and the message between DATA and the final dot, as sent.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) recipients: Vec<String>,
    pub(crate) data: String,
}

pub(crate) struct SmtpSink {
    pub(crate) url: String,
    received: Arc<Mutex<Vec<Received>>>,
    answer_to_data: Arc<AtomicU16>,
    /// As many of the next connections are accepted and never answered.
    silent: Arc<AtomicUsize>,
}

impl SmtpSink {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let sink = Self {
            url,
            received: Arc::default(),
            answer_to_data: Arc::new(AtomicU16::new(250)),
            silent: Arc::default(),
        };
        let (received, answer) = (Arc::clone(&sink.received), Arc::clone(&sink.answer_to_data));
        let silent = Arc::clone(&sink.silent);
        tokio::spawn(async move {
            let mut unanswered = Vec::new();
            while let Ok((stream, _)) = listener.accept().await {
                let fewer = |left: usize| left.checked_sub(1);
                if silent.fetch_update(Ordering::SeqCst, Ordering::SeqCst, fewer).is_ok() {
                    unanswered.push(stream);
                    continue;
                }
                let (received, answer) = (Arc::clone(&received), Arc::clone(&answer));
                tokio::spawn(async move { converse(stream, &received, &answer).await });
            }
        });
        sink
    }

    /// What it answers from now on when a message is complete.
    pub(crate) fn answer(&self, code: u16) {
        self.answer_to_data.store(code, Ordering::SeqCst);
    }

    /// So many of the next connections it accepts, and says nothing.
    pub(crate) fn be_silent(&self, connections: usize) {
        self.silent.store(connections, Ordering::SeqCst);
    }

    /// Ready when all connections that are to be left without an answer are made.
    pub(crate) async fn all_silent_connections_are_made(&self) {
        until(|| self.silent.load(Ordering::SeqCst) == 0).await;
    }

    /// Ready when it has so many messages.
    pub(crate) async fn has_received(&self, messages: usize) {
        until(|| self.received().len() == messages).await;
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

async fn until(condition: impl Fn() -> bool) {
    let waiting = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting).await.expect("it happens within 20 seconds");
}

async fn converse(stream: TcpStream, received: &Mutex<Vec<Received>>, answer: &AtomicU16) -> Option<()> {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    writer.write_all(b"220 sink\r\n").await.ok()?;
    let mut recipients = Vec::new();
    while let Some(line) = lines.next_line().await.ok()? {
        let reply = match line.get(..4).unwrap_or_default().to_ascii_uppercase().as_str() {
            "RCPT" => {
                recipients.push(line);
                "250 ok".to_owned()
            }
            "DATA" => {
                writer.write_all(b"354 go on\r\n").await.ok()?;
                let mut data = String::new();
                while let Some(line) = lines.next_line().await.ok()? {
                    if line == "." {
                        break;
                    }
                    data.push_str(&line);
                    data.push('\n');
                }
                let code = answer.load(Ordering::SeqCst);
                if code == 250 {
                    let recipients = std::mem::take(&mut recipients);
                    received.lock().unwrap().push(Received { recipients, data });
                }
                format!("{code} as told, for secret.person@example.com")
            }
            "QUIT" => {
                writer.write_all(b"221 bye\r\n").await.ok()?;
                return None;
            }
            _ => "250 ok".to_owned(),
        };
        writer.write_all(format!("{reply}\r\n").as_bytes()).await.ok()?;
    }
    None
}

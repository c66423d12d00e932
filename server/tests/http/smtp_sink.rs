//! An SMTP server that takes mail, or refuses it as a test says.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU16, Ordering},
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
}

impl SmtpSink {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let sink = Self { url, received: Arc::default(), answer_to_data: Arc::new(AtomicU16::new(250)) };
        let (received, answer) = (Arc::clone(&sink.received), Arc::clone(&sink.answer_to_data));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
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

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
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

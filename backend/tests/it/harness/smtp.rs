//! A mail server that accepts (or refuses) everything and remembers it.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// The sink.
#[derive(Clone)]
pub(crate) struct SmtpSink {
    address: SocketAddr,
    mails: Arc<Mutex<Vec<String>>>,
    arrived: watch::Receiver<usize>,
    refusing: Arc<watch::Sender<bool>>,
}

impl SmtpSink {
    /// Listens on a free port.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (arrivals, arrived) = watch::channel(0);
        let (refusing, refuses) = watch::channel(false);
        let sink = Self {
            address: listener.local_addr().unwrap(),
            mails: Arc::default(),
            arrived,
            refusing: Arc::new(refusing),
        };
        let (mails, arrivals) = (sink.mails.clone(), Arc::new(arrivals));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (mails, arrivals, refuses) = (mails.clone(), arrivals.clone(), refuses.clone());
                tokio::spawn(async move {
                    let _ = converse(stream, &mails, &arrivals, &refuses).await;
                });
            }
        });
        sink
    }

    /// Its address for `TODOKE_SMTP_URL`.
    pub(crate) fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// From now on refuses (or takes) mails.
    pub(crate) fn refuse(&self, refusing: bool) {
        self.refusing.send_replace(refusing);
    }

    /// Returns the mails once there are so many: recipient, then the decoded text.
    pub(crate) async fn wait_for(&self, count: usize) -> Vec<String> {
        self.arrived.clone().wait_for(|arrived| *arrived >= count).await.unwrap();
        self.mails.lock().unwrap().clone()
    }

    /// How many came so far.
    pub(crate) fn count(&self) -> usize {
        self.mails.lock().unwrap().len()
    }
}

async fn converse(
    stream: TcpStream,
    mails: &Mutex<Vec<String>>,
    arrivals: &watch::Sender<usize>,
    refuses: &watch::Receiver<bool>,
) -> std::io::Result<()> {
    let (reading, mut writing) = stream.into_split();
    let mut lines = BufReader::new(reading).lines();
    writing.write_all(b"220 sink\r\n").await?;
    let mut mail = String::new();
    while let Some(line) = lines.next_line().await? {
        let command = line.to_ascii_uppercase();
        let answer = if command.starts_with("EHLO") {
            "250-sink\r\n250 8BITMIME\r\n"
        } else if command.starts_with("RCPT") && *refuses.borrow() {
            "451 not now\r\n"
        } else if command == "DATA" {
            writing.write_all(b"354 go on\r\n").await?;
            while let Some(text) = lines.next_line().await? {
                if text == "." {
                    break;
                }
                mail.push_str(&text);
                mail.push('\n');
            }
            mails.lock().unwrap().push(readable(&mail));
            mail.clear();
            arrivals.send_modify(|count| *count += 1);
            "250 taken\r\n"
        } else if command == "QUIT" {
            writing.write_all(b"221 bye\r\n").await?;
            return Ok(());
        } else {
            "250 ok\r\n"
        };
        writing.write_all(answer.as_bytes()).await?;
    }
    Ok(())
}

/// Head as it came, body decoded from base64.
fn readable(mail: &str) -> String {
    use base64::{Engine, prelude::BASE64_STANDARD};
    let (head, body) = mail.split_once("\n\n").unwrap();
    let joined: String = body.split_whitespace().collect();
    let decoded = BASE64_STANDARD.decode(joined).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    format!("{head}\n\n{}", decoded.unwrap_or_else(|| body.to_owned()))
}

//! The ways out: SMTP through lettre, or one `.eml` file a mail. Neither knows what a mail is about.

use std::path::{Path, PathBuf};

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
};

use crate::store::mails::WaitingMail;

/// A way out.
#[derive(Clone, Debug)]
pub(crate) enum Transport {
    /// A mail server.
    Smtp(Box<AsyncSmtpTransport<Tokio1Executor>>),
    /// Files in this folder.
    Files(PathBuf),
}

impl Transport {
    /// SMTP where it is set, else files under the data directory.
    pub(crate) fn open(smtp_url: Option<&str>, data_dir: &Path) -> Result<Self, String> {
        match smtp_url {
            Some(url) => {
                let transport =
                    AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|error| error.to_string())?;
                Ok(Self::Smtp(Box::new(transport.timeout(Some(std::time::Duration::from_secs(20))).build())))
            }
            None => {
                let folder = data_dir.join("mails");
                std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
                Ok(Self::Files(folder))
            }
        }
    }

    /// Hands one mail over.
    pub(crate) async fn send(&self, from: &Mailbox, mail: &WaitingMail) -> Result<(), String> {
        let message = message_of(from, mail)?;
        match self {
            Self::Smtp(transport) => {
                transport.send(message).await.map(|_| ()).map_err(|error| error.to_string())
            }
            Self::Files(folder) => write_file(folder, mail, &message.formatted()).await,
        }
    }
}

fn message_of(from: &Mailbox, mail: &WaitingMail) -> Result<Message, String> {
    let to: Mailbox =
        mail.recipient.parse().map_err(|error| format!("the recipient is no address: {error}"))?;
    let host = from.email.domain();
    Message::builder()
        .from(from.clone())
        .to(to)
        .message_id(Some(format!("<{}@{host}>", mail.id)))
        .subject(mail.subject.clone())
        .header(ContentType::TEXT_PLAIN)
        .body(mail.body.clone())
        .map_err(|error| error.to_string())
}

/// Written beside and renamed, so that a reader never sees half a mail.
async fn write_file(folder: &Path, mail: &WaitingMail, bytes: &[u8]) -> Result<(), String> {
    let (part, whole) = (folder.join(format!("{}.part", mail.id)), folder.join(format!("{}.eml", mail.id)));
    let written = async {
        tokio::fs::write(&part, bytes).await?;
        tokio::fs::rename(&part, &whole).await
    };
    written.await.map_err(|error: std::io::Error| format!("{}: {error}", whole.display()))
}

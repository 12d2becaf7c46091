//! Mails to buyers about their orders, and the templates they begin with.

use async_graphql::{Enum, ID, SimpleObject};
use todoke_domain::order_mail::{self, MailText, PLACEHOLDERS, default_template};

use crate::{
    graphql::scalars::DateTime,
    store::{mails, order_mail_templates::ShopTemplate, order_mails::OrderMail as Row},
};

/// Where a mail stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "mails::MailState")]
pub(crate) enum OrderMailState {
    /// Waits to be sent, for the first time or again.
    Waiting,
    /// Handed over to the mail server.
    Sent,
    /// Given up after too many tries.
    Failed,
}

/// The languages that have a default template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "order_mail::MailLanguage")]
pub(crate) enum MailLanguage {
    /// 日本語.
    #[graphql(name = "JA")]
    Japanese,
    /// English.
    #[graphql(name = "EN")]
    English,
}

/// A mail to the buyer of an order, as it was sent.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct OrderMail {
    /// The id.
    pub id: ID,
    /// To whom.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// Who sent it.
    pub by: String,
    /// When it was taken into the outbox.
    pub at: DateTime,
    /// Where it stands.
    pub state: OrderMailState,
    /// When it was handed over to the mail server.
    pub sent_at: Option<DateTime>,
    /// Tries so far.
    pub attempt_count: u32,
    /// Why the last try failed; null once it was handed over.
    pub error: Option<String>,
}

impl From<Row> for OrderMail {
    fn from(row: Row) -> Self {
        Self {
            id: ID(format!("OrderMail:{}", row.id)),
            to: row.to,
            subject: row.subject,
            body: row.body,
            by: row.by,
            at: DateTime(row.at),
            state: row.state.into(),
            sent_at: row.sent_at.map(DateTime),
            attempt_count: row.attempt_count,
            error: row.error.filter(|_| row.state != mails::MailState::Sent),
        }
    }
}

/// The mail of an order as the template makes it.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct OrderMailDraft {
    /// The buyer's address.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// Plain text.
    pub body: String,
}

/// The template of an IP code's confirmation mails.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct OrderMailTemplate {
    /// The subject line, with placeholders.
    pub subject: String,
    /// Plain text, with placeholders.
    pub body: String,
    /// Whether the IP code has none of its own.
    pub is_default: bool,
    /// The names that may stand between `{{` and `}}`.
    pub placeholders: Vec<String>,
    /// The defaults to begin with.
    pub defaults: Vec<OrderMailDefault>,
}

/// A default template.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct OrderMailDefault {
    /// Its language.
    pub language: MailLanguage,
    /// The subject line, with placeholders.
    pub subject: String,
    /// Plain text, with placeholders.
    pub body: String,
}

impl From<ShopTemplate> for OrderMailTemplate {
    fn from(template: ShopTemplate) -> Self {
        let is_default = template.own.is_none();
        let usual = || default_template(order_mail::MailLanguage::Japanese);
        let MailText { subject, body } = template.own.unwrap_or_else(usual);
        let default = |language: order_mail::MailLanguage| {
            let MailText { subject, body } = default_template(language);
            OrderMailDefault { language: language.into(), subject, body }
        };
        Self {
            subject,
            body,
            is_default,
            placeholders: PLACEHOLDERS.map(str::to_owned).to_vec(),
            defaults: vec![
                default(order_mail::MailLanguage::Japanese),
                default(order_mail::MailLanguage::English),
            ],
        }
    }
}

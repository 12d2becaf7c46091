//! The confirmation mail of an order: pre-filled from the IP code's template, edited, sent once
//! (docs/REQUIREMENTS.md, B.8; reference B, 「復旧済注文一覧」).
//!
//! Sends nothing itself: a mail is a row of the outbox, in the transaction of its decision. That row stays as the copy.

use sea_orm::DatabaseTransaction;
use todoke_domain::{
    access::Action,
    ids::{DecisionId, IpCode, OrderId},
    order_mail::{
        MailFacts, MailFault, MailFaultKind, MailLanguage, MailText, OrderMail as Draft, default_template,
        fill_template, parse_mail, parse_template,
    },
    payment::FaultKind,
};
use uuid::Uuid;

use super::{
    App, ConflictReason, Error, FieldError,
    keys::{check_key, key_taken_meanwhile},
    orders::find_order,
    refusals::note_refusal,
};
use crate::{
    auth::scope::Scope,
    live::Change,
    mail,
    messages::Message,
    store::{
        self,
        audit::AuditEntry,
        decisions::{DecisionKind, NewDecision},
        mails::{NewMail, OfOrder},
        order_mail_templates::ShopTemplate,
        order_mails::OrderMail,
        orders::Order,
    },
};

/// The mutations' names in the audit log.
const SEND: &str = "sendOrderMail";
const UPDATE_TEMPLATE: &str = "updateOrderMailTemplate";

/// A mail as it was asked for.
#[derive(Clone, Debug)]
pub(crate) struct SendMail {
    /// The order.
    pub id: OrderId,
    /// To whom.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// By which a repeat of this decision is known.
    pub idempotency_key: String,
    /// "It was sent already, send another one."
    pub again: bool,
}

/// The template of an IP code that may be seen, and the shop's name.
pub(crate) async fn find_template(app: &App, scope: &Scope, ip_code: &IpCode) -> Result<ShopTemplate, Error> {
    let found =
        store::order_mail_templates::find(scope, app.database.reader(), ip_code, Action::View).await?;
    found.ok_or(Error::NotFound)
}

/// The mail of an order as the template makes it.
pub(crate) async fn draft_mail(app: &App, scope: &Scope, order: &Order) -> Result<MailText, Error> {
    let template = find_template(app, scope, &order.cart.ip_code).await?;
    let text = template.own.unwrap_or_else(|| default_template(MailLanguage::Japanese));
    let facts = MailFacts {
        shop_name: &template.shop_name,
        cart: &order.cart,
        payment_method: order.payment_method.as_deref(),
    };
    Ok(fill_template(&text, facts))
}

/// Sends the mail of an order through the outbox, once; another one only where that is asked for.
///
/// # Errors
/// `NotFound`, also where the right is missing; `Conflict` where it was sent already or the key was used for something
/// else; faults beside fields.
pub(crate) async fn send_order_mail(
    app: &App,
    scope: &Scope,
    asked: SendMail,
) -> Result<(Order, OrderMail), Error> {
    check_key(&asked.idempotency_key)?;
    let draft = parse_mail(&asked.to, &asked.subject, &asked.body).map_err(bad_input)?;
    if !mail::is_address(&draft.to) {
        return Err(Error::field(&["to"], Message::Field(FaultKind::InvalidFormat)));
    }
    match decide_mail(app, scope, &asked, draft).await {
        Ok((order, mail)) => {
            app.live.tell(Change::order(&order.cart.ip_code, order.id));
            Ok((order, mail))
        }
        Err(error) => {
            if let Some(order) = find_order(app, &Scope::system(), asked.id).await? {
                note_refusal(app, scope, SEND, &order.cart.ip_code, order.id, error.code()).await?;
            }
            Err(error)
        }
    }
}

/// Gives an IP code its own template; empty texts bring the default back.
///
/// # Errors
/// `NotFound`, also where the right is missing; faults beside fields.
pub(crate) async fn update_template(
    app: &App,
    scope: &Scope,
    ip_code: &str,
    (subject, body): (&str, &str),
) -> Result<IpCode, Error> {
    let ip_code = IpCode::parse(ip_code).map_err(|_| Error::NotFound)?;
    let is_default = subject.trim().is_empty() && body.trim().is_empty();
    let own = if is_default { None } else { Some(parse_template(subject, body).map_err(bad_input)?) };
    let now = app.clock.now();
    let tx = app.database.begin_write().await?;
    let before = store::order_mail_templates::find(scope, &tx, &ip_code, Action::Settings).await?;
    let Some(before) = before else {
        let known = store::order_mail_templates::find(&Scope::system(), &tx, &ip_code, Action::View).await?;
        drop(tx);
        if known.is_some() {
            note_refusal(app, scope, UPDATE_TEMPLATE, &ip_code, &ip_code, Error::NotFound.code()).await?;
        }
        return Err(Error::NotFound);
    };
    store::order_mail_templates::put(scope, &tx, &ip_code, own.as_ref()).await?;
    let told = |text: Option<&MailText>| text.map(|text| serde_json::json!([text.subject, text.body]));
    let entry = AuditEntry::done(UPDATE_TEMPLATE, Some(&ip_code), &ip_code).with_change(
        serde_json::json!({ "template": told(before.own.as_ref()) }),
        serde_json::json!({ "template": told(own.as_ref()) }),
    );
    store::audit::insert_event(scope, &tx, entry, now).await?;
    tx.commit().await?;
    Ok(ip_code)
}

async fn decide_mail(
    app: &App,
    scope: &Scope,
    asked: &SendMail,
    draft: Draft,
) -> Result<(Order, OrderMail), Error> {
    let now = app.clock.now();
    let tx = app.database.begin_write().await?;
    let order = store::orders::lock(scope, &tx, asked.id).await?;
    let order =
        order.filter(|order| scope.may(&order.cart.ip_code, Action::Restore)).ok_or(Error::NotFound)?;
    let sent = mails_of(scope, &tx, order.id).await?;
    if let Some(earlier) = store::decisions::find_by_key(scope, &tx, &asked.idempotency_key).await? {
        let repeated = sent.into_iter().find(|mail| mail.id == earlier.id.value());
        return repeated.map(|mail| (order, mail)).ok_or_else(|| {
            Error::conflict(ConflictReason::KeyReused, Some(earlier.actor_name), Some(earlier.decided_at))
        });
    }
    if order.confirmation_mail_sent_at.is_some() && !asked.again {
        let by = sent.first().map(|mail| mail.by.clone());
        return Err(Error::conflict(ConflictReason::MailAlreadySent, by, order.confirmation_mail_sent_at));
    }
    let id = DecisionId::new(Uuid::now_v7());
    let decision = NewDecision {
        id,
        kind: DecisionKind::OrderMail,
        ip_code: &order.cart.ip_code,
        subject: order.id.value(),
        delivery_id: None,
        reason: None,
        idempotency_key: Some(&asked.idempotency_key),
        parameters: None,
        decided_at: now,
    };
    store::decisions::insert(scope, &tx, decision)
        .await
        .map_err(|error| key_taken_meanwhile(scope, error, now))?;
    let by = scope.actor().name().to_owned();
    let mail = NewMail {
        kind: "ORDER",
        ip_code: Some(order.cart.ip_code.clone()),
        recipient: draft.to,
        subject: draft.subject,
        body: draft.body,
        of_order: Some(OfOrder { decision: id, order: order.id, by }),
    };
    store::mails::enqueue(scope, &tx, mail, &[], now).await?;
    store::order_mails::set_confirmation(scope, &tx, order.id, Some(now)).await?;
    // The mail itself stays in the outbox's table; the log needs no second copy of the buyer's address.
    let entry = AuditEntry::done(SEND, Some(&order.cart.ip_code), order.id).with_change(
        serde_json::json!({ "mails": sent.len() }),
        serde_json::json!({ "mail": id.to_string(), "again": asked.again }),
    );
    store::audit::insert_event(scope, &tx, entry, now).await?;
    let mail = mails_of(scope, &tx, order.id).await?.into_iter().find(|mail| mail.id == id.value());
    tx.commit().await?;
    let mail = mail.ok_or_else(|| Error::internal("a mail that was just stored is not there"))?;
    Ok((Order { confirmation_mail_sent_at: Some(now), ..order }, mail))
}

async fn mails_of(scope: &Scope, tx: &DatabaseTransaction, order: OrderId) -> Result<Vec<OrderMail>, Error> {
    let found = store::order_mails::list_of_orders(scope, tx, &[order]).await?;
    Ok(found.into_iter().map(|(_, mail)| mail).collect())
}

fn bad_input(faults: Vec<MailFault>) -> Error {
    let beside = |fault: MailFault| {
        let message = match fault.kind {
            MailFaultKind::Field(kind) => Message::Field(kind),
            MailFaultKind::UnknownPlaceholder(name) => Message::UnknownPlaceholder(name),
        };
        FieldError::new(&[fault.field], message)
    };
    Error::BadInput(faults.into_iter().map(beside).collect())
}

//! The mail outbox, and the windows within which alerts to one address are gathered into a digest.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, LockBehavior, LockType, OnConflict},
};
use todoke_domain::{
    ids::{DecisionId, IpCode, OrderId, PaymentId},
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    entity::{alert_windows, mail_subjects, mails, waiting_alerts},
    rows,
};
use crate::auth::scope::Scope;

/// Where a mail stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MailState {
    /// Waits to be sent, for the first time or again.
    Waiting,
    /// Handed over.
    Sent,
    /// Given up after too many tries.
    Failed,
}

impl MailState {
    /// The name in storage and on the wire.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "WAITING",
            Self::Sent => "SENT",
            Self::Failed => "FAILED",
        }
    }

    /// The state of this name.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        [Self::Waiting, Self::Sent, Self::Failed].into_iter().find(|state| state.code() == code)
    }
}

/// Alerts of one digest: it names the first few and counts the rest, so more would only cost memory.
const DIGEST_ALERTS_MAX: u64 = 5_000;

/// Links written with one statement, well below the 32,766 values that SQLite binds.
const SUBJECTS_PER_INSERT: usize = 1_000;

/// A mail to be put into the outbox.
#[derive(Clone, Debug)]
pub(crate) struct NewMail {
    /// What kind of mail.
    pub kind: &'static str,
    /// Whose cause it has.
    pub ip_code: Option<IpCode>,
    /// To whom.
    pub recipient: String,
    /// The subject line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// Where it is a mail to a buyer, about which order.
    pub of_order: Option<OfOrder>,
}

/// What a mail to a buyer belongs to.
#[derive(Clone, Debug)]
pub(crate) struct OfOrder {
    /// The decision to send it, which gives the mail its id: one decision, one mail.
    pub decision: DecisionId,
    /// The order.
    pub order: OrderId,
    /// Who decided.
    pub by: String,
}

/// A mail that waits.
#[derive(Clone, Debug)]
pub(crate) struct WaitingMail {
    /// The mail.
    pub id: Uuid,
    /// To whom.
    pub recipient: String,
    /// The subject line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// Tries so far.
    pub attempt_count: u32,
    /// The order of a mail to a buyer.
    pub order: Option<(IpCode, OrderId)>,
}

/// Puts a mail about these rows into the outbox, in the transaction of its cause.
pub(crate) async fn enqueue(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    mail: NewMail,
    subjects: &[PaymentId],
    now: Timestamp,
) -> Result<(), DbErr> {
    let of_order = mail.of_order;
    // One decision, one mail: a mail to a buyer has its decision's id.
    let id = of_order.as_ref().map_or_else(Uuid::now_v7, |of_order| of_order.decision.value());
    let mut about: Vec<Uuid> = subjects.iter().map(|subject| subject.value()).collect();
    about.sort_unstable();
    about.dedup();
    for part in about.chunks(SUBJECTS_PER_INSERT) {
        let links = part
            .iter()
            .map(|subject| mail_subjects::ActiveModel { subject_id: Set(*subject), mail_id: Set(id) });
        mail_subjects::Entity::insert_many(links).exec_without_returning(db).await?;
    }
    let row = mails::ActiveModel {
        id: Set(id),
        kind: Set(mail.kind.to_owned()),
        ip_code: Set(mail.ip_code.map(String::from)),
        recipient: Set(mail.recipient),
        subject: Set(mail.subject),
        body: Set(mail.body),
        state: Set(MailState::Waiting.code().to_owned()),
        due_at: Set(now.as_micros()),
        lease_until: Set(None),
        attempt_count: Set(0),
        last_error: Set(None),
        created_at: Set(now.as_micros()),
        sent_at: Set(None),
        failed_at: Set(None),
        order_id: Set(of_order.as_ref().map(|of_order| of_order.order.value())),
        decided_by: Set(of_order.map(|of_order| of_order.by)),
    };
    mails::Entity::insert(row).exec_without_returning(db).await.map(|_| ())
}

/// Takes mails that are due, until `lease_until`: a mail whose sender died is taken again after that.
pub(crate) async fn claim_due(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    now: Timestamp,
    lease_until: Timestamp,
    rows_max: u64,
) -> Result<Vec<WaitingMail>, DbErr> {
    let found = mails::Entity::find()
        .filter(mails::Column::State.eq(MailState::Waiting.code()))
        .filter(mails::Column::DueAt.lte(now.as_micros()))
        .filter(mails::Column::LeaseUntil.is_null().or(mails::Column::LeaseUntil.lt(now.as_micros())))
        .order_by_asc(mails::Column::DueAt)
        .limit(rows_max)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(db)
        .await?;
    let ids: Vec<Uuid> = found.iter().map(|row| row.id).collect();
    mails::Entity::update_many()
        .col_expr(mails::Column::LeaseUntil, Expr::value(lease_until.as_micros()))
        .filter(mails::Column::Id.is_in(ids))
        .exec(db)
        .await?;
    found.into_iter().map(waiting_mail_of).collect()
}

/// Whether any mail is due; cheap.
pub(crate) async fn is_any_due(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    now: Timestamp,
) -> Result<bool, DbErr> {
    let due = mails::Entity::find()
        .filter(mails::Column::State.eq(MailState::Waiting.code()))
        .filter(mails::Column::DueAt.lte(now.as_micros()))
        .limit(1);
    Ok(due.one(db).await?.is_some())
}

/// Notes that a mail was handed over.
pub(crate) async fn note_sent(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    id: Uuid,
    now: Timestamp,
) -> Result<(), DbErr> {
    mails::Entity::update_many()
        .col_expr(mails::Column::State, Expr::value(MailState::Sent.code()))
        .col_expr(mails::Column::SentAt, Expr::value(now.as_micros()))
        .col_expr(mails::Column::AttemptCount, Expr::col(mails::Column::AttemptCount).add(1))
        .col_expr(mails::Column::LeaseUntil, Expr::value(Option::<i64>::None))
        .filter(mails::Column::Id.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Notes that a mail could not be handed over; `due_at` is the next try, `None` gives up.
pub(crate) async fn note_failed(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    id: Uuid,
    error: &str,
    due_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), DbErr> {
    let state = if due_at.is_some() { MailState::Waiting } else { MailState::Failed };
    let mut update = mails::Entity::update_many()
        .col_expr(mails::Column::State, Expr::value(state.code()))
        .col_expr(mails::Column::LastError, Expr::value(error))
        .col_expr(mails::Column::FailedAt, Expr::value(now.as_micros()))
        .col_expr(mails::Column::AttemptCount, Expr::col(mails::Column::AttemptCount).add(1))
        .col_expr(mails::Column::LeaseUntil, Expr::value(Option::<i64>::None));
    if let Some(due_at) = due_at {
        update = update.col_expr(mails::Column::DueAt, Expr::value(due_at.as_micros()));
    }
    update.filter(mails::Column::Id.eq(id)).exec(db).await.map(|_| ())
}

/// Opens the window of an address, if none is open. Whether this call opened it: then the alert goes at once.
pub(crate) async fn open_window(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    recipient: &str,
    closes_at: Timestamp,
) -> Result<bool, DbErr> {
    let row = alert_windows::ActiveModel {
        recipient: Set(recipient.to_owned()),
        closes_at: Set(closes_at.as_micros()),
    };
    let conflict = OnConflict::column(alert_windows::Column::Recipient).do_nothing().to_owned();
    let inserted =
        alert_windows::Entity::insert(row).on_conflict(conflict).exec_without_returning(db).await?;
    Ok(inserted > 0)
}

/// Keeps an alert for the digest.
pub(crate) async fn wait_for_digest(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    recipient: &str,
    ip_code: &IpCode,
    send_error: PaymentId,
    now: Timestamp,
) -> Result<(), DbErr> {
    let row = waiting_alerts::ActiveModel {
        id: Set(Uuid::now_v7()),
        recipient: Set(recipient.to_owned()),
        ip_code: Set(ip_code.as_str().to_owned()),
        send_error_id: Set(send_error.value()),
        raised_at: Set(now.as_micros()),
    };
    waiting_alerts::Entity::insert(row).exec_without_returning(db).await.map(|_| ())
}

/// Whether any window is to be closed; cheap.
pub(crate) async fn is_any_window_over(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    now: Timestamp,
) -> Result<bool, DbErr> {
    let over =
        alert_windows::Entity::find().filter(alert_windows::Column::ClosesAt.lte(now.as_micros())).limit(1);
    Ok(over.one(db).await?.is_some())
}

/// The addresses whose window is over, locked until the transaction ends.
pub(crate) async fn lock_windows_over(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    now: Timestamp,
    rows_max: u64,
) -> Result<Vec<String>, DbErr> {
    let over = alert_windows::Entity::find()
        .filter(alert_windows::Column::ClosesAt.lte(now.as_micros()))
        .limit(rows_max)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    Ok(over.all(db).await?.into_iter().map(|row| row.recipient).collect())
}

/// Closes a window: the next alert goes at once again.
pub(crate) async fn close_window(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    recipient: &str,
) -> Result<(), DbErr> {
    alert_windows::Entity::delete_by_id(recipient.to_owned()).exec(db).await.map(|_| ())
}

/// Lets a window run on, because a digest goes out now.
pub(crate) async fn extend_window(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    recipient: &str,
    closes_at: Timestamp,
) -> Result<(), DbErr> {
    alert_windows::Entity::update_many()
        .col_expr(alert_windows::Column::ClosesAt, Expr::value(closes_at.as_micros()))
        .filter(alert_windows::Column::Recipient.eq(recipient))
        .exec(db)
        .await
        .map(|_| ())
}

/// Takes the send errors whose alerts wait for an address, oldest first, at most [`DIGEST_ALERTS_MAX`].
pub(crate) async fn take_waiting(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    recipient: &str,
) -> Result<Vec<PaymentId>, DbErr> {
    let found = waiting_alerts::Entity::find()
        .filter(waiting_alerts::Column::Recipient.eq(recipient))
        .order_by_asc(waiting_alerts::Column::RaisedAt)
        .limit(DIGEST_ALERTS_MAX)
        .all(db)
        .await?;
    let taken: Vec<Uuid> = found.iter().map(|row| row.id).collect();
    waiting_alerts::Entity::delete_many().filter(waiting_alerts::Column::Id.is_in(taken)).exec(db).await?;
    Ok(found.into_iter().map(|row| PaymentId::new(row.send_error_id)).collect())
}

fn waiting_mail_of(row: mails::Model) -> Result<WaitingMail, DbErr> {
    let order = row.ip_code.as_deref().zip(row.order_id);
    let order = order.map(|(ip_code, id)| Ok::<_, DbErr>((rows::ip_code(ip_code)?, OrderId::new(id))));
    Ok(WaitingMail {
        order: order.transpose()?,
        id: row.id,
        recipient: row.recipient,
        subject: row.subject,
        body: row.body,
        attempt_count: rows::count(row.attempt_count),
    })
}

//! What happened to payments, read for many of them with one query a kind. The caller gives payments that may be
//! seen; bodies of requests and answers are not read here.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, Query},
};
use todoke_domain::{
    delivery::{Cause, Outcome},
    ids::{AttemptId, DecisionId, IpCode, PaymentId},
    payment::Parameter,
    resend_batch::{BatchAction, BatchRowState},
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    abnormal_order_rows::row_of,
    abnormal_orders::AbnormalOrder,
    entity::{
        abnormal_orders, attempts, decisions, mail_subjects, mails, payment_results, resend_batch_rows,
        resend_batches,
    },
    rows,
};
use crate::auth::scope::Scope;

/// A result that came in.
#[derive(Clone, Debug)]
pub(crate) struct ResultMark {
    /// The payment.
    pub payment: PaymentId,
    /// The provider's status.
    pub status: String,
    /// When it came in.
    pub at: Timestamp,
}

/// An attempt that was made.
#[derive(Clone, Debug)]
pub(crate) struct AttemptMark {
    /// The attempt.
    pub id: AttemptId,
    /// The payment.
    pub payment: PaymentId,
    /// The decision behind it.
    pub decision: Option<DecisionId>,
    /// When it began.
    pub at: Timestamp,
    /// How it ended.
    pub outcome: Outcome,
    /// The answer's status.
    pub http_status: Option<u16>,
}

/// A decision about one row.
#[derive(Clone, Debug)]
pub(crate) struct DecisionMark {
    /// The payment.
    pub payment: PaymentId,
    /// What, by its stored name.
    pub kind: String,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
    /// The parameters before and after an edit.
    pub edit: Option<(Vec<Parameter>, Vec<Parameter>)>,
}

/// A row's part in a batch that was started.
#[derive(Clone, Debug)]
pub(crate) struct BatchMark {
    /// The payment.
    pub payment: PaymentId,
    /// What the batch did with its rows.
    pub action: BatchAction,
    /// What became of this one.
    pub state: BatchRowState,
    /// Who planned it.
    pub by: String,
    /// Why.
    pub reason: Option<String>,
    /// When it was started.
    pub started_at: Timestamp,
    /// When this row got its outcome.
    pub finished_at: Option<Timestamp>,
}

/// A mail about a row.
#[derive(Clone, Debug)]
pub(crate) struct MailMark {
    /// The payment.
    pub payment: PaymentId,
    /// To whom.
    pub recipient: String,
    /// When it was put into the outbox.
    pub queued_at: Timestamp,
    /// When it was handed over.
    pub sent_at: Option<Timestamp>,
    /// When the newest try failed, and why.
    pub failure: Option<(Timestamp, String)>,
}

/// The results of these payments.
pub(crate) async fn list_results(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    payments: &[PaymentId],
) -> Result<Vec<ResultMark>, DbErr> {
    let found: Vec<(Uuid, String, i64)> = payment_results::Entity::find()
        .select_only()
        .columns([
            payment_results::Column::PaymentId,
            payment_results::Column::Status,
            payment_results::Column::ReceivedAt,
        ])
        .filter(payment_results::Column::PaymentId.is_in(values(payments)))
        .into_tuple()
        .all(db)
        .await?;
    let mark = |(payment, status, at)| ResultMark {
        payment: PaymentId::new(payment),
        status,
        at: Timestamp::from_micros(at),
    };
    Ok(found.into_iter().map(mark).collect())
}

/// The newest attempts of these payments, at most so many of each.
pub(crate) async fn list_attempts(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    payments: &[PaymentId],
    most_of_each: u64,
) -> Result<Vec<AttemptMark>, DbErr> {
    let columns = [
        attempts::Column::Id,
        attempts::Column::PaymentId,
        attempts::Column::DecisionId,
        attempts::Column::StartedAt,
        attempts::Column::Cause,
        attempts::Column::HttpStatus,
    ];
    let numbered = Query::select()
        .columns(columns)
        .expr_as(Expr::cust("ROW_NUMBER() OVER (PARTITION BY payment_id ORDER BY started_at DESC)"), "place")
        .from(attempts::Entity)
        .and_where(Expr::col(attempts::Column::PaymentId).is_in(values(payments)))
        .to_owned();
    let newest = Query::select()
        .columns(columns)
        .from_subquery(numbered, "numbered")
        .and_where(Expr::col("place").lte(most_of_each))
        .to_owned();
    let read = |row: &sea_orm::QueryResult| {
        let cause: Option<String> = row.try_get_by_index(4)?;
        let outcome = match cause {
            None => Outcome::Delivered,
            Some(cause) => Outcome::Failed(rows::named("attempts.cause", &cause, Cause::from_code)?),
        };
        Ok(AttemptMark {
            id: AttemptId::new(row.try_get_by_index(0)?),
            payment: PaymentId::new(row.try_get_by_index(1)?),
            decision: row.try_get_by_index::<Option<Uuid>>(2)?.map(DecisionId::new),
            at: Timestamp::from_micros(row.try_get_by_index(3)?),
            outcome,
            http_status: row.try_get_by_index::<Option<i32>>(5)?.and_then(|status| status.try_into().ok()),
        })
    };
    db.query_all(&newest).await?.iter().map(read).collect()
}

/// The decisions about these payments' rows.
pub(crate) async fn list_decisions(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    payments: &[PaymentId],
) -> Result<Vec<DecisionMark>, DbErr> {
    let query = decisions::Entity::find().filter(decisions::Column::SubjectId.is_in(values(payments)));
    let mark = |row: decisions::Model| {
        let edit = match (&row.parameters_before, &row.parameters_after) {
            (Some(before), Some(after)) => {
                Some((rows::parameters_from_json(before)?, rows::parameters_from_json(after)?))
            }
            _ => None,
        };
        Ok(DecisionMark {
            payment: PaymentId::new(row.subject_id),
            kind: row.kind,
            by: row.actor_name,
            reason: row.reason,
            at: Timestamp::from_micros(row.decided_at),
            edit,
        })
    };
    query.all(db).await?.into_iter().map(mark).collect()
}

/// The started batches in which these payments' rows are.
pub(crate) async fn list_batches(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    payments: &[PaymentId],
) -> Result<Vec<BatchMark>, DbErr> {
    let query = resend_batch_rows::Entity::find()
        .filter(resend_batch_rows::Column::SendErrorId.is_in(values(payments)));
    let parts = query.all(db).await?;
    let ids: Vec<Uuid> = parts.iter().map(|part| part.batch_id).collect();
    let batches: HashMap<Uuid, resend_batches::Model> = resend_batches::Entity::find()
        .filter(resend_batches::Column::Id.is_in(ids))
        .filter(resend_batches::Column::StartedAt.is_not_null())
        .all(db)
        .await?
        .into_iter()
        .map(|batch| (batch.id, batch))
        .collect();
    let started = parts.into_iter().filter_map(|part| {
        let batch = batches.get(&part.batch_id)?;
        Some((part, batch, batch.started_at?))
    });
    let mark = |(part, batch, started_at): (resend_batch_rows::Model, &resend_batches::Model, i64)| {
        Ok(BatchMark {
            payment: PaymentId::new(part.send_error_id),
            action: rows::named("resend_batches.action", &batch.action, BatchAction::from_code)?,
            state: rows::named("resend_batch_rows.state", &part.state, BatchRowState::from_code)?,
            by: batch.actor_name.clone(),
            reason: batch.reason.clone(),
            started_at: Timestamp::from_micros(started_at),
            finished_at: part.finished_at.map(Timestamp::from_micros),
        })
    };
    started.map(mark).collect()
}

/// The mails about these payments' rows.
pub(crate) async fn list_mails(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    payments: &[PaymentId],
) -> Result<Vec<MailMark>, DbErr> {
    let links = mail_subjects::Entity::find()
        .filter(mail_subjects::Column::SubjectId.is_in(values(payments)))
        .all(db)
        .await?;
    let ids: Vec<Uuid> = links.iter().map(|link| link.mail_id).collect();
    let found: HashMap<Uuid, mails::Model> = mails::Entity::find()
        .filter(mails::Column::Id.is_in(ids))
        .all(db)
        .await?
        .into_iter()
        .map(|mail| (mail.id, mail))
        .collect();
    let mark = |link: mail_subjects::Model| {
        let mail = found.get(&link.mail_id)?;
        Some(MailMark {
            payment: PaymentId::new(link.subject_id),
            recipient: mail.recipient.clone(),
            queued_at: Timestamp::from_micros(mail.created_at),
            sent_at: mail.sent_at.map(Timestamp::from_micros),
            failure: mail.failed_at.map(Timestamp::from_micros).zip(mail.last_error.clone()),
        })
    };
    Ok(links.into_iter().filter_map(mark).collect())
}

/// The abnormal orders with one of these numbers.
pub(crate) async fn list_abnormal_orders(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    wanted: &[(IpCode, String)],
) -> Result<Vec<AbnormalOrder>, DbErr> {
    let query = abnormal_orders::Entity::find()
        .filter(of_numbers(abnormal_orders::Column::IpCode, abnormal_orders::Column::OrderNo, wanted))
        .filter(abnormal_orders::Column::DeletedAt.is_null());
    query.all(db).await?.into_iter().map(row_of).collect()
}

/// Rows whose IP code and number are one of these pairs: a seek of the index for each IP code.
pub(super) fn of_numbers(
    ip_code: impl ColumnTrait,
    number: impl ColumnTrait,
    wanted: &[(IpCode, String)],
) -> Condition {
    let mut of_codes: HashMap<&IpCode, Vec<&str>> = HashMap::new();
    for (code, number) in wanted {
        of_codes.entry(code).or_default().push(number);
    }
    of_codes.into_iter().fold(Condition::any(), |any, (code, numbers)| {
        any.add(Condition::all().add(ip_code.eq(code.as_str())).add(number.is_in(numbers)))
    })
}

fn values(payments: &[PaymentId]) -> Vec<Uuid> {
    payments.iter().map(|id| id.value()).collect()
}

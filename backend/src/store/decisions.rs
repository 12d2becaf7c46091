//! Decisions: who decided what about which row, and why. One decision leads to at most one request.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use todoke_domain::{
    ids::{DecisionId, DeliveryId, IpCode},
    payment::Parameter,
    time::Timestamp,
};
use uuid::Uuid;

use super::{entity::decisions, few_statements::padded, rows};
use crate::auth::scope::Scope;

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DecisionKind {
    /// 再送信.
    Resend,
    /// 処理済.
    MarkProcessed,
    /// 未処理に戻す.
    Reopen,
    /// 復旧.
    Restore,
    /// A mail to the buyer of an order.
    OrderMail,
    /// The start of a resend batch.
    ResendBatch,
    /// `order.restored` was sent by hand.
    OrderEvent,
    /// The start of a restore batch.
    RestoreBatch,
}

impl DecisionKind {
    /// The name in storage.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Resend => "RESEND",
            Self::MarkProcessed => "MARK_PROCESSED",
            Self::Reopen => "REOPEN",
            Self::Restore => "RESTORE",
            Self::OrderMail => "ORDER_MAIL",
            Self::ResendBatch => "RESEND_BATCH",
            Self::OrderEvent => "ORDER_EVENT",
            Self::RestoreBatch => "RESTORE_BATCH",
        }
    }
}

impl DecisionKind {
    const ALL: [Self; 8] = [
        Self::Resend,
        Self::MarkProcessed,
        Self::Reopen,
        Self::Restore,
        Self::OrderMail,
        Self::ResendBatch,
        Self::OrderEvent,
        Self::RestoreBatch,
    ];

    /// The kind of this name.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// A decision to be stored. Who decides is the scope's actor.
#[derive(Clone, Debug)]
pub(crate) struct NewDecision<'a> {
    /// The decision.
    pub id: DecisionId,
    /// What.
    pub kind: DecisionKind,
    /// Whose row.
    pub ip_code: &'a IpCode,
    /// The row.
    pub subject: Uuid,
    /// The delivery it sets going.
    pub delivery_id: Option<DeliveryId>,
    /// Why.
    pub reason: Option<&'a str>,
    /// The key by which a repeat is known.
    pub idempotency_key: Option<&'a str>,
    /// The parameters before and after an edit.
    pub parameters: Option<(&'a [Parameter], &'a [Parameter])>,
    /// Now.
    pub decided_at: Timestamp,
}

/// A decision as stored.
#[derive(Clone, Debug)]
pub(crate) struct Decision {
    /// The decision.
    pub id: DecisionId,
    /// What, by its stored name.
    pub kind: String,
    /// The row.
    pub subject: Uuid,
    /// Who.
    pub actor_name: String,
    /// When.
    pub decided_at: Timestamp,
    /// The parameters after an edit.
    pub parameters_after: Option<Vec<Parameter>>,
}

/// Stores a decision.
pub(crate) async fn insert(
    scope: &Scope,
    db: &impl ConnectionTrait,
    new: NewDecision<'_>,
) -> Result<(), DbErr> {
    let (before, after) = match new.parameters {
        Some((before, after)) => {
            (Some(rows::parameters_to_json(before)?), Some(rows::parameters_to_json(after)?))
        }
        None => (None, None),
    };
    let row = decisions::ActiveModel {
        id: Set(new.id.value()),
        kind: Set(new.kind.code().to_owned()),
        ip_code: Set(new.ip_code.as_str().to_owned()),
        subject_id: Set(new.subject),
        delivery_id: Set(new.delivery_id.map(DeliveryId::value)),
        actor_id: Set(scope.actor().id()),
        actor_name: Set(scope.actor().name().to_owned()),
        reason: Set(new.reason.map(str::to_owned)),
        idempotency_key: Set(new.idempotency_key.map(str::to_owned)),
        parameters_before: Set(before),
        parameters_after: Set(after),
        decided_at: Set(new.decided_at.as_micros()),
    };
    decisions::Entity::insert(row).exec_without_returning(db).await.map(|_| ())
}

/// The decision that the scope's actor made with this key.
pub(crate) async fn find_by_key(
    scope: &Scope,
    db: &impl ConnectionTrait,
    key: &str,
) -> Result<Option<Decision>, DbErr> {
    let by_actor = match scope.actor().id() {
        Some(actor) => decisions::Column::ActorId.eq(actor),
        None => decisions::Column::ActorId.is_null(),
    };
    let query = decisions::Entity::find().filter(by_actor).filter(decisions::Column::IdempotencyKey.eq(key));
    query.one(db).await?.map(decision_of).transpose()
}

/// The newest decision of a kind about a row.
pub(crate) async fn find_newest(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    subject: Uuid,
    kind: DecisionKind,
) -> Result<Option<Decision>, DbErr> {
    let query = decisions::Entity::find()
        .filter(decisions::Column::SubjectId.eq(subject))
        .filter(decisions::Column::Kind.eq(kind.code()))
        .order_by_desc(decisions::Column::DecidedAt)
        .limit(1);
    query.one(db).await?.map(decision_of).transpose()
}

/// Decisions by their ids. For the worker and for answers about conflicts.
pub(crate) async fn load(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    ids: &[DecisionId],
) -> Result<Vec<Decision>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids = padded(ids.iter().map(|id| id.value()));
    let found = decisions::Entity::find().filter(decisions::Column::Id.is_in(ids)).all(db).await?;
    found.into_iter().map(decision_of).collect()
}

fn decision_of(row: decisions::Model) -> Result<Decision, DbErr> {
    Ok(Decision {
        id: DecisionId::new(row.id),
        kind: row.kind,
        subject: row.subject_id,
        actor_name: row.actor_name,
        decided_at: Timestamp::from_micros(row.decided_at),
        parameters_after: row.parameters_after.as_deref().map(rows::parameters_from_json).transpose()?,
    })
}

//! The audit log: who did or tried what, when, from where, before and after.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter,
};
use todoke_domain::{ids::IpCode, time::Timestamp};
use uuid::Uuid;

use super::entity::audit_events;
use crate::auth::scope::Scope;

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AuditOutcome {
    /// Done.
    Done,
    /// Refused; the text says why.
    Refused(&'static str),
}

/// Something for the log.
#[derive(Clone, Debug)]
pub(crate) struct AuditEntry<'a> {
    /// The mutation's or command's name.
    pub action: &'static str,
    /// Whose.
    pub ip_code: Option<&'a IpCode>,
    /// The thing acted on.
    pub subject: Option<String>,
    /// How it ended.
    pub outcome: AuditOutcome,
    /// The state before, as JSON.
    pub before: Option<serde_json::Value>,
    /// The state after, as JSON.
    pub after: Option<serde_json::Value>,
}

impl<'a> AuditEntry<'a> {
    /// Something that was done.
    pub(crate) fn done(action: &'static str, ip_code: Option<&'a IpCode>, subject: impl ToString) -> Self {
        Self {
            action,
            ip_code,
            subject: Some(subject.to_string()),
            outcome: AuditOutcome::Done,
            before: None,
            after: None,
        }
    }

    /// Something that was refused.
    pub(crate) fn refused(
        action: &'static str,
        ip_code: Option<&'a IpCode>,
        subject: impl ToString,
        why: &'static str,
    ) -> Self {
        Self { outcome: AuditOutcome::Refused(why), ..Self::done(action, ip_code, subject) }
    }

    /// With the states before and after.
    pub(crate) fn with_change(mut self, before: serde_json::Value, after: serde_json::Value) -> Self {
        self.before = Some(before);
        self.after = Some(after);
        self
    }
}

/// Writes an entry, in the transaction of what it tells about.
pub(crate) async fn insert_event(
    scope: &Scope,
    db: &impl ConnectionTrait,
    entry: AuditEntry<'_>,
    now: Timestamp,
) -> Result<(), DbErr> {
    let outcome = match entry.outcome {
        AuditOutcome::Done => "DONE".to_owned(),
        AuditOutcome::Refused(why) => format!("REFUSED {why}"),
    };
    let row = audit_events::ActiveModel {
        id: Set(Uuid::now_v7()),
        at: Set(now.as_micros()),
        actor_kind: Set(scope.actor().kind().to_owned()),
        actor_id: Set(scope.actor().id()),
        actor_name: Set(scope.actor().name().to_owned()),
        ip_code: Set(entry.ip_code.map(|ip_code| ip_code.as_str().to_owned())),
        action: Set(entry.action.to_owned()),
        subject: Set(entry.subject),
        outcome: Set(outcome),
        address: Set(scope.origin().address.clone()),
        request_id: Set(scope.origin().request_id.clone()),
        before: Set(entry.before.map(|value| value.to_string())),
        after: Set(entry.after.map(|value| value.to_string())),
    };
    audit_events::Entity::insert(row).exec_without_returning(db).await.map(|_| ())
}

/// How often something was done with an IP code since then, by whomever.
pub(crate) async fn count_done(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    action: &str,
    ip_code: &IpCode,
    since: Timestamp,
) -> Result<u64, DbErr> {
    audit_events::Entity::find()
        .filter(audit_events::Column::IpCode.eq(ip_code.as_str()))
        .filter(audit_events::Column::At.gt(since.as_micros()))
        .filter(audit_events::Column::Action.eq(action))
        .filter(audit_events::Column::Outcome.eq("DONE"))
        .count(db)
        .await
}

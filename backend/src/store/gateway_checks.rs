//! What the gateway last said of an abnormal order's payment: the evidence beside the row.

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, sea_query::Expr};
use serde::{Deserialize, Serialize};
use todoke_domain::{gateway_check::Problem, ids::AbnormalOrderId, time::Timestamp};

use super::{abnormal_orders::StoredEvidence, entity::abnormal_orders, rows};
use crate::auth::scope::Scope;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum CheckOutcome {
    /// Paid, the same amount, the same transaction.
    Passed,
    /// The gateway contradicts the notification.
    Blocked,
    /// Nobody knows.
    Unreachable,
}

impl CheckOutcome {
    /// The name on the wire.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Passed => "PASSED",
            Self::Blocked => "BLOCKED",
            Self::Unreachable => "UNREACHABLE",
        }
    }
}

/// A check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GatewayCheck {
    /// How it ended.
    pub outcome: CheckOutcome,
    /// What went wrong.
    pub problem: Option<Problem>,
    /// The transaction's state, as it came.
    pub status: Option<String>,
    /// Amount and tax together.
    pub amount: Option<i32>,
    /// ErrCode and ErrInfo.
    pub error: Option<(String, String)>,
    /// What contradicts.
    pub evidence: Option<StoredEvidence>,
    /// When it was asked.
    pub at: Timestamp,
    /// Who asked.
    pub by: String,
}

/// The JSON of the column. A shape of its own, so that the type above may change.
#[derive(Serialize, Deserialize)]
struct Stored {
    outcome: CheckOutcome,
    problem: Option<String>,
    status: Option<String>,
    amount: Option<i32>,
    error: Option<(String, String)>,
    evidence: Option<(String, String, String)>,
    at: i64,
    by: String,
}

/// Keeps a check beside its row; the one before is replaced, the audit log keeps them all.
pub(crate) async fn put(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    id: AbnormalOrderId,
    check: &GatewayCheck,
) -> Result<(), DbErr> {
    abnormal_orders::Entity::update_many()
        .col_expr(abnormal_orders::Column::GatewayCheck, Expr::value(to_json(check)?))
        .filter(abnormal_orders::Column::Id.eq(id.value()))
        .exec(db)
        .await
        .map(|_| ())
}

/// The text of the column.
pub(super) fn to_json(check: &GatewayCheck) -> Result<String, DbErr> {
    let evidence = check.evidence.clone();
    rows::to_json(&Stored {
        outcome: check.outcome,
        problem: check.problem.map(|problem| problem.code().to_owned()),
        status: check.status.clone(),
        amount: check.amount,
        error: check.error.clone(),
        evidence: evidence.map(|evidence| (evidence.field, evidence.expected, evidence.actual)),
        at: check.at.as_micros(),
        by: check.by.clone(),
    })
}

/// The check of the column.
pub(super) fn from_json(text: &str) -> Result<GatewayCheck, DbErr> {
    let stored: Stored = rows::json("gateway_check", text)?;
    let problem = stored.problem.as_deref();
    Ok(GatewayCheck {
        outcome: stored.outcome,
        problem: problem.map(|code| rows::named("gateway_check", code, Problem::from_code)).transpose()?,
        status: stored.status,
        amount: stored.amount,
        error: stored.error,
        evidence: stored.evidence.map(|(field, expected, actual)| StoredEvidence { field, expected, actual }),
        at: Timestamp::from_micros(stored.at),
        by: stored.by,
    })
}

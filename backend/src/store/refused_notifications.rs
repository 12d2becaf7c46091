//! How many notifications of a known shop were refused, by day and reason. Counts only: what was refused is not kept.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use todoke_domain::{access::Action, ids::IpCode, time::Timestamp};

use super::{
    entity::refused_notifications::{self, Column},
    rows,
};
use crate::auth::scope::Scope;

/// Rows that are read: a month of days with every reason.
const ROWS_MAX: u64 = 100;

/// Why a notification of a known shop was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotificationRefusal {
    /// It came from elsewhere than the setting allows.
    SourceRefused,
    /// The gateway is off for this IP code.
    Disabled,
    /// It cannot be read.
    Unreadable,
}

/// The refusals of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RefusedNotifications {
    /// The day in Tokyo, `yyyy-mm-dd`.
    pub day: String,
    /// Why.
    pub reason: NotificationRefusal,
    /// How many.
    pub count: u32,
    /// When the last one came.
    pub last_at: Timestamp,
}

impl NotificationRefusal {
    const fn code(self) -> &'static str {
        match self {
            Self::SourceRefused => "SOURCE_REFUSED",
            Self::Disabled => "DISABLED",
            Self::Unreadable => "UNREADABLE",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        [Self::SourceRefused, Self::Disabled, Self::Unreadable]
            .into_iter()
            .find(|reason| reason.code() == code)
    }
}

/// Counts one more.
pub(crate) async fn count_one(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    ip_code: &IpCode,
    reason: NotificationRefusal,
    at: Timestamp,
) -> Result<(), DbErr> {
    let row = refused_notifications::ActiveModel {
        ip_code: Set(ip_code.as_str().to_owned()),
        day: Set(at.tokyo_date().to_string()),
        reason: Set(reason.code().to_owned()),
        count: Set(1),
        last_at: Set(at.as_micros()),
    };
    let counted = Expr::col((refused_notifications::Entity, Column::Count)).add(1);
    let conflict = OnConflict::columns([Column::IpCode, Column::Day, Column::Reason])
        .value(Column::Count, counted)
        .update_column(Column::LastAt)
        .to_owned();
    refused_notifications::Entity::insert(row)
        .on_conflict(conflict)
        .exec_without_returning(db)
        .await
        .map(|_| ())
}

/// The refusals of an IP code since a day, newest first.
pub(crate) async fn list(
    scope: &Scope,
    db: &impl ConnectionTrait,
    ip_code: &IpCode,
    since: Timestamp,
) -> Result<Vec<RefusedNotifications>, DbErr> {
    if !scope.may(ip_code, Action::View) {
        return Ok(Vec::new());
    }
    let query = refused_notifications::Entity::find()
        .filter(Column::IpCode.eq(ip_code.as_str()))
        .filter(Column::Day.gte(since.tokyo_date().to_string()))
        .order_by_desc(Column::Day)
        .order_by_asc(Column::Reason)
        .limit(ROWS_MAX);
    let refused_of = |row: refused_notifications::Model| {
        Ok(RefusedNotifications {
            reason: rows::named("refused_notifications.reason", &row.reason, NotificationRefusal::from_code)?,
            day: row.day,
            count: rows::count(row.count),
            last_at: Timestamp::from_micros(row.last_at),
        })
    };
    query.all(db).await?.into_iter().map(refused_of).collect()
}

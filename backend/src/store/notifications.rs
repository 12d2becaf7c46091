//! Result notifications as they came, secrets left out.

use std::collections::BTreeMap;

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    TryInsertResult,
    sea_query::{Expr, OnConflict, SelectStatement, UnionType},
};
use todoke_domain::{
    ids::{AbnormalOrderId, IpCode, NotificationId},
    notification::Notification,
    order::candidate_order_numbers,
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    entity::notifications::{self, Column},
    few_statements::{insert_in_runs, padded},
    rows, timelines,
};
use crate::auth::scope::Scope;

/// Order numbers of one query, well below the 500 that SQLite joins.
const NUMBERS_PER_QUERY_MAX: usize = 100;

/// A payment at the gateway: what its notifications have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GatewayPayment {
    /// The id of its row in the lists, whether or not there is one.
    pub id: AbnormalOrderId,
    /// Whose.
    pub ip_code: IpCode,
    /// The gateway's ShopID.
    pub shop_id: String,
    /// The order number as the gateway has it.
    pub gateway_order_id: String,
    /// The gateway's AccessID.
    pub access_id: String,
}

impl GatewayPayment {
    /// The payment as the gateway knows it: ShopID and OrderID.
    pub(crate) fn shop_order(&self) -> (String, String) {
        (self.shop_id.clone(), self.gateway_order_id.clone())
    }
}

/// A notification to be stored.
#[derive(Clone, Debug)]
pub(crate) struct NewNotification {
    /// The id, which a repeat has too.
    pub id: NotificationId,
    /// The payment.
    pub payment: GatewayPayment,
    /// Its status, as it came.
    pub status: String,
    /// The body without secrets.
    pub raw: Vec<u8>,
    /// When it came.
    pub received_at: Timestamp,
    /// When it is evaluated; `None` when it was.
    pub evaluate_at: Option<Timestamp>,
}

/// A notification as stored.
#[derive(Clone, Debug)]
pub(crate) struct StoredNotification {
    /// The notification.
    pub id: NotificationId,
    /// The payment's row.
    pub abnormal_order_id: AbnormalOrderId,
    /// When it came.
    pub received_at: Timestamp,
    /// Its fields.
    pub notification: Notification,
}

/// Stores a notification. Whether it is new; a repeat leaves everything as it is.
pub(crate) async fn insert(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    new: NewNotification,
) -> Result<bool, DbErr> {
    let inserted = notifications::Entity::insert(active_model(new))
        .on_conflict(OnConflict::column(Column::Id).do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(db)
        .await?;
    match inserted {
        TryInsertResult::Inserted(rows) => Ok(rows > 0),
        TryInsertResult::Conflicted | TryInsertResult::Empty => Ok(false),
    }
}

/// Stores many new ones at once, for sample data.
pub(crate) async fn insert_many(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    new: Vec<NewNotification>,
) -> Result<(), DbErr> {
    if new.is_empty() {
        return Ok(());
    }
    let models = new.into_iter().map(active_model).collect();
    insert_in_runs(db, models).await
}

/// Payments with a notification whose grace is over, longest waiting first.
pub(crate) async fn list_due(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    now: Timestamp,
    payments_max: u64,
) -> Result<Vec<GatewayPayment>, DbErr> {
    let found: Vec<PaymentColumns> = payments()
        .filter(Column::EvaluateAt.lte(now.as_micros()))
        .order_by_asc(Column::EvaluateAt.min())
        .limit(payments_max)
        .into_tuple()
        .all(db)
        .await?;
    found.into_iter().map(payment_of).collect()
}

/// Payments that were evaluated already and may mean one of these order numbers: exactly, or with a suffix.
pub(crate) async fn list_evaluated_of_numbers(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    ip_code: &IpCode,
    numbers: &[&str],
) -> Result<Vec<GatewayPayment>, DbErr> {
    let mut found: BTreeMap<AbnormalOrderId, GatewayPayment> = BTreeMap::new();
    for part in numbers.chunks(NUMBERS_PER_QUERY_MAX) {
        // One seek of the index for each number; an OR of ranges would read every notification of the IP code.
        let mut seeks = part.iter().map(|number| evaluated_near(ip_code, number));
        let Some(mut statement) = seeks.next() else { continue };
        for seek in seeks {
            statement.union(UnionType::All, seek);
        }
        for row in db.query_all(&statement).await? {
            let payment = payment_of(row.try_get_many_by_index()?)?;
            let candidates = candidate_order_numbers(&payment.gateway_order_id);
            if candidates.iter().any(|candidate| part.contains(&candidate.as_str())) {
                found.insert(payment.id, payment);
            }
        }
    }
    Ok(found.into_values().collect())
}

/// The number itself and what follows it up to its suffixes: a hyphen stands just before a dot.
fn evaluated_near(ip_code: &IpCode, number: &str) -> SelectStatement {
    payments()
        .filter(Column::IpCode.eq(ip_code.as_str()))
        .filter(Column::OrderId.gte(number))
        .filter(Column::OrderId.lt(format!("{number}.")))
        .filter(Column::EvaluateAt.is_null())
        .into_query()
}

/// Every notification of these payments, in the order in which they came.
pub(crate) async fn list_of_payments(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    payments: &[AbnormalOrderId],
) -> Result<Vec<StoredNotification>, DbErr> {
    let ids = padded(payments.iter().map(|id| id.value()));
    let query = notifications::Entity::find()
        .filter(Column::AbnormalOrderId.is_in(ids))
        .order_by_asc(Column::ReceivedAt)
        .order_by_asc(Column::Id);
    query.all(db).await?.into_iter().map(notification_of).collect()
}

/// The notifications with one of these numbers as the gateway has it, or of one of these payments; each with its IP
/// code and number. The caller has seen that the IP codes may be seen.
pub(crate) async fn list_of_numbers(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    wanted: &[(IpCode, String)],
    payments: &[AbnormalOrderId],
) -> Result<Vec<((IpCode, String), StoredNotification)>, DbErr> {
    let ids = padded(payments.iter().map(|id| id.value()));
    let either = timelines::of_numbers(Column::IpCode, Column::OrderId, wanted)
        .add(Column::AbnormalOrderId.is_in(ids));
    let keyed = |row: notifications::Model| {
        let key = (rows::ip_code(&row.ip_code)?, row.order_id.clone());
        Ok((key, notification_of(row)?))
    };
    notifications::Entity::find().filter(either).all(db).await?.into_iter().map(keyed).collect()
}

/// Notes that these were evaluated.
pub(crate) async fn mark_evaluated(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    evaluated: &[NotificationId],
) -> Result<(), DbErr> {
    let ids = padded(evaluated.iter().map(|id| id.value()));
    notifications::Entity::update_many()
        .col_expr(Column::EvaluateAt, Expr::value(Option::<i64>::None))
        .filter(Column::Id.is_in(ids))
        .filter(Column::EvaluateAt.is_not_null())
        .exec(db)
        .await
        .map(|_| ())
}

/// Puts the evaluation of a payment off, so that one that fails holds up no other.
pub(crate) async fn postpone(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    payment: AbnormalOrderId,
    until: Timestamp,
) -> Result<(), DbErr> {
    notifications::Entity::update_many()
        .col_expr(Column::EvaluateAt, Expr::value(until.as_micros()))
        .filter(Column::AbnormalOrderId.eq(payment.value()))
        .filter(Column::EvaluateAt.is_not_null())
        .exec(db)
        .await
        .map(|_| ())
}

type PaymentColumns = (Uuid, String, String, String, String);

fn payments() -> sea_orm::Select<notifications::Entity> {
    let columns =
        [Column::AbnormalOrderId, Column::IpCode, Column::ShopId, Column::OrderId, Column::AccessId];
    let query = notifications::Entity::find().select_only().columns(columns);
    columns.into_iter().fold(query, QuerySelect::group_by)
}

fn payment_of(columns: PaymentColumns) -> Result<GatewayPayment, DbErr> {
    let (id, ip_code, shop_id, gateway_order_id, access_id) = columns;
    let ip_code = rows::ip_code(&ip_code)?;
    Ok(GatewayPayment { id: AbnormalOrderId::new(id), ip_code, shop_id, gateway_order_id, access_id })
}

fn active_model(new: NewNotification) -> notifications::ActiveModel {
    let payment = new.payment;
    notifications::ActiveModel {
        id: Set(new.id.value()),
        abnormal_order_id: Set(payment.id.value()),
        ip_code: Set(String::from(payment.ip_code)),
        shop_id: Set(payment.shop_id),
        order_id: Set(payment.gateway_order_id),
        access_id: Set(payment.access_id),
        status: Set(new.status),
        raw: Set(new.raw),
        received_at: Set(new.received_at.as_micros()),
        evaluate_at: Set(new.evaluate_at.map(Timestamp::as_micros)),
    }
}

fn notification_of(row: notifications::Model) -> Result<StoredNotification, DbErr> {
    let unreadable =
        |fault| DbErr::Custom(format!("notification {} is stored but unreadable: {fault}", row.id));
    Ok(StoredNotification {
        id: NotificationId::new(row.id),
        abnormal_order_id: AbnormalOrderId::new(row.abnormal_order_id),
        received_at: Timestamp::from_micros(row.received_at),
        notification: Notification::parse(&row.raw).map_err(unreadable)?,
    })
}

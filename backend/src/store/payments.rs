//! Payments and their results: written once, never changed.

use std::collections::HashSet;

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QueryResult,
    sea_query::{OnConflict, Query},
};
use todoke_domain::{
    access::Action,
    ids::{DeliveryId, IpCode, PaymentId},
    money::Yen,
    payment::{Parameter, PaymentResult},
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    entity::{payment_results, payments},
    few_statements::padded,
    rows,
};
use crate::auth::scope::Scope;

/// A payment.
#[derive(Clone, Debug)]
pub(crate) struct Payment {
    /// The payment.
    pub id: PaymentId,
    /// Whose.
    pub ip_code: IpCode,
    /// The provider's transaction number.
    pub order_no: String,
    /// The carrier's code.
    pub carrier: String,
    /// When its first result came in.
    pub received_at: Timestamp,
}

/// One result of a payment, and whether it was delivered.
#[derive(Clone, Debug)]
pub(crate) struct StoredResult {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// The provider's status.
    pub status: String,
    /// The provider's error code.
    pub error_code: String,
    /// The amount.
    pub amount: Yen,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When it came in.
    pub received_at: Timestamp,
    /// Whether the endpoint acknowledged it.
    pub is_delivered: bool,
}

/// What a request and a send error are made of.
#[derive(Clone, Debug)]
pub(crate) struct ResultFacts {
    /// The payment.
    pub payment_id: PaymentId,
    /// The provider's transaction number.
    pub order_no: String,
    /// The carrier's code.
    pub carrier: String,
    /// The amount.
    pub amount: Yen,
    /// Digits, for searches.
    pub phone: String,
    /// Lower case, for searches.
    pub email: String,
    /// For searches.
    pub sendid: String,
    /// What is delivered, in wire order.
    pub parameters: Vec<Parameter>,
}

impl ResultFacts {
    /// Of a result that has just come in.
    pub(crate) fn of(result: PaymentResult) -> Self {
        Self {
            payment_id: result.payment_id,
            order_no: result.order_no,
            carrier: result.carrier,
            amount: result.amount,
            phone: result.search_keys.phone,
            email: result.search_keys.email,
            sendid: result.search_keys.sendid,
            parameters: result.parameters,
        }
    }
}

/// Stores results; those that were told before are left as they are. Returns the deliveries that are new.
/// Rows are written in the order of their ids, so that two machines never wait for each other in a circle.
pub(crate) async fn insert_results(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    results: &[PaymentResult],
    now: Timestamp,
) -> Result<HashSet<DeliveryId>, DbErr> {
    let mut ordered: Vec<&PaymentResult> = results.iter().collect();
    ordered.sort_by_key(|result| (result.payment_id, result.delivery_id));
    ordered.dedup_by_key(|result| result.delivery_id);
    insert_payments(db, &ordered, now).await?;
    let mut insert = Query::insert();
    insert.into_table(payment_results::Entity).columns([
        payment_results::Column::Id,
        payment_results::Column::PaymentId,
        payment_results::Column::Status,
        payment_results::Column::ErrorCode,
        payment_results::Column::Amount,
        payment_results::Column::Phone,
        payment_results::Column::Email,
        payment_results::Column::Sendid,
        payment_results::Column::Parameters,
        payment_results::Column::OccurredAt,
        payment_results::Column::ReceivedAt,
    ]);
    for result in ordered {
        let values = [
            result.delivery_id.value().into(),
            result.payment_id.value().into(),
            result.status.clone().into(),
            result.error_code.clone().into(),
            result.amount.amount().into(),
            result.search_keys.phone.clone().into(),
            result.search_keys.email.clone().into(),
            result.search_keys.sendid.clone().into(),
            rows::parameters_to_json(&result.parameters)?.into(),
            result.occurred_at.as_micros().into(),
            now.as_micros().into(),
        ];
        insert.values(values).map_err(|error| DbErr::Custom(error.to_string()))?;
    }
    insert
        .on_conflict(OnConflict::column(payment_results::Column::Id).do_nothing().to_owned())
        .returning_col(payment_results::Column::Id);
    let read_id = |row: &QueryResult| row.try_get_by_index::<Uuid>(0).map(DeliveryId::new);
    db.query_all(&insert).await?.iter().map(read_id).collect()
}

async fn insert_payments(
    db: &impl ConnectionTrait,
    ordered: &[&PaymentResult],
    now: Timestamp,
) -> Result<(), DbErr> {
    let mut insert = Query::insert();
    insert.into_table(payments::Entity).columns([
        payments::Column::Id,
        payments::Column::IpCode,
        payments::Column::OrderNo,
        payments::Column::Carrier,
        payments::Column::ReceivedAt,
    ]);
    let mut last = None;
    for result in ordered {
        if last == Some(result.payment_id) {
            continue;
        }
        last = Some(result.payment_id);
        let values = [
            result.payment_id.value().into(),
            result.ip_code.as_str().into(),
            result.order_no.clone().into(),
            result.carrier.clone().into(),
            now.as_micros().into(),
        ];
        insert.values(values).map_err(|error| DbErr::Custom(error.to_string()))?;
    }
    insert.on_conflict(OnConflict::column(payments::Column::Id).do_nothing().to_owned());
    db.execute(&insert).await.map(|_| ())
}

/// What the request of each delivery is made of. For the sender.
pub(crate) async fn load_facts(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    wanted: &[DeliveryId],
) -> Result<Vec<(DeliveryId, ResultFacts)>, DbErr> {
    let ids = padded(wanted.iter().map(|id| id.value()));
    let found =
        payment_results::Entity::find().filter(payment_results::Column::Id.is_in(ids)).all(db).await?;
    let payment_ids = padded(found.iter().map(|row| row.payment_id));
    let owners: std::collections::HashMap<Uuid, payments::Model> = payments::Entity::find()
        .filter(payments::Column::Id.is_in(payment_ids))
        .all(db)
        .await?
        .into_iter()
        .map(|payment| (payment.id, payment))
        .collect();
    let mut facts = Vec::with_capacity(found.len());
    for row in found {
        let Some(payment) = owners.get(&row.payment_id) else {
            return Err(DbErr::RecordNotFound(format!("payment {}", row.payment_id)));
        };
        let fact = ResultFacts {
            payment_id: PaymentId::new(row.payment_id),
            order_no: payment.order_no.clone(),
            carrier: payment.carrier.clone(),
            amount: rows::yen(row.amount)?,
            phone: row.phone,
            email: row.email,
            sendid: row.sendid,
            parameters: rows::parameters_from_json(&row.parameters)?,
        };
        facts.push((DeliveryId::new(row.id), fact));
    }
    Ok(facts)
}

/// A payment that may be seen.
pub(crate) async fn find(
    scope: &Scope,
    db: &impl ConnectionTrait,
    id: PaymentId,
) -> Result<Option<Payment>, DbErr> {
    Ok(find_many(scope, db, &[id]).await?.pop())
}

/// Those of these payments that may be seen.
pub(crate) async fn find_many(
    scope: &Scope,
    db: &impl ConnectionTrait,
    wanted: &[PaymentId],
) -> Result<Vec<Payment>, DbErr> {
    let ids = padded(wanted.iter().map(|id| id.value()));
    let payment = |row: payments::Model| {
        Ok(Payment {
            id: PaymentId::new(row.id),
            ip_code: rows::ip_code(&row.ip_code)?,
            order_no: row.order_no,
            carrier: row.carrier,
            received_at: Timestamp::from_micros(row.received_at),
        })
    };
    let found = payments::Entity::find().filter(payments::Column::Id.is_in(ids)).all(db).await?;
    let found: Result<Vec<Payment>, DbErr> = found.into_iter().map(payment).collect();
    Ok(found?.into_iter().filter(|payment| scope.may(&payment.ip_code, Action::View)).collect())
}

/// The results of a payment that may be seen, oldest first.
pub(crate) async fn list_results(
    scope: &Scope,
    db: &impl ConnectionTrait,
    payment: PaymentId,
) -> Result<Vec<StoredResult>, DbErr> {
    if find(scope, db, payment).await?.is_none() {
        return Ok(Vec::new());
    }
    let found = payment_results::Entity::find()
        .filter(payment_results::Column::PaymentId.eq(payment.value()))
        .order_by_asc(payment_results::Column::ReceivedAt)
        .order_by_asc(payment_results::Column::Id)
        .all(db)
        .await?;
    let ids: Vec<DeliveryId> = found.iter().map(|row| DeliveryId::new(row.id)).collect();
    let delivered = super::attempts::find_acknowledged(scope, db, &ids).await?;
    let parse = |row: payment_results::Model| {
        Ok(StoredResult {
            delivery_id: DeliveryId::new(row.id),
            status: row.status,
            error_code: row.error_code,
            amount: rows::yen(row.amount)?,
            occurred_at: Timestamp::from_micros(row.occurred_at),
            received_at: Timestamp::from_micros(row.received_at),
            is_delivered: delivered.contains(&DeliveryId::new(row.id)),
        })
    };
    found.into_iter().map(parse).collect()
}

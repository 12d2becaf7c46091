//! Abnormal orders: one row for each payment at the gateway that has not its order. Deleted rows are in no list.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, Select,
    sea_query::{Expr, OnConflict, Query, UnionType},
};
use todoke_domain::{
    abnormal_order::{AbnormalOrderStatus, Reason},
    abnormal_order_actions::{Resolution, RowState},
    access::Action,
    ids::{AbnormalOrderId, CheckoutId, IpCode, OrderId},
    money::Yen,
    search::Span,
    time::Timestamp,
};

use super::{
    abnormal_order_rows::{active_model, row_of},
    entity::abnormal_orders::{self, Column},
    few_statements::{insert_in_runs, padded},
    gateway_checks::GatewayCheck,
    keyset,
    notifications::GatewayPayment,
    page::{COUNT_MAX, Page, PageRequest, Place, Total},
};
use crate::auth::scope::Scope;

/// A row as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AbnormalOrder {
    /// The payment at the gateway.
    pub payment: GatewayPayment,
    /// The order number as the cart has it, where the cart has one; else the gateway's.
    pub order_no: String,
    /// Its state.
    pub status: AbnormalOrderStatus,
    /// Why it cannot be restored.
    pub reason: Option<Reason>,
    /// What contradicts.
    pub evidence: Option<StoredEvidence>,
    /// Cancelled at the gateway since.
    pub cancelled_at_gateway: bool,
    /// 復旧信号受信日時: when the first notification that says "paid" came.
    pub received_at: Timestamp,
    /// When it was evaluated last.
    pub evaluated_at: Timestamp,
    /// The checkout's part of the lists' columns.
    pub ordered: Option<Ordered>,
    /// The order through another payment that bears the same number.
    pub colliding_order: Option<OrderId>,
    /// The restore, once it happened.
    pub restored: Option<Restoration>,
    /// That a person closed it.
    pub closing: Option<Closing>,
    /// What the gateway said when it was asked last.
    pub gateway_check: Option<GatewayCheck>,
    /// Taken off the lists.
    pub deleted_at: Option<Timestamp>,
}

/// What contradicts: both values, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredEvidence {
    /// The notification's field.
    pub field: String,
    /// What was expected.
    pub expected: String,
    /// What came.
    pub actual: String,
}

/// What the lists show of a checkout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ordered {
    /// The checkout.
    pub checkout_id: CheckoutId,
    /// 注文種別.
    pub order_type: String,
    /// 注文日時.
    pub ordered_at: Timestamp,
    /// 注文者.
    pub customer_name: String,
    /// Name and e-mail address in the form in which they are searched.
    pub customer_search: String,
    /// 会員ID.
    pub member_id: Option<String>,
    /// 合計(税込).
    pub total: Yen,
    /// 送料(税込).
    pub shipping_fee: Yen,
    /// 個数.
    pub item_count: i32,
}

/// Who restored a row, when, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Restoration {
    /// The order made.
    pub order_id: OrderId,
    /// When.
    pub at: Timestamp,
    /// The login or the token's name.
    pub by: String,
}

/// Who closed a row, when, and what had been done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Closing {
    /// When.
    pub at: Timestamp,
    /// The login or the token's name.
    pub by: String,
    /// What was done.
    pub resolution: Resolution,
    /// More, in the person's words.
    pub note: Option<String>,
}

/// Which rows are wanted; every part given must hold.
#[derive(Clone, Debug, Default)]
pub(crate) struct AbnormalOrderFilter {
    /// Of these IP codes.
    pub ip_codes: Vec<IpCode>,
    /// One of the five lists; `None` is すべて.
    pub status: Option<AbnormalOrderStatus>,
    /// The beginning of the order number.
    pub order_no_prefix: Option<String>,
    /// A part of the normalised name or e-mail address.
    pub customer: Option<String>,
    /// 会員ID, exactly.
    pub member_id: Option<String>,
    /// Received in this span.
    pub span: Option<Span>,
}

/// How many rows each list has, each at most [`COUNT_MAX`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ListCounts {
    /// すべて.
    pub all: u64,
    /// 復旧対象.
    pub restorable: u64,
    /// 復旧済.
    pub restored: u64,
    /// 重複注文.
    pub duplicate: u64,
    /// 復旧不可.
    pub unrestorable: u64,
}

impl AbnormalOrder {
    /// The row's id.
    pub(crate) fn id(&self) -> AbnormalOrderId {
        self.payment.id
    }

    /// The parts that decide what may be done with it.
    pub(crate) fn state(&self) -> RowState {
        RowState {
            status: self.status,
            is_cancelled_at_gateway: self.cancelled_at_gateway,
            is_closed: self.closing.is_some(),
        }
    }

    fn place(&self) -> Place {
        Place { at: self.received_at.as_micros(), id: self.id().value() }
    }
}

/// Rows that may be seen, by their ids.
pub(crate) async fn load(
    scope: &Scope,
    db: &impl ConnectionTrait,
    ids: &[AbnormalOrderId],
) -> Result<Vec<AbnormalOrder>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids = padded(ids.iter().map(|id| id.value()));
    let query =
        abnormal_orders::Entity::find().filter(Column::Id.is_in(ids)).filter(Column::DeletedAt.is_null());
    let parsed: Result<Vec<AbnormalOrder>, DbErr> = query.all(db).await?.into_iter().map(row_of).collect();
    Ok(parsed?.into_iter().filter(|row| scope.may(&row.payment.ip_code, Action::View)).collect())
}

/// A row that may be seen.
pub(crate) async fn find(
    scope: &Scope,
    db: &impl ConnectionTrait,
    id: AbnormalOrderId,
) -> Result<Option<AbnormalOrder>, DbErr> {
    Ok(load(scope, db, &[id]).await?.pop())
}

/// A row that is about to be changed, deleted or not; on PostgreSQL nobody else changes it until the transaction ends.
pub(crate) async fn find_for_change(
    scope: &Scope,
    tx: &impl ConnectionTrait,
    id: AbnormalOrderId,
) -> Result<Option<AbnormalOrder>, DbErr> {
    let found = abnormal_orders::Entity::find_by_id(id.value()).lock_exclusive().one(tx).await?;
    let row = found.map(row_of).transpose()?;
    Ok(row.filter(|row| scope.may(&row.payment.ip_code, Action::View)))
}

/// Notes that a person closed a row.
pub(crate) async fn close(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    id: AbnormalOrderId,
    closing: &Closing,
) -> Result<(), DbErr> {
    abnormal_orders::Entity::update_many()
        .col_expr(Column::ClosedAt, Expr::value(closing.at.as_micros()))
        .col_expr(Column::ClosedBy, Expr::value(closing.by.as_str()))
        .col_expr(Column::Resolution, Expr::value(closing.resolution.code()))
        .col_expr(Column::ResolutionNote, Expr::value(closing.note.clone()))
        .filter(Column::Id.eq(id.value()))
        .exec(db)
        .await
        .map(|_| ())
}

/// Takes a row off the lists. It stays stored, so that no later notification of the same payment brings it back.
pub(crate) async fn delete(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    id: AbnormalOrderId,
    at: Timestamp,
) -> Result<(), DbErr> {
    abnormal_orders::Entity::update_many()
        .col_expr(Column::DeletedAt, Expr::value(at.as_micros()))
        .filter(Column::Id.eq(id.value()))
        .exec(db)
        .await
        .map(|_| ())
}

/// Stores a row, or brings it to a new state. That it was checked, closed or deleted stays.
pub(crate) async fn put(_scope: &Scope, db: &impl ConnectionTrait, row: &AbnormalOrder) -> Result<(), DbErr> {
    let conflict = OnConflict::column(Column::Id)
        .update_columns([
            Column::OrderNo,
            Column::Status,
            Column::Reason,
            Column::Evidence,
            Column::CancelledAtGateway,
            Column::ReceivedAt,
            Column::EvaluatedAt,
            Column::CheckoutId,
            Column::CollidingOrderId,
            Column::RestoredOrderId,
            Column::RestoredAt,
            Column::RestoredBy,
            Column::OrderType,
            Column::OrderedAt,
            Column::CustomerName,
            Column::CustomerSearch,
            Column::MemberId,
            Column::Total,
            Column::ShippingFee,
            Column::ItemCount,
        ])
        .to_owned();
    let model = active_model(row)?;
    abnormal_orders::Entity::insert(model).on_conflict(conflict).exec_without_returning(db).await.map(|_| ())
}

/// Stores many new rows at once, for sample data.
pub(crate) async fn insert_many(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    new: &[AbnormalOrder],
) -> Result<(), DbErr> {
    if new.is_empty() {
        return Ok(());
    }
    let models: Vec<abnormal_orders::ActiveModel> = new.iter().map(active_model).collect::<Result<_, _>>()?;
    insert_in_runs(db, models).await
}

/// Takes a row away: its order is there after all.
pub(crate) async fn remove(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    id: AbnormalOrderId,
) -> Result<(), DbErr> {
    abnormal_orders::Entity::delete_by_id(id.value()).exec(db).await.map(|_| ())
}

/// A page of a list, newest first.
pub(crate) async fn list(
    scope: &Scope,
    db: &impl ConnectionTrait,
    filter: &AbnormalOrderFilter,
    request: PageRequest,
) -> Result<Page<AbnormalOrder>, DbErr> {
    let codes = scope.narrow(&filter.ip_codes, Action::View);
    let queries = codes.iter().map(|ip_code| matching(filter, Column::IpCode.eq(ip_code.as_str()))).collect();
    keyset::page(db, queries, (Column::ReceivedAt, Column::Id), request, |row| {
        let row = row_of(row)?;
        Ok((row.place(), row))
    })
    .await
}

/// How many rows a list has.
pub(crate) async fn count(
    scope: &Scope,
    db: &impl ConnectionTrait,
    filter: &AbnormalOrderFilter,
) -> Result<Total, DbErr> {
    let codes = scope.narrow(&filter.ip_codes, Action::View);
    let queries = codes.iter().map(|ip_code| matching(filter, Column::IpCode.eq(ip_code.as_str()))).collect();
    keyset::count_together(db, queries, Column::Id, COUNT_MAX + 1).await.map(Total::of)
}

/// How many rows each of the five lists has, in one query; each count stops at [`COUNT_MAX`].
pub(crate) async fn count_lists(
    scope: &Scope,
    db: &impl ConnectionTrait,
    ip_codes: &[IpCode],
) -> Result<ListCounts, DbErr> {
    let visible: Vec<String> = scope.narrow(ip_codes, Action::View).into_iter().map(String::from).collect();
    if visible.is_empty() {
        return Ok(ListCounts::default());
    }
    let count_of = |status: AbnormalOrderStatus| {
        let filter = AbnormalOrderFilter { status: Some(status), ..AbnormalOrderFilter::default() };
        let counted =
            keyset::capped_count(matching(&filter, Column::IpCode.is_in(visible.clone())), Column::Id);
        Query::select()
            .expr_as(Expr::value(status.code()), "status")
            .expr_as(Expr::SubQuery(None, Box::new(counted.into())), "counted")
            .to_owned()
    };
    let mut statement = count_of(AbnormalOrderStatus::Restorable);
    for status in
        [AbnormalOrderStatus::Restored, AbnormalOrderStatus::Duplicate, AbnormalOrderStatus::Unrestorable]
    {
        statement.union(UnionType::All, count_of(status));
    }
    let mut counts = ListCounts::default();
    for row in db.query_all(&statement).await? {
        let status: String = row.try_get_by_index(0)?;
        let counted: i64 = row.try_get_by_index(1)?;
        let counted = u64::try_from(counted).unwrap_or(0).min(COUNT_MAX);
        counts.all = counts.all.saturating_add(counted).min(COUNT_MAX);
        match AbnormalOrderStatus::from_code(&status) {
            Some(AbnormalOrderStatus::Restorable) => counts.restorable = counted,
            Some(AbnormalOrderStatus::Restored) => counts.restored = counted,
            Some(AbnormalOrderStatus::Duplicate) => counts.duplicate = counted,
            Some(AbnormalOrderStatus::Unrestorable) => counts.unrestorable = counted,
            None => {}
        }
    }
    Ok(counts)
}

/// The rows that a filter finds among those of some IP codes.
pub(super) fn matching(filter: &AbnormalOrderFilter, of_ip_codes: Expr) -> Select<abnormal_orders::Entity> {
    let mut query = abnormal_orders::Entity::find().filter(of_ip_codes).filter(Column::DeletedAt.is_null());
    if let Some(status) = filter.status {
        query = query.filter(Column::Status.eq(status.code()));
    }
    if let Some(prefix) = &filter.order_no_prefix {
        query = query.filter(keyset::starts_with(Column::OrderNo, prefix));
    }
    if let Some(customer) = &filter.customer {
        query = query.filter(keyset::contains(Column::CustomerSearch, customer));
    }
    if let Some(member_id) = &filter.member_id {
        query = query.filter(Column::MemberId.eq(member_id.as_str()));
    }
    if let Some(span) = filter.span {
        query = query.filter(keyset::within(Column::ReceivedAt, span));
    }
    query
}

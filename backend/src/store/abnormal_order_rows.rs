//! Abnormal orders between their columns and their type. No query here.

use sea_orm::{ActiveValue::Set, DbErr};
use todoke_domain::{
    abnormal_order::{AbnormalOrderStatus, Reason},
    abnormal_order_actions::Resolution,
    ids::{AbnormalOrderId, CheckoutId, OrderId},
    time::Timestamp,
};

use super::{
    abnormal_orders::{AbnormalOrder, Closing, Ordered, Restoration, StoredEvidence},
    entity::abnormal_orders,
    gateway_checks,
    notifications::GatewayPayment,
    rows,
};

/// The columns of a row.
pub(super) fn active_model(row: &AbnormalOrder) -> Result<abnormal_orders::ActiveModel, DbErr> {
    let evidence = row.evidence.as_ref().map(|evidence| {
        rows::to_json(&(evidence.field.as_str(), evidence.expected.as_str(), evidence.actual.as_str()))
    });
    let ordered = row.ordered.as_ref();
    let restored = row.restored.as_ref();
    let closing = row.closing.as_ref();
    Ok(abnormal_orders::ActiveModel {
        id: Set(row.payment.id.value()),
        ip_code: Set(row.payment.ip_code.as_str().to_owned()),
        shop_id: Set(row.payment.shop_id.clone()),
        order_no: Set(row.order_no.clone()),
        gateway_order_id: Set(row.payment.gateway_order_id.clone()),
        access_id: Set(row.payment.access_id.clone()),
        status: Set(row.status.code().to_owned()),
        reason: Set(row.reason.map(|reason| reason.code().to_owned())),
        evidence: Set(evidence.transpose()?),
        cancelled_at_gateway: Set(row.cancelled_at_gateway),
        received_at: Set(row.received_at.as_micros()),
        evaluated_at: Set(row.evaluated_at.as_micros()),
        checkout_id: Set(ordered.map(|ordered| ordered.checkout_id.value())),
        colliding_order_id: Set(row.colliding_order.map(OrderId::value)),
        restored_order_id: Set(restored.map(|restored| restored.order_id.value())),
        restored_at: Set(restored.map(|restored| restored.at.as_micros())),
        restored_by: Set(restored.map(|restored| restored.by.clone())),
        closed_at: Set(closing.map(|closing| closing.at.as_micros())),
        closed_by: Set(closing.map(|closing| closing.by.clone())),
        resolution: Set(closing.map(|closing| closing.resolution.code().to_owned())),
        resolution_note: Set(closing.and_then(|closing| closing.note.clone())),
        gateway_check: Set(row.gateway_check.as_ref().map(gateway_checks::to_json).transpose()?),
        deleted_at: Set(row.deleted_at.map(Timestamp::as_micros)),
        order_type: Set(ordered.map(|ordered| ordered.order_type.clone())),
        ordered_at: Set(ordered.map(|ordered| ordered.ordered_at.as_micros())),
        customer_name: Set(ordered.map(|ordered| ordered.customer_name.clone())),
        customer_search: Set(ordered.map(|ordered| ordered.customer_search.clone())),
        member_id: Set(ordered.and_then(|ordered| ordered.member_id.clone())),
        total: Set(ordered.map(|ordered| ordered.total.amount())),
        shipping_fee: Set(ordered.map(|ordered| ordered.shipping_fee.amount())),
        item_count: Set(ordered.map(|ordered| ordered.item_count)),
    })
}

/// The row of the columns.
pub(super) fn row_of(model: abnormal_orders::Model) -> Result<AbnormalOrder, DbErr> {
    let ordered = ordered_of(&model)?;
    let restored = restoration_of(&model);
    let closing = closing_of(&model)?;
    let evidence = model.evidence.as_deref().map(|text| {
        let (field, expected, actual) = rows::json("evidence", text)?;
        Ok::<_, DbErr>(StoredEvidence { field, expected, actual })
    });
    let reason =
        model.reason.as_deref().map(|code| rows::named("abnormal_orders.reason", code, Reason::from_code));
    Ok(AbnormalOrder {
        payment: GatewayPayment {
            id: AbnormalOrderId::new(model.id),
            ip_code: rows::ip_code(&model.ip_code)?,
            shop_id: model.shop_id,
            gateway_order_id: model.gateway_order_id,
            access_id: model.access_id,
        },
        order_no: model.order_no,
        status: rows::named("abnormal_orders.status", &model.status, AbnormalOrderStatus::from_code)?,
        reason: reason.transpose()?,
        evidence: evidence.transpose()?,
        cancelled_at_gateway: model.cancelled_at_gateway,
        received_at: Timestamp::from_micros(model.received_at),
        evaluated_at: Timestamp::from_micros(model.evaluated_at),
        ordered,
        colliding_order: model.colliding_order_id.map(OrderId::new),
        restored,
        closing,
        gateway_check: model.gateway_check.as_deref().map(gateway_checks::from_json).transpose()?,
        deleted_at: model.deleted_at.map(Timestamp::from_micros),
    })
}

/// All of the checkout's columns are there, or none is.
fn ordered_of(model: &abnormal_orders::Model) -> Result<Option<Ordered>, DbErr> {
    let Some(checkout_id) = model.checkout_id else {
        return Ok(None);
    };
    let missing = |column: &str| rows::unreadable(column, "NULL beside a checkout");
    Ok(Some(Ordered {
        checkout_id: CheckoutId::new(checkout_id),
        order_type: model.order_type.clone().ok_or_else(|| missing("order_type"))?,
        ordered_at: model.ordered_at.map(Timestamp::from_micros).ok_or_else(|| missing("ordered_at"))?,
        customer_name: model.customer_name.clone().ok_or_else(|| missing("customer_name"))?,
        customer_search: model.customer_search.clone().unwrap_or_default(),
        member_id: model.member_id.clone(),
        total: rows::yen(model.total.ok_or_else(|| missing("total"))?)?,
        shipping_fee: rows::yen(model.shipping_fee.ok_or_else(|| missing("shipping_fee"))?)?,
        item_count: model.item_count.ok_or_else(|| missing("item_count"))?,
    }))
}

fn restoration_of(model: &abnormal_orders::Model) -> Option<Restoration> {
    Some(Restoration {
        order_id: OrderId::new(model.restored_order_id?),
        at: Timestamp::from_micros(model.restored_at?),
        by: model.restored_by.clone()?,
    })
}

fn closing_of(model: &abnormal_orders::Model) -> Result<Option<Closing>, DbErr> {
    let (Some(at), Some(by), Some(resolution)) = (model.closed_at, &model.closed_by, &model.resolution)
    else {
        return Ok(None);
    };
    Ok(Some(Closing {
        at: Timestamp::from_micros(at),
        by: by.clone(),
        resolution: rows::named("abnormal_orders.resolution", resolution, Resolution::from_code)?,
        note: model.resolution_note.clone(),
    }))
}

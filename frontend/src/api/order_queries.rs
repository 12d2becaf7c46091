//! The operations of abnormal orders and orders, as `queries` has the others.
use crate::model::enums::{
    AbnormalOrderAction, AbnormalOrderList, AbnormalOrderReason, AbnormalOrderResolution,
    AbnormalOrderStatus, ConfirmationMail, GatewayCheckOutcome, GatewayCheckProblem, NotificationRefusal,
    OrderEventState, OrderMailState, OrderStatus, PeriodPreset, TimelineKind,
};
use graphql_client::GraphQLQuery;

type DateTime = String;
type Date = String;
type YearMonth = String;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/abnormal_order_counts.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none
)]
pub(crate) struct AbnormalOrderCounts;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/abnormal_orders.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none,
    extern_enums("AbnormalOrderList", "AbnormalOrderStatus", "AbnormalOrderAction", "PeriodPreset")
)]
pub(crate) struct AbnormalOrders;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/abnormal_order_detail.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none,
    extern_enums(
        "AbnormalOrderStatus",
        "AbnormalOrderReason",
        "AbnormalOrderAction",
        "AbnormalOrderResolution",
        "OrderStatus",
        "TimelineKind",
        "GatewayCheckOutcome",
        "GatewayCheckProblem"
    )
)]
pub(crate) struct AbnormalOrderDetail;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/restore_abnormal_order.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none,
    extern_enums("AbnormalOrderStatus")
)]
pub(crate) struct RestoreAbnormalOrder;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/orders.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none,
    extern_enums("OrderStatus", "ConfirmationMail", "PeriodPreset")
)]
pub(crate) struct Orders;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/order_detail.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none,
    extern_enums("OrderStatus", "OrderMailState", "OrderEventState", "TimelineKind")
)]
pub(crate) struct OrderDetail;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/abnormal_order_changed.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none
)]
pub(crate) struct AbnormalOrderChanged;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/delete_abnormal_order.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none
)]
pub(crate) struct DeleteAbnormalOrder;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/close_abnormal_order.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none,
    extern_enums("AbnormalOrderResolution")
)]
pub(crate) struct CloseAbnormalOrder;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/update_order_status.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none,
    extern_enums("OrderStatus")
)]
pub(crate) struct UpdateOrderStatus;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/order_changed.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none
)]
pub(crate) struct OrderChanged;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/orders_waiting_for_mail.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none
)]
pub(crate) struct OrdersWaitingForMail;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/order_mail_form.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none
)]
pub(crate) struct OrderMailForm;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/send_order_mail.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none
)]
pub(crate) struct SendOrderMail;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/check_gateway.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none
)]
pub(crate) struct CheckGateway;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/gateway_setup.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none,
    extern_enums("NotificationRefusal")
)]
pub(crate) struct GatewaySetup;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/update_gateway_settings.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none
)]
pub(crate) struct UpdateGatewaySettings;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/resend_order_restored.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none
)]
pub(crate) struct ResendOrderRestored;

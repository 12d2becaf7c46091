//! The operations of bulk restores, as `queries` has the others.
use crate::model::enums::{
    AbnormalOrderList, GatewayCheckProblem, PeriodPreset, ResendBatchState, RestoreBatchRowState,
    RestoreLeftOutReason,
};
use graphql_client::GraphQLQuery;

type DateTime = String;
type Date = String;
type YearMonth = String;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/plan_restore_batch.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none,
    extern_enums("AbnormalOrderList", "PeriodPreset", "RestoreLeftOutReason")
)]
pub(crate) struct PlanRestoreBatch;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/start_restore_batch.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none
)]
pub(crate) struct StartRestoreBatch;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/cancel_restore_batch.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none
)]
pub(crate) struct CancelRestoreBatch;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/restore_batch_detail.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none,
    extern_enums("ResendBatchState")
)]
pub(crate) struct RestoreBatchDetail;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/restore_batch_progress.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none,
    extern_enums("ResendBatchState")
)]
pub(crate) struct RestoreBatchProgress;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/restore_batch_rows.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none,
    extern_enums("RestoreBatchRowState", "GatewayCheckProblem")
)]
pub(crate) struct RestoreBatchRows;

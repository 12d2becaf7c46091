//! The operations of `queries/*.graphql`, typed by code generation against `schema.graphql`.
//! Nothing is written by hand here but the list. Those of abnormal orders and orders are `order_queries`',
//! those of the settings `settings_queries`'.
use crate::model::enums::{
    AbnormalOrderList, AbnormalOrderStatus, Action, AttemptOutcome, AttemptTrigger, Cause, DownloadEncoding,
    OrderMailState, OrderStatus, PeriodPreset, Receipt, ResendBatchAction, ResendBatchRowState,
    ResendBatchState, SendErrorCondition, SendErrorSort, SendErrorStatus, TimelineKind,
};
use graphql_client::GraphQLQuery;

type DateTime = String;
type Date = String;
type YearMonth = String;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/sign_in.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none
)]
pub(crate) struct SignIn;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/refresh_session.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none
)]
pub(crate) struct RefreshSession;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/sign_out.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none
)]
pub(crate) struct SignOut;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/ip_codes.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none,
    extern_enums("Action")
)]
pub(crate) struct IpCodes;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/send_errors.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none,
    extern_enums(
        "SendErrorCondition",
        "SendErrorSort",
        "PeriodPreset",
        "SendErrorStatus",
        "Receipt",
        "Cause"
    )
)]
pub(crate) struct SendErrors;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/send_error_by_id.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none,
    extern_enums("SendErrorStatus", "Receipt", "Cause")
)]
pub(crate) struct SendErrorById;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/send_error_changed.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none,
    extern_enums("SendErrorStatus", "Receipt", "Cause")
)]
pub(crate) struct SendErrorChanged;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/send_error_detail.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none,
    extern_enums("SendErrorStatus", "Receipt", "Cause", "AttemptTrigger", "AttemptOutcome", "TimelineKind")
)]
pub(crate) struct SendErrorDetail;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/reopen_send_error.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none,
    extern_enums("SendErrorStatus")
)]
pub(crate) struct ReopenSendError;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/send_error_parameters.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none,
    extern_enums("SendErrorStatus", "Receipt", "Cause")
)]
pub(crate) struct SendErrorParameters;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/editable_parameters.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none
)]
pub(crate) struct EditableParameters;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/resend_send_error.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none,
    extern_enums("SendErrorStatus", "AttemptOutcome", "Cause")
)]
pub(crate) struct ResendSendError;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/mark_send_error_processed.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none,
    extern_enums("SendErrorStatus")
)]
pub(crate) struct MarkSendErrorProcessed;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/plan_resend_batch.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none,
    extern_enums("ResendBatchAction", "SendErrorCondition", "PeriodPreset")
)]
pub(crate) struct PlanResendBatch;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/start_resend_batch.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none
)]
pub(crate) struct StartResendBatch;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/pause_resend_batch.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none
)]
pub(crate) struct PauseResendBatch;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/resume_resend_batch.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none
)]
pub(crate) struct ResumeResendBatch;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/cancel_resend_batch.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none
)]
pub(crate) struct CancelResendBatch;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/resend_batch_detail.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none,
    extern_enums("ResendBatchAction", "ResendBatchState", "Receipt")
)]
pub(crate) struct ResendBatchDetail;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/resend_batches.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none,
    extern_enums("ResendBatchAction", "ResendBatchState")
)]
pub(crate) struct ResendBatches;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/resend_batch_progress.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none,
    extern_enums("ResendBatchAction", "ResendBatchState")
)]
pub(crate) struct ResendBatchProgress;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/resend_batch_rows.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none,
    extern_enums("ResendBatchRowState", "Receipt")
)]
pub(crate) struct ResendBatchRows;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/saved_searches.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none
)]
pub(crate) struct SavedSearches;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/save_search.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none
)]
pub(crate) struct SaveSearch;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/delete_saved_search.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none
)]
pub(crate) struct DeleteSavedSearch;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/create_download_link.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none,
    extern_enums(
        "SendErrorCondition",
        "SendErrorSort",
        "PeriodPreset",
        "DownloadEncoding",
        "ResendBatchRowState",
        "AbnormalOrderList"
    )
)]
pub(crate) struct CreateDownloadLink;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/payment_detail.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none,
    extern_enums(
        "SendErrorStatus",
        "AbnormalOrderStatus",
        "OrderStatus",
        "OrderMailState",
        "Cause",
        "AttemptTrigger",
        "AttemptOutcome",
        "TimelineKind"
    )
)]
pub(crate) struct PaymentDetail;

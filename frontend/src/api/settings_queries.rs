//! The operations of the settings, as `queries` has the others.
use crate::model::enums::{
    AttemptOutcome, BodyRuleKind, Cause, EndpointCharset, EndpointHealthState, EndpointMethod, MailLanguage,
    RetryPolicyKind, SigningSecretPurpose,
};
use graphql_client::GraphQLQuery;

type DateTime = String;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/ip_code_list.graphql",
    response_derives = "Clone, Debug, PartialEq",
    variables_derives = "Clone",
    skip_serializing_none,
    extern_enums("EndpointMethod")
)]
pub(crate) struct IpCodeList;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/ip_code_settings.graphql",
    response_derives = "Clone, Debug, PartialEq",
    variables_derives = "Clone",
    skip_serializing_none,
    extern_enums("EndpointMethod", "EndpointCharset", "BodyRuleKind", "RetryPolicyKind")
)]
pub(crate) struct IpCodeSettings;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/update_ip_code_settings.graphql",
    response_derives = "Clone, Debug, PartialEq",
    variables_derives = "Clone",
    skip_serializing_none,
    extern_enums("EndpointMethod", "EndpointCharset", "BodyRuleKind", "RetryPolicyKind")
)]
pub(crate) struct UpdateIpCodeSettings;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/test_endpoint.graphql",
    response_derives = "Clone, Debug, PartialEq",
    variables_derives = "Clone",
    skip_serializing_none,
    extern_enums("EndpointMethod", "EndpointCharset", "BodyRuleKind", "AttemptOutcome", "Cause")
)]
pub(crate) struct TestEndpoint;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/rotate_signing_secret.graphql",
    response_derives = "Clone, Debug, PartialEq",
    variables_derives = "Clone",
    skip_serializing_none,
    extern_enums("SigningSecretPurpose")
)]
pub(crate) struct RotateSigningSecret;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/endpoint_health.graphql",
    response_derives = "Clone, Debug, PartialEq",
    variables_derives = "Clone",
    skip_serializing_none,
    extern_enums("EndpointHealthState")
)]
pub(crate) struct EndpointHealth;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/resume_endpoint.graphql",
    response_derives = "Clone, Debug, PartialEq",
    variables_derives = "Clone",
    skip_serializing_none
)]
pub(crate) struct ResumeEndpoint;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/mail_template.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none,
    extern_enums("MailLanguage")
)]
pub(crate) struct MailTemplate;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/update_mail_template.graphql",
    response_derives = "Clone, Debug, PartialEq",
    variables_derives = "Clone",
    skip_serializing_none
)]
pub(crate) struct UpdateMailTemplate;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/cart_notice.graphql",
    response_derives = "Clone, Debug, PartialEq",
    skip_serializing_none
)]
pub(crate) struct CartNotice;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "queries/update_cart_notice.graphql",
    response_derives = "Clone, Debug, PartialEq",
    variables_derives = "Clone",
    skip_serializing_none
)]
pub(crate) struct UpdateCartNotice;

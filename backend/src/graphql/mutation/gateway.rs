//! Asking the gateway, and setting it up.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use crate::{
    app::{self, Error, gateway_settings::GatewayChange},
    auth::sealed::SecretText,
    global_id,
    graphql::{
        context::Asked,
        errors::{UserError, split_user_errors},
        types::{abnormal_orders::AbnormalOrder, ip_codes::IpCode},
    },
};

/// The input of `checkGateway`.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct CheckGatewayInput {
    /// The row.
    pub id: ID,
}

/// The row with what the gateway said.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct CheckGatewayPayload {
    /// The row; the answer is its `gatewayCheck`.
    pub abnormal_order: Option<AbnormalOrder>,
    /// What the person can mend: `GATEWAY_NOT_CONFIGURED`.
    pub user_errors: Vec<UserError>,
}

/// The input of `updateGatewaySettings`. What is absent stays as it is.
#[derive(Clone, InputObject)]
pub(crate) struct UpdateGatewaySettingsInput {
    /// IPコード.
    pub ip_code: String,
    /// Whether notifications are taken.
    pub enabled: Option<bool>,
    /// The gateway's ShopID, at most 13 characters; empty takes it away.
    pub shop_id: Option<String>,
    /// The gateway's ShopPass, at most 10 characters; empty takes it away. It is kept encrypted and never shown.
    pub shop_pass: Option<String>,
    /// The addresses and networks from which notifications may come; empty means from everywhere.
    pub allowed_sources: Option<Vec<String>>,
}

/// The IP code with its gateway.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct UpdateGatewaySettingsPayload {
    /// The IP code.
    pub ip_code: Option<IpCode>,
    /// What the person can mend.
    pub user_errors: Vec<UserError>,
}

/// Mutations of the gateway.
#[derive(Debug, Default)]
pub(crate) struct GatewayMutation;

#[Object]
impl GatewayMutation {
    /// Asks the gateway for the present state of a row's transaction and keeps the answer beside the row. Needs RESTORE
    /// on the IP code.
    async fn check_gateway(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The row.")] input: CheckGatewayInput,
    ) -> async_graphql::Result<CheckGatewayPayload> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let id = global_id::decode("AbnormalOrder", &input.id).ok_or_else(|| ctx.error(Error::NotFound))?;
        let result = app::gateway_checks::check_gateway(app, scope, id).await;
        match split_user_errors(result, ctx.asker()?.language).map_err(|error| ctx.error(error))? {
            Ok(row) => Ok(CheckGatewayPayload { abnormal_order: Some(row.into()), user_errors: Vec::new() }),
            Err(user_errors) => Ok(CheckGatewayPayload { abnormal_order: None, user_errors }),
        }
    }

    /// Sets up the gateway of an IP code. Needs SETTINGS on it.
    async fn update_gateway_settings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to change.")] input: UpdateGatewaySettingsInput,
    ) -> async_graphql::Result<UpdateGatewaySettingsPayload> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let change = GatewayChange {
            ip_code: input.ip_code,
            is_on: input.enabled,
            shop_id: input.shop_id,
            shop_pass: input.shop_pass.map(SecretText::new),
            allowed_sources: input.allowed_sources,
        };
        let result = app::gateway_settings::update_gateway_settings(app, scope, change).await;
        match split_user_errors(result, ctx.asker()?.language).map_err(|error| ctx.error(error))? {
            Ok(ip_code) => {
                let settings = app::ip_codes::find_ip_code(app, scope, ip_code.as_str()).await;
                let settings = settings.map_err(|error| ctx.error(error))?;
                Ok(UpdateGatewaySettingsPayload { ip_code: Some(IpCode(settings)), user_errors: Vec::new() })
            }
            Err(user_errors) => Ok(UpdateGatewaySettingsPayload { ip_code: None, user_errors }),
        }
    }
}

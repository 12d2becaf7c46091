//! Mutations of abnormal orders.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use crate::{
    app::{self, Error},
    graphql::{
        context::Asked,
        errors::{UserError, split_user_errors},
        global_id,
        types::{abnormal_orders::AbnormalOrder, orders::Order},
    },
};

/// The input of `restoreAbnormalOrder`.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct RestoreAbnormalOrderInput {
    /// The row.
    pub id: ID,
    /// 1 to 100 characters; the same key again brings the same result.
    pub idempotency_key: String,
}

/// What a restore made.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct RestoreAbnormalOrderPayload {
    /// The row, now 復旧済.
    pub abnormal_order: Option<AbnormalOrder>,
    /// The order.
    pub order: Option<Order>,
    /// What the person can mend.
    pub user_errors: Vec<UserError>,
}

/// Mutations of abnormal orders.
#[derive(Debug, Default)]
pub(crate) struct AbnormalOrdersMutation;

#[Object]
impl AbnormalOrdersMutation {
    /// 復旧: makes the order from the checkout, exactly once. CONFLICT tells who restored it and when. Needs RESTORE
    /// on the IP code.
    async fn restore_abnormal_order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The row and the key.")] input: RestoreAbnormalOrderInput,
    ) -> async_graphql::Result<RestoreAbnormalOrderPayload> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let id = global_id::decode("AbnormalOrder", &input.id).ok_or_else(|| ctx.error(Error::NotFound))?;
        let result =
            app::abnormal_orders::restore_abnormal_order(app, scope, id, &input.idempotency_key).await;
        let language = ctx.asker()?.language;
        match split_user_errors(result, language).map_err(|error| ctx.error(error))? {
            Ok(restored) => Ok(RestoreAbnormalOrderPayload {
                abnormal_order: Some(AbnormalOrder::from(restored.abnormal_order)),
                order: Some(Order::from(restored.order)),
                user_errors: Vec::new(),
            }),
            Err(user_errors) => {
                Ok(RestoreAbnormalOrderPayload { abnormal_order: None, order: None, user_errors })
            }
        }
    }
}

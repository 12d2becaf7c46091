//! Mutations of abnormal orders.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use crate::{
    app::{
        self, Error,
        abnormal_orders::{Close, Restore},
    },
    global_id,
    graphql::{
        context::Asked,
        errors::{UserError, split_user_errors},
        types::{
            abnormal_orders::{AbnormalOrder, AbnormalOrderResolution},
            orders::Order,
        },
    },
};

/// The input of `restoreAbnormalOrder`.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct RestoreAbnormalOrderInput {
    /// The row.
    pub id: ID,
    /// 1 to 100 characters; the same key again brings the same result.
    pub idempotency_key: String,
    /// "The gateway does not tell; I have looked there myself." Never goes over a gateway that contradicts.
    #[graphql(default)]
    pub proceed_without_gateway_check: bool,
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

/// The input of `closeAbnormalOrder`.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct CloseAbnormalOrderInput {
    /// The row.
    pub id: ID,
    /// What was done about it.
    pub resolution: AbnormalOrderResolution,
    /// More, at most 500 characters.
    pub note: Option<String>,
}

/// The row that was closed.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct CloseAbnormalOrderPayload {
    /// The row, marked.
    pub abnormal_order: Option<AbnormalOrder>,
    /// What the person can mend.
    pub user_errors: Vec<UserError>,
}

/// The input of `deleteAbnormalOrder`.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct DeleteAbnormalOrderInput {
    /// The row.
    pub id: ID,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// The row that left the lists.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct DeleteAbnormalOrderPayload {
    /// Its id; nothing is found by it any more.
    pub deleted_id: Option<ID>,
    /// What the person can mend.
    pub user_errors: Vec<UserError>,
}

/// Mutations of abnormal orders.
#[derive(Debug, Default)]
pub(crate) struct AbnormalOrdersMutation;

#[Object]
impl AbnormalOrdersMutation {
    /// 復旧: makes the order from the checkout, exactly once. CONFLICT tells who restored it and when. Where the gateway
    /// check is set up the gateway is asked first: `GATEWAY_CHECK_BLOCKED` where it contradicts, a fault
    /// `GATEWAY_UNREACHABLE` where it does not tell. Needs RESTORE on the IP code.
    async fn restore_abnormal_order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The row and the key.")] input: RestoreAbnormalOrderInput,
    ) -> async_graphql::Result<RestoreAbnormalOrderPayload> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let id = global_id::decode("AbnormalOrder", &input.id).ok_or_else(|| ctx.error(Error::NotFound))?;
        let asked = Restore {
            id,
            idempotency_key: input.idempotency_key,
            proceeds_unchecked: input.proceed_without_gateway_check,
        };
        let result = app::abnormal_orders::restore_abnormal_order(app, scope, asked).await;
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

    /// Closes a 重複注文 or 復旧不可 row that was dealt with elsewhere. It stays in its list, marked, and is not
    /// evaluated again. CONFLICT tells who closed it and when. Needs RESTORE on the IP code.
    async fn close_abnormal_order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The row and what was done.")] input: CloseAbnormalOrderInput,
    ) -> async_graphql::Result<CloseAbnormalOrderPayload> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let id = global_id::decode("AbnormalOrder", &input.id).ok_or_else(|| ctx.error(Error::NotFound))?;
        let asked = Close { id, resolution: input.resolution.into(), note: input.note };
        let result = app::abnormal_orders::close_abnormal_order(app, scope, asked).await;
        match split_user_errors(result, ctx.asker()?.language).map_err(|error| ctx.error(error))? {
            Ok(row) => Ok(CloseAbnormalOrderPayload {
                abnormal_order: Some(AbnormalOrder::from(row)),
                user_errors: Vec::new(),
            }),
            Err(user_errors) => Ok(CloseAbnormalOrderPayload { abnormal_order: None, user_errors }),
        }
    }

    /// 削除: takes a row off the five lists. The order of a restored one stays, the audit log keeps the whole record,
    /// and no later notification of the same payment brings it back. Needs DELETE on the IP code.
    async fn delete_abnormal_order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The row and the reason.")] input: DeleteAbnormalOrderInput,
    ) -> async_graphql::Result<DeleteAbnormalOrderPayload> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let id = global_id::decode("AbnormalOrder", &input.id).ok_or_else(|| ctx.error(Error::NotFound))?;
        let result = app::abnormal_orders::delete_abnormal_order(app, scope, id, &input.reason).await;
        match split_user_errors(result, ctx.asker()?.language).map_err(|error| ctx.error(error))? {
            Ok(()) => Ok(DeleteAbnormalOrderPayload { deleted_id: Some(input.id), user_errors: Vec::new() }),
            Err(user_errors) => Ok(DeleteAbnormalOrderPayload { deleted_id: None, user_errors }),
        }
    }
}

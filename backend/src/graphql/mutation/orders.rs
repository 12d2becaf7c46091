//! Carts register checkouts and orders.

use async_graphql::{Context, Object};

use crate::{
    app::{self, FieldError, checkouts::RawCheckout, orders::RawOrder},
    graphql::{
        context::Asked,
        errors::{UserError, split_user_errors},
        types::{
            checkouts::{Checkout, RegisterCheckoutResult, RegisterCheckoutsInput, RegisterCheckoutsPayload},
            order_registrations::{RegisterOrderResult, RegisterOrdersInput, RegisterOrdersPayload},
            orders::Order,
        },
    },
    messages::Language,
};

/// Mutations of carts.
#[derive(Debug, Default)]
pub(crate) struct OrdersMutation;

#[Object]
impl OrdersMutation {
    /// Registers checkouts before the buyer pays, each with its own result. The same checkout again replaces the
    /// snapshot as long as no order exists for it. Needs REGISTER on each IP code.
    async fn register_checkouts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The checkouts.")] input: RegisterCheckoutsInput,
    ) -> async_graphql::Result<RegisterCheckoutsPayload> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let language = ctx.asker()?.language;
        let told = input.checkouts.into_iter().map(RawCheckout::from).collect();
        let result = app::checkouts::register_checkouts(app, scope, told).await;
        match split_user_errors(result, language).map_err(|error| ctx.error(error))? {
            Ok(results) => {
                let result = |result: Result<_, Vec<FieldError>>| match result {
                    Ok(checkout) => RegisterCheckoutResult {
                        checkout: Some(Checkout::from(checkout)),
                        user_errors: Vec::new(),
                    },
                    Err(faults) => {
                        RegisterCheckoutResult { checkout: None, user_errors: user_errors(&faults, language) }
                    }
                };
                let results = results.into_iter().map(result).collect();
                Ok(RegisterCheckoutsPayload { results, user_errors: Vec::new() })
            }
            Err(user_errors) => Ok(RegisterCheckoutsPayload { results: Vec::new(), user_errors }),
        }
    }

    /// Registers orders after the payment, each with its own result. The same order again is the same order; one that
    /// differs in what was paid is refused. Needs REGISTER on each IP code.
    async fn register_orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The orders.")] input: RegisterOrdersInput,
    ) -> async_graphql::Result<RegisterOrdersPayload> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let language = ctx.asker()?.language;
        let told = input.orders.into_iter().map(RawOrder::from).collect();
        let result = app::orders::register_orders(app, scope, told).await;
        match split_user_errors(result, language).map_err(|error| ctx.error(error))? {
            Ok(results) => {
                let result = |result: Result<_, Vec<FieldError>>| match result {
                    Ok(order) => {
                        RegisterOrderResult { order: Some(Order::from(order)), user_errors: Vec::new() }
                    }
                    Err(faults) => {
                        RegisterOrderResult { order: None, user_errors: user_errors(&faults, language) }
                    }
                };
                let results = results.into_iter().map(result).collect();
                Ok(RegisterOrdersPayload { results, user_errors: Vec::new() })
            }
            Err(user_errors) => Ok(RegisterOrdersPayload { results: Vec::new(), user_errors }),
        }
    }
}

fn user_errors(faults: &[FieldError], language: Language) -> Vec<UserError> {
    faults.iter().map(|fault| UserError::of(fault, language)).collect()
}

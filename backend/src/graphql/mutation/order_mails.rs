//! Mails to buyers, and the templates they begin with.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use crate::{
    app::{self, Error, order_mails::SendMail},
    global_id,
    graphql::{
        context::Asked,
        errors::{UserError, split_user_errors},
        types::{ip_codes::IpCode, order_mails::OrderMail, orders::Order},
    },
};

/// The input of `sendOrderMail`.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct SendOrderMailInput {
    /// The order.
    pub id: ID,
    /// To whom: one address.
    pub to: String,
    /// The subject line, at most 200 characters.
    pub subject: String,
    /// Plain text, at most 50,000 characters.
    pub body: String,
    /// 1 to 100 characters; the same key again is the same mail.
    pub idempotency_key: String,
    /// "It was sent already, send another one."
    #[graphql(default)]
    pub again: bool,
}

/// The mail that was taken into the outbox.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct SendOrderMailPayload {
    /// The order.
    pub order: Option<Order>,
    /// The mail.
    pub mail: Option<OrderMail>,
    /// What the person can mend.
    pub user_errors: Vec<UserError>,
}

/// The input of `updateOrderMailTemplate`.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct UpdateOrderMailTemplateInput {
    /// IPコード.
    pub ip_code: String,
    /// The subject line with placeholders; both texts empty: the default again.
    pub subject: String,
    /// Plain text with placeholders.
    pub body: String,
}

/// The IP code with its template.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct UpdateOrderMailTemplatePayload {
    /// The IP code.
    pub ip_code: Option<IpCode>,
    /// What the person can mend.
    pub user_errors: Vec<UserError>,
}

/// Mutations of mails to buyers.
#[derive(Debug, Default)]
pub(crate) struct OrderMailsMutation;

#[Object]
impl OrderMailsMutation {
    /// Sends the confirmation mail of an order through the outbox, once. A second one goes only with `again`; else
    /// CONFLICT tells who sent it and when. Needs RESTORE on the IP code.
    async fn send_order_mail(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mail.")] input: SendOrderMailInput,
    ) -> async_graphql::Result<SendOrderMailPayload> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let SendOrderMailInput { id, to, subject, body, idempotency_key, again } = input;
        let id = global_id::decode("Order", &id).ok_or_else(|| ctx.error(Error::NotFound))?;
        let asked = SendMail { id, to, subject, body, idempotency_key, again };
        let result = app::order_mails::send_order_mail(app, scope, asked).await;
        match split_user_errors(result, ctx.asker()?.language).map_err(|error| ctx.error(error))? {
            Ok((order, mail)) => Ok(SendOrderMailPayload {
                order: Some(order.into()),
                mail: Some(mail.into()),
                user_errors: Vec::new(),
            }),
            Err(user_errors) => Ok(SendOrderMailPayload { order: None, mail: None, user_errors }),
        }
    }

    /// Gives an IP code its own template of confirmation mails. Needs SETTINGS on it.
    async fn update_order_mail_template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The template.")] input: UpdateOrderMailTemplateInput,
    ) -> async_graphql::Result<UpdateOrderMailTemplatePayload> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let text = (input.subject.as_str(), input.body.as_str());
        let result = app::order_mails::update_template(app, scope, &input.ip_code, text).await;
        match split_user_errors(result, ctx.asker()?.language).map_err(|error| ctx.error(error))? {
            Ok(ip_code) => {
                let settings = app::ip_codes::find_ip_code(app, scope, ip_code.as_str()).await;
                let settings = settings.map_err(|error| ctx.error(error))?;
                Ok(UpdateOrderMailTemplatePayload {
                    ip_code: Some(IpCode(settings)),
                    user_errors: Vec::new(),
                })
            }
            Err(user_errors) => Ok(UpdateOrderMailTemplatePayload { ip_code: None, user_errors }),
        }
    }
}

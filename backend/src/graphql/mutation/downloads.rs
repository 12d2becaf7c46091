//! Links by which a browser downloads rows.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use todoke_domain::{csv::CsvEncoding, payment::FaultKind, resend_batch::BatchRowState, send_error};

use crate::{
    app::{
        self, App, Error,
        downloads::{Download, create_download_link},
        exports::Form,
    },
    global_id,
    graphql::{
        context::Asked,
        errors::{UserError, split_user_errors},
        scalars::DateTime,
        types::{
            abnormal_order_lists::AbnormalOrderFilter,
            resend_batches::ResendBatchRowState,
            send_errors::{SendErrorFilter, SendErrorSort},
        },
    },
    messages::Message,
};

/// The bytes of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "CsvEncoding")]
pub(crate) enum DownloadEncoding {
    /// For Japanese spreadsheets.
    #[default]
    #[graphql(name = "CP932")]
    Cp932,
    /// With a byte order mark.
    #[graphql(name = "UTF8")]
    Utf8,
}

/// The rows of a batch.
#[derive(InputObject)]
pub(crate) struct ResendBatchDownloadInput {
    /// The batch.
    pub id: ID,
    /// Rows in this state only.
    pub state: Option<ResendBatchRowState>,
}

/// What is to be downloaded: one of `sendErrors`, `resendBatch` and `abnormalOrders`.
#[derive(InputObject)]
pub(crate) struct CreateDownloadLinkInput {
    /// The rows of a search.
    pub send_errors: Option<SendErrorFilter>,
    /// Their order; newest first where it is not given.
    pub send_errors_sort: Option<SendErrorSort>,
    /// The rows of a batch.
    pub resend_batch: Option<ResendBatchDownloadInput>,
    /// The rows of a search for abnormal orders.
    pub abnormal_orders: Option<AbnormalOrderFilter>,
    /// The bytes.
    #[graphql(default)]
    pub encoding: DownloadEncoding,
}

/// The link.
#[derive(SimpleObject)]
pub(crate) struct CreateDownloadLinkPayload {
    /// A path on this server.
    pub url: Option<String>,
    /// Until when it is good.
    pub expires_at: Option<DateTime>,
    /// What the person can mend.
    pub user_errors: Vec<UserError>,
}

/// Mutations about downloads.
#[derive(Default)]
pub(crate) struct DownloadsMutation;

#[Object]
impl DownloadsMutation {
    /// A link that downloads rows as CSV within 60 s, without a header, in the language of this request. Needs VIEW,
    /// now and when it is used.
    async fn create_download_link(
        &self,
        ctx: &Context<'_>,
        input: CreateDownloadLinkInput,
    ) -> async_graphql::Result<CreateDownloadLinkPayload> {
        let (app, scope, language) = (ctx.app()?, ctx.scope()?, ctx.asker()?.language);
        let form = Form { encoding: input.encoding.into(), language };
        let creating = async { create_download_link(app, scope, download_of(app, input)?, form).await };
        match split_user_errors(creating.await, language).map_err(|error| ctx.error(error))? {
            Ok((url, expires_at)) => Ok(CreateDownloadLinkPayload {
                url: Some(url),
                expires_at: Some(DateTime(expires_at)),
                user_errors: Vec::new(),
            }),
            Err(user_errors) => Ok(CreateDownloadLinkPayload { url: None, expires_at: None, user_errors }),
        }
    }
}

/// One of them, and an order with a search for send errors only.
fn download_of(app: &App, input: CreateDownloadLinkInput) -> Result<Download, Error> {
    let fault = |field: &str, kind| Err(Error::field(&[field], Message::Field(kind)));
    match (input.send_errors, input.resend_batch, input.abnormal_orders) {
        (None, None, None) => fault("sendErrors", FaultKind::Required),
        (_, Some(_), Some(_)) | (Some(_), None, Some(_)) => fault("abnormalOrders", FaultKind::InvalidFormat),
        (Some(_), Some(_), None) => fault("resendBatch", FaultKind::InvalidFormat),
        (None, _, _) if input.send_errors_sort.is_some() => fault("sendErrorsSort", FaultKind::InvalidFormat),
        (None, Some(batch), None) => {
            let id = global_id::decode("ResendBatch", &batch.id).ok_or(Error::NotFound)?;
            Ok(Download::ResendBatch(id, batch.state.map(BatchRowState::from)))
        }
        (None, None, Some(filter)) => {
            let filter = app::abnormal_orders::parse_search(&filter.into_search()?, app.clock.now())?;
            Ok(Download::AbnormalOrders(filter))
        }
        (Some(filter), None, None) => {
            let search = app::send_errors::parse_filter(app, &filter.into_input()?)?;
            let sort = input.send_errors_sort.map(send_error::SendErrorSort::from).unwrap_or_default();
            Ok(Download::SendErrors(search, sort))
        }
    }
}

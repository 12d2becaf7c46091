//! Download links: an export that a browser opens without a header, within a minute. The link says who asked and what;
//! rights are read again when it is used.

use serde::{Deserialize, Serialize};
use todoke_domain::{
    csv::CsvEncoding, ids::ResendBatchId, resend_batch::BatchRowState, search::SendErrorSearch,
    send_error::SendErrorSort, time::Timestamp,
};

mod written;

use self::written::{WrittenFilter, WrittenList, WrittenSearch};
use super::{
    App, Error,
    authorization::authorize_link,
    exports::{
        Export, Form, SendErrorExport, abnormal_orders::AbnormalOrderExport,
        resend_batches::ResendBatchExport,
    },
    resend_batches::{find_resend_batch, refuse},
};
use crate::{
    auth::{
        download_link,
        identity::Identity,
        scope::{Origin, Scope},
    },
    messages::Language,
    store::abnormal_orders::AbnormalOrderFilter,
};

/// What may be downloaded by a link.
#[derive(Clone, Debug)]
pub(crate) enum Download {
    /// The rows of a search.
    SendErrors(SendErrorSearch, SendErrorSort),
    /// The rows of a search for abnormal orders.
    AbnormalOrders(AbnormalOrderFilter),
    /// The rows of a batch, all or those in one state.
    ResendBatch(ResendBatchId, Option<BatchRowState>),
}

/// What a link holds, as it stands in the token.
#[derive(Debug, Serialize, Deserialize)]
struct Wanted {
    list: WrittenList,
    encoding: String,
    english: bool,
}

/// Makes a link: its path on this server, and until when it is good.
///
/// # Errors
/// `NotFound` for a batch that may not be seen, `Unauthenticated` for nobody.
pub(crate) async fn create_download_link(
    app: &App,
    scope: &Scope,
    download: Download,
    form: Form,
) -> Result<(String, Timestamp), Error> {
    let who = Identity::of(scope.actor()).ok_or(Error::Unauthenticated)?;
    let (file, list) = match download {
        Download::SendErrors(search, sort) => {
            ("send-errors.csv", WrittenList::SendErrors(WrittenSearch::of(search, sort)))
        }
        Download::AbnormalOrders(filter) => {
            ("abnormal-orders.csv", WrittenList::AbnormalOrders(WrittenFilter::of(filter)))
        }
        Download::ResendBatch(id, state) => {
            if let Err(error) = find_resend_batch(app, scope, id).await {
                return refuse(app, scope, "createDownloadLink", id, error).await;
            }
            let state = state.map(|state| state.code().to_owned());
            ("resend-batch.csv", WrittenList::ResendBatch { id: id.value(), state })
        }
    };
    let english = form.language == Language::English;
    let wanted = Wanted { list, encoding: form.encoding.name().to_owned(), english };
    let (token, expires_at) = download_link::issue(&app.secrets, who, &wanted, app.clock.now())?;
    Ok((format!("/export/{file}?link={token}"), expires_at))
}

/// Opens a link with the rights that its holder has now.
///
/// # Errors
/// `Unauthenticated` where the link is not good or not any more, or its holder is gone.
pub(crate) async fn open_download(app: &App, link: &str, origin: Origin) -> Result<(Export, Scope), Error> {
    let read = download_link::read::<Wanted>(&app.secrets, link, app.clock.now());
    let (who, wanted) = read.ok_or(Error::Unauthenticated)?;
    let scope = authorize_link(app, who, origin).await?.scope;
    let language = if wanted.english { Language::English } else { Language::Japanese };
    let encoding = CsvEncoding::from_name(&wanted.encoding).ok_or(Error::Unauthenticated)?;
    let form = Form { encoding, language };
    let export = match wanted.list {
        WrittenList::SendErrors(search) => {
            let (search, sort) = search.read().ok_or(Error::Unauthenticated)?;
            Export::SendErrors(SendErrorExport { search, sort, form })
        }
        WrittenList::AbnormalOrders(filter) => {
            let filter = filter.read().ok_or(Error::Unauthenticated)?;
            Export::AbnormalOrders(AbnormalOrderExport { filter, form })
        }
        WrittenList::ResendBatch { id, state } => {
            let batch = ResendBatchId::new(id);
            find_resend_batch(app, &scope, batch).await?;
            let state = state.as_deref().and_then(BatchRowState::from_code);
            Export::ResendBatch(ResendBatchExport { batch, state, form })
        }
    };
    Ok((export, scope))
}

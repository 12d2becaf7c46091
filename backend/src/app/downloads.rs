//! Download links: an export that a browser opens without a header, within a minute. The link says who asked and what;
//! rights are read again when it is used.

use serde::{Deserialize, Serialize};
use todoke_domain::{
    csv::CsvEncoding,
    ids::{IpCode, ResendBatchId},
    resend_batch::BatchRowState,
    search::{Keywords, SendErrorSearch, Span},
    send_error::{Condition, SendErrorSort},
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    App, Error,
    exports::{Export, Form, SendErrorExport, resend_batches::ResendBatchExport},
    resend_batches::{find_resend_batch, refuse},
};
use crate::{
    auth::{
        authorize::authorize_link,
        download_link::{self, Holder},
        scope::{Origin, Scope},
    },
    messages::Language,
};

/// What may be downloaded by a link.
#[derive(Clone, Debug)]
pub(crate) enum Download {
    /// The rows of a search.
    SendErrors(SendErrorSearch, SendErrorSort),
    /// The rows of a batch, all or those in one state.
    ResendBatch(ResendBatchId, Option<BatchRowState>),
}

/// What a link holds, as it stands in the token.
#[derive(Debug, Serialize, Deserialize)]
struct Wanted {
    list: List,
    encoding: String,
    english: bool,
}

#[derive(Debug, Serialize, Deserialize)]
enum List {
    SendErrors(Search),
    ResendBatch { id: Uuid, state: Option<String> },
}

#[derive(Debug, Serialize, Deserialize)]
struct Search {
    ip_codes: Vec<String>,
    condition: String,
    order_no: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    sendid: Option<String>,
    from: i64,
    until: i64,
    sort: String,
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
    let who = Holder::of(scope.actor()).ok_or(Error::Unauthenticated)?;
    let (file, list) = match download {
        Download::SendErrors(search, sort) => ("send-errors.csv", List::SendErrors(Search::of(search, sort))),
        Download::ResendBatch(id, state) => {
            if let Err(error) = find_resend_batch(app, scope, id).await {
                return refuse(app, scope, "createDownloadLink", id, error).await;
            }
            let state = state.map(|state| state.code().to_owned());
            ("resend-batch.csv", List::ResendBatch { id: id.value(), state })
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
        List::SendErrors(search) => {
            let (search, sort) = search.read().ok_or(Error::Unauthenticated)?;
            Export::SendErrors(SendErrorExport { search, sort, form })
        }
        List::ResendBatch { id, state } => {
            let batch = ResendBatchId::new(id);
            find_resend_batch(app, &scope, batch).await?;
            let state = state.as_deref().and_then(BatchRowState::from_code);
            Export::ResendBatch(ResendBatchExport { batch, state, form })
        }
    };
    Ok((export, scope))
}

impl Search {
    fn of(search: SendErrorSearch, sort: SendErrorSort) -> Self {
        let Keywords { order_no, email, phone, sendid } = search.keywords;
        Self {
            ip_codes: search.ip_codes.into_iter().map(String::from).collect(),
            condition: search.condition.code().to_owned(),
            order_no,
            email,
            phone,
            sendid,
            from: search.span.from.as_micros(),
            until: search.span.until.as_micros(),
            sort: sort.code().to_owned(),
        }
    }

    fn read(self) -> Option<(SendErrorSearch, SendErrorSort)> {
        let ip_codes: Result<Vec<IpCode>, _> = self.ip_codes.iter().map(|code| IpCode::parse(code)).collect();
        let Self { order_no, email, phone, sendid, .. } = self;
        let search = SendErrorSearch {
            ip_codes: ip_codes.ok()?,
            condition: Condition::from_code(&self.condition)?,
            keywords: Keywords { order_no, email, phone, sendid },
            span: Span { from: Timestamp::from_micros(self.from), until: Timestamp::from_micros(self.until) },
        };
        Some((search, SendErrorSort::from_code(&self.sort)?))
    }
}

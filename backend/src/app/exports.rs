//! Exports: rows of a search as CSV, page by page, so that memory does not grow with the search
//! (docs/REQUIREMENTS.md, A.14).

use todoke_domain::{
    csv::{CsvEncoding, csv_line},
    search::SendErrorSearch,
    send_error::{SendErrorSort, SendErrorStatus},
    time::Timestamp,
};

use super::{App, Error};

pub(crate) mod abnormal_orders;
pub(crate) mod resend_batches;

use self::{abnormal_orders::AbnormalOrderExport, resend_batches::ResendBatchExport};
use crate::{
    auth::scope::Scope,
    messages::{self, Language},
    store::{
        self,
        page::{PageRequest, Place},
        send_errors::SendError,
    },
};

/// Rows read at once.
const ROWS_AT_ONCE: u64 = 1_000;

/// How a file is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Form {
    /// The bytes.
    pub encoding: CsvEncoding,
    /// The columns' and words' language.
    pub language: Language,
}

/// An export that is under way: of which list, and what is in it.
#[derive(Clone, Debug)]
pub(crate) enum Export {
    /// CGI送信エラー.
    SendErrors(SendErrorExport),
    /// 異常注文.
    AbnormalOrders(AbnormalOrderExport),
    /// 一括.
    ResendBatch(ResendBatchExport),
}

impl Export {
    /// The bytes.
    pub(crate) fn encoding(&self) -> CsvEncoding {
        match self {
            Self::SendErrors(export) => export.form.encoding,
            Self::AbnormalOrders(export) => export.form.encoding,
            Self::ResendBatch(export) => export.form.encoding,
        }
    }

    /// The file's name, with the moment in Asia/Tokyo (docs/DOMAIN.md, Conventions).
    pub(crate) fn file_name(&self, now: Timestamp) -> String {
        let digits: String = now.to_tokyo_text().chars().filter(char::is_ascii_digit).collect();
        match self {
            Self::SendErrors(_) => format!("send-errors_{digits}.csv"),
            Self::AbnormalOrders(_) => format!("abnormal-orders_{digits}.csv"),
            Self::ResendBatch(_) => format!("resend-batch_{digits}.csv"),
        }
    }

    /// The first bytes: the heading, with a byte order mark where the encoding wants one.
    pub(crate) fn heading(&self) -> Vec<u8> {
        let mut bytes = self.encoding().byte_order_mark().to_vec();
        bytes.extend(match self {
            Self::SendErrors(export) => export.heading(),
            Self::AbnormalOrders(export) => export.heading(),
            Self::ResendBatch(export) => export.heading(),
        });
        bytes
    }

    /// The lines of the next rows, and the place after which the following ones begin; `None` at the end.
    pub(crate) async fn next_lines(
        &self,
        app: &App,
        scope: &Scope,
        after: Option<Place>,
    ) -> Result<(Vec<u8>, Option<Place>), Error> {
        match self {
            Self::SendErrors(export) => export.next_lines(app, scope, after).await,
            Self::AbnormalOrders(export) => export.next_lines(app, scope, after).await,
            Self::ResendBatch(export) => export.next_lines(app, scope, after).await,
        }
    }
}

/// An export of send errors.
#[derive(Clone, Debug)]
pub(crate) struct SendErrorExport {
    /// The search.
    pub search: SendErrorSearch,
    /// The order.
    pub sort: SendErrorSort,
    /// How they are written.
    pub form: Form,
}

impl SendErrorExport {
    fn heading(&self) -> Vec<u8> {
        let names = match self.form.language {
            Language::Japanese => [
                "送信日時",
                "IPコード",
                "オーダーNo",
                "キャリア",
                "金額",
                "電話番号",
                "メールアドレス",
                "ID(sendid)",
                "CGISendErr",
                "原因",
                "HTTPステータス",
                "到達",
                "試行",
                "処理日時",
                "処理者",
                "理由",
            ],
            Language::English => [
                "Sent at",
                "IP code",
                "Order no.",
                "Carrier",
                "Amount",
                "Phone",
                "E-mail",
                "ID (sendid)",
                "CGISendErr",
                "Cause",
                "HTTP status",
                "Receipt",
                "Attempts",
                "Processed at",
                "Processed by",
                "Reason",
            ],
        };
        csv_line(&names, self.form.encoding)
    }

    async fn next_lines(
        &self,
        app: &App,
        scope: &Scope,
        after: Option<Place>,
    ) -> Result<(Vec<u8>, Option<Place>), Error> {
        let request = PageRequest { rows: ROWS_AT_ONCE, after };
        let page =
            store::send_error_lists::search(scope, app.database.reader(), (&self.search, self.sort), request)
                .await?;
        let mut bytes = Vec::new();
        for (_, row) in &page.rows {
            bytes.extend(self.line(row));
        }
        let last = page.rows.last().map(|(place, _)| *place);
        Ok((bytes, last.filter(|_| page.has_next)))
    }

    fn line(&self, row: &SendError) -> Vec<u8> {
        let processing = row.processing.as_ref();
        let fields = [
            row.occurred_at.to_tokyo_text(),
            row.ip_code.to_string(),
            row.order_no.clone(),
            row.carrier.clone(),
            row.amount.amount().to_string(),
            row.phone.clone(),
            row.email.clone(),
            row.sendid.clone(),
            status_text(row.status, self.form.language).to_owned(),
            messages::cause_text(row.cause, self.form.language).to_owned(),
            row.http_status.map(|status| status.to_string()).unwrap_or_default(),
            messages::receipt_text(row.receipt, self.form.language).to_owned(),
            row.attempt_count.to_string(),
            processing.map(|processing| processing.at.to_tokyo_text()).unwrap_or_default(),
            processing.map(|processing| processing.by.clone()).unwrap_or_default(),
            processing.and_then(|processing| processing.reason.clone()).unwrap_or_default(),
        ];
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        csv_line(&fields, self.form.encoding)
    }
}

const fn status_text(status: SendErrorStatus, language: Language) -> &'static str {
    match (status, language) {
        (SendErrorStatus::Unprocessed, Language::Japanese) => "未処理",
        (SendErrorStatus::Unprocessed, Language::English) => "Unprocessed",
        (SendErrorStatus::Processed, Language::Japanese) => "処理済",
        (SendErrorStatus::Processed, Language::English) => "Processed",
    }
}

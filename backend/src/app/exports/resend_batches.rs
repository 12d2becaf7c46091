//! The rows of a resend batch as CSV, all or those with one outcome (docs/REQUIREMENTS.md, A.10).

use todoke_domain::{csv::csv_line, ids::ResendBatchId, resend_batch::BatchRowState, time::Timestamp};

use super::{Form, ROWS_AT_ONCE};
use crate::{
    app::{App, Error, resend_batches::list_batch_rows},
    auth::scope::Scope,
    messages::{self, Language},
    store::{
        page::{PageRequest, Place},
        resend_batch_rows::BatchRow,
    },
};

/// An export of a batch's rows.
#[derive(Clone, Debug)]
pub(crate) struct ResendBatchExport {
    /// The batch.
    pub batch: ResendBatchId,
    /// Rows in this state only.
    pub state: Option<BatchRowState>,
    /// How they are written.
    pub form: Form,
}

impl ResendBatchExport {
    pub(super) fn heading(&self) -> Vec<u8> {
        let names = match self.form.language {
            Language::Japanese => {
                ["送信日時", "IPコード", "オーダーNo", "到達", "試行", "結果", "理由", "処理日時"]
            }
            Language::English => [
                "Sent at",
                "IP code",
                "Order no.",
                "Receipt",
                "Attempts",
                "Outcome",
                "Reason",
                "Processed at",
            ],
        };
        csv_line(&names, self.form.encoding)
    }

    pub(super) async fn next_lines(
        &self,
        app: &App,
        scope: &Scope,
        after: Option<Place>,
    ) -> Result<(Vec<u8>, Option<Place>), Error> {
        let request = PageRequest { rows: ROWS_AT_ONCE, after };
        let page = list_batch_rows(app, scope, self.batch, self.state, request).await?;
        let bytes = page.rows.iter().flat_map(|(_, row)| self.line(row)).collect();
        let last = page.rows.last().map(|(place, _)| *place);
        Ok((bytes, last.filter(|_| page.has_next)))
    }

    fn line(&self, row: &BatchRow) -> Vec<u8> {
        let language = self.form.language;
        let reason = row.cause.as_deref().map(|reason| messages::batch_row_reason_text(reason, language));
        csv_line(
            &[
                row.occurred_at.to_tokyo_text().as_str(),
                row.ip_code.as_str(),
                row.order_no.as_str(),
                messages::receipt_text(row.receipt, language),
                row.attempt_count.to_string().as_str(),
                messages::batch_row_state_text(row.state, language),
                reason.unwrap_or_default(),
                row.finished_at.map(Timestamp::to_tokyo_text).unwrap_or_default().as_str(),
            ],
            self.form.encoding,
        )
    }
}

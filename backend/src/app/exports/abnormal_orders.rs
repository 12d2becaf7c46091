//! The lists of abnormal orders as CSV: the columns of the screen, and what a row tells beside them
//! (docs/REQUIREMENTS.md, B.4).

use todoke_domain::{csv::csv_line, time::Timestamp};

use super::{Form, ROWS_AT_ONCE};
use crate::{
    app::{App, Error},
    auth::scope::Scope,
    messages::{self, Language},
    store::{
        self,
        abnormal_orders::{AbnormalOrder, AbnormalOrderFilter},
        page::{PageRequest, Place},
    },
};

/// An export of abnormal orders.
#[derive(Clone, Debug)]
pub(crate) struct AbnormalOrderExport {
    /// Which rows.
    pub filter: AbnormalOrderFilter,
    /// How they are written.
    pub form: Form,
}

impl AbnormalOrderExport {
    pub(super) fn heading(&self) -> Vec<u8> {
        let names = match self.form.language {
            Language::Japanese => [
                "注文種別",
                "ステータス",
                "注文番号",
                "復旧信号受信日時",
                "注文日時",
                "注文者",
                "会員ID",
                "合計(税込)",
                "送料(税込)",
                "個数",
                "IPコード",
                "復旧できない理由",
                "決済取消",
                "復旧日時",
                "復旧者",
            ],
            Language::English => [
                "Order type",
                "State",
                "Order no.",
                "Signal received at",
                "Ordered at",
                "Customer",
                "Member ID",
                "Total (tax incl.)",
                "Shipping (tax incl.)",
                "Items",
                "IP code",
                "Why not restorable",
                "Cancelled at gateway",
                "Restored at",
                "Restored by",
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
        let page = store::abnormal_orders::list(scope, app.database.reader(), &self.filter, request).await?;
        let mut bytes = Vec::new();
        for (_, row) in &page.rows {
            bytes.extend(self.line(row));
        }
        let last = page.rows.last().map(|(place, _)| *place);
        Ok((bytes, last.filter(|_| page.has_next)))
    }

    /// What a row has not, as the columns of a checkout that never came, is empty.
    fn line(&self, row: &AbnormalOrder) -> Vec<u8> {
        let (ordered, restored) = (row.ordered.as_ref(), row.restored.as_ref());
        let cancelled =
            if row.cancelled_at_gateway { messages::cancelled_text(self.form.language) } else { "" };
        let fields = [
            ordered.map(|ordered| ordered.order_type.clone()),
            Some(messages::abnormal_order_status_text(row.status, self.form.language).to_owned()),
            Some(row.order_no.clone()),
            Some(row.received_at.to_tokyo_text()),
            ordered.map(|ordered| ordered.ordered_at.to_tokyo_text()),
            ordered.map(|ordered| ordered.customer_name.clone()),
            ordered.and_then(|ordered| ordered.member_id.clone()),
            ordered.map(|ordered| ordered.total.amount().to_string()),
            ordered.map(|ordered| ordered.shipping_fee.amount().to_string()),
            ordered.map(|ordered| ordered.item_count.to_string()),
            Some(row.payment.ip_code.to_string()),
            row.reason.map(|reason| messages::reason_text(reason, self.form.language).to_owned()),
            Some(cancelled.to_owned()),
            restored.map(|restored| restored.at).map(Timestamp::to_tokyo_text),
            restored.map(|restored| restored.by.clone()),
        ];
        let fields: Vec<&str> = fields.iter().map(|field| field.as_deref().unwrap_or_default()).collect();
        csv_line(&fields, self.form.encoding)
    }
}

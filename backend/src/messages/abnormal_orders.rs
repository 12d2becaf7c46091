//! The states of abnormal orders and why one cannot be restored, in both languages. For exports.

use todoke_domain::abnormal_order::{AbnormalOrderStatus, Reason};

use super::Language;

/// A state, as its list is called.
pub(crate) const fn abnormal_order_status_text(
    status: AbnormalOrderStatus,
    language: Language,
) -> &'static str {
    match (status, language) {
        (AbnormalOrderStatus::Restorable, Language::Japanese) => "復旧対象",
        (AbnormalOrderStatus::Restorable, Language::English) => "Restorable",
        (AbnormalOrderStatus::Restored, Language::Japanese) => "復旧済",
        (AbnormalOrderStatus::Restored, Language::English) => "Restored",
        (AbnormalOrderStatus::Duplicate, Language::Japanese) => "重複注文",
        (AbnormalOrderStatus::Duplicate, Language::English) => "Duplicate",
        (AbnormalOrderStatus::Unrestorable, Language::Japanese) => "復旧不可",
        (AbnormalOrderStatus::Unrestorable, Language::English) => "Unrestorable",
    }
}

/// That the payment was cancelled at the gateway.
pub(crate) const fn cancelled_text(language: Language) -> &'static str {
    match language {
        Language::Japanese => "取消済",
        Language::English => "Cancelled",
    }
}

/// Why a row cannot be restored.
pub(crate) const fn reason_text(reason: Reason, language: Language) -> &'static str {
    match language {
        Language::Japanese => japanese_reason(reason),
        Language::English => english_reason(reason),
    }
}

const fn japanese_reason(reason: Reason) -> &'static str {
    match reason {
        Reason::NoCheckout => "この注文番号の注文データがありません",
        Reason::AmountMismatch => "決済金額が注文データの合計と一致しません",
        Reason::PaymentMethodMismatch => "決済方法が注文データと一致しません",
        Reason::AccessIdMismatch => "取引ID(AccessID)が注文データと一致しません",
        Reason::CheckoutExpired => "注文データの有効期限が切れています",
        Reason::InvalidAmount => "結果通知の金額が正しくありません",
        Reason::InvalidCurrency => "結果通知の通貨が円ではありません",
        Reason::InvalidDate => "結果通知の取引日時が正しくありません",
        Reason::OrderExists => "同じ注文番号の注文が、別の決済ですでにあります",
        Reason::CancelledAtGateway => "決済システムで取り消されています",
    }
}

const fn english_reason(reason: Reason) -> &'static str {
    match reason {
        Reason::NoCheckout => "there is no checkout with this number",
        Reason::AmountMismatch => "the amount paid differs from the checkout's total",
        Reason::PaymentMethodMismatch => "the payment method differs from the checkout's",
        Reason::AccessIdMismatch => "the AccessID differs from the checkout's",
        Reason::CheckoutExpired => "the checkout has expired",
        Reason::InvalidAmount => "the notification's amount is not valid",
        Reason::InvalidCurrency => "the notification's currency is not yen",
        Reason::InvalidDate => "the notification's date is not valid",
        Reason::OrderExists => "an order with this number exists through another payment",
        Reason::CancelledAtGateway => "it was cancelled at the gateway",
    }
}

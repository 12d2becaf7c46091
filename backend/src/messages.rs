//! What people read when something is wrong: every code in Japanese and in English, in one exhaustive match.

use todoke_domain::{payment::FaultKind, search::SearchRule};

mod abnormal_orders;
mod causes;
mod conflicts;
mod resend_batches;
mod settings;

pub(crate) use self::resend_batches::{batch_row_reason_text, batch_row_state_text};
pub(crate) use abnormal_orders::{abnormal_order_status_text, cancelled_text, reason_text};
pub(crate) use causes::{cause_text, receipt_text};
pub(crate) use conflicts::ConflictReason;
pub(crate) use settings::SettingFault;

/// The reader's language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Language {
    /// 日本語, the default.
    #[default]
    Japanese,
    /// English.
    English,
}

impl Language {
    /// From an `Accept-Language` header: English where it is preferred to Japanese.
    pub(crate) fn from_header(header: Option<&str>) -> Self {
        let text = header.unwrap_or_default().to_ascii_lowercase();
        let place = |tag: &str| text.split(',').position(|part| part.trim().starts_with(tag));
        match (place("ja"), place("en")) {
            (None, Some(_)) => Self::English,
            (Some(japanese), Some(english)) if english < japanese => Self::English,
            _ => Self::Japanese,
        }
    }
}

/// Something that a person can mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Message {
    /// A rule of the search.
    Search(SearchRule),
    /// A fault of a field.
    Field(FaultKind),
    /// A fault of a setting.
    Setting(SettingFault),
    /// Login or password is wrong; which of the two is not told.
    WrongCredentials,
    /// Too many wrong passwords; so many seconds to wait.
    LockedOut(u32),
    /// The merchant may have received the result; that has to be confirmed.
    MaybeReceivedNotConfirmed,
    /// An idempotency key is 1 to 100 characters.
    IdempotencyKeyInvalid,
    /// A cursor that this list never gave.
    CursorInvalid,
    /// A page has 1 to 100 rows.
    PageSizeInvalid,
    /// No row that the plan could take.
    NothingToDo,
    /// Every row that the plan could take may have been received.
    OnlyMaybeReceived,
    /// More elements than one request may bring.
    TooManyElements(usize),
    /// An order with this number is there already: its checkout stays as it was.
    OrderExists,
    /// The order is stored with another value.
    DiffersFromStored,
    /// No change leads from the order's status to this one.
    StatusNotAllowed,
    /// The template has a placeholder that there is not.
    UnknownPlaceholder(String),
    /// The gateway did not tell; going on without it has to be chosen.
    GatewayUnreachable,
    /// The gateway check is not set up.
    GatewayNotConfigured,
    /// The ShopID cannot be used.
    ShopIdTaken,
    /// The cart is told of restored orders only.
    OrderNotRestored,
    /// The IP code's cart is not told of restored orders.
    RestoredEndpointNotSet,
}

/// Every kind of message once, for the test that each has both texts.
#[cfg(test)]
fn every_message() -> Vec<Message> {
    let search = SearchRule::ALL.into_iter().map(Message::Search);
    let fields = [
        FaultKind::Required,
        FaultKind::WrongType,
        FaultKind::TooLong(1),
        FaultKind::TooMany(1),
        FaultKind::OutOfRange,
        FaultKind::InvalidFormat,
        FaultKind::UnknownField,
        FaultKind::ReservedName,
        FaultKind::UnknownIpCode,
        FaultKind::NotInCharset('x'),
    ]
    .map(Message::Field);
    let others = [
        Message::WrongCredentials,
        Message::LockedOut(1),
        Message::MaybeReceivedNotConfirmed,
        Message::IdempotencyKeyInvalid,
        Message::CursorInvalid,
        Message::PageSizeInvalid,
        Message::NothingToDo,
        Message::OnlyMaybeReceived,
        Message::TooManyElements(1),
        Message::OrderExists,
        Message::DiffersFromStored,
        Message::StatusNotAllowed,
        Message::UnknownPlaceholder(String::new()),
        Message::GatewayUnreachable,
        Message::GatewayNotConfigured,
        Message::ShopIdTaken,
        Message::OrderNotRestored,
        Message::RestoredEndpointNotSet,
    ];
    let settings = SettingFault::ALL.into_iter().map(Message::Setting);
    search.chain(fields).chain(others).chain(settings).collect()
}

impl Message {
    /// The stable public code.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Search(rule) => rule.code(),
            Self::Field(kind) => kind.code(),
            Self::Setting(fault) => fault.code(),
            Self::WrongCredentials => "WRONG_CREDENTIALS",
            Self::LockedOut(_) => "LOCKED_OUT",
            Self::MaybeReceivedNotConfirmed => "MAYBE_RECEIVED_NOT_CONFIRMED",
            Self::IdempotencyKeyInvalid => "IDEMPOTENCY_KEY_INVALID",
            Self::CursorInvalid => "CURSOR_INVALID",
            Self::PageSizeInvalid => "PAGE_SIZE_INVALID",
            Self::NothingToDo => "NOTHING_TO_DO",
            Self::OnlyMaybeReceived => "ONLY_MAYBE_RECEIVED",
            Self::TooManyElements(_) => "TOO_MANY_ELEMENTS",
            Self::OrderExists => "ORDER_EXISTS",
            Self::DiffersFromStored => "DIFFERS_FROM_STORED",
            Self::StatusNotAllowed => "STATUS_NOT_ALLOWED",
            Self::UnknownPlaceholder(_) => "UNKNOWN_PLACEHOLDER",
            Self::GatewayUnreachable => "GATEWAY_UNREACHABLE",
            Self::GatewayNotConfigured => "GATEWAY_NOT_CONFIGURED",
            Self::ShopIdTaken => "SHOP_ID_TAKEN",
            Self::OrderNotRestored => "ORDER_NOT_RESTORED",
            Self::RestoredEndpointNotSet => "RESTORED_ENDPOINT_NOT_SET",
        }
    }

    /// The text in the reader's language.
    pub(crate) fn text(&self, language: Language) -> String {
        match language {
            Language::Japanese => self.japanese(),
            Language::English => self.english(),
        }
    }

    fn japanese(&self) -> String {
        match self {
            Self::Search(rule) => japanese_search_rule(*rule).to_owned(),
            Self::Field(kind) => japanese_field_fault(*kind),
            Self::Setting(fault) => fault.japanese().to_owned(),
            Self::WrongCredentials => "ログインIDまたはパスワードが正しくありません。".to_owned(),
            Self::LockedOut(seconds) => {
                format!("サインインに続けて失敗したため、一時的に停止しています。{seconds}秒後にもう一度お試しください。")
            }
            Self::MaybeReceivedNotConfirmed => {
                "加盟店様のシステムに到達している可能性があります。提供・発送状況を確認し、確認済みであることを指定してください。".to_owned()
            }
            Self::IdempotencyKeyInvalid => "idempotencyKeyは1〜100文字で指定してください。".to_owned(),
            Self::CursorInvalid => "ページの位置が正しくありません。最初のページから表示し直してください。".to_owned(),
            Self::PageSizeInvalid => "1ページの件数は1〜100で指定してください。".to_owned(),
            Self::NothingToDo => "対象となるデータがありません。".to_owned(),
            Self::OnlyMaybeReceived => {
                "対象のデータはすべて「到達の可能性あり」です。再送信するには、含めることを指定してください。".to_owned()
            }
            Self::TooManyElements(most) => format!("一度に登録できるのは{most}件までです。"),
            Self::OrderExists => "この注文番号の注文はすでに登録されています。".to_owned(),
            Self::DiffersFromStored => "登録済みの注文と値が異なります。".to_owned(),
            Self::UnknownPlaceholder(name) => format!("「{{{{{name}}}}}」という差し込み項目はありません。"),
            Self::GatewayUnreachable => {
                "決済代行会社に取引状態を確認できませんでした。管理画面で確認のうえ、確認せずに復旧することを指定してください。".to_owned()
            }
            Self::GatewayNotConfigured => {
                "取引状態の照会は設定されていません(ショップパスワードと照会先が必要です)。".to_owned()
            }
            Self::ShopIdTaken => "このショップIDは使用できません。".to_owned(),
            Self::OrderNotRestored => "復旧した注文だけをカートに通知できます。".to_owned(),
            Self::RestoredEndpointNotSet => "復旧通知の送信先URLが設定されていません。".to_owned(),
            Self::StatusNotAllowed => "現在の注文処理状況からは、この状況に変更できません。".to_owned(),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::Search(rule) => english_search_rule(*rule).to_owned(),
            Self::Field(kind) => english_field_fault(*kind),
            Self::Setting(fault) => fault.english().to_owned(),
            Self::WrongCredentials => "The login ID or the password is not correct.".to_owned(),
            Self::LockedOut(seconds) => {
                format!("Sign-in is paused after repeated failures. Try again in {seconds} seconds.")
            }
            Self::MaybeReceivedNotConfirmed => {
                "Your system may have received this result. Check what was provided or shipped, then confirm that you did.".to_owned()
            }
            Self::IdempotencyKeyInvalid => "idempotencyKey must have 1 to 100 characters.".to_owned(),
            Self::CursorInvalid => "The page's position is not valid. Start again from the first page.".to_owned(),
            Self::PageSizeInvalid => "A page has 1 to 100 rows.".to_owned(),
            Self::NothingToDo => "There is no row to act on.".to_owned(),
            Self::OnlyMaybeReceived => {
                "Every one of these rows may have been received. To resend them, include them on purpose.".to_owned()
            }
            Self::TooManyElements(most) => format!("At most {most} can be registered at once."),
            Self::OrderExists => "An order with this number is registered already.".to_owned(),
            Self::DiffersFromStored => "The order is registered with another value.".to_owned(),
            Self::UnknownPlaceholder(name) => format!("There is no placeholder {{{{{name}}}}}."),
            Self::GatewayUnreachable => {
                "The gateway could not tell the payment's state. Look there yourself, then choose to restore without the check.".to_owned()
            }
            Self::GatewayNotConfigured => {
                "The gateway check is not set up: it needs the ShopPass and the server's gateway address.".to_owned()
            }
            Self::ShopIdTaken => "This ShopID cannot be used.".to_owned(),
            Self::OrderNotRestored => "The cart is told of restored orders only.".to_owned(),
            Self::RestoredEndpointNotSet => "No address is set for the news of restored orders.".to_owned(),
            Self::StatusNotAllowed => "The order cannot go from its present status to this one.".to_owned(),
        }
    }
}

const fn japanese_search_rule(rule: SearchRule) -> &'static str {
    match rule {
        SearchRule::IpCodeRequired => "IPコードを1つ以上選択してください。",
        SearchRule::IpCodeInvalid => "IPコードは5〜10桁の数字で指定してください。",
        SearchRule::TooManyIpCodes => "IPコードは100件まで選択できます。",
        SearchRule::PeriodOrKeywordRequired => {
            "期間または検索キーワードのいずれか1つ以上を指定してください。"
        }
        SearchRule::KeywordRequired => {
            "複数のIPコードを選択して年月を指定する場合は、検索キーワードも指定してください。"
        }
        SearchRule::TooOld => "指定できるのは過去8ヶ月間です。",
        SearchRule::InFuture => "本日より後は指定できません。",
        SearchRule::Reversed => "開始日は終了日以前にしてください。",
        SearchRule::InvalidDate => "正しい日付ではありません。",
        SearchRule::DayMissing => "開始日と終了日の両方を指定してください。",
        SearchRule::SeveralPeriods => "期間の指定方法は1つだけ選んでください。",
        SearchRule::KeywordTooLong => "検索キーワードは254文字以内で入力してください。",
        SearchRule::PhoneInvalid => "電話番号は数字で入力してください。",
    }
}

const fn english_search_rule(rule: SearchRule) -> &'static str {
    match rule {
        SearchRule::IpCodeRequired => "Choose at least one IP code.",
        SearchRule::IpCodeInvalid => "An IP code is five to ten digits.",
        SearchRule::TooManyIpCodes => "At most 100 IP codes can be chosen.",
        SearchRule::PeriodOrKeywordRequired => "Give a period or at least one keyword.",
        SearchRule::KeywordRequired => "With several IP codes and a month, a keyword is needed as well.",
        SearchRule::TooOld => "Only the last eight months can be searched.",
        SearchRule::InFuture => "Days after today cannot be searched.",
        SearchRule::Reversed => "The first day must not be after the last.",
        SearchRule::InvalidDate => "This is not a date.",
        SearchRule::DayMissing => "Give both the first and the last day.",
        SearchRule::SeveralPeriods => "Give only one kind of period.",
        SearchRule::KeywordTooLong => "A keyword has at most 254 characters.",
        SearchRule::PhoneInvalid => "A phone number consists of digits.",
    }
}

fn japanese_field_fault(kind: FaultKind) -> String {
    match kind {
        FaultKind::Required => "必須項目です。".to_owned(),
        FaultKind::WrongType => "値の型が正しくありません。".to_owned(),
        FaultKind::TooLong(most) => format!("{most}文字以内で指定してください。"),
        FaultKind::TooMany(most) => format!("{most}件以内で指定してください。"),
        FaultKind::OutOfRange => "指定できる範囲を超えています。".to_owned(),
        FaultKind::InvalidFormat => "形式が正しくありません。".to_owned(),
        FaultKind::UnknownField => "存在しない項目です。".to_owned(),
        FaultKind::ReservedName => "この項目は変更・追加できません。".to_owned(),
        FaultKind::UnknownIpCode => "IPコードが存在しません。".to_owned(),
        FaultKind::NotInCharset(character) => {
            format!("「{character}」(U+{:04X})は送信先の文字コードにありません。", u32::from(character))
        }
    }
}

fn english_field_fault(kind: FaultKind) -> String {
    match kind {
        FaultKind::Required => "This field is required.".to_owned(),
        FaultKind::WrongType => "The value has the wrong type.".to_owned(),
        FaultKind::TooLong(most) => format!("At most {most} characters are allowed."),
        FaultKind::TooMany(most) => format!("At most {most} elements are allowed."),
        FaultKind::OutOfRange => "The value is out of range.".to_owned(),
        FaultKind::InvalidFormat => "The value does not have the right form.".to_owned(),
        FaultKind::UnknownField => "There is no such field.".to_owned(),
        FaultKind::ReservedName => "This name cannot be added or changed.".to_owned(),
        FaultKind::UnknownIpCode => "There is no such IP code.".to_owned(),
        FaultKind::NotInCharset(character) => {
            format!(
                "{character:?} (U+{:04X}) does not exist in the endpoint's charset.",
                u32::from(character)
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::ConflictReason;

    #[test]
    fn every_code_has_a_japanese_and_an_english_text() {
        for message in every_message() {
            let (japanese, english) = (message.text(Language::Japanese), message.text(Language::English));
            assert!(!japanese.is_ascii(), "{message:?}");
            assert!(!english.is_empty() && english != japanese, "{message:?}");
            assert!(
                message.code().bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'),
                "{message:?}"
            );
        }
        for reason in ConflictReason::ALL {
            assert_ne!(reason.text(Language::Japanese), reason.text(Language::English));
        }
    }

    #[test]
    fn the_preferred_language_is_taken() {
        for (header, language) in [
            (None, Language::Japanese),
            (Some("en"), Language::English),
            (Some("ja,en;q=0.8"), Language::Japanese),
            (Some("en-GB,en;q=0.9,ja;q=0.5"), Language::English),
            (Some("fr"), Language::Japanese),
        ] {
            assert_eq!(Language::from_header(header), language);
        }
    }
}

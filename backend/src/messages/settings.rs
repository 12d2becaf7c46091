//! What may be wrong with the settings of an IP code, in both languages.

/// A fault of a setting that a person can mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SettingFault {
    /// Not an `http` or `https` address with a host.
    UrlNotWeb,
    /// The address bears a user or a password.
    UrlHasCredentials,
    /// The address bears a fragment, which is never sent.
    UrlHasFragment,
    /// The address leads to a network that deliveries may not reach.
    AddressNotAllowed,
    /// Not a mail address.
    MailAddressInvalid,
    /// This parameter may not be edited.
    ParameterNotEditable,
    /// Too many tests of this IP code within a minute.
    TooManyTests,
    /// Events are always signed: the secret comes before the address.
    SigningSecretRequired,
}

impl SettingFault {
    /// Every fault.
    #[cfg(test)]
    pub(super) const ALL: [Self; 8] = [
        Self::UrlNotWeb,
        Self::UrlHasCredentials,
        Self::UrlHasFragment,
        Self::AddressNotAllowed,
        Self::MailAddressInvalid,
        Self::ParameterNotEditable,
        Self::TooManyTests,
        Self::SigningSecretRequired,
    ];

    /// The stable public code.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::UrlNotWeb => "URL_NOT_WEB",
            Self::UrlHasCredentials => "URL_HAS_CREDENTIALS",
            Self::UrlHasFragment => "URL_HAS_FRAGMENT",
            Self::AddressNotAllowed => "ADDRESS_NOT_ALLOWED",
            Self::MailAddressInvalid => "MAIL_ADDRESS_INVALID",
            Self::ParameterNotEditable => "PARAMETER_NOT_EDITABLE",
            Self::TooManyTests => "TOO_MANY_TESTS",
            Self::SigningSecretRequired => "SIGNING_SECRET_REQUIRED",
        }
    }

    pub(super) const fn japanese(self) -> &'static str {
        match self {
            Self::UrlNotWeb => "http:// または https:// で始まる正しいURLを指定してください。",
            Self::UrlHasCredentials => "URLにユーザー名やパスワードを含めることはできません。",
            Self::UrlHasFragment => "URLに「#」以降の部分を含めることはできません。",
            Self::AddressNotAllowed => {
                "このアドレスには送信できません。インターネットに公開されているアドレスを指定してください。"
            }
            Self::MailAddressInvalid => "メールアドレスの形式が正しくありません。",
            Self::ParameterNotEditable => {
                "この項目は修正できません。修正できる項目はIPコードの設定で定められています。"
            }
            Self::TooManyTests => "テスト送信は1分間に10回までです。しばらくしてからお試しください。",
            Self::SigningSecretRequired => "先に署名シークレットを発行してください。",
        }
    }

    pub(super) const fn english(self) -> &'static str {
        match self {
            Self::UrlNotWeb => "Give a valid address that begins with http:// or https://.",
            Self::UrlHasCredentials => "The address must not hold a user name or a password.",
            Self::UrlHasFragment => "The address must not hold a part after #.",
            Self::AddressNotAllowed => {
                "This address may not be reached. Give one that is public on the internet."
            }
            Self::MailAddressInvalid => "This is not a valid mail address.",
            Self::ParameterNotEditable => {
                "This parameter may not be edited. The IP code's settings say which ones may."
            }
            Self::TooManyTests => "At most 10 tests can be sent in a minute. Try again shortly.",
            Self::SigningSecretRequired => "Make the signing secret first.",
        }
    }
}

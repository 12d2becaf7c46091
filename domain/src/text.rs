//! Text on the wire and in search fields: the merchants' character sets, percent-encoding, normalisation.
//!
//! CP932 is not UTF-8 with another name: percent-encoding is undone to bytes first, then the bytes are
//! decoded, because a second byte may be an ASCII letter. Nothing here replaces a character silently.

use encoding_rs::{EUC_JP, Encoding, SHIFT_JIS, UTF_8};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// The character set of a merchant's endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Charset {
    /// Windows-31J, the Shift_JIS of Japanese CGIs (with ㈱, 髙 and ～).
    #[default]
    Cp932,
    /// UTF-8.
    #[serde(rename = "utf-8")]
    Utf8,
    /// EUC-JP.
    EucJp,
}

/// A character that the charset does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{character:?} (U+{:04X}) does not exist in the endpoint's charset", u32::from(*.character))]
pub struct NotInCharset {
    /// The first such character.
    pub character: char,
}

impl Charset {
    /// Every charset.
    pub const ALL: [Self; 3] = [Self::Cp932, Self::Utf8, Self::EucJp];

    /// The name in settings and commands.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cp932 => "cp932",
            Self::Utf8 => "utf-8",
            Self::EucJp => "euc-jp",
        }
    }

    /// The charset of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|charset| charset.name() == name)
    }

    /// The name for a `Content-Type` header.
    pub const fn mime_name(self) -> &'static str {
        match self {
            Self::Cp932 => "Shift_JIS",
            Self::Utf8 => "UTF-8",
            Self::EucJp => "EUC-JP",
        }
    }

    /// The bytes of a text. A character counts as lacking also where it would come back as another one
    /// (`¥` would arrive as a backslash).
    pub fn encode(self, text: &str) -> Result<Vec<u8>, NotInCharset> {
        let (bytes, _, replaced) = self.encoding().encode(text);
        if !replaced && self.decode(&bytes) == text {
            return Ok(bytes.into_owned());
        }
        let lacking = text.chars().find(|character| !self.has(*character));
        Err(NotInCharset { character: lacking.unwrap_or(char::REPLACEMENT_CHARACTER) })
    }

    /// The text of bytes; what is no character becomes U+FFFD, visibly.
    pub fn decode(self, bytes: &[u8]) -> String {
        self.encoding().decode_without_bom_handling(bytes).0.into_owned()
    }

    fn has(self, character: char) -> bool {
        let mut buffer = [0_u8; 4];
        let text: &str = character.encode_utf8(&mut buffer);
        let (bytes, _, replaced) = self.encoding().encode(text);
        !replaced && self.decode(&bytes) == text
    }

    fn encoding(self) -> &'static Encoding {
        match self {
            Self::Cp932 => SHIFT_JIS,
            Self::Utf8 => UTF_8,
            Self::EucJp => EUC_JP,
        }
    }
}

/// Percent-encodes bytes: letters, digits and `-._~` stand for themselves, all else is `%XX`.
pub fn percent_encode(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    let mut text = String::with_capacity(bytes.len() * 3);
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            text.push(char::from(*byte));
        } else {
            text.push('%');
            text.extend(DIGITS.get(usize::from(byte >> 4)));
            text.extend(DIGITS.get(usize::from(byte & 0x0F)));
        }
    }
    text
}

/// A `%` without two hexadecimal digits behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("broken percent-encoding")]
pub struct BrokenPercentEncoding;

/// Undoes form encoding to bytes: `%XX` is a byte, `+` is a space.
pub fn percent_decode(text: &[u8]) -> Result<Vec<u8>, BrokenPercentEncoding> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = rest.next().and_then(hex_value);
                let low = rest.next().and_then(hex_value);
                match (high, low) {
                    (Some(high), Some(low)) => high << 4 | low,
                    _ => return Err(BrokenPercentEncoding),
                }
            }
            other => *other,
        });
    }
    Ok(bytes)
}

/// Splits a form-encoded body or query into decoded names and values, in wire order. Empty pieces are skipped.
pub fn parse_form(body: &[u8], charset: Charset) -> Result<Vec<(String, String)>, BrokenPercentEncoding> {
    let mut pairs = Vec::new();
    for piece in body.split(|byte| *byte == b'&').filter(|piece| !piece.is_empty()) {
        let mut halves = piece.splitn(2, |byte| *byte == b'=');
        let name = percent_decode(halves.next().unwrap_or_default())?;
        let value = percent_decode(halves.next().unwrap_or_default())?;
        pairs.push((charset.decode(&name), charset.decode(&value)));
    }
    Ok(pairs)
}

fn hex_value(byte: &u8) -> Option<u8> {
    char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// NFKC and trimmed: what every search field goes through (docs/REQUIREMENTS.md, A.6).
pub fn normalise(text: &str) -> String {
    text.nfkc().collect::<String>().trim().to_owned()
}

/// An e-mail address for comparison: normalised, lower case.
pub fn normalise_email(text: &str) -> String {
    normalise(text).to_lowercase()
}

/// A phone number for comparison: digits only, `+81` written as `0`.
/// Hyphens of every kind, spaces and brackets are dropped (docs/DOMAIN.md, Conventions); what else is not a
/// digit stays, so that a wrong entry finds nothing rather than something else.
pub fn normalise_phone(text: &str) -> String {
    const DROPPED: [char; 12] = [
        '-', '\u{2010}', '\u{2012}', '\u{2013}', '\u{2014}', '\u{2015}', '\u{2212}', 'ー', ' ', '(', ')', '.',
    ];
    let kept: String = normalise(text).chars().filter(|character| !DROPPED.contains(character)).collect();
    // What stood apart before may compose now that the space between is gone.
    let plain = normalise(&kept);
    match plain.strip_prefix("+81") {
        Some(national) => format!("0{}", national.strip_prefix('0').unwrap_or(national)),
        None => plain,
    }
}

/// An e-mail address for eyes that need not know it: its first character and its domain.
pub fn mask_email(address: &str) -> String {
    let (local, domain) = address.split_once('@').unwrap_or((address, ""));
    let first: String = local.chars().take(1).collect();
    if domain.is_empty() { format!("{first}***") } else { format!("{first}***@{domain}") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_characters_that_other_tables_lose_have_their_cp932_bytes() {
        for (text, bytes) in [
            ("春の福袋", &b"\x8f\x74\x82\xcc\x95\x9f\x91\xdc"[..]),
            ("㈱髙島", b"\x87\x8a\xfb\xfc\x93\x87"),
            ("～", b"\x81\x60"),
            ("ソ表", b"\x83\x5c\x95\x5c"),
        ] {
            assert_eq!(Charset::Cp932.encode(text).unwrap(), bytes, "{text}");
            assert_eq!(Charset::Cp932.decode(bytes), text);
        }
    }

    #[test]
    fn what_a_charset_lacks_is_named_never_replaced() {
        for (charset, text, character) in [
            (Charset::Cp932, "寿司🍣", '🍣'),
            (Charset::Cp932, "¥100", '¥'),
            (Charset::Cp932, "한국", '한'),
            (Charset::EucJp, "絵文字😀", '😀'),
        ] {
            assert_eq!(charset.encode(text), Err(NotInCharset { character }), "{text}");
        }
        assert!(Charset::Utf8.encode("寿司🍣").is_ok());
    }

    #[test]
    fn percent_encoding_keeps_ascii_second_bytes() {
        assert_eq!(percent_encode(b"\x8f\x74"), "%8Ft");
        assert_eq!(percent_encode(b"a b&c=d+e%"), "a%20b%26c%3Dd%2Be%25");
    }

    #[test]
    fn broken_percent_encoding_is_an_error() {
        for text in ["%", "%4", "%zz", "a%G0", "%%41"] {
            assert_eq!(percent_decode(text.as_bytes()), Err(BrokenPercentEncoding), "{text}");
        }
    }

    #[test]
    fn phones_and_addresses_are_brought_to_one_form() {
        for (text, phone) in [
            ("090-1234-5678", "09012345678"),
            ("０９０ー１２３４−５６７８", "09012345678"),
            ("+81 90 1234 5678", "09012345678"),
            ("+81-(0)90-1234-5678", "09012345678"),
            (" 03(1234)5678 ", "0312345678"),
            ("09O12345678", "09O12345678"),
        ] {
            assert_eq!(normalise_phone(text), phone, "{text}");
        }
        assert_eq!(normalise_email(" Ｔaro@Example.JP "), "taro@example.jp");
    }

    proptest! {
        #[test]
        fn whatever_encodes_comes_back_the_same(text in "\\PC{0,40}") {
            for charset in Charset::ALL {
                if let Ok(bytes) = charset.encode(&text) {
                    let wire = percent_encode(&bytes);
                    prop_assert_eq!(charset.decode(&percent_decode(wire.as_bytes()).unwrap()), text.clone());
                }
            }
        }

        #[test]
        fn japanese_text_round_trips_through_every_charset(text in "[ぁ-んァ-ヶ一-龠A-Za-z0-9 &=%+]{0,40}") {
            for charset in Charset::ALL {
                if let Ok(bytes) = charset.encode(&text) {
                    let form = format!("name={}", percent_encode(&bytes));
                    let pairs = parse_form(form.as_bytes(), charset).unwrap();
                    prop_assert_eq!(pairs, vec![("name".to_owned(), text.clone())]);
                }
            }
        }

        #[test]
        fn decoding_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse_form(&bytes, Charset::Cp932);
        }

        #[test]
        fn normalising_twice_changes_nothing(text in "\\PC{0,30}") {
            let once = normalise_phone(&text);
            prop_assert_eq!(normalise_phone(&once), once.clone());
        }
    }

    #[test]
    fn a_masked_address_keeps_its_first_character_and_its_domain() {
        for (address, masked) in
            [("taro@example.jp", "t***@example.jp"), ("髙@例.jp", "髙***@例.jp"), ("", "***"), ("x", "x***")]
        {
            assert_eq!(mask_email(address), masked);
        }
    }
}

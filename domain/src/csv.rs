//! CSV as Japanese spreadsheets read it: CP932 or UTF-8 with a byte order mark, CRLF, every field quoted, and no field
//! that a spreadsheet would take for a formula (docs/DOMAIN.md, Conventions of Japanese admin screens).

use crate::text::Charset;

/// Stands for a character that CP932 lacks: the mark that Japanese typesetting uses for a missing glyph. An export is
/// for reading; what is delivered to merchants is never replaced.
const MISSING: &str = "〓";

/// The bytes of a CSV file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CsvEncoding {
    /// For spreadsheets, the default.
    #[default]
    Cp932,
    /// UTF-8 with a byte order mark.
    Utf8,
}

impl CsvEncoding {
    /// The name in parameters and links.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cp932 => "cp932",
            Self::Utf8 => "utf8",
        }
    }

    /// The encoding of this name: `cp932` or `utf8`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "cp932" => Some(Self::Cp932),
            "utf8" => Some(Self::Utf8),
            _ => None,
        }
    }

    /// What a file begins with.
    pub const fn byte_order_mark(self) -> &'static [u8] {
        match self {
            Self::Cp932 => &[],
            Self::Utf8 => &[0xEF, 0xBB, 0xBF],
        }
    }

    /// The name for a `Content-Type` header.
    pub const fn mime_name(self) -> &'static str {
        match self {
            Self::Cp932 => Charset::Cp932.mime_name(),
            Self::Utf8 => Charset::Utf8.mime_name(),
        }
    }

    fn encode(self, text: &str) -> Vec<u8> {
        let charset = match self {
            Self::Cp932 => Charset::Cp932,
            Self::Utf8 => Charset::Utf8,
        };
        charset.encode(text).unwrap_or_else(|_| {
            let replaced = text.chars().map(|character| {
                let mut buffer = [0_u8; 4];
                let alone: &str = character.encode_utf8(&mut buffer);
                charset.encode(alone).or_else(|_| charset.encode(MISSING)).unwrap_or_default()
            });
            replaced.flatten().collect()
        })
    }
}

/// One line with its line break.
pub fn csv_line(fields: &[&str], encoding: CsvEncoding) -> Vec<u8> {
    let quoted: Vec<String> = fields.iter().map(|field| quote(field)).collect();
    encoding.encode(&format!("{}\r\n", quoted.join(",")))
}

/// Quoted; what begins like a formula gets an apostrophe in front, which spreadsheets show as text.
fn quote(field: &str) -> String {
    let looks_like_formula = field.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    let guard = if looks_like_formula { "'" } else { "" };
    format!("\"{guard}{}\"", field.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_quoted_and_quotes_are_doubled() {
        assert_eq!(csv_line(&["a", "b\"c", ""], CsvEncoding::Utf8), b"\"a\",\"b\"\"c\",\"\"\r\n");
    }

    #[test]
    fn nothing_is_taken_for_a_formula() {
        for field in ["=1+1", "+81", "-1", "@SUM(A1)", "\tx", "＝1"] {
            let line = String::from_utf8(csv_line(&[field], CsvEncoding::Utf8)).unwrap();
            assert_eq!(line, format!("\"'{field}\"\r\n"));
        }
        assert_eq!(csv_line(&["090-1"], CsvEncoding::Utf8), b"\"090-1\"\r\n");
    }

    #[test]
    fn cp932_keeps_its_characters_and_marks_what_it_lacks() {
        assert_eq!(csv_line(&["㈱髙"], CsvEncoding::Cp932), b"\"\x87\x8a\xfb\xfc\"\r\n");
        assert_eq!(
            csv_line(&["寿司🍣"], CsvEncoding::Cp932),
            [&b"\"\x8e\xf5\x8e\x69"[..], b"\x81\xac\"\r\n"].concat()
        );
    }
}

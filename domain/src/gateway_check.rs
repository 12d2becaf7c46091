//! What the gateway says of a transaction at this moment, held against the notification before a restore
//! (GMO-PG, `SearchTrade.idPass`; docs/DOMAIN.md, GMO-PG).
//!
//! Asks nobody: from the answer's bytes to a verdict. AccessPass is never taken out of an answer.

use crate::{
    money::Yen,
    text::{self, Charset},
};

/// Longest text that is kept of a field of the answer, in characters: its own greatest length, several errors joined.
const FIELD_CHARS_MAX: usize = 200;

/// What the gateway answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GatewayAnswer {
    /// The transaction.
    Trade(Trade),
    /// ErrCode and ErrInfo: it would not tell.
    Refused {
        /// ErrCode, several joined by `|`.
        code: String,
        /// ErrInfo, likewise.
        info: String,
    },
    /// Nothing that can be read.
    Unreadable,
}

/// A transaction as the gateway has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trade {
    /// Its state, as it came.
    pub status: String,
    /// Amount plus tax, where both are readable.
    pub total: Option<Yen>,
    /// The gateway's AccessID.
    pub access_id: String,
}

/// What the notification said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// What was paid; `None` where it cannot be read, and then it is not compared.
    pub total: Option<Yen>,
    /// The gateway's AccessID.
    pub access_id: String,
}

/// What went wrong, machine readable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The transaction is cancelled.
    Cancelled,
    /// The transaction is in a state in which no money is taken.
    NotPaid,
    /// Another amount than the notification's.
    AmountMismatch,
    /// Another transaction than the notification's.
    AccessIdMismatch,
    /// The gateway answered with an error.
    Refused,
    /// The gateway answered nothing in time.
    TimedOut,
    /// The gateway could not be reached.
    ConnectionFailed,
    /// The answer cannot be read.
    InvalidAnswer,
}

/// What contradicts: both values, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// The answer's field.
    pub field: &'static str,
    /// What the notification said.
    pub expected: String,
    /// What the gateway says.
    pub actual: String,
}

/// What follows for a restore.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Paid, the same amount, the same transaction.
    Passed,
    /// The gateway contradicts the notification: no order may be made.
    Blocked(Problem, Contradiction),
    /// Nobody knows: only with an explicit choice.
    Unknown(Problem),
}

/// Reads the answer, form encoded.
pub fn parse_answer(body: &[u8]) -> GatewayAnswer {
    let trimmed = body.trim_ascii();
    let Ok(fields) = text::parse_form(trimmed, Charset::Cp932) else {
        return GatewayAnswer::Unreadable;
    };
    let field = |name: &str| {
        let value = fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.trim());
        value.chars().filter(|character| !character.is_control()).take(FIELD_CHARS_MAX).collect::<String>()
    };
    if !field("ErrCode").is_empty() {
        return GatewayAnswer::Refused { code: field("ErrCode"), info: field("ErrInfo") };
    }
    let status = field("Status");
    if status.is_empty() {
        return GatewayAnswer::Unreadable;
    }
    let total = match (amount(&field("Amount")), field("Tax").as_str()) {
        (Some(amount), "") => Yen::new(amount).ok(),
        (Some(base), tax) => amount(tax).and_then(|tax| Yen::new(base.saturating_add(tax)).ok()),
        (None, _) => None,
    };
    GatewayAnswer::Trade(Trade { status, total, access_id: field("AccessID") })
}

/// Holds the answer against the notification. What contradicts most gravely is told.
pub fn judge(answer: &GatewayAnswer, expected: &Expected) -> Verdict {
    let trade = match answer {
        GatewayAnswer::Trade(trade) => trade,
        GatewayAnswer::Refused { .. } => return Verdict::Unknown(Problem::Refused),
        GatewayAnswer::Unreadable => return Verdict::Unknown(Problem::InvalidAnswer),
    };
    let blocked = |problem, field, expected: &str, actual: &str| {
        let (expected, actual) = (expected.to_owned(), actual.to_owned());
        Verdict::Blocked(problem, Contradiction { field, expected, actual })
    };
    if trade.access_id != expected.access_id {
        return blocked(Problem::AccessIdMismatch, "AccessID", &expected.access_id, &trade.access_id);
    }
    match trade.status.as_str() {
        "AUTH" | "CAPTURE" | "SALES" | "PAYSUCCESS" => {}
        "VOID" | "RETURN" | "RETURNX" | "CANCEL" => {
            return blocked(Problem::Cancelled, "Status", "AUTH, CAPTURE, SALES, PAYSUCCESS", &trade.status);
        }
        _ => return blocked(Problem::NotPaid, "Status", "AUTH, CAPTURE, SALES, PAYSUCCESS", &trade.status),
    }
    match expected.total {
        Some(total) if trade.total != Some(total) => {
            let actual = trade.total.map(|total| total.amount().to_string()).unwrap_or_default();
            blocked(Problem::AmountMismatch, "Amount", &total.amount().to_string(), &actual)
        }
        Some(_) | None => Verdict::Passed,
    }
}

/// One to nine digits.
fn amount(text: &str) -> Option<i64> {
    let fits = (1..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if fits { text.parse().ok() } else { None }
}

impl Problem {
    /// Every problem.
    pub const ALL: [Self; 8] = [
        Self::Cancelled,
        Self::NotPaid,
        Self::AmountMismatch,
        Self::AccessIdMismatch,
        Self::Refused,
        Self::TimedOut,
        Self::ConnectionFailed,
        Self::InvalidAnswer,
    ];

    /// The name in storage and on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Cancelled => "CANCELLED",
            Self::NotPaid => "NOT_PAID",
            Self::AmountMismatch => "AMOUNT_MISMATCH",
            Self::AccessIdMismatch => "ACCESS_ID_MISMATCH",
            Self::Refused => "REFUSED",
            Self::TimedOut => "TIMED_OUT",
            Self::ConnectionFailed => "CONNECTION_FAILED",
            Self::InvalidAnswer => "INVALID_ANSWER",
        }
    }

    /// The problem of this name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|problem| problem.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRADE: &str = "OrderID=2009031700002&Status=CAPTURE&ProcessDate=20090317162958&JobCd=CAPTURE&\
        AccessID=a1&AccessPass=secret&ItemCode=0000990&Amount=11000&Tax=350&SiteID=&MemberID=&CardNo=****1111";

    fn verdict(body: &str) -> String {
        let expected = Expected { total: Yen::new(11_350).ok(), access_id: "a1".to_owned() };
        match judge(&parse_answer(body.as_bytes()), &expected) {
            Verdict::Passed => "PASSED".to_owned(),
            Verdict::Blocked(problem, why) => {
                format!("BLOCKED {} {} {}≠{}", problem.code(), why.field, why.expected, why.actual)
            }
            Verdict::Unknown(problem) => format!("UNKNOWN {}", problem.code()),
        }
    }

    #[test]
    fn every_answer_has_its_verdict() {
        const PAID: &str = "AUTH, CAPTURE, SALES, PAYSUCCESS";
        let with = |from: &str, to: &str| TRADE.replace(from, to);
        for (body, expected) in [
            (TRADE.to_owned(), "PASSED".to_owned()),
            (format!("{TRADE}\r\n"), "PASSED".to_owned()),
            (with("Status=CAPTURE", "Status=AUTH"), "PASSED".to_owned()),
            (with("Status=CAPTURE", "Status=SALES"), "PASSED".to_owned()),
            (with("Amount=11000&Tax=350", "Amount=11350&Tax="), "PASSED".to_owned()),
            (with("Status=CAPTURE", "Status=VOID"), format!("BLOCKED CANCELLED Status {PAID}≠VOID")),
            (with("Status=CAPTURE", "Status=RETURNX"), format!("BLOCKED CANCELLED Status {PAID}≠RETURNX")),
            (
                with("Status=CAPTURE", "Status=UNPROCESSED"),
                format!("BLOCKED NOT_PAID Status {PAID}≠UNPROCESSED"),
            ),
            (with("Status=CAPTURE", "Status=SAUTH"), format!("BLOCKED NOT_PAID Status {PAID}≠SAUTH")),
            (with("Tax=350", "Tax=351"), "BLOCKED AMOUNT_MISMATCH Amount 11350≠11351".to_owned()),
            (with("Amount=11000", "Amount=x"), "BLOCKED AMOUNT_MISMATCH Amount 11350≠".to_owned()),
            (with("AccessID=a1", "AccessID=a2"), "BLOCKED ACCESS_ID_MISMATCH AccessID a1≠a2".to_owned()),
            ("ErrCode=E01%7CE01&ErrInfo=E01110002%7CE01110002".to_owned(), "UNKNOWN REFUSED".to_owned()),
            ("<html>".to_owned(), "UNKNOWN INVALID_ANSWER".to_owned()),
            ("Status=%4".to_owned(), "UNKNOWN INVALID_ANSWER".to_owned()),
            (String::new(), "UNKNOWN INVALID_ANSWER".to_owned()),
        ] {
            assert_eq!(verdict(&body), expected, "{body}");
        }
    }

    #[test]
    fn errors_are_kept_and_access_pass_is_not() {
        let refused = parse_answer(b"ErrCode=E01|E02&ErrInfo=E01110002|E02");
        let expected =
            GatewayAnswer::Refused { code: "E01|E02".to_owned(), info: "E01110002|E02".to_owned() };
        assert_eq!(refused, expected);
        assert!(!format!("{:?}", parse_answer(TRADE.as_bytes())).contains("secret"));
    }

    #[test]
    fn names_survive_storage() {
        for problem in Problem::ALL {
            assert_eq!(Problem::from_code(problem.code()), Some(problem));
        }
    }
}

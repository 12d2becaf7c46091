//! Amounts in whole yen. No fractions, no other currency.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An amount in whole yen, never negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Yen(i32);

/// The amount is negative or above [`Yen::MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an amount is 0 to 1,999,999,998 yen")]
pub struct AmountOutOfRange;

impl Yen {
    /// The greatest amount: two wire fields of nine digits added up. It fits GraphQL's 32-bit `Int`.
    pub const MAX: i64 = 1_999_999_998;

    /// Parses an amount.
    pub fn new(amount: i64) -> Result<Self, AmountOutOfRange> {
        if (0..=Self::MAX).contains(&amount) {
            i32::try_from(amount).map(Self).map_err(|_| AmountOutOfRange)
        } else {
            Err(AmountOutOfRange)
        }
    }

    /// The number of yen.
    pub const fn amount(self) -> i32 {
        self.0
    }
}

impl fmt::Display for Yen {
    /// `¥11,350`, as Japanese admin screens write it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        let mut text = String::from("¥");
        for (position, digit) in digits.chars().enumerate() {
            if position > 0 && (digits.len() - position).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        formatter.write_str(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_grouped_by_three() {
        for (amount, text) in [
            (0, "¥0"),
            (650, "¥650"),
            (1_003, "¥1,003"),
            (11_350, "¥11,350"),
            (1_999_999_998, "¥1,999,999,998"),
        ] {
            assert_eq!(Yen::new(amount).unwrap().to_string(), text);
        }
    }

    #[test]
    fn amounts_below_zero_and_above_the_greatest_are_refused() {
        assert!(Yen::new(-1).is_err());
        assert!(Yen::new(Yen::MAX).is_ok());
        assert!(Yen::new(Yen::MAX + 1).is_err());
    }
}

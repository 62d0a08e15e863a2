//! Names of things. All are made by the desk except the application number, which only the office issues.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize, de};
use sha2::{Digest, Sha256};
use ts_rs::TS;
use uuid::Uuid;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
        #[ts(export, type = "string")]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new one (UUIDv7). Its time part orders rows; it is never evidence of a time.
            #[must_use]
            #[expect(clippy::new_without_default, reason = "two calls never give the same value")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

uuid_id! {
    /// An application (办件), from draft to closed.
    ApplicationId
}
uuid_id! {
    /// Whoever hands applications in: at first a desk, later a person with a phone number.
    AccountId
}

/// SHA-256 of a document or of a canonical manifest; 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, TS)]
#[ts(export, type = "string")]
pub struct ContentHash([u8; 32]);

impl ContentHash {
    /// Hashes bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// A finished digest, for callers that hash while they stream.
    #[must_use]
    pub const fn from_digest(digest: [u8; 32]) -> Self {
        Self(digest)
    }
}

/// Not 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a content hash has 64 hexadecimal digits")]
pub struct InvalidHash;

impl FromStr for ContentHash {
    type Err = InvalidHash;
    fn from_str(text: &str) -> Result<Self, InvalidHash> {
        let mut digest = [0; 32];
        hex::decode_to_slice(text, &mut digest).map_err(|_| InvalidHash)?;
        Ok(Self(digest))
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = [0; 64];
        hex::encode_to_slice(self.0, &mut digits).map_err(|_| fmt::Error)?;
        f.write_str(std::str::from_utf8(&digits).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentHash({self})")
    }
}

impl Serialize for ContentHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ContentHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// 申请编号: `YYYYMMDD`, six digits and a check digit (Luhn, so that a clerk who mistypes one digit notices).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, TS)]
#[ts(export, type = "string")]
#[serde(transparent)]
pub struct ApplicationNumber(String);

/// Not fifteen digits, or the last one does not check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an application number has 15 digits, the last of which checks the others")]
pub struct InvalidNumber;

impl ApplicationNumber {
    /// Largest sequence of one day; the office refuses politely beyond it.
    pub const LAST_OF_DAY: u32 = 999_999;

    /// The number of the `sequence`-th application of a day (1 ..= [`Self::LAST_OF_DAY`]).
    ///
    /// # Errors
    /// [`InvalidNumber`] where the sequence does not fit six digits.
    pub fn issue(day: jiff::civil::Date, sequence: u32) -> Result<Self, InvalidNumber> {
        if sequence == 0 || sequence > Self::LAST_OF_DAY {
            return Err(InvalidNumber);
        }
        let body = format!("{:04}{:02}{:02}{sequence:06}", day.year(), day.month(), day.day());
        let check = luhn_check_digit(&body);
        Ok(Self(format!("{body}{check}")))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The day and its how many-th application this is.
    ///
    /// # Errors
    /// [`InvalidNumber`] where the digits are no day.
    pub fn place(&self) -> Result<(jiff::civil::Date, u32), InvalidNumber> {
        let part = |range| self.0.get(range).ok_or(InvalidNumber);
        let day = jiff::civil::Date::strptime("%Y%m%d", part(0..8)?).map_err(|_| InvalidNumber)?;
        Ok((day, part(8..14)?.parse().map_err(|_| InvalidNumber)?))
    }
}

/// The digit that makes `body` followed by it pass Luhn.
fn luhn_check_digit(body: &str) -> u32 {
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(position, byte)| {
            let digit = u32::from(byte - b'0');
            match position % 2 {
                0 if digit > 4 => digit * 2 - 9,
                0 => digit * 2,
                _ => digit,
            }
        })
        .sum();
    (10 - sum % 10) % 10
}

impl FromStr for ApplicationNumber {
    type Err = InvalidNumber;
    fn from_str(text: &str) -> Result<Self, InvalidNumber> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if digits.len() != 15 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidNumber);
        }
        let check = digits.as_bytes().last().map(|byte| u32::from(byte - b'0'));
        if check != Some(luhn_check_digit(&digits[..14])) {
            return Err(InvalidNumber);
        }
        Ok(Self(digits))
    }
}

impl fmt::Display for ApplicationNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ApplicationNumber {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// 暂存号: what an application is called on this desk before the office has numbered it.
/// Starts with 暂 so that nobody mistakes it for an application number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, type = "string")]
#[serde(transparent)]
pub struct LocalNumber(pub String);

impl LocalNumber {
    /// Derived from the id, so that it never has to be stored or counted.
    #[must_use]
    pub fn of(id: ApplicationId) -> Self {
        let bytes = id.0.as_bytes();
        let tail = u64::from_be_bytes([0, 0, 0, bytes[11], bytes[12], bytes[13], bytes[14], bytes[15]]);
        Self(format!("暂{:08}", tail % 100_000_000))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_is_the_day_six_digits_and_a_check() {
        let number = ApplicationNumber::issue(jiff::civil::date(2023, 10, 15), 1).expect("fits");
        assert_eq!(number.as_str().len(), 15);
        assert!(number.as_str().starts_with("20231015000001"));
        assert_eq!(number.as_str().parse(), Ok(number.clone()));
    }

    #[test]
    fn the_millionth_of_a_day_is_refused() {
        let day = jiff::civil::date(2026, 12, 31);
        assert_eq!(ApplicationNumber::issue(day, 1_000_000), Err(InvalidNumber));
        assert_eq!(ApplicationNumber::issue(day, 0), Err(InvalidNumber));
    }

    proptest! {
        #[test]
        fn one_mistyped_digit_is_noticed(sequence in 1u32..=999_999, at in 0usize..15, wrong in 0u8..10) {
            let number = ApplicationNumber::issue(jiff::civil::date(2026, 11, 21), sequence).expect("fits");
            let mut digits = number.as_str().as_bytes().to_vec();
            prop_assume!(digits[at] != b'0' + wrong);
            digits[at] = b'0' + wrong;
            let mistyped = String::from_utf8(digits).expect("digits");
            prop_assert_eq!(mistyped.parse::<ApplicationNumber>(), Err(InvalidNumber));
        }

        #[test]
        fn hashes_survive_text(bytes: Vec<u8>) {
            let hash = ContentHash::of(&bytes);
            prop_assert_eq!(hash.to_string().parse(), Ok(hash));
        }
    }
}

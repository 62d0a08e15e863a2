//! A person who does not exist: area 330000 stands in the code tables but is never issued to anybody.

use std::sync::LazyLock;

/// The first 17 characters of the number.
const BODY: &str = "33000019580312002";

/// Name.
pub const NAME: &str = "王秀英";
/// Mobile number from a range that is not in use for people.
pub const MOBILE: &str = "13800001234";
/// Where she lives.
pub const ADDRESS: &str = "文新街道样本路 1 号";
/// 西湖区, 杭州市, 浙江省.
pub const COUNTY: &str = "330106";

/// Identity number.
pub static ID_NUMBER: LazyLock<String> = LazyLock::new(|| with_check(BODY));

/// 17 digits followed by their check character (ISO 7064 MOD 11-2).
#[must_use]
pub fn with_check(body: &str) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    let check = b"10X98765432"[usize::try_from(sum % 11).expect("small")];
    format!("{body}{}", char::from(check))
}

/// A number of the same birthday whose check character is X.
#[must_use]
pub fn id_number_ending_in_x() -> String {
    (0..1000)
        .map(|sequence| with_check(&format!("33000019580312{sequence:03}")))
        .find(|number| number.ends_with('X'))
        .expect("one in eleven does")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_number_is_whole() {
        assert_eq!(super::ID_NUMBER.len(), 18);
    }
}

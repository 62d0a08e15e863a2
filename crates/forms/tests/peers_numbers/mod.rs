//! The numbers that are compared, always the same ones: made from a seed, without the code under test.

use std::{fs, path::Path};

/// How a number was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Citizen,
    OldCounty,
    UnknownCounty,
    Permit,
    PermanentResidence,
    DigitChanged,
    Transposed,
    NoSuchDay,
    Future,
    TooOld,
    NoSuchProvince,
    Credit,
    CreditChanged,
    Card,
    CardChanged,
    ForeignCardChanged,
}

impl Sort {
    pub(crate) const ALL: [Self; 16] = [
        Self::Citizen,
        Self::OldCounty,
        Self::UnknownCounty,
        Self::Permit,
        Self::PermanentResidence,
        Self::DigitChanged,
        Self::Transposed,
        Self::NoSuchDay,
        Self::Future,
        Self::TooOld,
        Self::NoSuchProvince,
        Self::Credit,
        Self::CreditChanged,
        Self::Card,
        Self::CardChanged,
        Self::ForeignCardChanged,
    ];

    /// Whether it must be taken, doubtful or not.
    pub(crate) fn is_right(self) -> bool {
        matches!(
            self,
            Self::Citizen
                | Self::OldCounty
                | Self::UnknownCounty
                | Self::Permit
                | Self::PermanentResidence
                | Self::Credit
                | Self::Card
                | Self::ForeignCardChanged
        )
    }

    fn how_many(self) -> usize {
        match self {
            Self::Citizen => 2500,
            Self::DigitChanged => 1500,
            Self::OldCounty | Self::Transposed => 1000,
            Self::NoSuchDay => 800,
            Self::PermanentResidence => 600,
            Self::Permit => 500,
            Self::UnknownCounty => 400,
            Self::NoSuchProvince | Self::Credit | Self::CreditChanged | Self::Card => 300,
            Self::Future | Self::TooOld => 150,
            Self::CardChanged | Self::ForeignCardChanged => 100,
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Number {
    pub(crate) made: Sort,
    pub(crate) text: String,
}

impl Number {
    /// As the script of the peers calls it.
    pub(crate) fn sort(&self) -> &'static str {
        match self.made {
            Sort::Credit | Sort::CreditChanged => "credit",
            Sort::Card | Sort::CardChanged | Sort::ForeignCardChanged => "card",
            _ => "id",
        }
    }

    /// The field of the probe that asks for it.
    pub(crate) fn field(&self) -> &'static str {
        match (self.made, self.sort()) {
            (Sort::PermanentResidence, _) => "permanent_residence",
            (_, "credit") => "credit_code",
            (_, "card") => "bank_card",
            _ => "id_number",
        }
    }

    /// The day of birth as written.
    pub(crate) fn day(&self) -> u32 {
        self.text.get(12..14).and_then(|day| day.parse().ok()).unwrap_or(99)
    }
}

/// SplitMix64: small, well known, the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.roll() % u64::try_from(n).expect("small")).expect("small")
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    fn digits(&mut self, n: usize) -> String {
        (0..n).map(|_| char::from(b'0' + u8::try_from(self.below(10)).expect("a digit"))).collect()
    }

    fn birth(&mut self, years: std::ops::Range<usize>) -> String {
        let year = years.start + self.below(years.len());
        format!("{year}{:02}{:02}", 1 + self.below(12), 1 + self.below(28))
    }
}

/// ISO 7064 by the recursion of the standard rather than by weights.
fn with_mod_11_2(body: &str) -> String {
    let product = body.bytes().fold(0, |p, digit| (p + usize::from(digit - b'0')) * 2 % 11);
    let check = (12 - product) % 11;
    if check == 10 { format!("{body}X") } else { format!("{body}{check}") }
}

fn with_luhn(body: &str) -> String {
    let check = (0..10).find(|check| {
        let digits = format!("{body}{check}");
        let sum: u32 = digits
            .bytes()
            .rev()
            .enumerate()
            .map(|(at, byte)| u32::from(byte - b'0') * (1 + u32::from(at % 2 == 1)))
            .map(|value| value / 10 + value % 10)
            .sum();
        sum.is_multiple_of(10)
    });
    format!("{body}{}", check.expect("one of ten fits"))
}

const CREDIT: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

fn with_mod_31(body: &str) -> String {
    let mut weight = 1;
    let mut sum = 0;
    for byte in body.bytes() {
        sum += weight * CREDIT.iter().position(|&known| known == byte).expect("of the alphabet");
        weight = weight * 3 % 31;
    }
    format!("{body}{}", char::from(CREDIT[(31 - sum % 31) % 31]))
}

/// Codes of counties: those in force, and those that were abolished with the year of that.
fn counties() -> (Vec<String>, Vec<(String, usize)>) {
    let read = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog/regions").join(name);
        fs::read_to_string(path).expect("the catalogue is there")
    };
    let is_county = |code: &str| !code.ends_with("00") && code < "710000";
    let now = read("divisions.tsv")
        .lines()
        .skip(1)
        .filter_map(|line| line.split('\t').next().filter(|code| is_county(code)).map(str::to_owned))
        .collect();
    let old = read("historical.tsv")
        .lines()
        .skip(1)
        .filter_map(|line| {
            let columns: Vec<&str> = line.split('\t').collect();
            is_county(columns[0]).then_some(())?;
            Some((columns[0].to_owned(), columns[3].parse().ok()?))
        })
        .collect();
    (now, old)
}

/// Another character than the one at `at`, of the same sort.
fn changed(dice: &mut Dice, text: &str, at: usize) -> String {
    let old = text.as_bytes()[at];
    let new = loop {
        let new = *dice.pick(b"0123456789X");
        if new != old && (new != b'X' || at == text.len() - 1) {
            break new;
        }
    };
    format!("{}{}{}", &text[..at], char::from(new), &text[at + 1..])
}

fn swapped(dice: &mut Dice, text: &str) -> Option<String> {
    let at = dice.below(text.len() - 2);
    let mut bytes = text.as_bytes().to_vec();
    bytes.swap(at, at + 1);
    String::from_utf8(bytes).ok().filter(|swapped| swapped != text)
}

fn text(made: Sort, dice: &mut Dice, now: &[String], old: &[(String, usize)]) -> String {
    const NO_DAYS: [&str; 6] = ["0230", "0431", "1301", "0012", "0100", "1132"];
    const NO_PROVINCES: [&str; 6] = ["10", "16", "38", "47", "66", "88"];
    let provinces = ["11", "12", "31", "32", "33", "37", "44", "45", "50", "51", "61", "65"];
    let county = dice.pick(now).clone();
    let citizen =
        |dice: &mut Dice| with_mod_11_2(&format!("{county}{}{}", dice.birth(1930..2020), dice.digits(3)));
    let credit = |dice: &mut Dice| with_mod_31(&format!("91{county}MA{}", dice.digits(7)));
    let length = 15 + dice.below(4);
    let card = |dice: &mut Dice| with_luhn(&format!("62{}", dice.digits(length - 2)));
    match made {
        Sort::Citizen => citizen(dice),
        Sort::OldCounty => {
            let (county, until) = dice.pick(old);
            with_mod_11_2(&format!("{county}{}{}", dice.birth(until - 40..*until), dice.digits(3)))
        }
        Sort::UnknownCounty => {
            let province = dice.pick(&provinces);
            with_mod_11_2(&format!(
                "{province}9{}{}{}",
                dice.digits(3),
                dice.birth(1930..2020),
                dice.digits(3)
            ))
        }
        Sort::Permit => {
            let place = dice.pick(&["810000", "820000", "830000"]);
            with_mod_11_2(&format!("{place}{}{}", dice.birth(1930..2020), dice.digits(3)))
        }
        Sort::PermanentResidence => {
            let (province, nation) = (dice.pick(&provinces), dice.pick(&["840", "398", "392", "276", "004"]));
            with_mod_11_2(&format!("9{province}{nation}{}{}", dice.birth(1930..2020), dice.digits(3)))
        }
        Sort::DigitChanged => {
            let right = citizen(dice);
            let at = dice.below(18);
            changed(dice, &right, at)
        }
        Sort::Transposed => loop {
            let right = citizen(dice);
            if let Some(wrong) = swapped(dice, &right) {
                break wrong;
            }
        },
        Sort::NoSuchDay => {
            let (year, day) = (1930 + dice.below(90), dice.pick(&NO_DAYS));
            with_mod_11_2(&format!("{county}{year}{day}{}", dice.digits(3)))
        }
        Sort::Future => with_mod_11_2(&format!("{county}{}{}", dice.birth(2090..2190), dice.digits(3))),
        Sort::TooOld => with_mod_11_2(&format!("{county}{}{}", dice.birth(1800..1895), dice.digits(3))),
        Sort::NoSuchProvince => {
            let province = dice.pick(&NO_PROVINCES);
            with_mod_11_2(&format!(
                "{province}{}{}{}",
                dice.digits(4),
                dice.birth(1930..2020),
                dice.digits(3)
            ))
        }
        Sort::Credit => credit(dice),
        Sort::CreditChanged => {
            let right = credit(dice);
            // Not the region, which is digits, nor the department.
            let at = 10 + dice.below(7);
            changed(dice, &right, at)
        }
        Sort::Card => card(dice),
        Sort::CardChanged => {
            let right = card(dice);
            let at = 2 + dice.below(right.len() - 3);
            changed(dice, &right, at)
        }
        Sort::ForeignCardChanged => {
            let right = with_luhn(&format!("4{}", dice.digits(14)));
            let at = 1 + dice.below(13);
            changed(dice, &right, at)
        }
    }
}

/// All of them.
pub(crate) fn all() -> Vec<Number> {
    let (now, old) = counties();
    let mut dice = Dice(20_261_121);
    let mut numbers = vec![];
    for made in Sort::ALL {
        for _ in 0..made.how_many() {
            numbers.push(Number { made, text: text(made, &mut dice, &now, &old) });
        }
    }
    numbers
}

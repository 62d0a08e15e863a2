//! Numbers that were published: in standards, in the tests of other programs, in guides. Each is judged as its source
//! says, and the wrong ones with an explanation.
#![allow(clippy::panic, reason = "a failed expectation tells what was judged how")]

mod probe;

use forms::{Answer, Severity};

/// Field, as typed, and what is made of it: the value, the value and a doubt, or a fault.
const PUBLISHED: [(&str, &str, &str); 62] = [
    // GB 11643-1999, its annex and the tests of public validators.
    ("id_number", "11010519491231002X", "11010519491231002X"),
    ("id_number", "11010519491231002x", "11010519491231002X"),
    ("id_number", "１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
    ("id_number", "110105 19491231 002Х", "11010519491231002X"),
    ("id_number", "110101199003078881", "110101199003078881"),
    ("id_number", "110101199003078888", "! checksum"),
    ("id_number", "110105194912310029", "! checksum"),
    ("id_number", "610104620927690", "610104196209276908 ? upgraded"),
    ("id_number", "110101199902301235", "! date"),
    ("id_number", "44040119580101000X", "44040119580101000X"),
    ("id_number", "140120197901010008", "140120197901010008 ? county"),
    ("id_number", "500154199301135886", "500154199301135886 ? county"),
    ("id_number", "411082198901010002", "411082198901010002 ? county"),
    ("id_number", "11010519491231002", "! length"),
    ("id_number", "990105194912310020", "! province"),
    // Residence permits of Hong Kong, Macao and Taiwan residents.
    ("id_number", "810000199408230021", "810000199408230021"),
    ("id_number", "820000199408230023", "820000199408230023"),
    ("id_number", "830000199201300022", "830000199201300022"),
    // Permanent residence cards of both forms; the number stands where citizens' numbers do, too.
    ("permanent_residence", "911398199012310021", "911398199012310021"),
    ("id_number", "911398199012310021", "911398199012310021"),
    ("permanent_residence", "KAZ110090123105", "KAZ110090123105"),
    ("permanent_residence", "kaz110090123105", "KAZ110090123105"),
    ("permanent_residence", "KAZ110090123107", "! checksum"),
    ("permanent_residence", "110101199003078881", "! form"),
    ("permanent_residence", "KAZ1100901231", "! length"),
    // Papers without a check digit.
    ("home_return_permit", "H12345678", "H12345678"),
    ("home_return_permit", "m1234567801", "M1234567801"),
    ("home_return_permit", "C12345678", "! prefix"),
    ("home_return_permit", "H1234567", "! length"),
    ("taiwan_permit", "12345678", "12345678"),
    ("taiwan_permit", "1234567890", "1234567890 ? old"),
    ("taiwan_permit", "1234567", "! length"),
    ("passport", "E12345678", "E12345678"),
    ("passport", "ea1234567", "EA1234567"),
    ("passport", "E-1234/5678", "! character"),
    ("passport", "E12", "! length"),
    ("birth_certificate", "U440123456", "U440123456"),
    ("birth_certificate", "u440123456", "U440123456"),
    ("birth_certificate", "U990123456", "U990123456 ? province"),
    ("birth_certificate", "U44012345", "! length"),
    ("birth_certificate", "1440123456", "! prefix"),
    // GB 32100-2015.
    ("credit_code", "91110000600037341L", "91110000600037341L"),
    ("credit_code", "91350100M000100Y43", "91350100M000100Y43"),
    ("credit_code", "91110000600037342L", "! checksum"),
    ("credit_code", "110000012345678", "! old"),
    ("credit_code", "9111000060003734IL", "! character"),
    // Mobile numbers.
    ("mobile", "13800138000", "13800138000"),
    ("mobile", "+86 138-0013-8000", "13800138000"),
    ("mobile", "0086 13800138000", "13800138000"),
    ("mobile", "14000138000", "14000138000 ? unusual"),
    ("mobile", "13490138000", "13490138000 ? unusual"),
    ("mobile", "17400138000", "17400138000 ? unusual"),
    ("mobile", "12345678901", "! range"),
    ("mobile", "1380013800", "! length"),
    // Bank cards: Luhn is certain for UnionPay only.
    ("bank_card", "6222020100123456789", "! checksum"),
    ("bank_card", "6222 0201 0012 3456 780", "6222020100123456780"),
    ("bank_card", "4111111111111111", "4111111111111111"),
    ("bank_card", "4111111111111112", "4111111111111112 ? unusual"),
    ("bank_card", "62220201001", "! length"),
    // Names.
    ("person_name", "买买提•艾力", "买买提·艾力"),
    ("person_name", "𠮷田𬭎", "𠮷田𬭎"),
    ("person_name", "张", "! short"),
];

#[test]
fn every_published_number_is_judged_as_published() {
    let catalogue = probe::catalogue();
    for (field, typed, expected) in PUBLISHED {
        let state = probe::judge(&catalogue, field, typed);
        let faults: Vec<_> =
            state.findings.iter().filter(|found| found.severity != Severity::Doubtful).collect();
        let judged = match faults.first() {
            Some(fault) => format!("! {}", fault.code.trim_start_matches(field).trim_start_matches('.')),
            None => {
                let doubts = state
                    .findings
                    .iter()
                    .map(|doubt| doubt.code.trim_start_matches(field).replace('.', " ? "));
                let Some(Answer::Text(value)) = &state.value else { panic!("{typed} has no value") };
                value.clone() + &doubts.collect::<String>()
            }
        };
        assert_eq!(judged, expected, "{field} {typed} {:?}", state.findings);
        for finding in &state.findings {
            assert!(!finding.message.zh.is_empty() && !finding.message.en.is_empty());
        }
    }
}

/// The guides print an ID number and a card number as samples; neither can exist, and both are explained.
#[test]
fn the_samples_of_the_guides_are_explained() {
    let catalogue = probe::catalogue();
    let explained =
        |field: &str, typed: &str| probe::judge(&catalogue, field, typed).findings[0].message.clone();
    let id = explained("id_number", "110101199003078888");
    assert_eq!(id.zh, "身份证号最后一位对不上。请对着证件，从第一位起再看一遍");
    assert!(id.en.contains("The last character of the ID number does not fit"));
    let card = explained("bank_card", "6222020100123456789");
    assert_eq!(card.zh, "银行卡号里有一位对不上。请对着卡，四位四位地再看一遍");
    assert!(card.en.contains("four digits at a time"));
}

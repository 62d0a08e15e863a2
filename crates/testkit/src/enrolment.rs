//! The enrolment of a resident (城乡居民参保登记): what the person of [`person`] answers, and the papers she brings.

use std::sync::LazyLock;

use crate::{papers, person};

/// The service.
pub const SERVICE: &str = "resident-enrolment";

/// The places for her papers.
pub const SLOTS: [&str; 5] =
    ["id_card_front", "id_card_back", "household_head_page", "household_person_page", "portrait"];

/// Each field with her answer.
pub static ANSWERS: LazyLock<[(&str, &str); 9]> = LazyLock::new(|| {
    [
        ("full_name", person::NAME),
        ("id_number", &person::ID_NUMBER),
        ("ethnic_group", "01"),
        ("mobile", person::MOBILE),
        ("household_region", person::COUNTY),
        ("residence_region", person::COUNTY),
        ("address", person::ADDRESS),
        ("category", "ordinary"),
        ("enrolled_elsewhere", "no"),
    ]
});

/// A name and the bytes of a file for each of [`SLOTS`], in their order: small ones, because a photo of 12 megapixels
/// takes seconds in a development build. Three different ones for five places.
#[must_use]
pub fn small_papers() -> [(&'static str, Vec<u8>); 5] {
    [
        ("正面.png", papers::id_card_back_png()),
        ("反面.png", papers::id_card_back_png()),
        ("首页.jpg", papers::portrait_jpeg()),
        ("本人页.pdf", papers::household_person_pdf()),
        ("照片.jpg", papers::portrait_jpeg()),
    ]
}

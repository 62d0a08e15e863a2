//! The sample application: what a person who does not exist fills in and attaches, page by page.
//! The player shows it to people, the end-to-end tests hold the program to it.

use anyhow::Result;
use protocol::ApplicationId;
use testkit::{papers, person};

use crate::{
    browser::Browser,
    pages::{cases, check, form, home, materials, notice},
    screen::Screen,
};

/// The service that the sample applies for.
pub use testkit::enrolment::SERVICE;

/// The slots of the sample, with the file that goes into each.
#[derive(Debug)]
pub struct Attachment {
    /// Slot.
    pub slot: &'static str,
    /// Name under which the person kept it.
    pub name: &'static str,
    /// Draws it.
    pub bytes: fn() -> Vec<u8>,
}

/// A 12-megapixel photo lying on its side, a PNG, a TIFF, a PDF, and a portrait.
pub const ATTACHMENTS: [Attachment; 5] = [
    Attachment { slot: "id_card_front", name: "身份证正面.jpg", bytes: papers::id_card_front_photo },
    Attachment { slot: "id_card_back", name: "身份证背面.png", bytes: papers::id_card_back_png },
    Attachment {
        slot: "household_head_page", name: "户口本首页.tif", bytes: papers::household_head_tiff
    },
    Attachment {
        slot: "household_person_page",
        name: "户口本本人页.pdf",
        bytes: papers::household_person_pdf,
    },
    Attachment { slot: "portrait", name: "证件照.jpg", bytes: papers::portrait_jpeg },
];

/// From the home page through the notice to the first page of the form.
///
/// # Errors
/// Where a page does not come.
pub async fn start(browser: &Browser) -> Result<()> {
    home::start(browser, "新农合", SERVICE).await?;
    notice::agree(browser).await
}

/// The page about the person.
///
/// # Errors
/// Where a field is not there or is not accepted.
pub async fn fill_person(browser: &Browser) -> Result<()> {
    form::fill(browser, "full_name", person::NAME).await?;
    form::fill(browser, "id_number", &person::ID_NUMBER).await?;
    form::pick(browser, "ethnic_group", "han", "汉族").await?;
    browser.says("field-birth_date", "1958", crate::browser::PATIENCE).await?;
    browser.says("field-sex", "女", crate::browser::PATIENCE).await
}

/// The page about where and how to reach her.
///
/// # Errors
/// Where a field is not there.
pub async fn fill_contact(browser: &Browser) -> Result<()> {
    form::next_section(browser, "mobile").await?;
    form::fill(browser, "mobile", person::MOBILE).await?;
    form::region(browser, "household_region", person::COUNTY).await?;
    form::region(browser, "residence_region", person::COUNTY).await?;
    form::fill(browser, "address", person::ADDRESS).await
}

/// The page about the enrolment.
///
/// # Errors
/// Where a field is not there.
pub async fn fill_enrolment(browser: &Browser) -> Result<()> {
    form::next_section(browser, "category").await?;
    form::choose(browser, "category", "ordinary").await?;
    form::choose(browser, "enrolled_elsewhere", "no").await
}

/// From the home page to the slip: everything filled in, attached and handed in; answers which application it is.
///
/// # Errors
/// Where a page does not come, or something is not accepted.
pub async fn hand_in(browser: &Browser, screen: &Screen) -> Result<ApplicationId> {
    start(browser).await?;
    fill_person(browser).await?;
    fill_contact(browser).await?;
    fill_enrolment(browser).await?;
    attach_all(browser, screen).await?;
    browser.press("continue").await?;
    check::submit(browser).await?;
    cases::first(browser).await
}

/// Goes on to the materials and attaches everything.
///
/// # Errors
/// Where a file does not arrive in its slot.
pub async fn attach_all(browser: &Browser, screen: &Screen) -> Result<()> {
    browser.press("continue").await?;
    browser.ready("materials").await?;
    attach_here(browser, screen).await
}

/// Attaches everything on the page that is shown.
///
/// # Errors
/// Where a file does not arrive in its slot.
pub async fn attach_here(browser: &Browser, screen: &Screen) -> Result<()> {
    for attachment in &ATTACHMENTS {
        let file = screen.file(attachment.name, &(attachment.bytes)())?;
        materials::attach(browser, screen, attachment.slot, 0, &file).await?;
    }
    Ok(())
}

//! A service (事项) as the catalogue defines it and the window draws it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{FieldId, SlotId, Text};

/// A row of the catalogue page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct ServiceSummary {
    /// `resident-enrolment`.
    pub id: String,
    /// Version of the definition.
    pub version: u32,
    /// Life situation under which the service stands, for example 参保缴费.
    pub group: Text,
    /// 城乡居民医保参保登记.
    pub title: Text,
    /// One line below the title.
    pub summary: Text,
    /// Minutes that filling takes.
    pub minutes: u32,
    /// Papers to have at hand.
    pub bring: Text,
}

/// A versioned definition of something one can apply for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Service {
    /// `resident-enrolment`.
    pub id: String,
    /// Grows with every change of meaning; an application keeps the version it was started with.
    pub version: u32,
    /// Life situation under which the service stands on the home page.
    pub group: Text,
    /// 城乡居民医保参保登记.
    pub title: Text,
    /// One line below the title.
    pub summary: Text,
    /// Minutes that filling takes.
    pub minutes: u32,
    /// Papers to have at hand.
    pub bring: Text,
    /// Other words by which people look for it, for example 新农合.
    pub keywords: Vec<String>,
    /// How long the office takes.
    pub review: ReviewTime,
    /// What must be read and agreed to before the form.
    pub notice: Notice,
    /// The pages of the form, in order.
    pub sections: Vec<Section>,
    /// What must be shown.
    pub materials: Vec<Material>,
    /// What the applicant declares with the submission.
    pub declaration: Text,
    /// How to do it elsewhere, step by step, where the office cannot do it itself (for example 电子凭证激活).
    pub guides: Vec<Guide>,
}

/// Instructions for one way outside this program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Guide {
    /// `wechat`.
    pub id: String,
    /// 在微信里激活.
    pub title: Text,
    /// In order.
    pub steps: Vec<Text>,
    /// The official channel in the directory, where there is one.
    pub channel: Option<String>,
}

/// How long the office takes, and how long it waits for a supplement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct ReviewTime {
    /// What the office promises.
    pub promise: ReviewPromise,
    /// Working days an applicant has to supply what a reviewer asked for.
    pub supplement_working_days: u32,
    /// What the applicant gets is an answer in writing: an approval without one is not taken.
    pub written_answer: bool,
}

/// By when an application is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum ReviewPromise {
    /// No review: it counts as soon as it is there, or paid where something is owed.
    AtOnce,
    /// Within so many working days.
    WorkingDays {
        /// At least.
        min: u32,
        /// At most.
        max: u32,
    },
    /// Nothing is promised.
    NotPromised,
}

/// 办理须知.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// Version of the text.
    pub version: u32,
    /// SHA-256 of the text in both languages, hexadecimal; recorded with each consent.
    pub hash: String,
    /// Paragraphs, in order.
    pub paragraphs: Vec<Text>,
    /// Each is ticked separately and never in advance (PIPL articles 14 and 29).
    pub consents: Vec<Consent>,
}

/// Something a person agrees to, separately.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Consent {
    /// `notice`, `identity_documents`, …
    pub id: String,
    /// The class of data it is about.
    pub class: ConsentClass,
    /// The sentence beside the box.
    pub text: Text,
}

/// Classes of sensitive data that need a consent of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum ConsentClass {
    /// The notice itself.
    Notice,
    /// Identity documents and their pictures.
    IdentityDocuments,
    /// Bank card.
    BankCard,
    /// Medical bills and diagnoses.
    MedicalRecords,
    /// A minor's data: the guardian consents (PIPL article 31).
    Minor,
    /// Proof of a particular status: allowance, poverty, disability (PIPL article 28, 特定身份).
    SpecialStatus,
    /// 我声明…: what the applicant answers for with the submission.
    Declaration,
}

/// A consent that must be on record before an application may be handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct ConsentDue {
    /// Id of the consent of the notice or of the consent field; `declaration` for the declaration.
    pub id: String,
    /// The class of data it is about.
    pub class: ConsentClass,
    /// Version of the text: the notice's, or the service's for fields and the declaration.
    pub version: u32,
    /// SHA-256 of the text in both languages, hexadecimal.
    pub hash: String,
    /// The sentence agreed to.
    pub text: Text,
}

/// A page of the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Section {
    /// `person`.
    pub id: String,
    /// Heading of the page.
    pub title: Text,
    /// A line below it.
    pub hint: Option<Text>,
    /// Its fields, in order.
    pub fields: Vec<Field>,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Field {
    /// `id_number`; unique within the service.
    pub id: FieldId,
    /// What it is called.
    pub label: Text,
    /// A line below the label.
    pub hint: Option<Text>,
    /// Which control it is and which rules it obeys.
    pub kind: FieldKind,
    /// The choices of a [`FieldKind::Choice`]; for larger tables see `list_choices`.
    pub choices: Vec<Choice>,
    /// The choice that holds while nothing is chosen: shown as chosen, and handed in.
    pub assumed: Option<String>,
    /// The table of a [`FieldKind::EthnicGroup`] and the like, for `list_choices`.
    pub table: Option<String>,
    /// Never asked: it follows from other answers and is shown as text. A field that is asked only where nothing
    /// follows is not `calculated`; its state says `derived` while something does.
    pub calculated: bool,
    /// The class of a [`FieldKind::Consent`]; `label` is the sentence agreed to.
    pub consent: Option<ConsentClass>,
    /// The rows of a [`FieldKind::Rows`].
    pub rows: Option<Rows>,
}

/// A repeated group of questions, for example the invoices of a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Rows {
    /// What one row is called, for example 发票.
    pub title: Text,
    /// The questions of one row.
    pub columns: Vec<Field>,
    /// Rows at least, where the field is required.
    pub min: u32,
    /// Rows at most.
    pub max: u32,
}

/// Field kinds of MISSION §4; each is parse → normalise → judge → mask → format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// 姓名.
    PersonName,
    /// 公民身份号码, GB 11643-1999.
    IdNumber,
    /// 手机号.
    Mobile,
    /// 电子邮箱.
    Email,
    /// A date that is known and typed: 年 月 日.
    Date,
    /// GB/T 2261.1.
    Sex,
    /// GB/T 3304.
    EthnicGroup,
    /// Six-digit county code, GB/T 2260.
    Region,
    /// One line of text.
    Text,
    /// Several lines of text.
    LongText,
    /// Yuan as typed, fen inside.
    Money,
    /// 银行卡号.
    BankCard,
    /// One of a few.
    Choice,
    /// A box to tick.
    Checkbox,
    /// A separate consent that only some applicants owe; recorded with the hash of its text.
    Consent,
    /// A whole number.
    Number,
    /// 外国人永久居留身份证: 18 characters from 2023, 15 before.
    PermanentResidence,
    /// 护照.
    Passport,
    /// 港澳居民来往内地通行证（回乡证）.
    HomeReturnPermit,
    /// 台湾居民来往大陆通行证（台胞证）.
    TaiwanPermit,
    /// 出生医学证明编号.
    BirthCertificate,
    /// 统一社会信用代码, GB 32100.
    CreditCode,
    /// A year one may enrol or pay for today at the place of enrolment; the choices stand in the field's state.
    InsuranceYear,
    /// A repeated group of questions.
    Rows,
}

/// A row of a code table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Choice {
    /// The code that is stored.
    pub value: String,
    /// What is shown.
    pub label: Text,
    /// A line below it.
    pub hint: Option<Text>,
    /// What a search may find besides the label: pinyin and initials, blank-separated, lower case.
    pub search: String,
}

/// Something that must be shown, in one of several ways.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Material {
    /// `residence_proof`.
    pub id: String,
    /// 户籍或居住证明.
    pub title: Text,
    /// The ways to show it; any one suffices. Chosen by the answer `material.<id>`, the first by default.
    pub alternatives: Vec<Alternative>,
}

/// One way to show a material.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Alternative {
    /// `household_register`.
    pub id: String,
    /// 户口本.
    pub title: Text,
    /// Its places.
    pub slots: Vec<Slot>,
}

/// A place for documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Slot {
    /// `id_card_front`; unique within the service.
    pub id: SlotId,
    /// 身份证有照片的一面.
    pub title: Text,
    /// What a good picture of it looks like.
    pub hint: Option<Text>,
    /// Documents at least.
    pub min: u32,
    /// Documents at most.
    pub max: u32,
}

/// An administrative division.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Region {
    /// Six digits, GB/T 2260.
    pub code: String,
    /// 西湖区.
    pub name: String,
    /// `xihuqu xhq`.
    pub pinyin: String,
    /// Whether nothing stands below it.
    pub leaf: bool,
}

/// A division with those above it, for the search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct RegionPath {
    /// Code of the lowest.
    pub code: String,
    /// Province, city, county; two where a city has no counties or a province no cities.
    pub path: Vec<Region>,
    /// 浙江省杭州市西湖区.
    pub name: String,
}

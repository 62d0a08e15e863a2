//! What insurance costs in which year. No year is ever guessed.

use jiff::civil::Date;
use serde::Deserialize;

use super::{Complaints, TomlFile, reading::Filed, regional::Regional};
use crate::Text;

/// What one kind of insurance costs, year by year.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tariff {
    id: String,
    #[serde(default)]
    of: Option<String>,
    #[serde(default)]
    region: Option<String>,
    /// Path within the catalogue.
    #[serde(skip)]
    pub(crate) file: String,
    pub(crate) years: Vec<TariffYear>,
}

/// The published tariff of one insurance year.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TariffYear {
    pub(crate) year: i16,
    /// Where it was published.
    pub(crate) source: Text,
    /// When someone last compared it with the source.
    #[expect(dead_code, reason = "read by people, required of every tariff")]
    pub(crate) verified_at: Date,
    /// A sentence for the applicant, for example about the subsidy.
    pub(crate) note: Text,
    pub(crate) rates: Vec<Rate>,
}

/// What some categories pay.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rate {
    pub(crate) categories: Vec<String>,
    pub(crate) label: Text,
    pub(crate) personal_fen: i64,
    /// What is contained in the amount.
    #[serde(default)]
    pub(crate) included: Vec<Included>,
}

/// A part of the amount above it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Included {
    pub(crate) label: Text,
    pub(crate) amount_fen: i64,
}

impl Filed for Tariff {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Regional for Tariff {
    fn of(&self) -> Option<&str> {
        self.of.as_deref()
    }

    fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }
}

impl Tariff {
    pub(super) fn read(file: &TomlFile, complaints: &mut Complaints) -> Option<Self> {
        Some(Self { file: file.path.clone(), ..file.parse(complaints)? })
    }

    pub(crate) fn year(&self, year: i16) -> Option<&TariffYear> {
        self.years.iter().find(|tariff| tariff.year == year)
    }
}

//! `catalog preview`: a service as an applicant would meet it, from the notice to what still stands in the way.

mod fields;
mod frame;
mod materials;
mod money;
mod sheet;

use std::{fs, path::PathBuf};

use anyhow::{Context, Result, bail};
use forms::{Answer, Answers, Catalogue, Language, ServiceDefinition, Supplied};
use jiff::civil::Date;

use self::sheet::Sheet;
use super::{files::Files, today, tongue::Tongue, written::Written};
use crate::shell;

/// Made-up regions have codes that begin like this.
const MADE_UP: &str = "99";

/// Options of `catalog preview`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Id of the service, for example `resident-enrolment`.
    service: String,
    /// Folder of the catalogue; the one of the tree by default.
    #[arg(long, value_name = "DIR")]
    catalog: Option<PathBuf>,
    /// Language of the form; the terminal's by default.
    #[arg(long, value_enum)]
    lang: Option<Tongue>,
    /// Six-digit code of the place whose rules apply; 99… are the made-up regions of `examples/`.
    #[arg(long, value_name = "CODE")]
    region: Option<String>,
    /// Answers as JSON: field → value.
    #[arg(long, value_name = "FILE.json", conflicts_with = "example")]
    answers: Option<PathBuf>,
    /// Filled with the service's own example.
    #[arg(long)]
    example: bool,
    /// The day; today at the office by default.
    #[arg(long, value_name = "YYYY-MM-DD")]
    day: Option<Date>,
}

/// Prints the form.
pub(crate) fn run(options: &Options) -> Result<()> {
    let language = Tongue::chosen(options.lang);
    let dir = options.catalog.clone().unwrap_or_else(|| shell::root().join("catalog"));
    let files = Files::read(&dir)?;
    let made_up = options.region.as_ref().is_some_and(|code| code.starts_with(MADE_UP));
    let catalogue = files
        .catalogue(made_up)
        .map_err(|error| anyhow::anyhow!("\n{}\n\n(cargo xtask catalog check)", error.explain(language)))?;
    let Some(definition) = catalogue.service(&options.service, None) else {
        let known: Vec<String> = catalogue.services().into_iter().map(|service| service.id).collect();
        bail!("there is no service {}; there are: {}", options.service, known.join(", "));
    };
    let written = Written::find(&files, &options.service).context("the service has no file")?;
    let filled = Filled::by(options, definition, &catalogue, &written)?;
    print!("{}", form(definition, &catalogue, &written, &filled, language));
    Ok(())
}

/// What is filled in and shown, and when.
#[derive(Debug)]
struct Filled {
    answers: Answers,
    supplied: Vec<Supplied>,
    day: Date,
}

impl Filled {
    fn by(
        options: &Options,
        definition: &ServiceDefinition,
        catalogue: &Catalogue,
        written: &Written,
    ) -> Result<Self> {
        let day = options.day.unwrap_or_else(today);
        if let Some(code) = &options.region {
            catalogue.region_path(code).with_context(|| format!("there is no division {code}"))?;
        }
        if options.example {
            let example = definition.example(catalogue, day, options.region.as_deref());
            return Ok(Self { answers: example.answers, supplied: example.supplied, day });
        }
        let mut answers = match &options.answers {
            Some(file) => {
                let text =
                    fs::read_to_string(file).with_context(|| format!("could not read {}", file.display()))?;
                serde_json::from_str(&text).with_context(|| {
                    format!("{} holds no answers: {{\"field\": \"value\"}}", file.display())
                })?
            }
            None => Answers::default(),
        };
        let unknown = definition.unknown_answers(&answers);
        if !unknown.is_empty() {
            bail!("the service does not ask for: {}", unknown.join(", "));
        }
        if let Some(code) = &options.region {
            let place =
                written.place().context("this service has no `place`; regional rules do not apply")?;
            answers.set(place, Some(Answer::Text(code.clone())));
        }
        Ok(Self { answers, supplied: vec![], day })
    }
}

/// The whole form as text.
fn form(
    definition: &ServiceDefinition,
    catalogue: &Catalogue,
    written: &Written,
    filled: &Filled,
    language: Language,
) -> String {
    let evaluation = definition.evaluate(catalogue, &filled.answers, &filled.supplied, filled.day);
    let mut sheet = Sheet::new(language);
    frame::head(&mut sheet, definition.view(), &evaluation, filled.day);
    for (at, section) in definition.view().sections.iter().enumerate() {
        fields::section(&mut sheet, at + 1, section, catalogue, written, &evaluation);
    }
    materials::materials(&mut sheet, definition.view(), written, &evaluation);
    money::money(&mut sheet, &evaluation);
    frame::foot(&mut sheet, definition.view(), &evaluation);
    sheet.into_text()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preview(service: &str, region: Option<&str>, language: Language) -> String {
        let files = Files::read(&shell::root().join("catalog")).unwrap();
        let catalogue = files.catalogue(region.is_some()).unwrap();
        let definition = catalogue.service(service, None).unwrap();
        let written = Written::find(&files, service).unwrap();
        let day = jiff::civil::date(2026, 11, 23);
        let example = definition.example(&catalogue, day, region);
        let filled = Filled { answers: example.answers, supplied: example.supplied, day };
        form(definition, &catalogue, &written, &filled, language)
    }

    #[test]
    fn an_enrolment_in_a_made_up_region() {
        insta::assert_snapshot!(preview("resident-enrolment", Some("990101"), Language::Zh));
    }

    #[test]
    fn a_claim_with_rows() {
        insta::assert_snapshot!(preview("reimbursement", None, Language::En));
    }
}

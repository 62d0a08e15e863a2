//! `catalog check`: every mistake with file, line and remedy; then every service is tried out with its own example.

use std::path::PathBuf;

use anyhow::{Result, bail};
use forms::{Catalogue, CatalogueError, Evaluation, Language, Severity};

use super::{
    files::Files,
    today,
    tongue::{Tongue, say},
};
use crate::shell;

/// Options of `catalog check`.
#[derive(clap::Args, Default)]
pub(crate) struct Options {
    /// Folder of the catalogue; the one of the tree by default.
    dir: Option<PathBuf>,
    /// Language of the explanations; the terminal's by default.
    #[arg(long, value_enum)]
    lang: Option<Tongue>,
}

/// The folders whose files are counted, with what they hold.
const KINDS: [(&str, &str, &str); 10] = [
    ("services", "个事项", "services"),
    ("overlays", "个地区规则", "regional overlays"),
    ("tariffs", "个缴费标准", "tariffs"),
    ("windows", "个缴费期", "windows"),
    ("waiting", "个等待期规则", "waiting rules"),
    ("calendars", "个日历", "calendars"),
    ("tables", "个代码表", "code tables"),
    ("advisers", "个参保顾问", "advisers"),
    ("help", "个帮助文件", "files of help"),
    ("channels", "个渠道目录", "channel directories"),
];

/// Checks a catalogue; any mistake makes it fail.
pub(crate) fn run(options: &Options) -> Result<()> {
    let language = Tongue::chosen(options.lang);
    let dir = options.dir.clone().unwrap_or_else(|| shell::root().join("catalog"));
    let files = Files::read(&dir)?;
    let mut catalogue = files.catalogue(false).map_err(|error| refused(&error, language))?;
    if files.have_examples() {
        catalogue = files.catalogue(true).map_err(|error| refused(&error, language))?;
    }
    for line in waiting(&catalogue, language) {
        println!("   {line}");
    }
    let unready = unready(&catalogue, language);
    if !unready.is_empty() {
        bail!(
            "\n{}\n\n{}",
            unready.join("\n"),
            say(language, "这些事项的示例还不能提交", "these examples are not ready")
        );
    }
    println!("   {}", inventory(&files, &catalogue, language));
    Ok(())
}

/// All complaints and how many there are.
fn refused(error: &CatalogueError, language: Language) -> anyhow::Error {
    let count = error.complaints.len();
    let sum = say(
        language,
        format!("目录里有 {count} 处要改"),
        format!("{count} {} to mend in the catalogue", if count == 1 { "thing" } else { "things" }),
    );
    anyhow::anyhow!("\n{}\n\n{sum}", error.explain(language))
}

/// One line of what there is.
fn inventory(files: &Files, catalogue: &Catalogue, language: Language) -> String {
    let counts = KINDS.iter().filter_map(|(folder, zh, en)| {
        let count = files.within(folder).filter(|(path, _)| path.ends_with(".toml")).count();
        (count > 0).then(|| say(language, format!("{count} {zh}"), format!("{count} {en}")))
    });
    let counts: Vec<String> = counts.collect();
    let regions = &catalogue.regions_vintage();
    let examples = if files.have_examples() {
        say(language, "；示例地区也读过了", "; the example regions were read too")
    } else {
        String::new()
    };
    say(
        language,
        format!("目录没有问题：{}；区划：{}{examples}", counts.join("、"), regions.zh),
        format!("the catalogue is fit: {}; divisions: {}{examples}", counts.join(", "), regions.en),
    )
}

/// Nothing is amiss in the service, but nobody has published what its years cost.
const UNPUBLISHED: &str = "insurance_year.unpublished";

fn waits_for_a_tariff(evaluation: &Evaluation) -> bool {
    !evaluation.ready && evaluation.blocking.iter().all(|finding| finding.code == UNPUBLISHED)
}

/// Services that cannot be handed in today because no tariff is published: told, but no mistake.
fn waiting(catalogue: &Catalogue, language: Language) -> Vec<String> {
    let mut found = vec![];
    for summary in catalogue.services() {
        let Some(definition) = catalogue.service(&summary.id, None) else { continue };
        let evaluation = definition.example(catalogue, today(), None).evaluation;
        if waits_for_a_tariff(&evaluation) {
            let told = evaluation.blocking.iter().map(|finding| finding.message.get(language));
            found.push(format!("{}: {}", summary.id, told.collect::<Vec<_>>().join(" ")));
        }
    }
    found
}

/// Fills every service with its own example and says what stands in the way of handing it in.
fn unready(catalogue: &Catalogue, language: Language) -> Vec<String> {
    let mut found = vec![];
    for summary in catalogue.services() {
        let Some(definition) = catalogue.service(&summary.id, None) else { continue };
        let example = definition.example(catalogue, today(), None);
        if example.evaluation.ready || waits_for_a_tariff(&example.evaluation) {
            continue;
        }
        let blocking = example.evaluation.blocking.iter().map(|finding| {
            let grave = match finding.severity {
                Severity::Wrong => say(language, "不对", "wrong"),
                Severity::Missing => say(language, "没有填", "missing"),
                Severity::Doubtful => say(language, "可疑", "doubtful"),
            };
            format!("\n    {grave} {}: {}", finding.code, finding.message.get(language))
        });
        found.push(format!(
            "  {} {}{}",
            summary.id,
            summary.title.get(language),
            blocking.collect::<String>()
        ));
    }
    found
}

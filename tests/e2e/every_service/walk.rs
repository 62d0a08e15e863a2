//! The way through one service, page by page.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use forms::{
    Answer, Answers, Catalogue, Evaluation, Example, Field, FieldKind, Section, ServiceDefinition, Severity,
    Supplied, Target,
};
use serde_json::{Value, json};
use tests::{
    browser::{Browser, PATIENCE, eventually},
    filling, host,
    pages::{check, home, notice},
};

use super::{missing, papers, today, unpublished};

/// How long going from one page to the next may take.
const TURNING: Duration = Duration::from_secs(15);

/// The papers that the page asks for, in its order.
const MATERIALS: &str = "return [...document.querySelectorAll('h2[id^=material-]')].map((title) => title.id.slice('material-'.length))";

/// A person on the way through a service, with an example of what to answer.
pub(crate) struct Walk<'a> {
    pub(crate) window: &'a Browser,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) definition: &'a ServiceDefinition,
    example: Example,
    /// What has been answered so far.
    pub(crate) given: Answers,
    supplied: Vec<Supplied>,
    /// How many fields were left missing in turn.
    pub(crate) tried: u32,
    /// The example's person has handed the same in before, and must say that this is another matter.
    pub(crate) again: bool,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(
        window: &'a Browser,
        catalogue: &'a Catalogue,
        definition: &'a ServiceDefinition,
        place: Option<&str>,
    ) -> Self {
        let example = definition.example(catalogue, today(), place);
        Self {
            window,
            catalogue,
            definition,
            example,
            given: Answers::default(),
            supplied: vec![],
            tried: 0,
            again: false,
        }
    }

    /// Whether a repeated group was filled in.
    pub(crate) fn has_rows(&self) -> bool {
        self.given.0.values().any(|answer| matches!(answer, Answer::Rows(rows) if !rows.is_empty()))
    }

    /// Nothing keeps the example back but a tariff that nobody has published.
    pub(crate) fn waits_for_a_tariff(&self) -> bool {
        let Evaluation { ready, blocking, .. } = &self.example.evaluation;
        !ready && blocking.iter().all(|finding| finding.code == unpublished::CODE)
    }

    /// The engine's word on some answers.
    pub(crate) fn judge(&self, answers: &Answers) -> Evaluation {
        self.definition.evaluate(self.catalogue, answers, &self.supplied, today())
    }

    /// From the home page to the office's number.
    pub(crate) async fn whole_way(&mut self) -> Result<String> {
        ensure!(
            self.example.evaluation.ready,
            "the example is not ready: {:?}",
            self.example.evaluation.blocking
        );
        let told = self.pages().await;
        self.window.explained(told).await
    }

    async fn pages(&mut self) -> Result<String> {
        self.start().await?;
        for section in &self.definition.view().sections {
            if !self.asks(section) {
                continue;
            }
            self.section(section).await.with_context(|| format!("section “{}”", section.id))?;
        }
        self.materials().await?;
        self.hand_in().await
    }

    /// The first question of a kind that the example answers.
    pub(crate) fn asked(&self, kind: FieldKind) -> Option<(&'a Section, &'a Field)> {
        let sections = &self.definition.view().sections;
        let fields =
            sections.iter().flat_map(|section| section.fields.iter().map(move |field| (section, field)));
        let asked = |field: &Field| {
            let state = &self.example.evaluation.fields[&field.id];
            state.relevant && !state.derived && self.example.answers.0.contains_key(&field.id)
        };
        fields.filter(|(_, field)| field.kind == kind).find(|(_, field)| asked(field))
    }

    /// Gives every answer of the example behind the page's back.
    pub(crate) async fn answer_all(&mut self, application: &str) -> Result<()> {
        for (field, answer) in &self.example.answers.0 {
            host::answer(self.window, application, field, Some(answer)).await?;
        }
        self.given = self.example.answers.clone();
        Ok(())
    }

    /// Comes to a page of the form anew.
    pub(crate) async fn open(&self, application: &str, section: &Section) -> Result<()> {
        self.window.script("location.hash = '#/'").await?;
        self.window.ready("home").await?;
        let there = format!("location.hash = '#/applications/{application}/form/{}'", section.id);
        self.window.script(&there).await?;
        self.arrive(section).await
    }

    /// Through the notice to the first page of the form.
    pub(crate) async fn start(&mut self) -> Result<()> {
        let service = self.definition.view();
        // A page that is just being redrawn may slip away from under the pointer.
        eventually("the home page", TURNING, async || {
            if self.window.page().await? == "home" {
                return Ok(Some(()));
            }
            self.window.press("nav-home").await?;
            tokio::time::sleep(Duration::from_millis(300)).await;
            Ok(None)
        })
        .await?;
        home::start(self.window, &service.title.zh, &service.id).await?;
        notice::agree(self.window).await
    }

    fn asks(&self, section: &Section) -> bool {
        let evaluation = self.judge(&self.given);
        evaluation.sections.iter().any(|state| state.id == section.id && state.relevant)
    }

    /// Fills one page, leaves each required field of it missing in turn, and goes on.
    pub(crate) async fn section(&mut self, section: &Section) -> Result<()> {
        self.arrive(section).await?;
        self.fill(section).await?;
        self.same_word().await?;
        self.notes(section).await?;
        missing::in_turn(self, section).await?;
        self.go_on().await
    }

    /// Goes on to the next page. Lists that arrive meanwhile may push the button away from under the pointer; then it
    /// is pressed again, as a person would.
    async fn go_on(&self) -> Result<()> {
        const HERE: &str = "return location.hash.split('?')[0]";
        let here = self.window.script(HERE).await?;
        let turned = async || Ok((self.window.script(HERE).await? != here).then_some(()));
        eventually("the next page", TURNING, async || {
            if turned().await?.is_none() {
                self.window.press("continue").await?;
                return Ok(eventually("the page to turn", Duration::from_secs(3), turned).await.ok());
            }
            Ok(Some(()))
        })
        .await
    }

    /// The page of the section is shown, with its first question.
    pub(crate) async fn arrive(&self, section: &Section) -> Result<()> {
        let script = format!(
            "return location.hash.split('?')[0].endsWith('/form/{}')
               && document.querySelector('[data-testid=ready]')?.dataset.page === 'form'
               && document.querySelector('[data-field], [id^=\"field-\"]') !== null",
            section.id
        );
        eventually(&format!("the page of “{}”", section.id), TURNING, async || {
            Ok((self.window.script(&script).await? == true).then_some(()))
        })
        .await
    }

    /// Answers everything that is asked on the page and that the example answers; an answer may open more.
    async fn fill(&mut self, section: &Section) -> Result<()> {
        loop {
            let evaluation = self.judge(&self.given);
            let next = section.fields.iter().find(|field| {
                let state = &evaluation.fields[&field.id];
                let asked = state.relevant && !state.derived && !field.calculated;
                asked
                    && !self.given.0.contains_key(&field.id)
                    && self.example.answers.0.contains_key(&field.id)
            });
            let Some(field) = next else { return self.window.saved().await };
            let answer = self.example.answers.0[&field.id].clone();
            filling::give(self.window, self.catalogue, field, evaluation.fields.get(&field.id), &answer)
                .await?;
            self.given.set(&field.id, Some(answer));
        }
    }

    /// What holds at the place stands below its question.
    async fn notes(&self, section: &Section) -> Result<()> {
        let evaluation = self.judge(&self.given);
        for field in &section.fields {
            let state = &evaluation.fields[&field.id];
            let asked = state.relevant && !state.derived && !field.calculated;
            if let Some(note) = state.note.as_ref().filter(|_| asked) {
                self.window.says(&format!("field-{}-note", field.id), &note.zh, TELLING).await?;
            }
        }
        Ok(())
    }

    /// The program says of what was typed what the engine says of what was meant.
    async fn same_word(&self) -> Result<()> {
        let application = host::application(self.window).await?;
        let meant = serde_json::to_value(self.judge(&self.given))?;
        let mut said = Value::Null;
        let agreed = eventually("the same word", TURNING, async || {
            let open = json!({ "applicationId": application });
            said = host::ask(self.window, "open_application", open).await?["evaluation"].take();
            Ok((said == meant).then_some(()))
        })
        .await;
        agreed.with_context(|| differences(&said, &meant))
    }

    /// Adds what is asked for; nothing added yet is said of every slot first.
    async fn materials(&mut self) -> Result<()> {
        let evaluation = self.judge(&self.given);
        let asked: Vec<_> = evaluation.materials.iter().filter(|material| material.relevant).collect();
        if asked.is_empty() {
            return Ok(());
        }
        self.window.ready("materials").await?;
        let shown = self.window.script(MATERIALS).await?;
        let meant: Vec<&str> = asked.iter().map(|material| material.id.as_str()).collect();
        ensure!(shown == json!(meant), "the page asks for {shown}, the engine for {meant:?}");
        let owed: Vec<&str> = evaluation
            .blocking
            .iter()
            .filter(|finding| matches!(finding.target, Target::Slot { .. }))
            .map(|finding| finding.message.zh.as_str())
            .collect();
        if !owed.is_empty() {
            self.window.press("continue").await?;
            let told = missing::summary(self.window).await?;
            ensure!(told == owed, "the page of materials says {told:?}, the engine {owed:?}");
        }
        for slot in asked.into_iter().flat_map(|material| &material.slots) {
            for index in 0..slot.missing {
                papers::add(self.window, &slot.id, index).await?;
            }
            if slot.missing > 0 {
                self.supplied.push(Supplied { slot: slot.id.clone(), count: slot.missing });
            }
        }
        self.same_word().await?;
        self.go_on().await
    }

    /// 可以提交: nothing but the declaration stands in the way; then it is handed in and the office gives its number.
    async fn hand_in(&self) -> Result<String> {
        self.window.ready("check").await?;
        let evaluation = self.judge(&self.given);
        ensure!(evaluation.ready, "not ready: {:?}", evaluation.blocking);
        if let Some(fen) = evaluation.fee.as_ref().and_then(|fee| fee.personal_fen) {
            let rest = if fen % 100 == 0 { String::new() } else { format!(".{:02}", fen % 100) };
            self.window.says("fee", &format!("{}{rest} 元", fen / 100), TELLING).await?;
        }
        if let Some(region) = &evaluation.region {
            self.window.find_in("main", &region.name.zh).await?;
        }
        self.window.press("submit").await?;
        let told = missing::summary(self.window).await?;
        ensure!(
            told.len() == 1 + usize::from(self.again),
            "besides the declaration, something stands in the way: {told:?}"
        );
        if self.again {
            self.window.choose("another").await?;
        }
        check::submit(self.window).await?;
        Ok(check::official_number(self.window).await?.to_string())
    }
}

/// What must be said of a page as it stands: the gravest of each field and cell, in their order.
pub(crate) fn blocking<'a>(section: &Section, evaluation: &'a Evaluation) -> Vec<&'a forms::Finding> {
    let fields = section.fields.iter().filter_map(|field| Some((field, evaluation.fields.get(&field.id)?)));
    let states = fields.filter(|(_, state)| state.relevant).flat_map(|(field, state)| {
        let columns = || field.rows.iter().flat_map(|rows| &rows.columns);
        let cells =
            state.rows.iter().flat_map(move |row| columns().filter_map(|column| row.fields.get(&column.id)));
        std::iter::once(state).chain(cells)
    });
    states
        .filter_map(|state| state.findings.iter().find(|finding| finding.severity != Severity::Doubtful))
        .collect()
}

/// Where two values part, for a message that can be read.
fn differences(said: &Value, meant: &Value) -> String {
    fn walk(path: &str, said: &Value, meant: &Value, out: &mut Vec<String>) {
        match (said, meant) {
            (Value::Object(said), Value::Object(meant)) => {
                for (key, value) in meant {
                    walk(&format!("{path}.{key}"), said.get(key).unwrap_or(&Value::Null), value, out);
                }
            }
            _ if said != meant => out.push(format!("{path}: the window {said}, the engine {meant}")),
            _ => {}
        }
    }
    let mut out = vec![];
    walk("", said, meant, &mut out);
    out.truncate(8);
    out.join("\n")
}

/// Patience for what is told on a page.
pub(crate) const TELLING: Duration = PATIENCE;

//! 算一算等待期, without an application: the questions of 恢复参保 that bear on it, judged as that service judges
//! them, and whether one enrols in the window, which an application knows by its day. Nothing is kept.

use std::collections::BTreeMap;

use forms::{
    Answer, Answers, Choice, Field, FieldId, FieldKind, FieldState, Finding, Severity, Target, Text,
    WaitingPeriod, WaitingQuestion,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Desk;

const SERVICE: &str = "resume-enrolment";
const PLACE: &str = "residence_region";
const LAPSED: &str = "lapsed_years";
const REPAID: &str = "repaid_years";
const IN_WINDOW: &str = "in_window";

/// What the calculator asks, what it thinks of the answers, and what they come to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct WaitingCalculation {
    /// In order.
    pub questions: Vec<Field>,
    /// Every question.
    pub fields: BTreeMap<FieldId, FieldState>,
    /// All that stands in the way of an answer.
    pub blocking: Vec<Finding>,
    /// How many months, with the working; `null` while something stands in the way, or where no rule is published.
    pub period: Option<WaitingPeriod>,
}

impl Desk {
    /// The waiting period of somebody who enrols today.
    #[must_use]
    pub fn waiting_period(&self, answers: &Answers) -> WaitingCalculation {
        let catalogue = self.catalogue();
        let Some(service) = catalogue.service(SERVICE, None) else { return WaitingCalculation::default() };
        let today = self.0.clock.today();
        let mut judged = service.evaluate(&catalogue, answers, &[], today);
        let mut calculation = WaitingCalculation::default();
        for id in [PLACE, LAPSED, REPAID] {
            let mut known = service.view().sections.iter().flat_map(|section| &section.fields);
            if let (Some(field), Some(state)) = (known.find(|field| field.id == id), judged.fields.remove(id))
            {
                calculation.ask(field.clone(), state);
            }
        }
        calculation.ask(in_window(), state_in_window(answers));
        if calculation.blocking.is_empty() {
            let question = calculation.question();
            calculation.period = catalogue.waiting_period(&question, today);
        }
        calculation
    }
}

impl WaitingCalculation {
    fn ask(&mut self, field: Field, state: FieldState) {
        let grave = |finding: &&Finding| finding.severity != Severity::Doubtful;
        if state.relevant {
            self.blocking.extend(state.findings.iter().find(grave).cloned());
        }
        self.fields.insert(field.id.clone(), state);
        self.questions.push(field);
    }

    fn question(&self) -> WaitingQuestion {
        let years = |id: &str| self.value(id).and_then(|years| years.parse().ok()).unwrap_or(0);
        // A county that was typed by hand stands behind its city.
        let place = self.value(PLACE).map(|place| place.split('/').next().unwrap_or_default().to_owned());
        WaitingQuestion {
            place,
            lapsed_years: years(LAPSED),
            repaid_years: years(REPAID),
            in_window: self.value(IN_WINDOW) == Some("yes"),
        }
    }

    fn value(&self, id: &str) -> Option<&str> {
        match self.fields.get(id).filter(|state| state.relevant)?.value.as_ref()? {
            Answer::Text(text) => Some(text),
            _ => None,
        }
    }
}

fn in_window() -> Field {
    let choice = |value: &str, zh: &str, en: &str| Choice {
        value: value.to_owned(),
        label: Text::new(zh, en),
        hint: None,
        search: String::new(),
    };
    Field {
        id: IN_WINDOW.to_owned(),
        label: Text::new("在集中参保期里办吗", "Within the enrolment window?"),
        hint: Some(Text::new("一般是每年 9 月到 12 月", "Usually from September to December")),
        kind: FieldKind::Choice,
        choices: vec![
            choice("yes", "在集中参保期里", "Within it"),
            choice("no", "已经过了集中参保期", "After it"),
        ],
        table: None,
        assumed: None,
        calculated: false,
        consent: None,
        rows: None,
    }
}

fn state_in_window(answers: &Answers) -> FieldState {
    let value = answers.text(IN_WINDOW).filter(|answer| matches!(*answer, "yes" | "no"));
    let missing = || Finding {
        code: format!("{IN_WINDOW}.missing"),
        severity: Severity::Missing,
        target: Target::Field { id: IN_WINDOW.to_owned() },
        message: Text::new("请选是不是在集中参保期里办", "Choose whether it is within the enrolment window"),
    };
    FieldState {
        relevant: true,
        required: true,
        derived: false,
        value: value.map(|answer| Answer::Text(answer.to_owned())),
        display: Text::default(),
        masked: Text::default(),
        findings: if value.is_some() { vec![] } else { vec![missing()] },
        note: None,
        choices: None,
        rows: vec![],
    }
}

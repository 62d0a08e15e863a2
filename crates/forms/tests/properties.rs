//! Whatever is answered: no panic, no contradiction, and what is handed in is judged the same at the office.
#![allow(clippy::panic, reason = "a failed expectation tells what was found")]

mod arbitrary;
mod edited;
mod priced;

use arbitrary::{answers, assert_steady, day, documents, slots};
use forms::{Answer, Answers, Catalogue, Evaluation, Finding, ServiceDefinition, Supplied, Target};
use jiff::civil::{Date, date};
use proptest::{prelude::*, test_runner::TestRunner};

/// With a tariff for every year: an applicant cannot mend what nobody published.
fn catalogue() -> &'static Catalogue {
    priced::catalogue()
}

fn services() -> Vec<&'static ServiceDefinition> {
    let service = |id: String| catalogue().service(&id, None).expect("listed").as_ref();
    catalogue().services().into_iter().map(|summary| service(summary.id)).collect()
}

/// So many cases of each service.
fn for_each(cases: u32, mut look: impl FnMut(&mut TestRunner, &'static ServiceDefinition)) {
    for service in services() {
        let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
        look(&mut TestRunner::new(config), service);
    }
}

#[test]
fn what_is_handed_in_is_judged_the_same_again() {
    for_each(96, |runner, service| {
        let strategy = (answers(catalogue(), service, date(2026, 11, 22)), documents(service), day());
        let result = runner.run(&strategy, |(answers, documents, today)| {
            assert_steady(catalogue(), service, &answers, &documents, today)
        });
        if let Err(error) = result {
            panic!("{}: {error}", service.view().id);
        }
    });
}

/// An applicant who mends each thing as told gets there.
#[test]
fn mending_what_is_reported_makes_it_ready() {
    let today = date(2026, 11, 22);
    for_each(48, |runner, service| {
        let example = service.example(catalogue(), today, None).answers;
        let supplied: Vec<Supplied> = slots(service).collect();
        let result = runner.run(&answers(catalogue(), service, today), |mut answers| {
            let mending = Mending { service, example: &example, supplied: &supplied, today };
            // Each round mends a question or takes back an answer that the example does not give.
            for _ in 0..300 {
                let evaluation = mending.judge(&answers);
                let Some(finding) = evaluation.blocking.first() else { return Ok(()) };
                mending.mend(&mut answers, finding);
            }
            Err(TestCaseError::fail(format!("{:#?}", mending.judge(&answers).blocking)))
        });
        if let Err(error) = result {
            panic!("{}: {error}", service.view().id);
        }
    });
}

struct Mending<'a> {
    service: &'a ServiceDefinition,
    example: &'a Answers,
    supplied: &'a [Supplied],
    today: Date,
}

impl Mending<'_> {
    fn judge(&self, answers: &Answers) -> Evaluation {
        self.service.evaluate(catalogue(), answers, self.supplied, self.today)
    }

    /// By the example's answer, else by a choice, else by leaving the question empty; where none of these helps,
    /// the question is only asked because of another answer, and that is taken back.
    fn mend(&self, answers: &mut Answers, finding: &Finding) {
        let field = match &finding.target {
            Target::Field { id } | Target::Cell { id, .. } => id.as_str(),
            Target::Slot { .. } | Target::Whole => "",
        };
        let view = arbitrary::questions(self.service).find(|question| question.id == field);
        let choices =
            view.iter().flat_map(|field| &field.choices).map(|choice| Answer::Text(choice.value.clone()));
        let candidates = self.example.0.get(field).cloned().into_iter().chain(choices).map(Some);
        // What the example has no need to answer, for example the guardian of a child.
        let sensible = ["王秀英", "110101199003078881", "13800138000", "330106", "文三路 100 号"];
        let candidates = candidates.chain(sensible.map(|text| Some(Answer::Text(text.into()))));
        for candidate in candidates.chain([Some(Answer::Bool(true)), None]) {
            let mut tried = answers.clone();
            tried.set(field, candidate);
            let still = self.judge(&tried).blocking.iter().any(|other| other.target == finding.target);
            if !still && !field.is_empty() {
                *answers = tried;
                return;
            }
        }
        let differing = answers.0.iter().find(|(id, answer)| self.example.0.get(*id) != Some(*answer));
        if let Some(id) = differing.map(|(id, _)| id.clone()) {
            answers.set(&id, self.example.0.get(&id).cloned());
        } else if let Some((id, answer)) = self.example.0.iter().find(|(id, _)| !answers.0.contains_key(*id))
        {
            answers.set(id, Some(answer.clone()));
        }
    }
}

proptest! {
    #[test]
    fn searches_take_anything(query in "\\PC{0,20}", limit in 0usize..50) {
        prop_assert!(catalogue().search_regions(&query, limit).len() <= limit);
        let _ = catalogue().search(&query);
        let _ = (catalogue().regions(Some(&query)), catalogue().region_path(&query), catalogue().choices(&query));
    }
}

//! Whatever is answered: no panic, no contradiction, and what is handed in is judged the same at the office.

mod filled;

use filled::{catalogue, ordinary, service, supplied};
use forms::{Answer, Answers, Evaluation, Severity, Supplied};
use jiff::civil::{Date, date};
use proptest::prelude::*;

fn field() -> impl Strategy<Value = String> {
    let known: Vec<String> = service()
        .view()
        .sections
        .iter()
        .flat_map(|section| &section.fields)
        .map(|field| field.id.clone())
        .collect();
    prop_oneof![
        8 => proptest::sample::select(known),
        1 => Just("material.residence_proof".to_owned()),
        1 => "[a-z_.]{0,12}",
    ]
}

fn answer() -> impl Strategy<Value = Answer> {
    let telling = [
        "",
        " ",
        "张三",
        "ordinary",
        "student",
        "orphan",
        "veteran_party_member",
        "severe_disability",
        "yes",
        "no",
        "01",
        "98",
        "330106",
        "330100",
        "653200/和安县",
        "residence_permit",
        "110101199003078881",
        "110101199003078888",
        filled::CHILD,
        "610104620927690",
        "13800138000",
        "a@b.cn",
        "1990-03-07",
        "1990--",
        "2",
        "true",
    ];
    let leaf = prop_oneof![
        6 => proptest::sample::select(telling.to_vec()).prop_map(|text| Answer::Text(text.into())),
        2 => "\\PC{0,40}".prop_map(Answer::Text),
        1 => ".{0,20}".prop_map(Answer::Text),
        1 => any::<bool>().prop_map(Answer::Bool),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        proptest::collection::vec(
            proptest::collection::btree_map("[a-z]{1,5}", inner, 0..3).prop_map(Answers),
            0..3,
        )
        .prop_map(Answer::Rows)
    })
}

/// Anything at all, or a right form with a few answers changed.
fn answers() -> impl Strategy<Value = Answers> {
    let changes =
        || proptest::collection::btree_map(field(), proptest::option::weighted(0.8, answer()), 0..12);
    let from = |base: Answers| {
        changes().prop_map(move |changes| {
            let mut answers = base.clone();
            changes.into_iter().for_each(|(field, answer)| answers.set(field, answer));
            answers
        })
    };
    prop_oneof![from(Answers::default()), from(ordinary())]
}

fn documents() -> impl Strategy<Value = Vec<Supplied>> {
    let some = proptest::collection::vec(
        (proptest::sample::select(filled::SLOTS.to_vec()), prop_oneof![0u32..4, Just(u32::MAX)]),
        0..8,
    );
    prop_oneof![
        some.prop_map(|slots| slots
            .into_iter()
            .map(|(slot, count)| Supplied { slot: slot.into(), count })
            .collect()),
        Just(supplied(filled::SLOTS)),
    ]
}

fn day() -> impl Strategy<Value = Date> {
    let date = |(year, month, day)| date(year, month, day);
    prop_oneof![(2020i16..2035, 1i8..=12, 1i8..=28).prop_map(date), Just(Date::MIN), Just(Date::MAX)]
}

fn is_coherent(evaluation: &Evaluation) -> bool {
    let blocks = |severity| severity != Severity::Doubtful;
    evaluation.ready == evaluation.blocking.is_empty()
        && evaluation.blocking.iter().all(|finding| blocks(finding.severity))
        && evaluation.warnings.iter().all(|finding| !blocks(finding.severity))
        && evaluation
            .fields
            .values()
            .all(|state| state.relevant || (state.value.is_none() && state.findings.is_empty()))
        && evaluation
            .blocking
            .iter()
            .chain(&evaluation.warnings)
            .all(|finding| !finding.message.zh.is_empty() && !finding.message.en.is_empty())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn what_is_handed_in_is_judged_the_same_again(answers in answers(), documents in documents(), today in day()) {
        let first = service().evaluate(catalogue(), &answers, &documents, today);
        prop_assert!(is_coherent(&first));
        prop_assert_eq!(&first, &service().evaluate(catalogue(), &answers, &documents, today));

        let handed_in = service().answers_to_submit(&answers, &first);
        prop_assert!(service().unknown_answers(&handed_in).is_empty());
        let second = service().evaluate(catalogue(), &handed_in, &documents, today);
        for (field, state) in &first.fields {
            prop_assert_eq!(&state.value, &second.fields[field].value, "{}", field);
        }
        prop_assert!(second.ready || !first.ready);
        prop_assert_eq!(&handed_in, &service().answers_to_submit(&handed_in, &second));
    }

    /// An applicant who mends each thing as told gets there.
    #[test]
    fn mending_what_is_reported_makes_it_ready(answers in answers(), today in (2024i16..2030).prop_map(|year| date(year, 10, 1))) {
        let mended = ordinary();
        let mut answers = answers;
        for _ in 0..40 {
            let evaluation = service().evaluate(catalogue(), &answers, &supplied(filled::SLOTS), today);
            let Some(finding) = evaluation.blocking.into_iter().next() else { return Ok(()) };
            match finding.target {
                forms::Target::Field { id } => answers.set(id.clone(), mended.0.get(&id).cloned()),
                // The register is there; a proof is not, so the category is put right instead.
                _ => {
                    answers.set("material.residence_proof", None);
                    answers.set("category", mended.0.get("category").cloned());
                    answers.set("id_number", mended.0.get("id_number").cloned());
                }
            }
            if let Some(conditional) = unfillable(&answers, today) {
                answers.set(conditional, mended.0.get(conditional).cloned());
            }
        }
        prop_assert!(false, "still blocked");
    }

    #[test]
    fn searches_take_anything(query in "\\PC{0,20}", limit in 0usize..50) {
        prop_assert!(catalogue().search_regions(&query, limit).len() <= limit);
        let _ = catalogue().search(&query);
        let _ = (catalogue().regions(Some(&query)), catalogue().region_path(&query), catalogue().choices(&query));
    }
}

/// The question whose answer made a question relevant that the tidy form does not answer.
fn unfillable(answers: &Answers, today: Date) -> Option<&'static str> {
    let evaluation = service().evaluate(catalogue(), answers, &[], today);
    let relevant = |field: &str| evaluation.fields[field].relevant;
    [
        ("guardian_name", "id_number"),
        ("status_consent", "category"),
        ("elsewhere_where", "enrolled_elsewhere"),
    ]
    .into_iter()
    .find(|(field, _)| relevant(field))
    .map(|(_, because)| because)
}

//! Arbitrary answers to a service, drawn from its own fields, columns and choices.
#![allow(dead_code, reason = "each test binary uses its part")]

use forms::{
    Answer, Answers, Catalogue, Evaluation, Field, FieldKind, ServiceDefinition, Severity, Supplied,
};
use jiff::civil::{Date, date};
use proptest::{prelude::*, sample::select};

/// Something of every kind: right, half typed, wrong, untidy.
const TELLING: [&str; 52] = [
    "",
    " ",
    "张三",
    "买买提·艾力",
    "张3",
    "01",
    "2",
    "98",
    "yes",
    "no",
    "true",
    "330106",
    "330100",
    "441900",
    "653200/和安县",
    "110101199003078881",
    "１１０１０１ 1990 0307 8881",
    "110101199003078888",
    "110101201903070041",
    "810000199003078880",
    "610104620927690",
    "911124198108030024",
    "E12345678",
    "H12345678",
    "12345678",
    "R110101234",
    "91350100M000100Y43",
    "13800138000",
    "+86 138-0013-8000",
    "1380013800",
    "a@b.cn",
    "a@b",
    "1990-03-07",
    "1990/3/7",
    "1990--",
    "2019-03-07",
    "2026-11-01",
    "2026-11-22",
    "2030-01-01",
    "0",
    "1",
    "3",
    "-1",
    "12.5",
    "3,286.40",
    "99999999",
    "100000000000",
    "6222020100123456789",
    "6222021001116245702",
    "2026",
    "2027",
    "044001900111",
];

/// Every field and column of a service.
pub(crate) fn questions(service: &ServiceDefinition) -> impl Iterator<Item = &Field> {
    let fields = service.view().sections.iter().flat_map(|section| &section.fields);
    fields.flat_map(|field| std::iter::once(field).chain(field.rows.iter().flat_map(|rows| &rows.columns)))
}

fn leaf(catalogue: &Catalogue, field: &Field) -> BoxedStrategy<Answer> {
    let table = field.table.as_deref().map_or(&[][..], |table| catalogue.choices(table));
    let choices: Vec<String> = field.choices.iter().chain(table).map(|choice| choice.value.clone()).collect();
    let own = if choices.is_empty() {
        select(TELLING.to_vec()).prop_map(|text| Answer::Text(text.into())).boxed()
    } else {
        select(choices).prop_map(Answer::Text).boxed()
    };
    prop_oneof![
        8 => own,
        3 => select(TELLING.to_vec()).prop_map(|text| Answer::Text(text.into())),
        1 => "\\PC{0,40}".prop_map(Answer::Text),
        1 => ".{0,20}".prop_map(Answer::Text),
        1 => any::<bool>().prop_map(Answer::Bool),
        1 => nested(),
    ]
    .boxed()
}

/// Rows where none are asked, rows within rows.
fn nested() -> BoxedStrategy<Answer> {
    let leaf = select(TELLING.to_vec()).prop_map(|text| Answer::Text(text.into()));
    leaf.prop_recursive(3, 12, 3, |inner| {
        let row = proptest::collection::btree_map("[a-z_]{1,8}", inner, 0..3).prop_map(Answers);
        proptest::collection::vec(row, 0..3).prop_map(Answer::Rows)
    })
    .boxed()
}

fn answer(catalogue: &Catalogue, field: &Field) -> BoxedStrategy<Answer> {
    let (FieldKind::Rows, Some(rows)) = (field.kind, &field.rows) else { return leaf(catalogue, field) };
    let cells = rows
        .columns
        .iter()
        .map(|column| (Just(column.id.clone()), proptest::option::weighted(0.7, leaf(catalogue, column))));
    let row = cells.collect::<Vec<_>>().prop_map(|cells| {
        Answers(cells.into_iter().filter_map(|(column, cell)| Some((column, cell?))).collect())
    });
    let some = proptest::collection::vec(row.clone(), 0..5).prop_map(Answer::Rows);
    let more = usize::try_from(rows.max).expect("few") + 3;
    let many = row.prop_map(move |row| Answer::Rows(vec![row; more]));
    prop_oneof![8 => some, 1 => many, 1 => leaf(catalogue, field)].boxed()
}

/// Anything at all, or the example with a few answers changed.
pub(crate) fn answers(
    catalogue: &Catalogue,
    service: &ServiceDefinition,
    today: Date,
) -> BoxedStrategy<Answers> {
    let fields = service.view().sections.iter().flat_map(|section| &section.fields);
    let mut each: Vec<BoxedStrategy<(String, Answer)>> =
        fields.map(|field| (Just(field.id.clone()), answer(catalogue, field)).boxed()).collect();
    for material in service.view().materials.iter().filter(|material| material.alternatives.len() > 1) {
        let ways: Vec<String> = material.alternatives.iter().map(|way| way.id.clone()).collect();
        let id = format!("material.{}", material.id);
        each.push((Just(id), select(ways).prop_map(Answer::Text)).boxed());
    }
    each.push(("[a-z_.]{0,12}", nested()).boxed());
    let count = each.len();
    let change = (0..count).prop_flat_map(move |at| each[at].clone());
    let few = proptest::collection::vec((change.clone(), any::<bool>()), 0..6);
    let many = proptest::collection::vec((change, Just(true)), 0..count);
    let example = service.example(catalogue, today, None).answers;
    prop_oneof![(Just(example), few), (Just(Answers::default()), many)]
        .prop_map(|(mut answers, changes)| {
            for ((field, answer), given) in changes {
                answers.set(field, given.then_some(answer));
            }
            answers
        })
        .boxed()
}

/// Documents in slots of the service.
pub(crate) fn documents(service: &ServiceDefinition) -> BoxedStrategy<Vec<Supplied>> {
    let slots: Vec<String> = slots(service).map(|slot| slot.slot).chain(["nowhere".into()]).collect();
    let some = (select(slots), prop_oneof![0u32..4, Just(u32::MAX)])
        .prop_map(|(slot, count)| Supplied { slot, count });
    proptest::collection::vec(some, 0..8).boxed()
}

/// Enough in every slot of every alternative.
pub(crate) fn slots(service: &ServiceDefinition) -> impl Iterator<Item = Supplied> {
    let ways = service.view().materials.iter().flat_map(|material| &material.alternatives);
    ways.flat_map(|way| &way.slots).map(|slot| Supplied { slot: slot.id.clone(), count: slot.min.max(1) })
}

pub(crate) fn day() -> impl Strategy<Value = Date> {
    let date = |(year, month, day)| date(year, month, day);
    prop_oneof![(2020i16..2035, 1i8..=12, 1i8..=28).prop_map(date), Just(Date::MIN), Just(Date::MAX)]
}

/// Ready means nothing blocks, irrelevant fields are silent, every finding has words in both languages.
pub(crate) fn is_coherent(evaluation: &Evaluation) -> bool {
    let blocks = |severity| severity != Severity::Doubtful;
    let findings = || evaluation.blocking.iter().chain(&evaluation.warnings);
    evaluation.ready == evaluation.blocking.is_empty()
        && evaluation.blocking.iter().all(|finding| blocks(finding.severity))
        && evaluation.warnings.iter().all(|finding| !blocks(finding.severity))
        && evaluation
            .fields
            .values()
            .all(|state| state.relevant || (state.value.is_none() && state.findings.is_empty()))
        && findings().all(|finding| !finding.message.zh.is_empty() && !finding.message.en.is_empty())
}

/// Judges twice, hands in, judges again: nothing may change.
pub(crate) fn assert_steady(
    catalogue: &Catalogue,
    service: &ServiceDefinition,
    answers: &Answers,
    documents: &[Supplied],
    today: Date,
) -> Result<(), TestCaseError> {
    let first = service.evaluate(catalogue, answers, documents, today);
    prop_assert!(is_coherent(&first));
    prop_assert_eq!(&first, &service.evaluate(catalogue, answers, documents, today));
    let handed_in = service.answers_to_submit(answers, &first);
    prop_assert!(service.unknown_answers(&handed_in).is_empty());
    let second = service.evaluate(catalogue, &handed_in, documents, today);
    for (field, state) in &first.fields {
        prop_assert_eq!(&state.value, &second.fields[field].value, "{}", field);
    }
    prop_assert!(second.ready || !first.ready);
    prop_assert_eq!(&first.fee, &second.fee);
    prop_assert_eq!(&handed_in, &service.answers_to_submit(&handed_in, &second));
    prop_assert_eq!(service.consents_due(&first), service.consents_due(&second));
    Ok(())
}

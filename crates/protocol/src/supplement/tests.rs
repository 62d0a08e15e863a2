//! The rule as a table: what was named, what was changed, what is open, what strays.

use forms::{Answer, Text};
use jiff::{Timestamp, civil::date};

use super::*;
use crate::{ApplicationId, DocumentKind, ManifestDocument};

const SLOTS: [&str; 5] =
    ["id_card_front", "id_card_back", "household_head_page", "household_person_page", "portrait"];
/// A girl born on 7 March 2019, and an adult.
const CHILD: &str = "110101201903070041";
const ADULT: &str = "110101199003078881";
/// Another girl of that day.
const SISTER: &str = "110101201903070068";

fn catalogue() -> &'static Catalogue {
    Catalogue::embedded().expect("the embedded catalogue is fit")
}

fn definition() -> &'static ServiceDefinition {
    catalogue().service("resident-enrolment", None).expect("in the catalogue")
}

/// A form being filled, with its documents by slot, index and content.
#[derive(Clone)]
struct Papers {
    answers: Answers,
    documents: Vec<(String, u32, String)>,
}

impl Papers {
    fn ordinary() -> Self {
        let mut papers = Self { answers: Answers::default(), documents: Vec::new() };
        for (field, value) in [
            ("full_name", "张三"),
            ("id_number", ADULT),
            ("ethnic_group", "01"),
            ("mobile", "13800138000"),
            ("email", "zhang@example.cn"),
            ("household_region", "330106"),
            ("residence_region", "330106"),
            ("address", "文三路 100 号"),
            ("category", "ordinary"),
            ("enrolled_elsewhere", "no"),
        ] {
            papers = papers.answer(field, value);
        }
        SLOTS.into_iter().fold(papers, |papers, slot| papers.show(slot, "first"))
    }

    /// Someone who is subsidised and has proven it.
    fn subsidised() -> Self {
        Self::ordinary()
            .answer("category", "minimum_living")
            .tick("status_consent")
            .show("category_proof", "allowance")
    }

    fn answer(mut self, field: &str, value: &str) -> Self {
        self.answers.set(field, Some(Answer::Text(value.into())));
        self
    }

    fn tick(mut self, field: &str) -> Self {
        self.answers.set(field, Some(Answer::Bool(true)));
        self
    }

    fn clear(mut self, field: &str) -> Self {
        self.answers.set(field, None);
        self
    }

    fn show(mut self, slot: &str, content: &str) -> Self {
        self = self.take_away(slot);
        self.documents.push((slot.into(), 0, content.into()));
        self
    }

    fn take_away(mut self, slot: &str) -> Self {
        self.documents.retain(|(there, ..)| there != slot);
        self
    }

    /// As a desk hands it in: normalised, and only what is asked for.
    fn manifest(&self) -> Manifest {
        let count = |slot: &str| {
            let count = self.documents.iter().filter(|(there, ..)| there == slot).count();
            Supplied { slot: slot.to_owned(), count: u32::try_from(count).expect("few") }
        };
        let supplied: Vec<_> = self.documents.iter().map(|(slot, ..)| count(slot)).collect();
        let evaluation = definition().evaluate(catalogue(), &self.answers, &supplied, date(2026, 11, 23));
        let asked = |slot: &str| slot_is_asked(slot, &evaluation);
        Manifest {
            application: ApplicationId::new(),
            revision: 1,
            parent: None,
            service: definition().view().id.clone(),
            service_version: definition().view().version,
            answers: definition().answers_to_submit(&self.answers, &evaluation),
            documents: self
                .documents
                .iter()
                .filter(|(slot, ..)| asked(slot))
                .map(|(slot, index, content)| ManifestDocument {
                    slot: slot.clone(),
                    index: *index,
                    sha256: ContentHash::of(content.as_bytes()),
                    size_bytes: 1,
                    kind: DocumentKind::Jpeg,
                })
                .collect(),
            consents: Vec::new(),
            prepared_at: Timestamp::UNIX_EPOCH,
        }
    }
}

fn field(id: &str) -> Target {
    Target::Field { id: id.into() }
}

fn slot(id: &str) -> Target {
    Target::Slot { id: id.into() }
}

/// Open items (`None` = everything) and stray ones.
fn judge(named: &[Target], before: &Papers, after: &Papers) -> (Option<Vec<String>>, Vec<Target>) {
    let findings: Vec<_> = named
        .iter()
        .map(|target| ReviewFinding {
            code: "other".into(),
            target: target.clone(),
            message: Text::new("请补充", "Mend this"),
        })
        .collect();
    let (before, after) = (before.manifest(), after.manifest());
    let supplement = Supplement {
        catalogue: catalogue(),
        definition: definition(),
        day: date(2026, 11, 23),
        findings: &findings,
        before: &before,
    };
    let opened = supplement.opens(&after.answers, &after.supplied());
    let opened = opened.map(|opened| opened.fields.into_iter().chain(opened.slots).collect());
    (opened, supplement.strays(&after))
}

#[test]
fn what_is_open_and_what_strays() {
    let ordinary = Papers::ordinary;
    let permit = || {
        ordinary()
            .answer("material.residence_proof", "residence_permit")
            .take_away("household_head_page")
            .take_away("household_person_page")
            .show("residence_permit", "permit")
    };
    let child = || {
        ordinary()
            .answer("id_number", CHILD)
            .answer("guardian_name", "李四")
            .answer("guardian_relation", "mother")
            .answer("guardian_id_number", ADULT)
            .tick("guardian_consent")
            .show("guardian_id_card_front", "guardian")
            .show("guardian_id_card_back", "guardian")
    };
    // What, named, before, after, open, stray.
    type Row = (&'static str, Vec<Target>, Papers, Papers, Option<Vec<&'static str>>, Vec<Target>);
    let table: Vec<Row> = vec![
        ("nothing is named", vec![], ordinary(), ordinary().answer("address", "别处"), None, vec![]),
        (
            "the whole is named",
            vec![Target::Whole, field("address")],
            ordinary(),
            ordinary().answer("full_name", "李四"),
            None,
            vec![],
        ),
        (
            "exactly the named items",
            vec![field("address"), slot("portrait")],
            ordinary(),
            ordinary().answer("address", "别处").show("portrait", "second"),
            Some(vec!["address", "portrait"]),
            vec![],
        ),
        (
            "others changed, taken away and added",
            vec![slot("portrait")],
            ordinary(),
            ordinary()
                .answer("full_name", "李四")
                .clear("email")
                .show("id_card_back", "x")
                .take_away("id_card_front"),
            Some(vec!["portrait"]),
            vec![field("email"), field("full_name"), slot("id_card_back"), slot("id_card_front")],
        ),
        (
            "another way of showing a named document",
            vec![slot("household_head_page")],
            ordinary(),
            permit(),
            Some(vec!["material.residence_proof", "household_head_page", "residence_permit"]),
            vec![],
        ),
        (
            "another way where none of its documents is named",
            vec![slot("portrait")],
            ordinary(),
            permit(),
            Some(vec!["portrait"]),
            vec![field("material.residence_proof"), slot("residence_permit")],
        ),
        (
            "what an answer brings with it",
            vec![field("category")],
            ordinary(),
            Papers::subsidised(),
            Some(vec!["category", "status_consent", "category_proof"]),
            vec![],
        ),
        (
            "what an answer takes away",
            vec![field("category")],
            Papers::subsidised(),
            ordinary(),
            Some(vec!["category"]),
            vec![],
        ),
        (
            "another subsidy needs another proof",
            vec![field("category")],
            Papers::subsidised(),
            Papers::subsidised().answer("category", "severe_disability").show("category_proof", "disability"),
            Some(vec!["category", "category_proof"]),
            vec![],
        ),
        (
            "the same subsidy needs no other proof",
            vec![field("category")],
            Papers::subsidised(),
            Papers::subsidised().show("category_proof", "other"),
            Some(vec!["category"]),
            vec![slot("category_proof")],
        ),
        (
            "a closed answer opens nothing",
            vec![slot("portrait")],
            ordinary(),
            Papers::subsidised(),
            Some(vec!["portrait"]),
            // What it would bring strays with it.
            vec![field("category"), field("status_consent"), slot("category_proof")],
        ),
        (
            "what stands in the way because of an open answer is open",
            vec![field("id_number")],
            child().answer("guardian_id_number", SISTER),
            child().answer("id_number", SISTER).answer("guardian_id_number", SISTER),
            Some(vec!["guardian_id_number", "id_number"]),
            vec![],
        ),
        (
            "and stays open when it is mended",
            vec![field("id_number")],
            child().answer("guardian_id_number", SISTER),
            child().answer("id_number", SISTER),
            Some(vec!["guardian_id_number", "id_number"]),
            vec![],
        ),
    ];
    for (what, named, before, after, open, stray) in table {
        let (opened, strays) = judge(&named, &before, &after);
        let open = open.map(|open| open.into_iter().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(opened, open, "{what}");
        assert_eq!(strays, stray, "{what}");
    }
}

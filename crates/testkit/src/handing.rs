//! What a desk hands in, made without one: a manifest that the office accepts and the documents it speaks of.

use forms::{Answer, Answers, Catalogue, Supplied};
use image::codecs::jpeg::JpegEncoder;
use jiff::{Timestamp, tz};
use protocol::{ApplicationId, ConsentRecord, ContentHash, DocumentKind, Manifest, ManifestDocument};
use uuid::Uuid;

use crate::{
    enrolment::{ANSWERS, SERVICE, SLOTS},
    person::with_check,
};

/// Monday, 23 November 2026, 10:00 in China: within the enrolment window.
pub const MORNING: &str = "2026-11-23T02:00:00Z";

/// A manifest and the bytes it speaks of.
#[derive(Clone)]
pub struct Papers {
    /// What is handed in.
    pub manifest: Manifest,
    /// The documents.
    pub bytes: Vec<Vec<u8>>,
}

impl Papers {
    /// A resident's enrolment that is ready to be handed in on the morning of [`MORNING`]: five documents.
    #[must_use]
    pub fn resident() -> Self {
        let mut this = Self::resident_without_documents(MORNING.parse().expect("a time"));
        for slot in SLOTS {
            this.attach(slot, 0, photo(), DocumentKind::Jpeg);
        }
        this.settle();
        this
    }

    /// The same at any time, with one document in all five slots. Outside of the enrolment window it may be handed in
    /// too, with a waiting period.
    #[must_use]
    pub fn small_resident(now: Timestamp) -> Self {
        let mut this = Self::resident_without_documents(now);
        let photo = photo();
        for slot in SLOTS {
            this.attach(slot, 0, photo.clone(), DocumentKind::Jpeg);
        }
        this.bytes.truncate(1);
        this.settle();
        this
    }

    /// The same at any time, with these documents in turn in the five slots.
    #[must_use]
    pub fn resident_with(now: Timestamp, documents: &[Vec<u8>]) -> Self {
        let mut this = Self::resident_without_documents(now);
        for (slot, document) in SLOTS.into_iter().zip(documents.iter().cycle()) {
            this.attach(slot, 0, document.clone(), DocumentKind::Jpeg);
        }
        this.bytes.truncate(documents.len());
        this.settle();
        this
    }

    fn resident_without_documents(now: Timestamp) -> Self {
        Self { manifest: empty_manifest(now), bytes: Vec::new() }
    }

    /// Which application it is.
    #[must_use]
    pub fn application(&self) -> ApplicationId {
        self.manifest.application
    }

    /// Puts a document into a place, replacing what stands there.
    pub fn attach(&mut self, slot: &str, index: u32, bytes: Vec<u8>, kind: DocumentKind) {
        self.manifest.documents.retain(|document| (document.slot.as_str(), document.index) != (slot, index));
        self.manifest.documents.push(ManifestDocument {
            slot: slot.into(),
            index,
            sha256: ContentHash::of(&bytes),
            size_bytes: bytes.len().try_into().expect("small"),
            kind,
        });
        self.manifest.documents.sort_by(|a, b| (&a.slot, a.index).cmp(&(&b.slot, b.index)));
        self.bytes.push(bytes);
    }

    /// Sets an answer.
    pub fn answer(&mut self, field: &str, value: &str) {
        self.manifest.answers.set(field, Some(Answer::Text(value.into())));
    }

    /// Normalises the answers as a desk does.
    pub fn settle(&mut self) {
        let catalogue = Catalogue::embedded().expect("a catalogue");
        let day = tz::offset(8).to_datetime(self.manifest.prepared_at).date();
        let definition = catalogue.service(&self.manifest.service, None).expect("a service");
        let supplied: Vec<Supplied> = self
            .manifest
            .documents
            .iter()
            .map(|document| Supplied { slot: document.slot.clone(), count: 1 })
            .collect();
        let evaluation = definition.evaluate(catalogue, &self.manifest.answers, &supplied, day);
        assert!(evaluation.ready, "{:#?}", evaluation.blocking);
        self.manifest.answers = definition.answers_to_submit(&self.manifest.answers, &evaluation);
        let given = |due| ConsentRecord::given(due, self.manifest.prepared_at);
        self.manifest.consents = definition.consents_due(&evaluation).iter().map(given).collect();
    }

    /// The next revision, with the same papers so far.
    #[must_use]
    pub fn supplement(&self) -> Self {
        let mut next = self.clone();
        next.manifest.parent = Some(self.manifest.canonical_hash());
        next.manifest.revision += 1;
        next
    }

    /// The bytes of a document.
    #[must_use]
    pub fn bytes_of(&self, hash: ContentHash) -> &[u8] {
        self.bytes.iter().find(|bytes| ContentHash::of(bytes) == hash).expect("declared")
    }
}

fn empty_manifest(now: Timestamp) -> Manifest {
    let catalogue = Catalogue::embedded().expect("a catalogue");
    let service = catalogue.service(SERVICE, None).expect("a service").view();
    let mut answers = Answers::default();
    // Somebody else than the person of the enrolment: tests of the office look for this name, number and address.
    let somebody = [
        ("full_name", "林小满"),
        ("id_number", &id_number("330106", "19900307", "222")),
        ("mobile", "13800138000"),
        ("address", "文三路 1 号 2 单元 301 室"),
    ];
    for (field, value) in ANSWERS.iter().chain(&somebody) {
        answers.set(*field, Some(Answer::Text((*value).to_owned())));
    }
    Manifest {
        application: ApplicationId::new(),
        revision: 1,
        parent: None,
        service: service.id.clone(),
        service_version: service.version,
        answers,
        documents: Vec::new(),
        consents: Vec::new(),
        prepared_at: now,
    }
}

/// A number that belongs to nobody, with its check digit.
#[must_use]
pub fn id_number(region: &str, birth: &str, sequence: &str) -> String {
    with_check(&format!("{region}{birth}{sequence}"))
}

/// A fit JPEG of some hundred kilobytes, which takes its time on a line; no two are the same.
#[must_use]
pub fn large_photo() -> Vec<u8> {
    let [one, two, three, four, ..] = Uuid::new_v4().into_bytes();
    let mut grain = u32::from_be_bytes([one, two, three, four]);
    jpeg(&image::RgbImage::from_fn(1000, 700, |_, _| {
        grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        image::Rgb([grain.to_be_bytes()[0]; 3])
    }))
}

/// A fit JPEG of a few kilobytes; no two are the same.
#[must_use]
pub fn photo() -> Vec<u8> {
    let seed = Uuid::new_v4().into_bytes();
    jpeg(&image::RgbImage::from_fn(240, 160, |x, y| {
        let slope = u8::try_from((x / 15 * 3 + y / 16 * 7) % 256).unwrap_or_default();
        let pick = |at: u32| seed[usize::try_from(at % 16).unwrap_or_default()].wrapping_add(slope);
        image::Rgb([pick(x / 15), pick(y / 10), pick(5)])
    }))
}

fn jpeg(picture: &image::RgbImage) -> Vec<u8> {
    let mut jpeg = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, 85);
    picture.write_with_encoder(encoder).expect("encodes");
    jpeg
}

/// A fit JPEG of 1920 × 1440 pixels and about `bytes` bytes, as a photograph of a paper is.
#[must_use]
pub fn photo_of(bytes: usize) -> Vec<u8> {
    let (mut least, mut most) = (0_u32, 256_u32);
    let mut best = grainy(0);
    // What the grain weighs is not known beforehand, but more of it weighs more.
    while most - least > 1 {
        let grain = u32::midpoint(least, most);
        let jpeg = grainy(grain);
        if jpeg.len() > bytes {
            most = grain;
        } else {
            (least, best) = (grain, jpeg);
        }
    }
    best
}

/// Print on paper, seen through a sensor's grain.
fn grainy(grain: u32) -> Vec<u8> {
    let mut state = 0x9e37_79b9_u32;
    let picture = image::RgbImage::from_fn(1920, 1440, |x, y| {
        // xorshift: grain needs no better chance.
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        let ink = (y / 24) % 2 == 0 && (x / 9 * 7 + y / 24 * 13) % 5 < 3;
        let paper = if ink { 60 } else { 160 + x / 48 };
        let level = u8::try_from((paper + (state >> 8) * grain / (1 << 24)).min(255)).unwrap_or(255);
        image::Rgb([level, level, level.saturating_sub(12)])
    });
    let mut jpeg = Vec::new();
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, 85)).expect("encodes");
    jpeg
}

/// The same picture as another file, without encoding it again: the number stands in the last bits of its first
/// quantisation table. No two numbers make the same file.
#[must_use]
pub fn numbered(jpeg: &[u8], number: u64) -> Vec<u8> {
    let mut other = jpeg.to_vec();
    let table = jpeg.windows(2).position(|marker| marker == [0xff, 0xdb]).expect("a quantisation table") + 5;
    for (bit, value) in other[table..table + 64].iter_mut().enumerate() {
        *value = ((*value).max(2) & !1) | u8::from(number >> bit & 1 == 1);
    }
    other
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn photographs_weigh_what_they_should_and_numbers_make_other_files() {
        let photo = photo_of(300_000);
        assert!((240_000..=300_000).contains(&photo.len()), "{}", photo.len());
        let files: BTreeSet<_> = (0..100).chain([u64::MAX]).map(|number| numbered(&photo, number)).collect();
        assert_eq!(files.len(), 101);
        for file in files {
            assert!(image::load_from_memory(&file).is_ok());
        }
    }
}

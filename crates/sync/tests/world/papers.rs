//! What is handed in: manifests, documents and receipts of the real shapes. Hashing and signing are pure, so each
//! is done once a thread and remembered; a million histories would otherwise be a benchmark of Ed25519.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use forms::Answers;
use jiff::{SignedDuration, Timestamp, civil::date};
use protocol::{
    ApplicationId, ApplicationNumber, ContentHash, DocumentKind, InvalidReceipt, Manifest, ManifestDocument,
    Receipt, ReceiptBody, ReceiptKey, ReceiptSigner,
};
use uuid::Uuid;

/// What is wrong with an application, until it is mended (or the office is).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Nature {
    Fine,
    /// The office finds faults in its answers.
    Faulty,
    /// The office refuses one of its documents.
    Unfit,
    /// The office breaks over its manifest, every time.
    Breaks,
    /// The office breaks over one of its documents, every time.
    BreaksOverDocument,
}

impl Nature {
    /// Words that the office's own judgement goes by.
    fn service(self, content: u32) -> &'static str {
        match self {
            Self::Faulty if content == 0 => "faulty",
            Self::Breaks => "breaks",
            _ => "fine",
        }
    }

    fn bytes(self, application: u8, content: u32) -> String {
        match self {
            Self::Unfit if content == 0 => format!("unfit {application}"),
            Self::BreaksOverDocument => format!("breaks {application} {content}"),
            _ => format!("fine {application} {content}"),
        }
    }
}

/// A frozen manifest and its hash.
#[derive(Debug, PartialEq)]
pub(crate) struct Paper {
    pub(crate) manifest: Manifest,
    pub(crate) hash: ContentHash,
    /// The documents, each once.
    pub(crate) blobs: Vec<(ContentHash, Rc<str>)>,
}

/// What a paper is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Draft {
    pub(crate) application: u8,
    pub(crate) nature: Nature,
    pub(crate) revision: u32,
    pub(crate) parent: Option<ContentHash>,
    /// How often it was mended.
    pub(crate) content: u32,
    /// The desk's wall clock, in days.
    pub(crate) day: i64,
}

thread_local! {
    static PAPERS: RefCell<HashMap<Draft, Rc<Paper>>> = RefCell::default();
    static RECEIPTS: RefCell<HashMap<(ContentHash, u32, i64), Rc<Receipt>>> = RefCell::default();
    static PROVEN: RefCell<HashMap<(Parts, ContentHash), bool>> = RefCell::default();
    static SIGNER: ReceiptSigner = ReceiptSigner::new(&[7; 32]);
    static KEY: ReceiptKey = SIGNER.with(ReceiptSigner::public);
}

/// The parts of a receipt that this world ever changes.
type Parts = (String, String, ContentHash);

pub(crate) fn id_of(application: u8) -> ApplicationId {
    ApplicationId(Uuid::from_u128(u128::from(application) + 1))
}

pub(crate) fn paper(draft: Draft) -> Rc<Paper> {
    PAPERS.with_borrow_mut(|papers| Rc::clone(papers.entry(draft).or_insert_with(|| Rc::new(write(draft)))))
}

fn write(draft: Draft) -> Paper {
    let Draft { application, nature, revision, parent, content, day } = draft;
    let shared: Rc<str> = "the same household page".into();
    let own: Rc<str> = nature.bytes(application, content).into();
    // The same bytes stand in two places; every third application has no document but that one.
    let mut places = vec![("page", 0, Rc::clone(&shared)), ("page", 1, shared)];
    if application % 3 != 2 || nature != Nature::Fine {
        places.push(("photo", 0, own));
    }
    let document = |(slot, index, bytes): &(&str, u32, Rc<str>)| ManifestDocument {
        slot: (*slot).into(),
        index: *index,
        sha256: ContentHash::of(bytes.as_bytes()),
        size_bytes: bytes.len().try_into().unwrap_or(u64::MAX),
        kind: DocumentKind::Jpeg,
    };
    let manifest = Manifest {
        application: id_of(application),
        revision,
        parent,
        service: nature.service(content).into(),
        service_version: 1,
        answers: Answers::default(),
        documents: places.iter().map(document).collect(),
        consents: vec![],
        prepared_at: Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * (day + 1_000)),
    };
    let mut blobs = Vec::new();
    for (_, _, bytes) in places {
        let hash = ContentHash::of(bytes.as_bytes());
        if !blobs.iter().any(|(known, _)| *known == hash) {
            blobs.push((hash, bytes));
        }
    }
    Paper { hash: manifest.canonical_hash(), manifest, blobs }
}

/// The office's word for a paper: the `sequence`-th number, on the office's `day`.
pub(crate) fn receipt(paper: &Paper, sequence: u32, day: i64) -> Rc<Receipt> {
    let sign = || {
        let number = ApplicationNumber::issue(date(2026, 11, 21), sequence).expect("few");
        let body = ReceiptBody {
            application: paper.manifest.application,
            revision: paper.manifest.revision,
            number,
            manifest: paper.hash,
            documents: paper.manifest.documents.clone(),
            received_at: Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * (day + 1_000)),
            due_on: None,
        };
        Rc::new(SIGNER.with(|signer| signer.sign(body)))
    };
    RECEIPTS.with_borrow_mut(|known| Rc::clone(known.entry((paper.hash, sequence, day)).or_insert_with(sign)))
}

/// One that claims another number under the same signature.
pub(crate) fn forged(receipt: &Receipt) -> Receipt {
    let number = ApplicationNumber::issue(date(2000, 1, 1), 1).expect("fits");
    Receipt { body: ReceiptBody { number, ..receipt.body.clone() }, ..receipt.clone() }
}

pub(crate) fn proves(receipt: &Receipt, paper: &Paper) -> bool {
    let parts = (receipt.signature.clone(), receipt.body.number.to_string(), receipt.body.manifest);
    let verify = || {
        let proven: Result<(), InvalidReceipt> = KEY.with(|key| receipt.verify(key, &paper.manifest));
        proven.is_ok()
    };
    PROVEN.with_borrow_mut(|known| *known.entry((parts, paper.hash)).or_insert_with(verify))
}

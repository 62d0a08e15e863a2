//! The receipt (回执): the office's signed word that a revision arrived, listing every file.

use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{ApplicationId, ApplicationNumber, ContentHash, Manifest, ManifestDocument};

/// What is signed. Its fields and those of [`ManifestDocument`] stand in alphabetical order, so that their JSON is
/// canonical as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptBody {
    /// The application.
    pub application: ApplicationId,
    /// Every document, as the office stored it.
    pub documents: Vec<ManifestDocument>,
    /// The day by which the office answers, where it promises one.
    pub due_on: Option<Date>,
    /// Canonical hash of the manifest.
    pub manifest: ContentHash,
    /// The number issued for the application; the same for every revision.
    pub number: ApplicationNumber,
    /// When the manifest reached the office: this decides deadlines.
    pub received_at: Timestamp,
    /// Its revision.
    pub revision: u32,
}

/// Header beside a manifest: an [`EarlierReceipt`] as JSON, where the desk has one.
pub const EARLIER_RECEIPT: &str = "earlier-receipt";

/// What a receipt says beyond its manifest. A desk whose office came back from a backup and lost a revision hands it in
/// again with this: the office's own word on when it arrived and under which number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierReceipt {
    /// See [`ReceiptBody::due_on`].
    pub due_on: Option<Date>,
    /// Which key signed.
    pub key_id: String,
    /// The number that was issued.
    pub number: ApplicationNumber,
    /// When the manifest reached the office.
    pub received_at: Timestamp,
    /// Of the whole receipt.
    pub signature: String,
}

impl EarlierReceipt {
    /// Of a receipt that stands beside its manifest.
    #[must_use]
    pub fn of(receipt: &Receipt) -> Self {
        let ReceiptBody { due_on, number, received_at, .. } = &receipt.body;
        Self {
            due_on: *due_on,
            key_id: receipt.key_id.clone(),
            number: number.clone(),
            received_at: *received_at,
            signature: receipt.signature.clone(),
        }
    }

    /// The receipt that it would be of this manifest. It proves nothing before [`Receipt::verify`].
    #[must_use]
    pub fn of_manifest(self, manifest: &Manifest) -> Receipt {
        Receipt {
            body: ReceiptBody {
                application: manifest.application,
                documents: manifest.documents.clone(),
                due_on: self.due_on,
                manifest: manifest.canonical_hash(),
                number: self.number,
                received_at: self.received_at,
                revision: manifest.revision,
            },
            key_id: self.key_id,
            signature: self.signature,
        }
    }
}

/// A public Ed25519 key, base64, with the id under which receipts name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptKey {
    /// First 16 hexadecimal digits of the key's SHA-256.
    pub id: String,
    /// 32 bytes, base64.
    pub public: String,
}

/// A signed receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// What is signed.
    pub body: ReceiptBody,
    /// Which key signed.
    pub key_id: String,
    /// Ed25519 over the canonical JSON (RFC 8785) of `body`, base64.
    pub signature: String,
}

/// The receipt does not prove what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidReceipt {
    /// Signed by a key other than the pinned one.
    #[error("the receipt is signed by another key than this office's")]
    OtherKey,
    /// The signature does not verify.
    #[error("the receipt's signature does not verify")]
    Signature,
    /// It speaks of another revision or of other files than were sent.
    #[error("the receipt does not list what was sent")]
    OtherContent,
}

/// The office's signing half.
#[derive(Clone)]
pub struct ReceiptSigner {
    secret: SigningKey,
    public: ReceiptKey,
}

impl ReceiptSigner {
    /// From the 32 secret bytes.
    #[must_use]
    pub fn new(secret: &[u8; 32]) -> Self {
        let secret = SigningKey::from_bytes(secret);
        let public = ReceiptKey::of(&secret.verifying_key());
        Self { secret, public }
    }

    /// What desks verify with.
    #[must_use]
    pub fn public(&self) -> ReceiptKey {
        self.public.clone()
    }

    /// Signs a body.
    #[must_use]
    pub fn sign(&self, body: ReceiptBody) -> Receipt {
        let signature = self.sign_bytes(&canonical(&body));
        Receipt { body, key_id: self.public.id.clone(), signature }
    }

    /// Base64.
    pub(crate) fn sign_bytes(&self, bytes: &[u8]) -> String {
        STANDARD.encode(self.secret.sign(bytes).to_bytes())
    }
}

impl ReceiptKey {
    fn of(key: &VerifyingKey) -> Self {
        let public = key.to_bytes();
        let id = ContentHash::of(&public).to_string()[..16].to_owned();
        Self { id, public: STANDARD.encode(public) }
    }

    fn verifying_key(&self) -> Option<VerifyingKey> {
        let bytes: [u8; 32] = STANDARD.decode(&self.public).ok()?.try_into().ok()?;
        VerifyingKey::from_bytes(&bytes).ok()
    }

    /// Whether this key made the signature (base64) of these bytes.
    pub(crate) fn verify(&self, bytes: &[u8], signature: &str) -> Result<(), InvalidReceipt> {
        let key = self.verifying_key().ok_or(InvalidReceipt::OtherKey)?;
        let signature = STANDARD.decode(signature).ok().and_then(|bytes| <[u8; 64]>::try_from(bytes).ok());
        let signature = Signature::from_bytes(&signature.ok_or(InvalidReceipt::Signature)?);
        key.verify(bytes, &signature).map_err(|_| InvalidReceipt::Signature)
    }
}

impl Receipt {
    /// Checks key, signature, and that it speaks of exactly this manifest.
    ///
    /// # Errors
    /// The first of [`InvalidReceipt`] that applies.
    pub fn verify(&self, key: &ReceiptKey, manifest: &Manifest) -> Result<(), InvalidReceipt> {
        if self.key_id != key.id {
            return Err(InvalidReceipt::OtherKey);
        }
        key.verify(&canonical(&self.body), &self.signature)?;
        let body = &self.body;
        let same = body.application == manifest.application
            && body.revision == manifest.revision
            && body.manifest == manifest.canonical_hash()
            && body.documents == manifest.documents;
        if same { Ok(()) } else { Err(InvalidReceipt::OtherContent) }
    }
}

/// Canonical JSON (RFC 8785). Strings and small integers are written alike by all; what makes JSON canonical is the
/// order of the names, in which the fields stand already. Sorting them again took as long as the signature.
fn canonical(body: &ReceiptBody) -> Vec<u8> {
    let bytes = serde_json::to_vec(body).unwrap_or_default();
    debug_assert!(!bytes.is_empty(), "a receipt holds only strings, integers and lists");
    bytes
}

#[cfg(test)]
mod tests {
    use forms::Answers;
    use proptest::prelude::*;

    use super::*;
    use crate::{DocumentKind, ManifestDocument};

    fn manifest() -> Manifest {
        let document = ManifestDocument {
            slot: "id_card_front".into(),
            index: 0,
            sha256: ContentHash::of(b"front"),
            size_bytes: 5,
            kind: DocumentKind::Jpeg,
        };
        Manifest {
            application: ApplicationId::new(),
            revision: 1,
            parent: None,
            service: "resident-enrolment".into(),
            service_version: 1,
            answers: Answers::default(),
            documents: vec![document],
            consents: vec![],
            prepared_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn receipt(signer: &ReceiptSigner, manifest: &Manifest) -> Receipt {
        signer.sign(ReceiptBody {
            application: manifest.application,
            revision: manifest.revision,
            number: ApplicationNumber::issue(jiff::civil::date(2026, 11, 21), 7).expect("fits"),
            manifest: manifest.canonical_hash(),
            documents: manifest.documents.clone(),
            received_at: Timestamp::UNIX_EPOCH,
            due_on: Some(jiff::civil::date(2026, 11, 25)),
        })
    }

    #[test]
    fn a_true_receipt_verifies_after_a_trip_through_json() {
        let signer = ReceiptSigner::new(&[7; 32]);
        let manifest = manifest();
        let json = serde_json::to_string(&receipt(&signer, &manifest)).expect("serialises");
        let receipt: Receipt = serde_json::from_str(&json).expect("reads back");
        assert_eq!(receipt.verify(&signer.public(), &manifest), Ok(()));
    }

    #[test]
    fn a_receipt_comes_back_whole_beside_its_manifest_and_beside_no_other() {
        let signer = ReceiptSigner::new(&[7; 32]);
        let manifest = manifest();
        let receipt = receipt(&signer, &manifest);
        let json = serde_json::to_string(&EarlierReceipt::of(&receipt)).expect("serialises");
        assert!(
            json.bytes().all(|byte| (0x20..0x7f).contains(&byte)) && json.len() < 400,
            "fits a header: {json}"
        );
        let earlier: EarlierReceipt = serde_json::from_str(&json).expect("reads back");
        assert_eq!(earlier.clone().of_manifest(&manifest), receipt);
        let other = Manifest { revision: 2, ..manifest };
        let strange = earlier.of_manifest(&other).verify(&signer.public(), &other);
        assert_eq!(strange, Err(InvalidReceipt::Signature));
    }

    #[test]
    fn a_receipt_of_another_office_is_refused() {
        let manifest = manifest();
        let receipt = receipt(&ReceiptSigner::new(&[8; 32]), &manifest);
        let key = ReceiptSigner::new(&[7; 32]).public();
        assert_eq!(receipt.verify(&key, &manifest), Err(InvalidReceipt::OtherKey));
    }

    #[test]
    fn a_receipt_that_names_the_key_but_was_not_signed_by_it_is_refused() {
        let manifest = manifest();
        let key = ReceiptSigner::new(&[7; 32]).public();
        let mut receipt = receipt(&ReceiptSigner::new(&[8; 32]), &manifest);
        receipt.key_id.clone_from(&key.id);
        assert_eq!(receipt.verify(&key, &manifest), Err(InvalidReceipt::Signature));
    }

    #[test]
    fn a_receipt_that_leaves_a_file_out_is_refused() {
        let signer = ReceiptSigner::new(&[7; 32]);
        let manifest = manifest();
        let mut body = receipt(&signer, &manifest).body;
        body.documents.clear();
        assert_eq!(signer.sign(body).verify(&signer.public(), &manifest), Err(InvalidReceipt::OtherContent));
    }

    prop_compose! {
        fn any_document()(
            slot in ".{0,12}",
            index: u32,
            // Integers that a number of JSON holds exactly (RFC 8785, 3.2.2.3).
            size_bytes in 0..=1_u64 << 53,
            pdf: bool,
        ) -> ManifestDocument {
            let kind = if pdf { DocumentKind::Pdf } else { DocumentKind::Jpeg };
            ManifestDocument { index, kind, sha256: ContentHash::of(slot.as_bytes()), size_bytes, slot }
        }
    }

    proptest! {
        #[test]
        fn what_is_signed_is_canonical(
            documents in prop::collection::vec(any_document(), 0..4),
            revision: u32,
            received in 0..4_102_444_800_000_i64,
            promised: bool,
        ) {
            let due_on = promised.then(|| jiff::civil::date(2026, 11, 25));
            let body = ReceiptBody {
                application: ApplicationId::new(),
                documents,
                due_on,
                manifest: ContentHash::of(b"manifest"),
                number: ApplicationNumber::issue(jiff::civil::date(2026, 11, 21), 7).expect("fits"),
                received_at: Timestamp::from_millisecond(received).expect("a time"),
                revision,
            };
            prop_assert_eq!(canonical(&body), serde_jcs::to_vec(&body).expect("serialises"));
        }
    }
}

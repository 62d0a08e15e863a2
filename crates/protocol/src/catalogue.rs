//! Editions of the catalogue on their way from an office to its desks: `GET /v1/catalogue` offers one, signed with
//! the key that signs receipts, `GET /v1/catalogue/{sha256}` hands it out.

use std::collections::BTreeMap;

use forms::{Catalogue, CatalogueError};
use serde::{Deserialize, Serialize};

use crate::{ContentHash, InvalidReceipt, ReceiptKey, ReceiptSigner};

/// No bundle is larger; the one this program is built with has well under a tenth of it.
pub const LARGEST_BUNDLE: u64 = 8 * 1024 * 1024;

/// What an office offers now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CatalogueOffer {
    /// The form in which it is written; a desk refuses one that it does not know.
    pub format: u32,
    /// Grows with every publication.
    pub edition: u32,
    /// Of the bundle's bytes; names it.
    pub sha256: ContentHash,
    /// Of the bundle, at most [`LARGEST_BUNDLE`].
    pub size_bytes: u64,
    /// Ed25519 over the canonical JSON (RFC 8785) of `{"catalogue": …}` with all of the above, base64.
    pub signature: String,
}

/// A whole edition: every file as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogueBundle {
    /// As in the offer.
    pub format: u32,
    /// As in the offer.
    pub edition: u32,
    /// Path within the catalogue → text.
    pub files: BTreeMap<String, String>,
}

/// A bundle is not what was offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBundle {
    /// Other bytes than were offered, or more of them.
    #[error("the bundle is not the one that was offered")]
    OtherBytes,
    /// The bytes are the offered ones, but cannot be read.
    #[error("the bundle cannot be read")]
    Unreadable,
}

/// What is signed. The name around it keeps it apart from everything else that the key signs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Signed<'a> {
    catalogue: Said<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Said<'a> {
    format: u32,
    edition: u32,
    sha256: &'a ContentHash,
    size_bytes: u64,
}

impl CatalogueOffer {
    /// Checks the signature against the office's key.
    ///
    /// # Errors
    /// [`InvalidReceipt::OtherKey`], [`InvalidReceipt::Signature`].
    pub fn verify(&self, key: &ReceiptKey) -> Result<(), InvalidReceipt> {
        key.verify(&self.signed(), &self.signature)
    }

    /// The bundle, where its bytes are the offered ones.
    ///
    /// # Errors
    /// [`InvalidBundle`].
    pub fn open(&self, bytes: &[u8]) -> Result<CatalogueBundle, InvalidBundle> {
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if size != self.size_bytes || size > LARGEST_BUNDLE || ContentHash::of(bytes) != self.sha256 {
            return Err(InvalidBundle::OtherBytes);
        }
        let bundle: CatalogueBundle = serde_json::from_slice(bytes).map_err(|_| InvalidBundle::Unreadable)?;
        if (bundle.format, bundle.edition) != (self.format, self.edition) {
            return Err(InvalidBundle::OtherBytes);
        }
        Ok(bundle)
    }

    fn signed(&self) -> Vec<u8> {
        let Self { format, edition, sha256, size_bytes, signature: _ } = self;
        let said = Said { format: *format, edition: *edition, sha256, size_bytes: *size_bytes };
        serde_jcs::to_vec(&Signed { catalogue: said }).unwrap_or_default()
    }
}

impl CatalogueBundle {
    /// The files of a catalogue that travel: no remarks to editors, and the made-up regions of `examples/` only
    /// where they are wanted.
    #[must_use]
    pub fn files<P: Into<String>, T: Into<String>>(
        files: impl IntoIterator<Item = (P, T)>,
        example_regions: bool,
    ) -> BTreeMap<String, String> {
        let files = files.into_iter().map(|(path, text)| (path.into(), text.into()));
        let travels =
            |path: &str| !path.ends_with(".md") && (example_regions || !path.starts_with("examples/"));
        files.filter(|(path, _)| travels(path)).collect()
    }

    /// A catalogue with the files it was read from.
    #[must_use]
    pub fn of<P: Into<String>, T: Into<String>>(
        catalogue: &Catalogue,
        files: impl IntoIterator<Item = (P, T)>,
        example_regions: bool,
    ) -> Self {
        let files = Self::files(files, example_regions);
        Self { format: catalogue.format(), edition: catalogue.edition(), files }
    }

    /// Reads it as a catalogue; made-up regions count where they came along.
    ///
    /// # Errors
    /// Everything that is wrong with it, or that it needs a newer program.
    pub fn read(&self) -> Result<Catalogue, CatalogueError> {
        Catalogue::read_with_examples(&self.files)
    }

    /// The bytes that travel: canonical JSON, so that the same files always have the same name.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let bytes = serde_jcs::to_vec(self).unwrap_or_default();
        debug_assert!(!bytes.is_empty(), "a bundle holds only strings and integers");
        bytes
    }
}

impl ReceiptSigner {
    /// Offers a bundle, given as [`CatalogueBundle::to_bytes`].
    #[must_use]
    pub fn offer(&self, bundle: &CatalogueBundle, bytes: &[u8]) -> CatalogueOffer {
        let mut offer = CatalogueOffer {
            format: bundle.format,
            edition: bundle.edition,
            sha256: ContentHash::of(bytes),
            size_bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            signature: String::new(),
        };
        offer.signature = self.sign_bytes(&offer.signed());
        offer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle(text: &str) -> CatalogueBundle {
        let files = [("catalogue.toml".to_owned(), text.to_owned())].into();
        CatalogueBundle { format: 1, edition: 3, files }
    }

    #[test]
    fn an_offer_proves_its_bundle_and_nothing_else() {
        let signer = ReceiptSigner::new(&[7; 32]);
        let (mine, other) = (bundle("format = 1"), bundle("format = 2"));
        let offer = signer.offer(&mine, &mine.to_bytes());
        let sent: CatalogueOffer =
            serde_json::from_str(&serde_json::to_string(&offer).expect("serialises")).expect("reads back");
        assert_eq!(sent.verify(&signer.public()), Ok(()));
        assert_eq!(sent.open(&mine.to_bytes()), Ok(mine.clone()));
        assert_eq!(sent.open(&other.to_bytes()), Err(InvalidBundle::OtherBytes));
        let stranger = ReceiptSigner::new(&[8; 32]);
        assert_eq!(offer.verify(&stranger.public()), Err(InvalidReceipt::Signature));
    }

    #[test]
    fn an_offer_that_was_touched_is_refused() {
        let signer = ReceiptSigner::new(&[7; 32]);
        let mine = bundle("format = 1");
        let offer = signer.offer(&mine, &mine.to_bytes());
        let newer = CatalogueOffer { edition: 4, ..offer.clone() };
        let other = CatalogueOffer { sha256: ContentHash::of(b"other"), ..offer.clone() };
        let longer = CatalogueOffer { size_bytes: offer.size_bytes + 1, ..offer };
        for touched in [newer, other, longer] {
            assert_eq!(touched.verify(&signer.public()), Err(InvalidReceipt::Signature));
        }
    }
}

//! Whatever bytes come in, the answer is a fit file or a typed refusal.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use documents::{Edit, Limits, Refusal};
use proptest::prelude::*;

use crate::{
    promise::{judge, judge_by_its_own_wish},
    samples::{self, Sample},
};

/// Small valid files: those made in code, and the seeds that other programs made.
static VALID: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let made = samples::all().into_iter().map(|sample| sample.bytes);
    made.chain(files("seeds").into_iter().map(|(_, bytes)| bytes)).collect()
});

/// All files in the folders of `fuzz/<name>`, with where they are.
fn files(name: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(name);
    let folders = fs::read_dir(&root).into_iter().flatten().map(|folder| folder.unwrap().path());
    let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap()).map(|file| file.unwrap().path());
    files.map(|file| (file.clone(), fs::read(file).unwrap())).collect()
}

/// Limits small enough that fitting, too, is exercised.
fn limits() -> impl Strategy<Value = Limits> {
    prop_oneof![Just(2_000_000_u64), 200..20_000_u64].prop_map(|max_output_bytes| Limits {
        max_output_bytes,
        max_pixels: 1_000_000,
        ..Limits::default()
    })
}

/// What the fuzz targets kept: one input for each way through the code, and every one that once broke a promise.
#[test]
fn kept_inputs() {
    for (path, bytes) in ["corpus", "found", "seeds"].into_iter().flat_map(files) {
        println!("{}", path.display());
        judge_by_its_own_wish(&bytes);
    }
}

/// Samples of a kind that is refused are samples, too, but none is taken for something else.
#[test]
fn samples_are_what_they_claim_to_be() {
    let made = samples::all().into_iter().map(|sample| {
        let Sample { format, name, bytes } = sample;
        (format.to_owned(), format!("{format}-{name}"), bytes)
    });
    let seeds = files("seeds").into_iter().map(|(path, bytes)| {
        let folder = path.parent().and_then(Path::file_name).unwrap_or_default();
        (folder.to_string_lossy().into_owned(), path.display().to_string(), bytes)
    });
    let mut read = 0;
    for (format, name, bytes) in made.chain(seeds) {
        match documents::prepare(bytes.as_slice(), &Edit::default(), &Limits::default(), &()) {
            Ok(prepared) => {
                read += 1;
                assert_eq!(format!("{:?}", prepared.source.format).to_lowercase(), format, "{name}");
            }
            Err(refusal) => assert_ne!(refusal, Refusal::NotADocument, "{name}"),
        }
    }
    assert!(read > 50, "only {read} samples were read");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes(
        magic in prop::sample::select(vec![
            &b""[..], b"\xFF\xD8\xFF\xE0", b"\x89PNG\r\n\x1A\n", b"GIF89a", b"II\x2A\0", b"MM\0\x2A",
            b"RIFF\0\0\0\0WEBPVP8 ", b"RIFF\0\0\0\0WEBPVP8L", b"BM", b"%PDF-1.7\n",
        ]),
        bytes in prop::collection::vec(any::<u8>(), 0..2000),
        limits in limits(),
    ) {
        judge(&[magic, &bytes].concat(), &Edit::default(), &limits);
    }

    #[test]
    fn valid_files_with_something_wrong(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in prop::option::weighted(0.3, any::<prop::sample::Index>()),
        turns in 0..4_u8,
        limits in limits(),
    ) {
        let mut source = which.get(&VALID).clone();
        for (at, value) in changes {
            let at = at.index(source.len());
            source[at] = value;
        }
        if let Some(cut) = cut {
            source.truncate(cut.index(source.len()));
        }
        let pages = documents::page_count(&source, &limits).unwrap_or(1);
        judge(&source, &Edit::default().turned(pages, turns), &limits);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    /// Pieces of files in the wrong place, of the same file or of another one, with any edit and small limits.
    #[test]
    fn two_files_in_one(
        (first, second) in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
        (from, length, to) in (any::<prop::sample::Index>(), 0..400_usize, any::<prop::sample::Index>()),
    ) {
        let (piece, mut source) = (second.get(&VALID), first.get(&VALID).clone());
        let from = from.index(piece.len());
        let piece = &piece[from..piece.len().min(from + length)];
        let to = to.index(source.len());
        source.splice(to..to, piece.iter().copied());
        judge_by_its_own_wish(&source);
    }
}

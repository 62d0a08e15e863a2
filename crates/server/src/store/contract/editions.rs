//! Editions of the catalogue: kept for ever, the last served first.

use protocol::ContentHash;

use super::{Copies, papers::after};
use crate::store::EditionRecord;

pub(super) async fn holds(copies: &Copies) {
    let edition = |number: u32| {
        let bundle = format!("{{\"edition\":{number}}}");
        EditionRecord { sha256: ContentHash::of(bundle.as_bytes()), edition: number, bundle }
    };
    assert!(copies.any().editions().await.expect("reads").is_empty());
    for (number, minutes) in [(1, 0), (2, 10), (2, 20), (1, 30)] {
        let compared = copies.any().served().await.expect("reads");
        assert!(
            copies.any().serve_edition(&edition(number), &compared, after(minutes)).await.expect("keeps")
        );
    }
    let kept = copies.any().editions().await.expect("reads");
    let numbers: Vec<_> = kept.iter().map(|edition| edition.edition).collect();
    assert_eq!(numbers, [1, 2], "each once; the office went back to the first");
    let one = copies.any().edition(edition(2).sha256).await.expect("reads").expect("is kept");
    assert_eq!((one.edition, one.bundle), (2, edition(2).bundle));
    assert!(copies.any().edition(ContentHash::of(b"none")).await.expect("reads").is_none());
    let all = kept.iter().map(|edition| edition.sha256).collect::<Vec<_>>();
    assert_eq!(copies.any().served().await.expect("reads"), all);
    let rows = copies.any().verify_audit().await.expect("reads").expect("whole");
    assert_eq!(rows, 2, "written down when it was new");

    // Copies that start together, each with an edition of its own that was compared with the same ones: one of them
    // serves, the others have to compare with that one first.
    let together = (10..16).map(|number| {
        let (store, edition, compared) = (copies.any(), edition(number), all.clone());
        async move { store.serve_edition(&edition, &compared, after(40)).await.expect("answers") }
    });
    let served = futures::future::join_all(together).await;
    assert_eq!(served.iter().filter(|served| **served).count(), 1, "{served:?}");
    assert_eq!(copies.any().served().await.expect("reads").len(), 3);
}

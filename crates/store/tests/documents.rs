//! Documents in their slots: changed and undone, bound and taken apart, moved; warnings counted.
#![allow(clippy::expect_used, clippy::panic)]

use std::sync::Arc;

use jiff::Timestamp;
use protocol::{ApplicationId, DocumentKind};
use store::{DatabaseKey, DocumentKey, NewApplication, NewDocument, Store, StoreError};
use tempfile::TempDir;

const AT: Timestamp = Timestamp::UNIX_EPOCH;
const SLOT: &str = "category_proof";

struct Ground {
    _directory: TempDir,
    store: Store,
    id: ApplicationId,
}

impl Ground {
    /// With these documents in the slot.
    async fn with(names: &[&str]) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let store = Store::open(directory.path(), &DatabaseKey::from_bytes([7; 32])).await.expect("opens");
        let id = ApplicationId::new();
        let new =
            NewApplication { id, service: "resident-enrolment".into(), service_version: 1, created_at: AT };
        store.create_application(&new).await.expect("begins");
        let ground = Self { _directory: directory, store, id };
        for name in names {
            ground.store.put_document(&ground.document(name), AT).await.expect("puts");
        }
        ground
    }

    fn document(&self, name: &str) -> NewDocument {
        NewDocument {
            application: self.id,
            slot: SLOT.into(),
            source_name: name.into(),
            sources: vec![Arc::from(name.as_bytes())],
            source_width: 4000,
            source_height: 3000,
            edit: serde_json::json!({ "pages": [] }),
            bytes: format!("fit {name}").into_bytes(),
            kind: DocumentKind::Jpeg,
            pages: 1,
            width: 1200,
            height: 900,
            change: "shrunk".into(),
            findings: serde_json::json!([]),
            thumbnail: b"thumbnail".to_vec(),
            accepted: false,
            warns: false,
        }
    }

    async fn names(&self) -> Vec<String> {
        let rows = self.store.documents(self.id).await.expect("lists");
        assert!((0..).zip(&rows).all(|(at, row)| row.index == at), "no gaps");
        rows.into_iter().map(|row| row.source_name).collect()
    }

    async fn key(&self, index: usize) -> DocumentKey {
        self.store.documents(self.id).await.expect("lists")[index].key
    }

    async fn bytes(&self, index: u32) -> Vec<u8> {
        self.store.document_bytes(self.id, SLOT, index).await.expect("reads")
    }
}

#[tokio::test]
async fn changes_are_undone_in_any_order_wherever_the_document_stands() {
    let ground = Ground::with(&["a", "b"]).await;
    let key = ground.key(1).await;
    let edited = |bytes: &str| NewDocument {
        bytes: bytes.into(),
        edit: serde_json::json!({ "pages": [{ "page": 0, "quarterTurns": 1 }] }),
        sources: vec![Arc::from(&b"never kept"[..])],
        ..ground.document("b")
    };
    let first = ground.store.redo_document(key, &edited("b, cropped"), AT).await.expect("changes");
    let second = ground.store.redo_document(key, &edited("b, turned"), AT).await.expect("changes");
    ground.store.remove_document(ground.id, SLOT, 0, AT).await.expect("removes the neighbour");
    assert_eq!(ground.bytes(0).await, b"b, turned");

    let undo = |token: String| {
        let store = ground.store.clone();
        async move { store.undo_change(ground.id, SLOT, key, &token, AT).await }
    };
    undo(second.clone()).await.expect("undoes");
    assert_eq!(ground.bytes(0).await, b"b, cropped");
    undo(first).await.expect("undoes");
    assert_eq!(ground.bytes(0).await, b"fit b");
    let row = &ground.store.documents(ground.id).await.expect("lists")[0];
    assert_eq!((row.key, &row.edit), (key, &serde_json::json!({ "pages": [] })));
    let originals = ground.store.document_originals(ground.id, SLOT, 0).await.expect("reads");
    assert_eq!(originals, [b"b".to_vec()], "the original stays with the document");
    let twice = undo(second).await;
    assert!(matches!(twice, Err(StoreError::NotFound { .. })), "{twice:?}");
    ground.store.close().await.expect("closes");
}

#[tokio::test]
async fn several_become_one_and_come_apart_where_they_stood() {
    let ground = Ground::with(&["a", "b", "c", "d"]).await;
    let parts = [ground.key(1).await, ground.key(3).await];
    let bound = NewDocument {
        sources: vec![Arc::from(&b"b"[..]), Arc::from(&b"d"[..])],
        ..ground.document("b and d")
    };
    let (tokens, key) = ground.store.bind_documents(&parts, &bound, AT).await.expect("binds");
    assert_eq!(ground.names().await, ["a", "b and d", "c"]);
    let row = &ground.store.documents(ground.id).await.expect("lists")[1];
    assert_eq!((row.key, row.source_size_bytes), (key, 2), "all parts together");
    let originals = ground.store.document_originals(ground.id, SLOT, 1).await.expect("reads");
    assert_eq!(originals, [b"b".to_vec(), b"d".to_vec()]);

    let again = ground.store.bind_documents(&parts, &bound, AT).await;
    assert!(matches!(again, Err(StoreError::NotFound { .. })), "{again:?}");
    assert_eq!(ground.names().await, ["a", "b and d", "c"], "nothing was changed by that");

    ground.store.unbind_documents(key, &tokens, AT).await.expect("comes apart");
    assert_eq!(ground.names().await, ["a", "b", "c", "d"]);
    let originals = ground.store.document_originals(ground.id, SLOT, 3).await.expect("reads");
    assert_eq!(originals, [b"d".to_vec()]);
    ground.store.close().await.expect("closes");
}

#[tokio::test]
async fn a_document_moves_and_the_others_make_room() {
    let ground = Ground::with(&["a", "b", "c"]).await;
    let store = &ground.store;
    for (from, to, after) in
        [(0, 2, ["b", "c", "a"]), (2, 0, ["a", "b", "c"]), (1, 9, ["a", "c", "b"]), (0, 0, ["a", "c", "b"])]
    {
        store.move_document(ground.id, SLOT, from, to, AT).await.expect("moves");
        assert_eq!(ground.names().await, after, "{from} to {to}");
    }
    let gone = store.move_document(ground.id, SLOT, 3, 0, AT).await;
    assert!(matches!(gone, Err(StoreError::NotFound { .. })), "{gone:?}");
    ground.store.close().await.expect("closes");
}

#[tokio::test]
async fn warnings_are_counted_by_slot() {
    let ground = Ground::with(&["a"]).await;
    let warnings = |slot| ground.store.warnings(ground.id, slot);
    assert_eq!(warnings(SLOT).await.expect("counts"), 0);
    let doubtful = NewDocument { warns: true, ..ground.document("doubtful") };
    let old = ground.key(0).await;
    ground.store.replace_document(old, &doubtful, AT).await.expect("replaces");
    ground.store.put_document(&doubtful, AT).await.expect("puts");
    assert_eq!(warnings(SLOT).await.expect("counts"), 2);
    assert_eq!(warnings("portrait").await.expect("counts"), 0);
    ground.store.close().await.expect("closes");
}

//! Accounts, the signing key, and whether the database can be used at all.

use protocol::{AccountId, ContentHash};

use super::{Copies, papers::morning};
use crate::store::Opened;

pub(super) async fn holds(copies: &Copies) {
    copies.any().ping().await.expect("works");

    let (id, secret) = (AccountId::new(), ContentHash::of(b"a secret"));
    let other = ContentHash::of(b"another secret");
    assert!(!copies.any().knows_account(id, secret).await.expect("reads"));
    let opened = |secret| {
        let store = copies.any();
        async move { store.open_account(id, secret, morning()).await.expect("opens") }
    };
    assert_eq!(opened(secret).await, Opened::New);
    assert_eq!(opened(secret).await, Opened::Again, "the answer to the first may have been lost");
    assert_eq!(opened(other).await, Opened::OtherSecret, "an id belongs to who came first");
    assert!(copies.any().knows_account(id, secret).await.expect("reads"));
    assert!(!copies.any().knows_account(id, other).await.expect("reads"));

    // Whoever signs with another key is not this office.
    for _ in 0..3 {
        assert!(copies.any().agree_on_signer("aa11").await.expect("agrees"));
    }
    assert!(!copies.any().agree_on_signer("bb22").await.expect("answers"));
    assert!(copies.any().agree_on_signer("aa11").await.expect("agrees"), "still the first one");

    let changed = copies.any().feeds_changed_since(vec![(id, 0)]).await.expect("looks");
    assert!(changed.is_empty(), "nothing happened yet");
}

//! Which editions of the catalogue stay: the one that counts and those that applications need.
#![allow(clippy::unwrap_used)]

use jiff::Timestamp;
use protocol::{ApplicationId, ContentHash};
use store::{DatabaseKey, NewApplication, NewEdition, Store};

fn edition<'a>(bundle: &'a [u8], services: &[(&str, u32)], offered: bool) -> NewEdition<'a> {
    let services = services.iter().map(|(service, version)| ((*service).to_owned(), *version)).collect();
    NewEdition { sha256: ContentHash::of(bundle), bundle, services, offered }
}

async fn kept(store: &Store) -> Vec<Vec<u8>> {
    store.editions().await.unwrap().into_iter().map(|edition| edition.bundle).collect()
}

#[tokio::test]
async fn what_counts_and_what_is_needed_stays_and_the_rest_goes() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &DatabaseKey::generate().unwrap()).await.unwrap();
    let now = Timestamp::UNIX_EPOCH;
    let begun = NewApplication {
        id: ApplicationId::new(),
        service: "enrolment".into(),
        service_version: 1,
        created_at: now,
    };
    store.create_application(&begun).await.unwrap();
    store.keep_edition(&edition(b"built in", &[("enrolment", 1)], false), now).await.unwrap();
    store.keep_edition(&edition(b"second", &[("enrolment", 2)], true), now).await.unwrap();
    assert_eq!(kept(&store).await, [b"second".to_vec(), b"built in".to_vec()], "an application needs it");
    store.keep_edition(&edition(b"third", &[("enrolment", 2), ("wish", 1)], true), now).await.unwrap();
    assert_eq!(kept(&store).await, [b"third".to_vec(), b"built in".to_vec()], "nobody needs the second");
    store.keep_edition(&edition(b"fourth", &[("enrolment", 1)], true), now).await.unwrap();
    assert_eq!(kept(&store).await, [b"fourth".to_vec()], "the newest holds the version of the application");
    store.close().await.unwrap();
}

#[tokio::test]
async fn an_edition_that_is_offered_again_counts_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &DatabaseKey::generate().unwrap()).await.unwrap();
    let now = Timestamp::UNIX_EPOCH;
    let begun = |version| NewApplication {
        id: ApplicationId::new(),
        service: "enrolment".into(),
        service_version: version,
        created_at: now,
    };
    store.create_application(&begun(1)).await.unwrap();
    store.create_application(&begun(2)).await.unwrap();
    let (first, second) = ([("enrolment", 1)], [("enrolment", 2)]);
    store.keep_edition(&edition(b"first", &first, true), now).await.unwrap();
    store.keep_edition(&edition(b"second", &second, true), now).await.unwrap();
    store.keep_edition(&edition(b"first", &first, true), now).await.unwrap();
    assert_eq!(kept(&store).await, [b"first".to_vec(), b"second".to_vec()]);
    store.close().await.unwrap();
}

//! A copy that is proven, brought back, and told apart from the office that went on without it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use protocol::{
    ApplicationNumber, ContentHash, EARLIER_RECEIPT, EarlierReceipt, ProblemCode, Receipt, Submission,
};
use reqwest::{Method, StatusCode};
use server::{BackupError, Checker, Config, Running};

use crate::harness::{Desk, Office, Papers, checker, missing, problem, receipt};

async fn open(data_dir: &Path) -> Running {
    let mut config = Config::new(data_dir, Checker::ChildProcess(checker()));
    config.listen = ([127, 0, 0, 1], 0).into();
    server::start(config).await.unwrap()
}

/// Any file below a folder.
fn first_file(folder: &Path) -> PathBuf {
    let entry = fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    if entry.is_dir() { first_file(&entry) } else { entry }
}

/// Every number that the office gave this desk.
async fn desk_numbers(desk: &Desk) -> Vec<ApplicationNumber> {
    desk.feed("", 0).await.changes.into_iter().map(|change| change.number).collect()
}

#[tokio::test]
async fn a_backup_made_while_the_office_works_comes_back_with_all_that_it_had_acknowledged() {
    let office = Office::open().await;
    let desk = office.desk().await;
    let papers = Papers::resident();
    let before = desk.hand_in(&papers).await;
    let cursor = desk.feed("", 0).await.cursor;
    let away = tempfile::tempdir().unwrap();
    let (copy, restored) = (away.path().join("copy"), away.path().join("restored"));
    // Others hand in meanwhile.
    let busy = tokio::spawn({
        let desk = desk.clone();
        async move {
            for _ in 0..4 {
                desk.hand_in(&Papers::resident()).await;
            }
        }
    });
    let copied = server::back_up(office.dir.path(), &copy).await.unwrap();
    assert!(copied.documents >= 5);
    busy.await.unwrap();
    let refused = server::back_up(office.dir.path(), &copy).await.unwrap_err();
    assert!(matches!(refused, BackupError::NotEmpty(_)), "{refused}");
    let sound = server::verify_backup(&copy).await.unwrap();
    assert_eq!(sound.documents, copied.documents);
    assert!(sound.receipts >= 1);
    assert_eq!(server::verify(office.dir.path()).await.unwrap().receipts, 5);

    assert_eq!(server::restore(&copy, &restored).await.unwrap(), sound);
    let running = open(&restored).await;
    assert!(running.reviewer_password.is_none(), "the reviewers came along");
    let again = Desk { base: running.url.clone(), ..desk.clone() };
    let replayed = receipt(again.submit(uuid::Uuid::now_v7(), &papers.manifest).await).await;
    assert_eq!(replayed, before);
    replayed.verify(&desk.key, &papers.manifest).unwrap();

    // What the desk had read up to may not exist here any more.
    let asked = again.ask(Method::GET, &format!("/v1/feed?after={cursor}")).send().await.unwrap();
    let (status, found) = problem(asked).await;
    assert_eq!((status, found.code), (StatusCode::GONE, ProblemCode::CursorExpired));
    // What was given after the backup stands on receipts: nobody gets it again.
    let (given, next) = (desk_numbers(&desk).await, again.hand_in(&Papers::resident()).await);
    assert_eq!(given.len(), 5);
    assert!(!given.contains(&next.body.number), "{:?} was given before", next.body.number);
    let page = again.feed("", 0).await;
    assert!(page.changes.iter().any(|change| change.application == papers.application()));
    running.stop().await;

    // Once only: from the second start on it is an office like any other.
    let running = open(&restored).await;
    let again = Desk { base: running.url.clone(), client: crate::harness::http(), ..again };
    assert!(again.feed(&page.cursor, 0).await.changes.is_empty());
    running.stop().await;
    server::verify_backup(&copy).await.unwrap();
}

/// Hands in with what an earlier receipt says; the receipt.
async fn bring_again(desk: &Desk, papers: &Papers, earlier: &EarlierReceipt) -> Receipt {
    let (key, earlier) = (uuid::Uuid::now_v7(), serde_json::to_string(earlier).unwrap());
    let ask = || {
        desk.ask(Method::POST, "/v1/applications")
            .header("Idempotency-Key", key.to_string())
            .header(EARLIER_RECEIPT, &earlier)
            .json(&Submission { manifest: papers.manifest.clone() })
            .send()
    };
    let first = ask().await.unwrap();
    if first.status() == StatusCode::ACCEPTED {
        for hash in missing(first).await {
            assert_eq!(desk.put(papers.bytes_of(hash)).await.status(), StatusCode::CREATED);
        }
    }
    receipt(ask().await.unwrap()).await
}

#[tokio::test]
async fn what_is_brought_again_keeps_arrival_and_number_where_its_receipt_proves_them() {
    let office = Office::open().await;
    let desk = office.desk().await;
    desk.hand_in(&Papers::resident()).await;
    let away = tempfile::tempdir().unwrap();
    let (copy, restored) = (away.path().join("copy"), away.path().join("restored"));
    server::back_up(office.dir.path(), &copy).await.unwrap();
    let (lost, other) = (Papers::resident(), Papers::resident());
    let before = desk.hand_in(&lost).await;
    server::restore(&copy, &restored).await.unwrap();

    let running = open(&restored).await;
    let again = Desk { base: running.url.clone(), ..desk.clone() };
    let proven = EarlierReceipt::of(&before);
    let mut forged = proven.clone();
    forged.received_at = "2020-01-01T00:00:00Z".parse().unwrap();
    for strange in [&proven, &forged] {
        // Signed for something else, or not at all.
        let receipt = bring_again(&again, &other, strange).await;
        assert!(receipt.body.received_at > before.body.received_at);
        assert_ne!(receipt.body.number, before.body.number);
    }
    assert_eq!(bring_again(&again, &lost, &proven).await, before, "the very same");
    assert_eq!(desk_numbers(&again).await.len(), 3);
    running.stop().await;
    server::verify(&restored).await.unwrap();
}

#[tokio::test]
async fn whatever_is_wrong_with_a_backup_is_found_before_it_is_needed() {
    let office = Office::open().await;
    office.desk().await.hand_in(&Papers::resident()).await;
    let away = tempfile::tempdir().unwrap();
    type Harm = fn(&Path);
    let harms: [(&str, Harm); 6] = [
        ("no whole backup", |copy| fs::remove_file(copy.join("backup.json")).unwrap()),
        ("missing or damaged", |copy| fs::remove_file(first_file(&copy.join("blobs"))).unwrap()),
        ("missing or damaged", |copy| {
            let file = first_file(&copy.join("blobs"));
            let mut bytes = fs::read(&file).unwrap();
            bytes[100] ^= 1;
            fs::write(file, bytes).unwrap();
        }),
        ("office.sqlite is not the file", |copy| {
            let file = copy.join("office.sqlite");
            let mut bytes = fs::read(&file).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            fs::write(file, bytes).unwrap();
        }),
        ("receipt-signing.key is not the file", |copy| {
            fs::write(copy.join("keys/receipt-signing.key"), "0".repeat(64)).unwrap();
        }),
        ("receipt-signing.key", |copy| fs::remove_file(copy.join("keys/receipt-signing.key")).unwrap()),
    ];
    for (number, (told, harm)) in harms.into_iter().enumerate() {
        let copy = away.path().join(number.to_string());
        server::back_up(office.dir.path(), &copy).await.unwrap();
        server::verify_backup(&copy).await.unwrap();
        harm(&copy);
        let found = server::verify_backup(&copy).await.unwrap_err().to_string();
        assert!(found.contains(told), "{told}: {found}");
        let nowhere = away.path().join(format!("restored {number}"));
        assert!(server::restore(&copy, &nowhere).await.is_err());
        assert!(!nowhere.join("office.sqlite").exists());
    }
}

#[tokio::test]
async fn an_office_that_issued_what_it_does_not_keep_is_not_sound() {
    let mut office = Office::open().await;
    office.desk().await.hand_in(&Papers::resident()).await;
    office.stop().await;
    let dir = office.dir.path();
    assert_eq!(server::verify(dir).await.unwrap().unnamed, 0);
    // The office died between the document and the row that names it.
    let stray = ContentHash::of(b"stray").to_string();
    fs::create_dir_all(dir.join("blobs").join(&stray[..2])).unwrap();
    fs::write(dir.join("blobs").join(&stray[..2]).join(&stray), "stray").unwrap();
    let sound = server::verify(dir).await.unwrap();
    assert_eq!((sound.documents, sound.unnamed, sound.unnamed_bytes), (5, 1, 5));
    let file = sqlx::sqlite::SqliteConnectOptions::new().filename(dir.join("office.sqlite"));
    let database = sqlx::SqlitePool::connect_with(file).await.unwrap();
    let change = |sql: &'static str| sqlx::query(sql).execute(&database);
    let told = async || server::verify(dir).await.unwrap_err().to_string();

    change("UPDATE revisions SET manifest = replace(manifest, '文三路', '文二路')").await.unwrap();
    assert!(told().await.contains("does not list what was sent"), "{}", told().await);
    change("UPDATE revisions SET manifest = replace(manifest, '文二路', '文三路')").await.unwrap();
    server::verify(dir).await.unwrap();
    change("DELETE FROM held_blobs WHERE rowid = 1").await.unwrap();
    assert!(told().await.contains("is not held"), "{}", told().await);
}

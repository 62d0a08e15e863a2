//! Several copies of the office on one PostgreSQL and one S3 server, and how an office gets there. Everything is real:
//! the services, the program, the network on loopback.

use std::{path::Path, process::Command, time::Duration};

use protocol::{ProblemCode, Status};
use reqwest::{Method, StatusCode};
use serde_json::json;
use server::At;
use tempfile::TempDir;
use testkit::services::{Postgres, S3};
use uuid::Uuid;

use crate::{
    catalogue,
    harness::{Desk, Papers, Reviewer, binary, http, missing, problem, receipt},
    process::Program,
    resuming::{BEGUN, Broken},
};

/// The key that all copies sign with.
const KEY: &str = "0102030405060708091011121314151617181920212223242526272829303132";

/// What copies share.
struct Services {
    postgres: Postgres,
    s3: S3,
}

impl Services {
    fn start() -> Option<Self> {
        Some(Self { postgres: Postgres::start()?, s3: S3::start()? })
    }

    /// Has a command find them.
    fn tell(&self, command: &mut Command) {
        command.args([
            "--database",
            self.postgres.url(),
            "--attachments",
            &format!("s3://{}/blobs", S3::BUCKET),
        ]);
        command.envs(self.s3.environment());
    }

    fn copy(&self, dir: &Path, key: &str) -> Program {
        self.copy_with(dir, key, &[])
    }

    fn copy_with(&self, dir: &Path, key: &str, options: &[&str]) -> Program {
        Program::start_with(dir, |command| {
            self.tell(command);
            command.env("YIBAN_SERVER_RECEIPT_KEY", key).args(options);
        })
    }

    async fn audited(&self) -> u64 {
        server::verify_audit(At::Database(self.postgres.url())).await.unwrap()
    }
}

/// The same desk, speaking to another copy.
fn at(desk: &Desk, copy: &Program) -> Desk {
    Desk { base: copy.url.clone(), ..desk.clone() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_copies_behave_as_one() {
    let Some(services) = Services::start() else { return };
    let dirs: Vec<TempDir> = (0..3).map(|_| tempfile::tempdir().unwrap()).collect();
    let mut copies: Vec<Program> = dirs.iter().map(|dir| services.copy(dir.path(), KEY)).collect();
    let passwords: Vec<_> = copies.iter().filter_map(|copy| copy.password.clone()).collect();
    assert_eq!(passwords.len(), 1, "one first start, one first reviewer");

    // A desk that speaks to another copy with every request hands in one application.
    let desk = Desk::open(http(), &copies[0].url).await;
    let papers = Papers::resident();
    let key = Uuid::now_v7();
    let wanted = missing(at(&desk, &copies[1]).submit(key, &papers.manifest).await).await;
    assert_eq!(wanted.len(), 5);
    for (sent, hash) in wanted.iter().enumerate() {
        let put = at(&desk, &copies[sent % 3]).put(papers.bytes_of(*hash)).await;
        assert_eq!(put.status(), StatusCode::CREATED);
        let again = at(&desk, &copies[(sent + 1) % 3]).put(papers.bytes_of(*hash)).await;
        assert_eq!(again.status(), StatusCode::OK, "what one copy has, all have");
    }
    let first = receipt(at(&desk, &copies[2]).submit(key, &papers.manifest).await).await;
    first.verify(&desk.key, &papers.manifest).unwrap();
    for copy in &copies {
        assert_eq!(receipt(at(&desk, copy).submit(key, &papers.manifest).await).await, first);
    }

    // A reviewer whose every request meets another copy; the desk waits at a copy where nothing is done.
    let reviewer = Reviewer::log_in(http(), &copies[0].url, "reviewer", &passwords[0]).await;
    let seen = at(&desk, &copies[0]).feed("", 0).await;
    assert_eq!(seen.changes[0].status, Status::Submitted);
    let application = papers.application();
    let waiting = tokio::spawn({
        let (desk, cursor) = (at(&desk, &copies[0]), seen.cursor.clone());
        async move { desk.feed(&cursor, 25).await }
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(reviewer.at(&copies[1].url).claim(application).await.status(), StatusCode::OK);
    // A wait that ends by itself brings nothing.
    let news = waiting.await.unwrap();
    assert_eq!(news.changes[0].status, Status::InReview);

    // One copy dies; the others go on, with everything it had acknowledged.
    copies.remove(0).kill();
    let decision = json!({ "revision": 1, "outcome": "approve", "findings": [], "reason": null });
    let decided = reviewer.at(&copies[1].url).decide(application, &decision).await;
    assert_eq!(decided.status(), StatusCode::OK, "{}", decided.text().await.unwrap());
    let news = at(&desk, &copies[0]).feed(&news.cursor, 0).await;
    assert_eq!(news.changes[0].status, Status::Approved);
    for copy in &copies {
        let bytes =
            at(&desk, copy).ask(Method::HEAD, &format!("/v1/blobs/{}", wanted[0])).send().await.unwrap();
        assert_eq!(bytes.status(), StatusCode::OK);
    }
    // Opened, accepted, five documents, complete, edition, reviewer, login, claim, decision.
    assert_eq!(services.audited().await, 13);
}

/// A desk whose document broke off at one copy is answered by another one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_beginning_stays_with_its_copy_and_the_whole_is_taken_by_any() {
    let Some(services) = Services::start() else { return };
    let dirs: [TempDir; 2] = std::array::from_fn(|_| tempfile::tempdir().unwrap());
    let copies: Vec<Program> = dirs.iter().map(|dir| services.copy(dir.path(), KEY)).collect();
    let mut broken = Broken::off(Desk::open(http(), &copies[0].url).await).await;
    broken.desk = at(&broken.desk, &copies[1]);
    assert_eq!(broken.begun().await, 0);
    let (status, found) = problem(broken.rest(BEGUN).await).await;
    assert_eq!((status, found.code), (StatusCode::CONFLICT, ProblemCode::OffsetMismatch));
    assert_eq!(broken.desk.put(&broken.bytes).await.status(), StatusCode::CREATED);
    let beginning = at(&broken.desk, &copies[0]).put(&broken.bytes).await;
    assert_eq!(beginning.status(), StatusCode::OK, "what one copy has, all have");
}

/// A new catalogue is brought to the copies one after the other, and desks meet either of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_that_runs_longer_judges_by_the_edition_of_a_newer_one() {
    let Some(services) = Services::start() else { return };
    let dirs: [TempDir; 2] = std::array::from_fn(|_| tempfile::tempdir().unwrap());
    let (folder, raised) = catalogue::with_a_raised_version();
    let first = services.copy(dirs[0].path(), KEY);
    let password = first.password.clone().unwrap();
    let before = catalogue::offer(&first.url).await;
    let options = ["--catalog", folder.path().to_str().unwrap()];
    let newer = services.copy_with(dirs[1].path(), KEY, &options);
    let after = catalogue::offer(&newer.url).await;
    assert_ne!(before.sha256, after.sha256);

    let desk = Desk::open(http(), &first.url).await;
    let (papers, mut unknown) = (catalogue::papers_of(raised), Papers::resident());
    desk.hand_in(&papers).await;
    assert_eq!(catalogue::offer(&first.url).await, after, "from now on all offer the same");
    let reviewer = Reviewer::log_in(http(), &newer.url, "reviewer", &password).await;
    for copy in [&first, &newer] {
        let case = reviewer.at(&copy.url).get(&format!("cases/{}", papers.application())).await;
        assert_eq!(case.status(), StatusCode::OK);
    }
    unknown.manifest.service_version = raised + 1;
    let (_, found) = problem(desk.submit(Uuid::now_v7(), &unknown.manifest).await).await;
    assert_eq!(found.code, ProblemCode::UnknownService);
}

/// The database answers, and takes nothing: whoever stands before the copies must know.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_whose_database_takes_no_changes_is_not_ready() {
    let Some(services) = Services::start() else { return };
    let dir = tempfile::tempdir().unwrap();
    let copy = services.copy(dir.path(), KEY);
    let ready = async || http().get(format!("{}/readyz", copy.url)).send().await.unwrap().status();
    assert_eq!(ready().await, StatusCode::OK);
    let database = sqlx::PgPool::connect(services.postgres.url()).await.unwrap();
    for change in [
        "ALTER ROLE office SET default_transaction_read_only = on",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'",
    ] {
        sqlx::query(change).execute(&database).await.unwrap();
    }
    while ready().await != StatusCode::SERVICE_UNAVAILABLE {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // It stays so: no look in between finds it well.
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(1100)).await;
        assert_eq!(ready().await, StatusCode::SERVICE_UNAVAILABLE);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_that_would_sign_with_another_key_does_not_start() {
    let Some(services) = Services::start() else { return };
    let dir = tempfile::tempdir().unwrap();
    services.copy(dir.path(), KEY).kill();
    let mut command = Command::new(binary());
    command.args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(dir.path());
    services.tell(&mut command);
    command.env("YIBAN_SERVER_RECEIPT_KEY", KEY.replace("01", "fe"));
    let ended = command.output().unwrap();
    assert!(!ended.status.success());
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(told.contains("signed with another key"), "{told}");
    assert!(!told.contains(&KEY[2..20]), "no key in the log");
}

#[test]
fn a_password_does_not_belong_on_the_command_line() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = Command::new(binary());
    command.args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(dir.path());
    let ended = command
        .args(["--database", "postgres://office:hunter2@127.0.0.1:1/office", "--attachments", "s3://office"])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(!ended.status.success() && told.contains("PGPASSWORD"), "{told}");
    assert!(!told.contains("hunter2"), "{told}");
}

/// Everything that a command needs to move the office of `dir`.
fn migrate(services: &Services, dir: &Path) -> (bool, String) {
    let mut command = Command::new(binary());
    command.arg("migrate-to").arg("--data-dir").arg(dir);
    services.tell(&mut command);
    let ended = command.output().unwrap();
    let told = [ended.stdout, ended.stderr].concat();
    (ended.status.success(), String::from_utf8_lossy(&told).into_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_moves_without_losing_a_byte() {
    let Some(services) = Services::start() else { return };
    let dir = tempfile::tempdir().unwrap();
    let embedded = Program::start(dir.path());
    let password = embedded.password.clone().unwrap();
    let mut desk = Desk::open(http(), &embedded.url).await;
    let (done, begun) = (Papers::resident(), Papers::resident());
    let before = desk.hand_in(&done).await;
    let key = Uuid::now_v7();
    let wanted = missing(desk.submit(key, &begun.manifest).await).await;
    desk.put(begun.bytes_of(wanted[0])).await;
    let cursor = desk.feed("", 0).await.cursor;
    let (moved, told) = migrate(&services, dir.path());
    assert!(!moved && told.contains("stop it first"), "{told}");
    embedded.kill();
    let rows = server::verify_audit(dir.path()).await.unwrap();

    let (moved, told) = migrate(&services, dir.path());
    assert!(moved && told.contains("6 documents") && told.contains("applications: 2 rows"), "{told}");
    let (again, told) = migrate(&services, dir.path());
    assert!(again && told.contains("applications: 2 rows"), "compared only: {told}");
    assert_eq!(services.audited().await, rows);
    let old = server::start(server::Config::new(dir.path(), server::Checker::InProcess)).await;
    assert!(old.is_err_and(|error| error.to_string().contains("moved")), "two offices must not answer");

    // The copy goes on where the embedded office stopped; the key is the one in the data directory.
    let signing = std::fs::read_to_string(dir.path().join("keys/receipt-signing.key")).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let copy = services.copy(elsewhere.path(), signing.trim());
    assert!(copy.password.is_none(), "the reviewers moved, too");
    desk.base.clone_from(&copy.url);
    desk.client = http();
    let again = receipt(desk.submit(Uuid::now_v7(), &done.manifest).await).await;
    assert_eq!(again, before);
    assert!(desk.feed(&cursor, 0).await.changes.is_empty(), "a cursor of before still counts");
    assert_eq!(missing(desk.submit(key, &begun.manifest).await).await, wanted[1..]);
    desk.hand_in(&begun).await;
    assert_eq!(desk.feed(&cursor, 0).await.changes.len(), 1);
    Reviewer::log_in(http(), &copy.url, "reviewer", &password).await;
    copy.kill();

    // The new database has gone on: what is in the old one now must not get in its way.
    let (refused, told) = migrate(&services, dir.path());
    assert!(!refused && told.contains("not empty"), "{told}");
}

/// What happened between backup and loss is gone, and with it positions in the feed that desks have seen.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_that_came_back_from_a_backup_moves_with_another_epoch() {
    let Some(services) = Services::start() else { return };
    let away = tempfile::tempdir().unwrap();
    let [lost, copy, restored] = ["lost", "copy", "restored"].map(|name| away.path().join(name));
    let embedded = Program::start(&lost);
    let mut desk = Desk::open(http(), &embedded.url).await;
    desk.hand_in(&Papers::resident()).await;
    server::back_up(&lost, &copy).await.unwrap();
    desk.hand_in(&Papers::resident()).await;
    let cursor = desk.feed("", 0).await.cursor;
    embedded.kill();
    server::restore(&copy, &restored).await.unwrap();
    let (moved, told) = migrate(&services, &restored);
    assert!(moved, "{told}");

    let signing = std::fs::read_to_string(restored.join("keys/receipt-signing.key")).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let program = services.copy(elsewhere.path(), signing.trim());
    desk.client = http();
    desk.base.clone_from(&program.url);
    // One more, so that the feed stands where the cursor of before stood.
    desk.hand_in(&Papers::resident()).await;
    let asked = desk.ask(Method::GET, &format!("/v1/feed?after={cursor}")).send().await.unwrap();
    let (status, found) = problem(asked).await;
    assert_eq!((status, found.code), (StatusCode::GONE, ProblemCode::CursorExpired));
    assert_eq!(desk.feed("", 0).await.changes.len(), 2);
}

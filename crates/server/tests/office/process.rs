//! The real program: killed, restarted, limited, protected.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Stdio},
};

use protocol::ContentHash;
use reqwest::{Certificate, StatusCode};
use server::{Checker, Config, StartError, Tls};
use uuid::Uuid;

use crate::harness::{Desk, Papers, binary, checker, http, missing, photo, receipt};

pub(crate) struct Program {
    child: Child,
    pub(crate) url: String,
    pub(crate) password: Option<String>,
}

impl Program {
    pub(crate) fn start(dir: &Path) -> Self {
        Self::start_with(dir, |_| {})
    }

    pub(crate) fn start_with(dir: &Path, change: impl FnOnce(&mut Command)) -> Self {
        let mut command = Command::new(binary());
        command.args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(dir);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        change(&mut command);
        let mut child = command.spawn().unwrap();
        let printed = BufReader::new(child.stdout.take().unwrap());
        let mut program = Self { child, url: String::new(), password: None };
        for line in printed.lines().map(Result::unwrap) {
            if let Some(password) = line.strip_prefix("reviewer password: ") {
                program.password = Some(password.to_owned());
            }
            if let Some(url) = line.strip_prefix("listening on ") {
                program.url = url.to_owned();
                return program;
            }
        }
        panic!("the program did not start");
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn killed_between_any_two_steps_it_loses_nothing_and_doubles_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut program = Program::start(dir.path());
    assert!(program.password.is_some());
    let mut desk = Desk::open(http(), &program.url).await;
    let papers = Papers::resident();
    let key = Uuid::now_v7();
    let wanted = missing(desk.submit(key, &papers.manifest).await).await;
    for (sent, hash) in wanted.iter().enumerate() {
        program.kill();
        program = Program::start(dir.path());
        assert!(program.password.is_none());
        // A client of its own: the old one's connections died with the program.
        desk.client = http();
        desk.base.clone_from(&program.url);
        let still = missing(desk.submit(key, &papers.manifest).await).await;
        assert_eq!(still, wanted[sent..]);
        assert_eq!(desk.put(papers.bytes_of(*hash)).await.status(), StatusCode::CREATED);
    }
    let first = receipt(desk.submit(key, &papers.manifest).await).await;
    program.kill();
    let program = Program::start(dir.path());
    desk.client = http();
    desk.base.clone_from(&program.url);
    let again = receipt(desk.submit(key, &papers.manifest).await).await;
    assert_eq!(first, again);
    again.verify(&desk.key, &papers.manifest).unwrap();
    assert_eq!(desk.feed("", 0).await.changes.len(), 1);
    server::verify_audit(dir.path()).await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn asked_to_stop_it_ends_cleanly() {
    let dir = tempfile::tempdir().unwrap();
    let mut program = Program::start(dir.path());
    let asked = Command::new("kill").arg(program.child.id().to_string()).status().unwrap();
    assert!(asked.success());
    assert!(program.child.wait().unwrap().success());
}

async fn database(dir: &Path) -> sqlx::SqlitePool {
    let file = sqlx::sqlite::SqliteConnectOptions::new().filename(dir.join("office.sqlite"));
    sqlx::SqlitePool::connect_with(file).await.unwrap()
}

fn look(question: &[&str], bytes: &[u8]) -> (bool, String) {
    let mut child =
        Command::new(checker()).args(question).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(bytes);
    let ended = child.wait_with_output().unwrap();
    let line = ended.stdout.split(|byte| *byte == b'\n').next().unwrap_or_default();
    (ended.status.success(), String::from_utf8_lossy(line).into_owned())
}

#[test]
fn the_child_answers_in_one_line() {
    assert_eq!(look(&["check"], &photo()), (true, r#"{"fit":{"kind":"jpeg","pages":1}}"#.into()));
    assert_eq!(look(&["check"], b"text").1, r#"{"refused":"not_a_document"}"#);
    assert_eq!(look(&["check"], b"").1, r#"{"refused":"empty"}"#);
    assert_eq!(look(&["check"], &vec![0xff; 3_000_000]).1, r#"{"refused":"too_large"}"#);
    assert_eq!(look(&["render", "--page", "0", "--edge", "100"], &photo()).1, r#""rendered""#);
}

#[cfg(target_os = "linux")]
#[test]
fn the_child_stands_under_limits_before_it_reads_anything() {
    let mut child =
        Command::new(checker()).arg("check").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    // It waits for its document now.
    std::thread::sleep(std::time::Duration::from_millis(500));
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    for (name, limit) in [
        ("Max cpu time", "20 "),
        ("Max file size", "0 "),
        ("Max core file size", "0 "),
        ("Max open files", "16 "),
        ("Max address space", "2147483648 "),
    ] {
        let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
        assert!(line[name.len()..].trim_start().starts_with(limit), "{line}");
    }
}

#[test]
fn the_largest_picture_that_desks_may_send_fits_within_the_limits() {
    let (width, height) = (12_000, 10_000);
    let pixels = vec![200; width * height];
    let plain = turbojpeg::Image {
        pixels: pixels.as_slice(),
        width,
        pitch: width,
        height,
        format: turbojpeg::PixelFormat::GRAY,
    };
    let jpeg = turbojpeg::compress(plain, 30, turbojpeg::Subsamp::Gray).unwrap();
    assert!(jpeg.len() <= 2_000_000);
    assert_eq!(look(&["check"], &jpeg), (true, r#"{"fit":{"kind":"jpeg","pages":1}}"#.into()));
    assert_eq!(look(&["render", "--page", "0", "--edge", "1600"], &jpeg), (true, r#""rendered""#.into()));
}

#[tokio::test]
async fn with_a_certificate_of_its_own_making_desks_pin_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = Config::new(dir.path(), Checker::InProcess);
    config.listen = ([127, 0, 0, 1], 0).into();
    config.tls = Tls::SelfSigned(vec![]);
    let running = server::start(config).await.unwrap();
    assert!(running.url.starts_with("https://"));
    let health = format!("{}/healthz", running.url);
    assert!(http().get(&health).send().await.is_err(), "not trusted without pinning");
    let pem = running.certificate_pem.as_ref().unwrap();
    assert_eq!(*pem, std::fs::read_to_string(running.certificate_path.as_ref().unwrap()).unwrap());
    let pinned = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([Certificate::from_pem(pem.as_bytes()).unwrap()])
        .build()
        .unwrap();
    assert_eq!(pinned.get(&health).send().await.unwrap().status(), StatusCode::OK);
    running.stop().await;
}

#[tokio::test]
async fn it_does_not_start_where_it_would_do_harm() {
    let dir = tempfile::tempdir().unwrap();
    let config = |listen: [u8; 4]| {
        let mut config = Config::new(dir.path(), Checker::InProcess);
        config.listen = (listen, 0).into();
        config
    };
    let refused = server::start(config([0, 0, 0, 0])).await.err().unwrap();
    assert!(matches!(refused, StartError::Unprotected(_)));
    let running = server::start(config([127, 0, 0, 1])).await.unwrap();
    let refused = server::start(config([127, 0, 0, 1])).await.err().unwrap();
    assert!(matches!(refused, StartError::InUse(_)), "{refused}");
    running.stop().await;

    // A database of a newer program.
    let database = database(dir.path()).await;
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9999, 'from the future', 1, x'00', 0)",
    )
    .execute(&database)
    .await
    .unwrap();
    database.close().await;
    let refused = server::start(config([127, 0, 0, 1])).await.err().unwrap();
    assert!(refused.to_string().contains("newer version"), "{refused}");
}

#[tokio::test]
async fn a_start_that_fails_does_not_use_up_the_first_password() {
    let dir = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut config = Config::new(dir.path(), Checker::InProcess);
    config.listen = taken.local_addr().unwrap();
    let refused = server::start(config.clone()).await.err().unwrap();
    assert!(matches!(refused, StartError::Listen(..)), "{refused}");
    config.listen = ([127, 0, 0, 1], 0).into();
    let (certificate, key) = (dir.path().join("c.pem"), dir.path().join("k.pem"));
    std::fs::write(&certificate, "").unwrap();
    std::fs::write(&key, "").unwrap();
    config.tls = Tls::Files { certificate, key };
    let refused = server::start(config.clone()).await.err().unwrap();
    assert!(matches!(refused, StartError::Certificate(_)), "{refused}");
    config.tls = Tls::Off;
    let running = server::start(config).await.unwrap();
    assert!(running.reviewer_password.is_some());
    running.stop().await;
}

fn command(arguments: &[&str], data: &Path) -> (bool, String) {
    let ended = Command::new(binary())
        .args(arguments)
        .env_remove("YIBAN_SERVER_DATA_DIR")
        .env("XDG_DATA_HOME", data)
        .output()
        .unwrap();
    (ended.status.success(), String::from_utf8(ended.stdout).unwrap())
}

#[tokio::test]
async fn upkeep_makes_no_office_by_mistake_and_works_beside_a_server() {
    let dir = tempfile::tempdir().unwrap();
    let mistyped = dir.path().join("ofice");
    assert!(server::verify_audit(&mistyped).await.is_err());
    assert!(server::add_reviewer(&mistyped, "wang", false).await.is_err());
    assert!(!mistyped.exists());

    // Where `cargo xtask run` lets the server work.
    let data = dir.path().join("yiban/server");
    assert!(!command(&["add-reviewer", "wang"], dir.path()).0);
    let program = Program::start(&data);
    let (added, told) = command(&["add-reviewer", "wang"], dir.path());
    assert!(added && told.starts_with("reviewer wang password "), "{told}");
    let (whole, told) = command(&["verify-audit"], dir.path());
    assert!(whole && told.contains(": 3 rows"), "{told}");
    program.kill();
    assert!(command(&["add-reviewer", "li"], dir.path()).0);

    // A reader leaves every file as it was; a writer does not change the schema under a running server.
    let before = std::fs::read(data.join("office.sqlite")).unwrap();
    assert_eq!(server::verify_audit(&data).await.unwrap(), 4);
    assert_eq!(std::fs::read(data.join("office.sqlite")).unwrap(), before);
    let database = database(&data).await;
    sqlx::query("DELETE FROM _sqlx_migrations WHERE version > 2").execute(&database).await.unwrap();
    database.close().await;
    let held = std::fs::File::open(data.join("lock")).unwrap();
    held.lock().unwrap();
    let refused = server::add_reviewer(&data, "zhao", false).await.unwrap_err().to_string();
    assert!(refused.contains("older version"), "{refused}");
}

#[tokio::test]
async fn a_changed_audit_log_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(dir.path());
    let desk = Desk::open(http(), &program.url).await;
    desk.hand_in(&Papers::resident()).await;
    program.kill();
    server::verify_audit(dir.path()).await.unwrap();
    let database = database(dir.path()).await;
    let change = "UPDATE audit SET actor = 'somebody else' WHERE seq = 3";
    assert!(sqlx::query(change).execute(&database).await.is_err(), "the log is append-only");
    sqlx::query("DROP TRIGGER audit_is_never_changed").execute(&database).await.unwrap();
    sqlx::query(change).execute(&database).await.unwrap();
    database.close().await;
    let told = server::verify_audit(dir.path()).await.unwrap_err().to_string();
    assert!(told.contains("audit row 3"), "{told}");
}

#[tokio::test]
async fn no_personal_data_in_the_log() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("log");
    let mut child = Command::new(binary())
        .args(["--listen", "127.0.0.1:0", "--data-dir"])
        .arg(dir.path().join("data"))
        .env("YIBAN_SERVER_LOG", "debug,sqlx=info,hyper=info")
        .stdout(Stdio::piped())
        .stderr(std::fs::File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let url = lines.find_map(|line| line.unwrap().strip_prefix("listening on ").map(str::to_owned)).unwrap();
    let desk = Desk::open(http(), &url).await;
    let papers = Papers::resident();
    desk.hand_in(&papers).await;
    let mut wrong = Papers::resident();
    wrong.answer("id_number", "330106199003072221");
    desk.submit(Uuid::now_v7(), &wrong.manifest).await;
    child.kill().unwrap();
    child.wait().unwrap();
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("/v1/applications"), "the log is not empty");
    let hash = papers.manifest.documents[0].sha256;
    let id_number = papers.manifest.answers.text("id_number").unwrap().to_owned();
    let secret = desk.token.split_once('.').unwrap().1.to_owned();
    for canary in ["林小满", "13800138000", "文三路", "330106199003072221", &id_number, &secret] {
        assert!(!log.contains(canary), "{canary}");
    }
    assert!(!log.contains(&hash.to_string()) && !log.contains(&ContentHash::of(b"").to_string()));
}

/// What an operator has to know before anything is kept, where they look first.
#[test]
fn the_program_says_that_it_does_not_encrypt_what_it_keeps() {
    for command in [&["serve", "--help"][..], &["backup", "--help"]] {
        let told = Command::new(binary()).args(command).output().unwrap();
        let told = String::from_utf8(told.stdout).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            told.contains("encrypted by this program: put it on an encrypted disk"),
            "{command:?}: {told}"
        );
    }
    let told = Command::new(binary()).args(["backup", "--help"]).output().unwrap();
    let told = String::from_utf8(told.stdout).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("all that people handed in, not encrypted"), "{told}");
}

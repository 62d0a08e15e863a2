//! A network and an office that fail in every way, and what the window says meanwhile: never 已提交 before the office's
//! receipt is proved, never that something is on its way which is not, always what happens next.

use std::time::Duration;

use jiff::Timestamp;
use protocol::{
    ApplicationId, ApplicationNumber, ContentHash, Receipt, ReceiptBody, ReceiptSigner, SubmissionReply,
};
use testkit::network::{Fault, Proxy};
use tests::{
    album::Album,
    axe,
    browser::{PATIENCE, eventually},
    office::Office,
    pages::{cases, check, header},
    sample,
    screen::{Keyring, Screen},
    window::Window,
};

const POST: &str = "POST /v1/applications";
const PUT: &str = "PUT /v1/blobs";
/// Bytes a second at which documents go where they go slowly: some seconds each.
const SLOWLY: u32 = 60_000;
/// The desk tries a closed office again within ten seconds.
const FOUND: Duration = Duration::from_secs(40);

/// The window on the page of the one case.
struct Watched {
    window: Window,
    album: Album,
}

impl Watched {
    async fn bar(&self, kind: &str, says: &str) {
        let css = format!("[data-testid=\"offline-bar\"][data-kind=\"{kind}\"]");
        eventually(&format!("the bar to be {kind} and to say {says}"), FOUND, async || {
            let script = format!("return document.querySelector('{css}')?.innerText ?? ''");
            let said = self.window.script(&script).await?;
            Ok(said.as_str().is_some_and(|said| said.contains(says)).then_some(()))
        })
        .await
        .unwrap();
    }

    async fn case(&self, status: &str) {
        cases::becomes(&self.window, status, FOUND).await.unwrap();
    }

    async fn number(&self) -> String {
        check::number(&self.window).await.unwrap()
    }

    /// How often the page of the case says this.
    async fn times(&self, words: &str) -> usize {
        let said = self.window.script("return document.querySelector('main').innerText").await.unwrap();
        said.as_str().unwrap().matches(words).count()
    }

    async fn keeps_silent_about(&self, words: &str) {
        assert_eq!(self.times(words).await, 0, "“{words}” is said too early");
    }

    async fn look(&self, name: &str) {
        axe::check(&self.window, name).await.unwrap();
        self.album.take(&self.window, name).await.unwrap();
    }
}

/// What somebody between desk and office says who has not the office's key.
fn impostor(application: ApplicationId) -> Vec<u8> {
    let now = Timestamp::now();
    let day = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let receipt: Receipt = ReceiptSigner::new(&[7; 32]).sign(ReceiptBody {
        application,
        revision: 1,
        number: ApplicationNumber::issue(day, 1).unwrap(),
        manifest: ContentHash::of(b"something else"),
        documents: vec![],
        received_at: now,
        due_on: None,
    });
    serde_json::to_vec(&SubmissionReply::Complete { receipt: Box::new(receipt) }).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_fails_the_window_says_how_it_stands() {
    let screen = Screen::start(Keyring::Unlocked).await.unwrap();
    let mut office = Office::closed(&screen).unwrap();
    office.open().await.unwrap();
    let network = Proxy::start().await;
    let window = Window::open(&screen, &network.url()).await.unwrap();
    let watched = Watched { window, album: Album::of_test("tells_the_truth").unwrap() };
    let application = sample::hand_in(&watched.window, &screen).await.unwrap();

    // No network: it waits here, with a number of its own.
    cases::open(&watched.window, application).await.unwrap();
    watched.bar("offline", "1 项待同步").await;
    watched.case("待上传").await;
    let local = watched.number().await;
    watched.look("offline").await;

    // The office answers that it cannot: said with the way on, and still nothing has arrived.
    for _ in 0..20 {
        network.next("POST /v1/accounts", Fault::Answer(500));
    }
    network.open(&office.url());
    watched.window.press("sync-now").await.unwrap();
    watched.bar("failed", "受理机构的系统出了故障").await;
    watched.case("待上传").await;
    watched.look("office-in-trouble").await;

    // Somebody else signs: not submitted, and why.
    network.heal();
    network.say_instead(POST, impostor(application));
    watched.window.press("sync-now").await.unwrap();
    watched.case("需要处理").await;
    watched.window.says("reason", "收到的回执证明不了它来自受理机构", PATIENCE).await.unwrap();
    assert_eq!(watched.number().await, local);
    watched.look("impostor").await;

    // Sent again: all of the first document is out, and as long as the office has not answered nothing has arrived.
    network.say_nothing_instead();
    network.next(PUT, Fault::HoldAnswer);
    network.next(PUT, Fault::HoldAnswer);
    for _ in &sample::ATTACHMENTS[2..] {
        network.next(PUT, Fault::Slow(SLOWLY));
    }
    watched.window.press("send-again").await.unwrap();
    watched.bar("sending", "正在上传").await;
    watched.case("上传中").await;
    watched.window.says("documents-on-their-way", "等受理机构回复", FOUND).await.unwrap();
    assert_eq!(network.seen(PUT), 1);
    watched.keeps_silent_about("已送到").await;
    watched.look("unanswered").await;

    // Answered, and the second one is held: each document is shown as far as it is.
    network.let_go();
    watched.window.says("documents-on-their-way", "已送到", FOUND).await.unwrap();
    watched.window.says("documents-on-their-way", "等受理机构回复", FOUND).await.unwrap();
    assert_eq!((network.seen(PUT), watched.times("已送到").await), (2, 1));
    assert_eq!(watched.number().await, local);
    for look in header::LOOKS {
        header::wear(&watched.window, look).await.unwrap();
        watched.look(&format!("sending-{}", look.name)).await;
    }
    header::wear(&watched.window, header::STANDARD).await.unwrap();
    assert_eq!(network.seen(PUT), 2, "the desk had the patience for all looks");

    // Killed in the middle: it comes up as it stood, and goes on.
    watched.window.kill().await.unwrap();
    network.next(POST, Fault::LoseRequest);
    let window = Window::open(&screen, &network.url()).await.unwrap();
    let watched = Watched { window, ..watched };
    cases::open(&watched.window, application).await.unwrap();
    watched.case("上传中").await;
    assert_eq!(watched.number().await, local);

    // The office gives its receipt, and that is lost: it counts when it is asked for again and has come.
    let last = "the last document but one to be on its way";
    eventually(last, FOUND, async || Ok(network.is_done().then_some(()))).await.unwrap();
    network.next(POST, Fault::LoseAnswer);
    watched.case("已提交").await;
    assert!(network.is_done());
    let number = watched.number().await;
    number.parse::<ApplicationNumber>().unwrap();
    watched.look("submitted").await;

    let reviewer = office.reviewer().await.unwrap();
    assert_eq!(reviewer.queue().await.unwrap().as_array().unwrap().len(), 1);
    let case = reviewer.case(application).await.unwrap();
    assert_eq!(case["documents"].as_array().unwrap().len(), sample::ATTACHMENTS.len());
    assert_eq!(case["number"].as_str(), Some(number.as_str()));
    watched.window.close().await.unwrap();
}

//! A desk in a temporary folder with a person's application ready to hand in, and an office that opens and
//! closes at one address.

use std::{
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use desk::{Clock, Configuration, Connection, Desk, DeskEvent, ServerAddress, VaultState};
use forms::Catalogue;
use jiff::Timestamp;
use protocol::{ApplicationId, ReceiptSigner, Status};
use server::{Checker, Config, Running, Tls};
use store::keys::{Keychain, MemoryKeychain};
use tempfile::TempDir;
use testkit::{enrolment, papers};
use tokio::{sync::broadcast, time::timeout};

/// Longest anything here may take, on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Inside the window for the insurance year 2027.
const NOW: &str = "2026-11-21T02:00:00Z";

#[derive(Debug)]
struct InTheWindow;

impl Clock for InTheWindow {
    fn now(&self) -> Timestamp {
        NOW.parse().unwrap()
    }
}

pub(crate) struct Ground {
    folder: TempDir,
    keychain: Arc<MemoryKeychain>,
    port: u16,
}

impl Ground {
    pub(crate) fn new() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        Self { folder: tempfile::tempdir().unwrap(), keychain: Arc::default(), port }
    }

    /// Where the office is, when it is there.
    pub(crate) fn office_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The office opens, with whatever it kept from before.
    pub(crate) async fn office(&self) -> Running {
        self.office_with(Tls::Off).await
    }

    pub(crate) async fn office_with(&self, tls: Tls) -> Running {
        self.office_as(|config| config.tls = tls).await
    }

    pub(crate) async fn office_as(&self, change: impl FnOnce(&mut Config)) -> Running {
        let mut config = Config::new(self.folder.path().join("office"), Checker::InProcess);
        config.listen = SocketAddr::from(([127, 0, 0, 1], self.port));
        config.clock = Arc::new(|| NOW.parse().unwrap());
        change(&mut config);
        server::start(config).await.unwrap()
    }

    /// A copy of the office as it is now, running or not.
    pub(crate) async fn back_up(&self) {
        server::back_up(&self.folder.path().join("office"), &self.folder.path().join("backup"))
            .await
            .unwrap();
    }

    /// The office that was stopped loses its disk and has the backup in its place.
    pub(crate) async fn come_back(&self) {
        let office = self.folder.path().join("office");
        std::fs::remove_dir_all(&office).unwrap();
        server::restore(&self.folder.path().join("backup"), &office).await.unwrap();
    }

    /// The key with which the office signs.
    pub(crate) fn signer(&self) -> ReceiptSigner {
        let hex =
            std::fs::read_to_string(self.folder.path().join("office/keys/receipt-signing.key")).unwrap();
        let mut secret = [0; 32];
        for (at, byte) in secret.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&hex.trim()[at * 2..at * 2 + 2], 16).unwrap();
        }
        ReceiptSigner::new(&secret)
    }

    /// The program's own catalogue in a folder of the office, each file as `change` would have it.
    pub(crate) fn catalogue(&self, change: impl Fn(&str, String) -> String) -> PathBuf {
        let folder = self.folder.path().join("catalogue");
        for (path, text) in Catalogue::embedded_files() {
            let file = folder.join(&path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, change(&path, text.to_owned())).unwrap();
        }
        folder
    }

    /// The desk, with whatever it kept from before.
    pub(crate) async fn desk(&self, url: &str) -> Desk {
        self.desk_trusting(url, None).await
    }

    pub(crate) async fn desk_trusting(&self, url: &str, ca_pem: Option<String>) -> Desk {
        let keychain: Arc<dyn Keychain> = self.keychain.clone();
        let server = ServerAddress { url: url.to_owned(), ca_pem };
        let data_dir = self.folder.path().join("desk");
        let desk =
            Desk::new(Configuration { data_dir, server, keychain, clock: Arc::new(InTheWindow) }).unwrap();
        assert_eq!(desk.vault().await.state, VaultState::Open);
        desk
    }

    fn scan(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Everything filled in and attached, not handed in.
    pub(crate) async fn ready(&self, desk: &Desk) -> ApplicationId {
        let id = desk.start(enrolment::SERVICE).await.unwrap().id;
        self.fill(desk, id).await;
        id
    }

    /// Hands in beside all others: they are for one person.
    pub(crate) async fn submit(&self, desk: &Desk, id: ApplicationId) {
        let earlier = desk.view(id).await.unwrap().earlier;
        let beside: Vec<_> = earlier.iter().map(|earlier| earlier.id).collect();
        desk.submit_beside(id, true, &beside).await.unwrap();
    }

    pub(crate) async fn fill(&self, desk: &Desk, id: ApplicationId) {
        let papers = enrolment::SLOTS.into_iter().zip(enrolment::small_papers());
        let papers: Vec<_> = papers.map(|(slot, (name, bytes))| (slot, self.scan(name, &bytes))).collect();
        tests::handing::fill(desk, id, &papers).await.unwrap();
    }

    /// One photo of twelve megapixels in every slot, so that there is one document to send; how many bytes it has.
    pub(crate) async fn the_same_photo_everywhere(&self, desk: &Desk, id: ApplicationId) -> u64 {
        let photo = self.scan("照片.jpg", &papers::id_card_front_photo());
        for slot in enrolment::SLOTS {
            let outcome = desk.attach_files(id, slot, Some(0), vec![photo.clone()]).await.unwrap();
            assert_eq!(outcome.refused, vec![], "{slot}");
        }
        desk.view(id).await.unwrap().documents[0].size_bytes
    }

    /// Proves a category that is subsidised.
    pub(crate) async fn prove_category(&self, desk: &Desk, id: ApplicationId) {
        let path = self.scan("证明.jpg", &papers::portrait_jpeg());
        let outcome = desk.attach_files(id, "category_proof", None, vec![path]).await.unwrap();
        assert_eq!(outcome.refused, vec![]);
    }

    /// Replaces the portrait, as a supplement asks.
    pub(crate) async fn replace_portrait(&self, desk: &Desk, id: ApplicationId) {
        let path = self.scan("新照片.jpg", &papers::better_portrait_jpeg());
        let outcome = desk.attach_files(id, "portrait", Some(0), vec![path]).await.unwrap();
        assert_eq!(outcome.refused, vec![]);
    }
}

/// Waits until the application stands like this.
pub(crate) async fn until(desk: &Desk, id: ApplicationId, wanted: Status) {
    let mut events = desk.events().subscribe();
    let reached = timeout(PATIENCE, async {
        while desk.view(id).await.unwrap().status != wanted {
            let heard = timeout(Duration::from_millis(500), events.recv()).await;
            assert!(!matches!(heard, Ok(Err(broadcast::error::RecvError::Closed))), "the desk has ended");
        }
    });
    if reached.await.is_err() {
        let (stands, connection) = (desk.view(id).await.unwrap().status, desk.connection().await);
        panic!("{wanted:?} was not reached: {stands:?}, {connection:?}");
    }
}

/// Waits until the desk says this of its connection.
pub(crate) async fn until_connection(
    desk: &Desk,
    what: &str,
    wanted: impl Fn(&Connection) -> bool,
) -> Connection {
    let mut events = desk.events().subscribe();
    let told = timeout(PATIENCE, async {
        loop {
            let connection = desk.connection().await.unwrap();
            if wanted(&connection) {
                return connection;
            }
            let _ = timeout(Duration::from_millis(200), events.recv()).await;
        }
    });
    match told.await {
        Ok(connection) => connection,
        Err(_) => panic!("{what}: {:?}", desk.connection().await),
    }
}

/// Every status that the desk told of, in order, until this one.
pub(crate) async fn told_until(
    events: &mut broadcast::Receiver<DeskEvent>,
    id: ApplicationId,
    last: Status,
) -> Vec<Status> {
    let mut told = Vec::new();
    while told.last() != Some(&last) {
        match timeout(PATIENCE, events.recv()).await.expect("an event in time") {
            Ok(DeskEvent::ApplicationChanged { application_id, status, previous })
                if application_id == id && status != previous =>
            {
                told.push(status);
            }
            Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
            Err(broadcast::error::RecvError::Closed) => panic!("the desk has ended"),
        }
    }
    told
}

/// The version of a service that the desk offers.
pub(crate) fn offered(desk: &Desk, service: &str) -> Option<u32> {
    desk.catalogue().services().into_iter().find(|one| one.id == service).map(|one| one.version)
}

/// Waits until the desk offers this version of a service.
pub(crate) async fn until_offered(desk: &Desk, service: &str, version: u32) {
    let mut events = desk.events().subscribe();
    let found = timeout(PATIENCE, async {
        while offered(desk, service) != Some(version) {
            let _ = timeout(Duration::from_millis(200), events.recv()).await;
        }
    });
    assert!(
        found.await.is_ok(),
        "{service} in version {version} did not come: {:?}",
        desk.connection().await
    );
}

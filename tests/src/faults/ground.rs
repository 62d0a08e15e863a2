//! A real desk in this process with papers at hand.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Result, anyhow, bail};
use desk::{Clock, Configuration, Desk, ServerAddress, VaultState};
use jiff::{SignedDuration, Timestamp};
use protocol::{ApplicationId, Status};
use store::keys::{Keychain, KeychainError};
use testkit::{
    enrolment::{SERVICE, SLOTS},
    handing,
};
use tokio::time::sleep;
use zeroize::Zeroizing;

use crate::handing::fill;

/// Longest for what was handed in to arrive once the faults are over; a desk waits up to a minute by itself.
const PATIENCE: Duration = Duration::from_secs(180);

/// A keychain that outlives the process: a folder. Nobody's secrets go there.
#[derive(Debug)]
struct FolderKeychain(PathBuf);

impl Keychain for FolderKeychain {
    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        Ok(fs::read(self.0.join(name)).ok().map(Zeroizing::new))
    }

    fn write(&self, name: &str, secret: &[u8]) -> Result<(), KeychainError> {
        let failed = |error: std::io::Error| KeychainError::Failed(error.to_string());
        fs::create_dir_all(&self.0).map_err(failed)?;
        let beside = self.0.join(format!("{name}.new"));
        fs::write(&beside, secret).map_err(failed)?;
        fs::rename(beside, self.0.join(name)).map_err(failed)
    }
}

/// A clock that is set back and forth.
#[derive(Debug, Clone, Default)]
pub(super) struct Shifted(Arc<AtomicI64>);

impl Shifted {
    pub(super) fn by_hours(&self, hours: i64) {
        self.0.store(hours, Ordering::SeqCst);
    }

    pub(super) fn time(&self) -> Timestamp {
        Timestamp::now() + SignedDuration::from_hours(self.0.load(Ordering::SeqCst))
    }
}

impl Clock for Shifted {
    fn now(&self) -> Timestamp {
        self.time()
    }
}

/// A desk that has not come up yet.
pub(super) fn at(data_dir: PathBuf, keychain: &Path, office: &str, clock: Shifted) -> Result<Desk> {
    Desk::new(Configuration {
        data_dir,
        server: ServerAddress { url: office.to_owned(), ca_pem: None },
        keychain: Arc::new(FolderKeychain(keychain.to_owned())),
        clock: Arc::new(clock),
    })
    .map_err(|explained| anyhow!("{explained:?}"))
}

/// A desk with its data below `folder`, open.
pub(super) async fn open(folder: &Path, office: &str, clock: Shifted) -> Result<Desk> {
    let desk = at(folder.join("desk"), &folder.join("keychain"), office, clock)?;
    let vault = desk.vault().await;
    if vault.state != VaultState::Open {
        bail!("the vault does not open: {vault:?}");
    }
    Ok(desk)
}

/// Papers for an application, as places and files. Two documents to send: one place has a picture of its own, the
/// others share one.
pub(super) fn papers(folder: &Path) -> Result<[(&'static str, PathBuf); 5]> {
    let [shared, own] = ["0.jpg", "1.jpg"].map(|name| folder.join(name));
    for picture in [&shared, &own] {
        fs::write(picture, handing::photo())?;
    }
    Ok(SLOTS.map(|slot| (slot, if slot == "id_card_back" { own.clone() } else { shared.clone() })))
}

/// An application that was filled in and handed in.
pub(super) async fn hand_in(desk: &Desk, folder: &Path) -> Result<ApplicationId> {
    let told = |explained: desk::Explained| anyhow!("{explained:?}");
    let id = desk.start(SERVICE).await.map_err(told)?.id;
    fill(desk, id, &papers(folder)?).await?;
    // All of them are for one person.
    let earlier = desk.view(id).await.map_err(told)?.earlier;
    let beside: Vec<_> = earlier.iter().map(|earlier| earlier.id).collect();
    desk.submit_beside(id, true, &beside).await.map_err(told)?;
    Ok(id)
}

/// Waits until the desk has verified the receipt.
pub(super) async fn arrived(desk: &Desk, id: ApplicationId) -> Result<()> {
    let patience = Instant::now() + PATIENCE;
    loop {
        let told = |explained: desk::Explained| anyhow!("{explained:?}");
        let view = desk.view(id).await.map_err(told)?;
        if view.status == Status::Submitted {
            return Ok(());
        }
        // In quarantine with its reason: the person presses 重新发送.
        if view.problem.is_some() {
            desk.send_again(id).await.map_err(told)?;
        }
        if Instant::now() > patience {
            bail!("{id} does not arrive: {:?}, {:?}", view.status, desk.connection().await);
        }
        sleep(Duration::from_millis(50)).await;
    }
}

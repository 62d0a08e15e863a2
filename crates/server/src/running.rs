//! Starting and stopping the office.

use std::{fs::File, io, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use tokio::{task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use crate::{
    backup,
    certificate::{certificate, rustls_config},
    checking::Inspector,
    config::{Config, StartError, Tls},
    disk::Disk,
    editions, file_system, housekeeping,
    http::{
        door::{self, Door},
        peer::Proxies,
        router::router,
    },
    keys::DataDir,
    news::follow_others,
    office::{Clock, Office, Parts},
    partials::Partials,
    passwords::{self, Passwords},
    store::Store,
};

/// The reviewer that a first run makes.
const FIRST_REVIEWER: &str = "reviewer";
/// How long running requests may finish after the word to stop; then they are cut off.
const LAST_REQUESTS: Duration = Duration::from_secs(10);
/// How long the database may take to write what was handed to it before, and to close. What is not written then was
/// not acknowledged.
const LAST_WRITES: Duration = Duration::from_secs(10);

/// An office at work. Dropping it stops it at once; [`Running::stop`] lets requests finish.
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    /// Base address, for example `http://127.0.0.1:8787`.
    pub url: String,
    /// The password of the account `reviewer`, on the first run only.
    pub reviewer_password: Option<Zeroizing<String>>,
    /// The self-signed certificate for desks to pin.
    pub certificate_pem: Option<String>,
    /// Where it lies.
    pub certificate_path: Option<PathBuf>,
    office: Office,
    store: Arc<dyn Store>,
    serving: JoinHandle<()>,
    /// Ends every connection at once.
    cut: CancellationToken,
    _lock: File,
}

impl Running {
    /// Waits until the server ends by itself.
    ///
    /// # Errors
    /// What ended it.
    pub async fn finished(&mut self) -> io::Result<()> {
        (&mut self.serving).await.map_err(io::Error::other)
    }

    /// Takes no new requests, lets those under way finish, closes the database: within 20 seconds in all.
    pub async fn stop(mut self) {
        self.office.stopping.cancel();
        let ended = if let Ok(ended) = timeout(LAST_REQUESTS, self.finished()).await {
            ended
        } else {
            self.cut.cancel();
            self.finished().await
        };
        if let Err(error) = ended {
            tracing::warn!(%error, "the server did not end cleanly");
        }
        if timeout(LAST_WRITES, self.store.close()).await.is_err() {
            tracing::warn!("the database did not close in time");
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.office.stopping.cancel();
        self.cut.cancel();
    }
}

/// Starts an office.
///
/// # Errors
/// See [`StartError`]; nothing keeps running then.
pub async fn start(config: Config) -> Result<Running, StartError> {
    let connections = door::within_open_files(config.connections, allow_many_files());
    let protected = config.tls != Tls::Off;
    if !protected && !config.behind_proxy && !config.listen.ip().is_loopback() {
        return Err(StartError::Unprotected(config.listen));
    }
    let chosen = editions::choose(config.catalogue.as_deref(), config.example_regions)?;
    let unusable = |error| StartError::DataDir(config.data_dir.clone(), error);
    if let Some(kind) = file_system::remote(&config.data_dir).map_err(unusable)? {
        return Err(StartError::NetworkFolder(config.data_dir, kind));
    }
    let data = DataDir::prepare(&config.data_dir).map_err(unusable)?;
    let lock = data.lock().map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => StartError::InUse(config.data_dir.clone()),
        _ => unusable(error),
    })?;
    if config.keeping.shared.is_none() && data.moved_mark().exists() {
        return Err(StartError::Moved(data.moved_mark()));
    }
    let store = config.keeping.store(&data).await?;
    let signer = config.keeping.signer(&data, &*store).await?;
    let certificate = certificate(&config.tls, &data)?;
    let tls = certificate.as_ref().map(rustls_config).transpose()?;
    let editions = editions::publish(&*store, &signer, chosen, (config.clock)()).await?;
    let feed_epoch = backup::feed_epoch(&*store, &data, (config.clock)()).await?;
    let attachments = config.keeping.attachments(&data).await?;
    let unheard = |error| StartError::Listen(config.listen, error);
    let listener = door::listen(config.listen).map_err(unheard)?;
    let addr = listener.local_addr().map_err(unheard)?;
    let passwords = Passwords::new().await.map_err(unusable)?;
    // Last of all that may fail: a password that is made and not told is lost.
    let reviewer_password = first_reviewer(&*store, &config.clock).await.map_err(unusable)?;
    let office = Office::new(Parts {
        store: Arc::clone(&store),
        attachments,
        partials: Partials::open(&data.partials()).map_err(unusable)?,
        disk: config.keeping.shared.is_none().then(|| Disk::of(&data, config.least_free)),
        inspector: Inspector::new(config.checker),
        passwords,
        signer,
        editions,
        feed_epoch: feed_epoch.into(),
        secure_cookies: protected || config.behind_proxy,
        proxies: Proxies { in_front: config.behind_proxy, trusted: config.trusted_proxies },
        clock: config.clock,
    });
    let cut = CancellationToken::new();
    let door = Door::new(door::Parts {
        limits: connections,
        proxies: office.proxies.clone(),
        tls,
        router: router(office.clone()).with_state(()),
        stopping: office.stopping.clone(),
        cut: cut.clone(),
    });
    let serving = tokio::spawn(door.serve(listener));
    housekeeping::begin(office.clone());
    tokio::spawn(follow_others(office.news.clone(), Arc::clone(&store), office.stopping.clone()));
    let scheme = if protected { "https" } else { "http" };
    let self_signed = matches!(config.tls, Tls::SelfSigned(_));
    Ok(Running {
        addr,
        url: format!("{scheme}://{addr}"),
        reviewer_password,
        certificate_path: self_signed.then(|| data.certificate()),
        certificate_pem: certificate.filter(|_| self_signed).map(|(certificate, _)| certificate),
        office,
        store,
        serving,
        cut,
        _lock: lock,
    })
}

/// Every desk that waits for news holds a connection; systems allow 1024 open files unless asked for more. How many
/// there are now; `None`: as many as there is memory for.
#[cfg(unix)]
fn allow_many_files() -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
    if let Err(error) = raised {
        tracing::warn!(%error, "the number of open files could not be raised");
        return limit.current;
    }
    limit.maximum
}

#[cfg(not(unix))]
const fn allow_many_files() -> Option<u64> {
    None
}

/// Makes the first account where there is none.
async fn first_reviewer(store: &dyn Store, clock: &Clock) -> io::Result<Option<Zeroizing<String>>> {
    if store.has_reviewers().await.map_err(io::Error::other)? {
        return Ok(None);
    }
    let password = passwords::generate()?;
    let hash = passwords::hash(password.clone()).await?;
    // Where another copy of the office was faster, its password is the one that counts.
    let added = store.add_reviewer(FIRST_REVIEWER, &hash, false, clock()).await.map_err(io::Error::other)?;
    Ok(added.then_some(password))
}

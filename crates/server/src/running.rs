//! Starting and stopping the office.

use std::{
    fs::File,
    io,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use axum_server::{Handle, tls_rustls::RustlsConfig};
use hyper_util::rt::TokioTimer;
use ipnet::IpNet;
use jiff::Timestamp;
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use tokio::{task::JoinHandle, time::timeout};
use zeroize::Zeroizing;

use crate::{
    backup,
    checking::{Checker, Inspector},
    editions::{self, CatalogueFault},
    file_system, housekeeping,
    http::{peer::Proxies, router::router},
    keeping::{Keeping, KeepingError},
    keys::{DataDir, random_bytes},
    news::follow_others,
    office::{Clock, Office, Parts},
    partials::Partials,
    passwords::{self, Passwords},
    store::{Store, StoreError},
};

/// The reviewer that a first run makes.
const FIRST_REVIEWER: &str = "reviewer";
/// How long running requests may finish after the word to stop; then they are cut off.
const LAST_REQUESTS: Duration = Duration::from_secs(10);
/// How long the database may take to write what was handed to it before, and to close. What is not written then was
/// not acknowledged.
const LAST_WRITES: Duration = Duration::from_secs(10);
/// Longest for a request's header to arrive.
const HEADER: Duration = Duration::from_secs(15);

/// How connections are protected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tls {
    /// Not at all: loopback, or behind a proxy that does it.
    Off,
    /// With a certificate of one's own making, for these names and addresses besides loopback.
    SelfSigned(Vec<String>),
    /// With these PEM files.
    Files {
        /// The certificate and those above it.
        certificate: PathBuf,
        /// Its key.
        key: PathBuf,
    },
}

/// What an office needs to know to start.
#[derive(Clone)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Everything the office keeps lies here, but for what it shares with other copies of itself.
    pub data_dir: PathBuf,
    /// What is kept elsewhere.
    pub keeping: Keeping,
    /// How connections are protected.
    pub tls: Tls,
    /// A proxy in front speaks TLS: listening beyond loopback without TLS is meant.
    pub behind_proxy: bool,
    /// Where the proxies in front are; empty: whoever connects is believed to be one. Counts with `behind_proxy`.
    pub trusted_proxies: Vec<IpNet>,
    /// Who looks into documents.
    pub checker: Checker,
    /// Folder of the office's own catalogue; the one this program was built with where `None`.
    pub catalogue: Option<PathBuf>,
    /// Serve the made-up regions of `examples/`, too.
    pub example_regions: bool,
    /// Where the office reads the time.
    pub clock: Clock,
}

impl Config {
    /// On loopback port 8787, without TLS, with the embedded catalogue, looking into documents with the program
    /// `checker`.
    #[must_use]
    pub fn new(data_dir: impl Into<PathBuf>, checker: Checker) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8787)),
            data_dir: data_dir.into(),
            keeping: Keeping::default(),
            tls: Tls::Off,
            behind_proxy: false,
            trusted_proxies: Vec::new(),
            checker,
            catalogue: None,
            example_regions: false,
            clock: Arc::new(Timestamp::now),
        }
    }
}

/// Why the office does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Listening beyond loopback without protection.
    #[error(
        "{0} is reachable from other machines: give --tls-self-signed or --tls-certificate and --tls-key, \
         or --behind-proxy when a proxy in front speaks TLS"
    )]
    Unprotected(SocketAddr),
    /// The address cannot be had.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, #[source] io::Error),
    /// Another server works in the same data directory.
    #[error("another server is working in {0}")]
    InUse(PathBuf),
    /// The data directory cannot be used.
    #[error("the data directory {0} cannot be used: {1}")]
    DataDir(PathBuf, #[source] io::Error),
    /// Certificate or key cannot be used.
    #[error("the certificate cannot be used: {0}")]
    Certificate(String),
    /// The data directory lies on another machine.
    #[error(
        "{0} lies on {1}, a file system of another machine: the database would be damaged or lose what it has \
         acknowledged. Name a folder on a disk of this machine with --data-dir"
    )]
    NetworkFolder(PathBuf, String),
    /// The catalogue has a fault.
    #[error("the catalogue cannot be served:\n{0}")]
    Catalogue(#[from] CatalogueFault),
    /// The office that worked here works elsewhere now.
    #[error(
        "the office of this data directory has moved into a shared database (see {0}); start it with --database and \
         --attachments"
    )]
    Moved(PathBuf),
    /// Database, documents or keys cannot be used.
    #[error(transparent)]
    Keeping(#[from] KeepingError),
}

impl From<StoreError> for StartError {
    fn from(error: StoreError) -> Self {
        Self::Keeping(error.into())
    }
}

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
    handle: Handle<SocketAddr>,
    serving: JoinHandle<io::Result<()>>,
    _lock: File,
}

impl Running {
    /// Waits until the server ends by itself.
    ///
    /// # Errors
    /// What ended it.
    pub async fn finished(&mut self) -> io::Result<()> {
        (&mut self.serving).await.map_err(io::Error::other)?
    }

    /// Takes no new requests, lets those under way finish, closes the database: within 20 seconds in all.
    pub async fn stop(mut self) {
        self.office.stopping.cancel();
        self.handle.graceful_shutdown(Some(LAST_REQUESTS));
        if let Err(error) = self.finished().await {
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
        self.handle.shutdown();
    }
}

/// Starts an office.
///
/// # Errors
/// See [`StartError`]; nothing keeps running then.
pub async fn start(config: Config) -> Result<Running, StartError> {
    allow_many_connections();
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
    let feed_epoch = feed_epoch(&*store, &data, (config.clock)()).await?;
    let attachments = config.keeping.attachments(&data).await?;
    let listener =
        TcpListener::bind(config.listen).map_err(|error| StartError::Listen(config.listen, error))?;
    let unheard = |error| StartError::Listen(config.listen, error);
    listener.set_nonblocking(true).map_err(unheard)?;
    let addr = listener.local_addr().map_err(unheard)?;
    let passwords = Passwords::new().await.map_err(unusable)?;
    // Last of all that may fail: a password that is made and not told is lost.
    let reviewer_password = first_reviewer(&*store, &config.clock).await.map_err(unusable)?;
    let office = Office::new(Parts {
        store: Arc::clone(&store),
        attachments,
        partials: Partials::open(&data.partials()).map_err(unusable)?,
        inspector: Inspector::new(config.checker),
        passwords,
        signer,
        editions: Arc::new(editions),
        feed_epoch: feed_epoch.into(),
        secure_cookies: protected || config.behind_proxy,
        proxies: Proxies { in_front: config.behind_proxy, trusted: config.trusted_proxies },
        clock: config.clock,
    });
    let handle = Handle::new();
    let serving = serve(listener, tls, &handle, office.clone()).map_err(unheard)?;
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
        handle,
        serving,
        _lock: lock,
    })
}

type Pem = (String, Zeroizing<String>);

fn certificate(tls: &Tls, data: &DataDir) -> Result<Option<Pem>, StartError> {
    let unusable = |error: io::Error| StartError::Certificate(error.to_string());
    match tls {
        Tls::Off => Ok(None),
        Tls::SelfSigned(names) => {
            let loopback = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
            let names: Vec<_> = loopback.into_iter().chain(names.iter().cloned()).collect();
            data.self_signed(&names).map(Some).map_err(unusable)
        }
        Tls::Files { certificate, key } => {
            let read = |path: &Path| std::fs::read_to_string(path).map_err(unusable);
            Ok(Some((read(certificate)?, Zeroizing::new(read(key)?))))
        }
    }
}

fn rustls_config((certificate, key): &Pem) -> Result<RustlsConfig, StartError> {
    let unusable = |error: &dyn std::fmt::Display| StartError::Certificate(error.to_string());
    let chain = CertificateDer::pem_slice_iter(certificate.as_bytes())
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| unusable(&error))?;
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|error| unusable(&error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(&error))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| unusable(&error))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(RustlsConfig::from_config(Arc::new(config)))
}

fn serve(
    listener: TcpListener,
    tls: Option<RustlsConfig>,
    handle: &Handle<SocketAddr>,
    office: Office,
) -> io::Result<JoinHandle<io::Result<()>>> {
    // Who asks is counted by where they ask from.
    let service = router(office).into_make_service_with_connect_info::<SocketAddr>();
    let handle = handle.clone();
    Ok(if let Some(tls) = tls {
        let mut server = axum_server::from_tcp_rustls(listener, tls)?.handle(handle);
        server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEADER);
        tokio::spawn(server.serve(service))
    } else {
        let mut server = axum_server::from_tcp(listener)?.handle(handle);
        server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEADER);
        tokio::spawn(server.serve(service))
    })
}

/// Every desk that waits for news holds a connection; systems allow 1024 open files unless asked for more.
#[cfg(unix)]
fn allow_many_connections() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })
    {
        tracing::warn!(%error, "the number of open files could not be raised");
    }
}

#[cfg(not(unix))]
const fn allow_many_connections() {}

/// The epoch of the feed; a new one where the data came back from a backup.
async fn feed_epoch(store: &dyn Store, data: &DataDir, now: Timestamp) -> Result<String, StartError> {
    let unusable = |error| StartError::DataDir(data.root().to_owned(), error);
    let new = hex::encode(random_bytes::<4>().map_err(unusable)?);
    let arrived = backup::arrived(data);
    let epoch = store.feed_epoch(&new, arrived, now).await?;
    if arrived {
        tracing::info!("this office came back from a backup; desks read their cases anew");
        backup::settled(data).map_err(unusable)?;
    }
    Ok(epoch)
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

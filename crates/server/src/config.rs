//! What an office needs to know to start, and why it does not.

use std::{io, net::SocketAddr, path::PathBuf, sync::Arc};

use ipnet::IpNet;
use jiff::Timestamp;

use crate::{
    backup::BackupError,
    checking::Checker,
    disk::LEAST_FREE,
    editions::CatalogueFault,
    http::door::Connections,
    keeping::{Keeping, KeepingError},
    office::Clock,
    store::StoreError,
};

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
    /// How many connections there may be, and what they have to do to stay.
    pub connections: Connections,
    /// Free bytes of the data directory's disk below which the office is not ready; counts where it keeps documents
    /// and database there.
    pub least_free: u64,
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
            connections: Connections::default(),
            least_free: LEAST_FREE,
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
    /// What came back from a backup cannot go on.
    #[error(transparent)]
    Backup(#[from] BackupError),
}

impl From<StoreError> for StartError {
    fn from(error: StoreError) -> Self {
        Self::Keeping(error.into())
    }
}

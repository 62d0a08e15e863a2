//! What the command line says, and the environment beside it.

use std::{
    ffi::OsString,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use clap::{Args, Parser, Subcommand};
use ipnet::IpNet;
use zeroize::Zeroizing;

use crate::Failed;

/// The intake office of 易办医保.
#[derive(Parser)]
#[command(name = "yiban-server", version, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) serve: Serve,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run the office (also without any command).
    Serve(Serve),
    /// Add a reviewer and print the password.
    AddReviewer {
        /// The name to log in with.
        name: String,
        /// Give an existing reviewer a new password and lift a lock.
        #[arg(long)]
        renew: bool,
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        database: Database,
    },
    /// Check that nobody changed the audit log.
    VerifyAudit {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        database: Database,
    },
    /// Move the office of a data directory into an empty PostgreSQL and an S3 bucket, and compare both sides. Started
    /// again after it broke off, it goes on.
    MigrateTo {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        database: Database,
        /// The bucket, s3://BUCKET or s3://BUCKET/PREFIX.
        #[arg(long, env = "YIBAN_SERVER_ATTACHMENTS", value_name = "URL")]
        attachments: Option<String>,
    },
    /// Copy everything the office keeps into a new folder, beside a running server or without one.
    Backup {
        /// The new folder. It will hold the office's keys and all that people handed in, not encrypted: put it on an
        /// encrypted disk, and keep it as you keep the office.
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
        #[command(flatten)]
        data: Data,
    },
    /// Prove a backup: database, audit log, every receipt and every document.
    RestoreVerify {
        /// The backup.
        folder: PathBuf,
    },
    /// Prove a backup and bring it back as a new data directory.
    Restore {
        /// The backup.
        #[arg(long, value_name = "DIR")]
        from: PathBuf,
        #[command(flatten)]
        data: Data,
    },
    /// Prove what the office keeps, beside a running server or without one.
    Verify {
        #[command(flatten)]
        data: Data,
    },
    /// Say what is wrong with a folder of catalogue files, or that an office can serve it.
    CheckCatalog {
        /// The folder.
        folder: PathBuf,
    },
}

#[derive(Args)]
pub(crate) struct Data {
    /// Where the office keeps everything [default: yiban/server in the user's data folder]. Not encrypted by this
    /// program: put it on an encrypted disk.
    #[arg(long, env = "YIBAN_SERVER_DATA_DIR")]
    data_dir: Option<PathBuf>,
}

impl Data {
    /// The folder that was named, else the one that `cargo xtask run` uses, too.
    pub(crate) fn dir(self) -> Result<PathBuf, Failed> {
        let from = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let user = || {
            if cfg!(windows) {
                from("APPDATA")
            } else if cfg!(target_os = "macos") {
                from("HOME").map(|home| home.join("Library/Application Support"))
            } else {
                from("XDG_DATA_HOME").or_else(|| from("HOME").map(|home| home.join(".local/share")))
            }
        };
        self.data_dir
            .or_else(|| user().map(|dir| dir.join("yiban").join("server")))
            .ok_or_else(|| "no folder for the user's data is known here; name one with --data-dir".into())
    }
}

#[derive(Args)]
pub(crate) struct Database {
    /// A PostgreSQL that several copies of the office share, postgres://USER@HOST:5432/NAME [default: a file in the
    /// data directory]. Its password belongs into PGPASSWORD, or with the whole address into the variable.
    #[arg(long, env = "YIBAN_SERVER_DATABASE", hide_env_values = true, value_name = "URL")]
    database: Option<String>,
}

impl Database {
    /// The address, unless it shows its password to every user of this machine.
    pub(crate) fn url(self) -> Result<Option<Zeroizing<String>>, Failed> {
        let Some(url) = self.database.map(Zeroizing::new) else { return Ok(None) };
        let login =
            url.split_once("://").map_or("", |(_, rest)| rest.split(['/', '?']).next().unwrap_or(rest));
        let secret =
            login.split_once('@').is_some_and(|(user, _)| user.contains(':')) || url.contains("password=");
        let shows = |argument: OsString| argument.to_string_lossy().contains(url.as_str());
        if secret && std::env::args_os().any(shows) {
            return Err(
                "the command line is readable by every user of this machine: put the database's password \
                        into PGPASSWORD, or the whole address into YIBAN_SERVER_DATABASE"
                    .into(),
            );
        }
        Ok(Some(url))
    }
}

/// The key that signs receipts, which all copies share. Only from the environment.
pub(crate) fn receipt_key() -> Option<Zeroizing<String>> {
    std::env::var("YIBAN_SERVER_RECEIPT_KEY").ok().filter(|key| !key.is_empty()).map(Zeroizing::new)
}

#[derive(Args)]
pub(crate) struct Serve {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, env = "YIBAN_SERVER_LISTEN", default_value = "127.0.0.1:8787")]
    pub(crate) listen: SocketAddr,
    #[command(flatten)]
    pub(crate) data: Data,
    #[command(flatten)]
    pub(crate) database: Database,
    /// A bucket of an S3 service for the documents, s3://BUCKET or s3://BUCKET/PREFIX [default: a folder in the data
    /// directory]. Goes with --database; address, region and keys are read from the AWS_… variables.
    #[arg(long, env = "YIBAN_SERVER_ATTACHMENTS", value_name = "URL")]
    pub(crate) attachments: Option<String>,
    /// Certificate chain, PEM.
    #[arg(long, env = "YIBAN_SERVER_TLS_CERTIFICATE", requires = "tls_key")]
    pub(crate) tls_certificate: Option<PathBuf>,
    /// The certificate's key, PEM.
    #[arg(long, env = "YIBAN_SERVER_TLS_KEY", requires = "tls_certificate")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Make a certificate on the first run.
    #[arg(long, env = "YIBAN_SERVER_TLS_SELF_SIGNED", conflicts_with = "tls_certificate")]
    pub(crate) tls_self_signed: bool,
    /// A name or address for that certificate besides loopback; may be repeated.
    #[arg(long, env = "YIBAN_SERVER_TLS_NAME", value_delimiter = ',')]
    pub(crate) tls_name: Vec<String>,
    /// Folder of the office's own catalogue [default: the one this program was built with].
    #[arg(long, env = "YIBAN_SERVER_CATALOG", value_name = "DIR")]
    pub(crate) catalog: Option<PathBuf>,
    /// Serve two made-up regions beside the real ones, for trying things out.
    #[arg(long, env = "YIBAN_SERVER_EXAMPLE_REGIONS")]
    pub(crate) example_regions: bool,
    /// A proxy in front speaks TLS.
    #[arg(long, env = "YIBAN_SERVER_BEHIND_PROXY")]
    pub(crate) behind_proxy: bool,
    /// Where the proxies in front are, for example 10.0.0.0/8; may be repeated. Only they are believed about who
    /// asks; implies --behind-proxy.
    #[arg(long, env = "YIBAN_SERVER_TRUSTED_PROXY", value_name = "NET", value_delimiter = ',', value_parser = network)]
    pub(crate) trusted_proxy: Vec<IpNet>,
}

/// A network, or a single address.
fn network(text: &str) -> Result<IpNet, String> {
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| "neither an address nor a network like 10.0.0.0/8".to_owned())
}

//! `yiban-server`: reads the command line, prints what an operator must know, runs `server`.
#![expect(clippy::print_stdout, reason = "the command line is this program's window")]

use std::{
    io,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Args, Parser, Subcommand};
use ipnet::IpNet;
use server::{
    At, Checker, Config, Soundness, Tls, child,
    keeping::{Keeping, Shared},
};
use zeroize::Zeroizing;

/// The intake office of 易办医保.
#[derive(Parser)]
#[command(name = "yiban-server", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Serve,
}

#[derive(Subcommand)]
enum Command {
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
        /// The new folder. It will hold the office's keys: keep it as you keep the office.
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
    /// Look into one document from stdin, within hard limits.
    #[command(hide = true)]
    CheckDocument {
        #[command(subcommand)]
        question: child::Question,
    },
}

#[derive(Args)]
struct Data {
    /// Where the office keeps everything [default: yiban/server in the user's data folder].
    #[arg(long, env = "YIBAN_SERVER_DATA_DIR")]
    data_dir: Option<PathBuf>,
}

impl Data {
    /// The folder that was named, else the one that `cargo xtask run` uses, too.
    fn dir(self) -> Result<PathBuf, Failed> {
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
struct Database {
    /// A PostgreSQL that several copies of the office share, postgres://USER@HOST:5432/NAME [default: a file in the
    /// data directory]. Its password belongs into PGPASSWORD, or with the whole address into the variable.
    #[arg(long, env = "YIBAN_SERVER_DATABASE", hide_env_values = true, value_name = "URL")]
    database: Option<String>,
}

impl Database {
    /// The address, unless it shows its password to every user of this machine.
    fn url(self) -> Result<Option<Zeroizing<String>>, Failed> {
        let Some(url) = self.database.map(Zeroizing::new) else { return Ok(None) };
        let login =
            url.split_once("://").map_or("", |(_, rest)| rest.split(['/', '?']).next().unwrap_or(rest));
        let secret =
            login.split_once('@').is_some_and(|(user, _)| user.contains(':')) || url.contains("password=");
        if secret && std::env::args().any(|argument| argument.contains(url.as_str())) {
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
fn receipt_key() -> Option<Zeroizing<String>> {
    std::env::var("YIBAN_SERVER_RECEIPT_KEY").ok().filter(|key| !key.is_empty()).map(Zeroizing::new)
}

#[derive(Args)]
struct Serve {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, env = "YIBAN_SERVER_LISTEN", default_value = "127.0.0.1:8787")]
    listen: SocketAddr,
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    database: Database,
    /// A bucket of an S3 service for the documents, s3://BUCKET or s3://BUCKET/PREFIX [default: a folder in the data
    /// directory]. Goes with --database; address, region and keys are read from the AWS_… variables.
    #[arg(long, env = "YIBAN_SERVER_ATTACHMENTS", value_name = "URL")]
    attachments: Option<String>,
    /// Certificate chain, PEM.
    #[arg(long, env = "YIBAN_SERVER_TLS_CERTIFICATE", requires = "tls_key")]
    tls_certificate: Option<PathBuf>,
    /// The certificate's key, PEM.
    #[arg(long, env = "YIBAN_SERVER_TLS_KEY", requires = "tls_certificate")]
    tls_key: Option<PathBuf>,
    /// Make a certificate on the first run.
    #[arg(long, env = "YIBAN_SERVER_TLS_SELF_SIGNED", conflicts_with = "tls_certificate")]
    tls_self_signed: bool,
    /// A name or address for that certificate besides loopback; may be repeated.
    #[arg(long, env = "YIBAN_SERVER_TLS_NAME", value_delimiter = ',')]
    tls_name: Vec<String>,
    /// Folder of the office's own catalogue [default: the one this program was built with].
    #[arg(long, env = "YIBAN_SERVER_CATALOG", value_name = "DIR")]
    catalog: Option<PathBuf>,
    /// Serve two made-up regions beside the real ones, for trying things out.
    #[arg(long, env = "YIBAN_SERVER_EXAMPLE_REGIONS")]
    example_regions: bool,
    /// A proxy in front speaks TLS.
    #[arg(long, env = "YIBAN_SERVER_BEHIND_PROXY")]
    behind_proxy: bool,
    /// Where the proxies in front are, for example 10.0.0.0/8; may be repeated. Only they are believed about who
    /// asks; implies --behind-proxy.
    #[arg(long, env = "YIBAN_SERVER_TRUSTED_PROXY", value_name = "NET", value_delimiter = ',', value_parser = network)]
    trusted_proxy: Vec<IpNet>,
}

/// A network, or a single address.
fn network(text: &str) -> Result<IpNet, String> {
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| "neither an address nor a network like 10.0.0.0/8".to_owned())
}

type Failed = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Some(Command::CheckDocument { question }) = cli.command {
        return child::answer(question);
    }
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("YIBAN_SERVER_LOG").unwrap_or_else(|_| "info".into()),
        )
        .with_writer(io::stderr)
        .init();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(cli: Cli) -> Result<(), Failed> {
    match cli.command {
        Some(Command::AddReviewer { name, renew, data, database }) => {
            let password = match database.url()? {
                Some(url) => server::add_reviewer(At::Database(&url), &name, renew).await?,
                None => server::add_reviewer(&data.dir()?, &name, renew).await?,
            };
            println!("reviewer {name} password {}", *password);
        }
        Some(Command::VerifyAudit { data, database }) => {
            let rows = match database.url()? {
                Some(url) => server::verify_audit(At::Database(&url)).await?,
                None => server::verify_audit(&data.dir()?).await?,
            };
            println!("the audit log is whole: {rows} rows");
        }
        Some(Command::Backup { to, data }) => {
            let copied = server::back_up(&data.dir()?, &to).await?;
            println!(
                "backed up: {} documents ({} bytes), database {} bytes; prove it with `yiban-server restore-verify {}`",
                copied.documents,
                copied.document_bytes,
                copied.database_bytes,
                to.display()
            );
        }
        Some(Command::RestoreVerify { folder }) => tell("backup", &server::verify_backup(&folder).await?),
        Some(Command::Restore { from, data }) => {
            let dir = data.dir()?;
            tell("backup", &server::restore(&from, &dir).await?);
            println!("brought back into {}; desks will read their cases anew", dir.display());
        }
        Some(Command::Verify { data }) => tell("office", &server::verify(&data.dir()?).await?),
        Some(Command::MigrateTo { data, database, attachments }) => {
            let to = shared(database, attachments)?
                .ok_or("name the new places with --database and --attachments")?;
            let moved = server::migrate(&data.dir()?, &to).await?;
            for table in &moved.tables {
                println!(
                    "{}: {} rows, the same on both sides ({})",
                    table.name,
                    table.rows,
                    &table.digest[..16]
                );
            }
            println!("{} documents, {} bytes, every hash compared", moved.documents, moved.document_bytes);
            println!(
                "moved; give every copy the key in keys/receipt-signing.key as YIBAN_SERVER_RECEIPT_KEY"
            );
        }
        Some(Command::CheckCatalog { folder }) => {
            let (edition, services) = server::check_catalogue(&folder)?;
            println!("the catalogue is fit to be served: edition {edition}, {services} services");
        }
        Some(Command::Serve(options)) => serve(options).await?,
        Some(Command::CheckDocument { .. }) | None => serve(cli.serve).await?,
    }
    Ok(())
}

fn tell(what: &str, sound: &Soundness) {
    println!(
        "the {what} is sound: {} receipts verify, {} documents ({} bytes) are there, {} audit rows up to {}",
        sound.receipts, sound.documents, sound.document_bytes, sound.audit_rows, sound.audit_head
    );
}

/// Copies that share a database share the documents, too.
fn shared(database: Database, attachments: Option<String>) -> Result<Option<Shared>, Failed> {
    match (database.url()?, attachments) {
        (Some(database), Some(attachments)) => Ok(Some(Shared { database, attachments })),
        (None, None) => Ok(None),
        _ => {
            Err("--database and --attachments go together: rows and documents are shared by the same copies"
                .into())
        }
    }
}

async fn serve(options: Serve) -> Result<(), Failed> {
    let mut config = Config::new(options.data.dir()?, Checker::ChildProcess(std::env::current_exe()?));
    config.listen = options.listen;
    config.keeping =
        Keeping { shared: shared(options.database, options.attachments)?, receipt_key: receipt_key() };
    config.behind_proxy = options.behind_proxy || !options.trusted_proxy.is_empty();
    if config.behind_proxy && options.trusted_proxy.is_empty() {
        tracing::warn!("whoever connects is believed to be the proxy; name the proxies with --trusted-proxy");
    }
    config.trusted_proxies = options.trusted_proxy;
    config.catalogue = options.catalog;
    config.example_regions = options.example_regions;
    config.tls = match (options.tls_certificate, options.tls_key) {
        (Some(certificate), Some(key)) => Tls::Files { certificate, key },
        _ if options.tls_self_signed => Tls::SelfSigned(options.tls_name),
        _ => Tls::Off,
    };
    let stop = asked_to_stop()?;
    let mut running = server::start(config).await?;
    if let Some(password) = &running.reviewer_password {
        println!("reviewer account: reviewer");
        println!("reviewer password: {}", **password);
    }
    if let Some(path) = &running.certificate_path {
        println!("certificate: {}", path.display());
    }
    println!("review console: {}/console/", running.url);
    println!("listening on {}", running.url);
    tokio::select! {
        ended = running.finished() => return ended.map_err(Into::into),
        () = stop => {}
    }
    tracing::info!("stopping");
    running.stop().await;
    Ok(())
}

/// Ends when the program is asked to stop; heard from the call on, not only from the first wait.
fn asked_to_stop() -> io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut terminate, mut interrupt) =
            (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        })
    }
    #[cfg(windows)]
    {
        let mut interrupt = tokio::signal::windows::ctrl_c()?;
        Ok(async move {
            interrupt.recv().await;
        })
    }
}

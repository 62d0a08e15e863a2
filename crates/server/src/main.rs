//! `yiban-server`: reads the command line, prints what an operator must know, runs `server`.
#![expect(clippy::print_stdout, reason = "the command line is this program's window")]

mod command_line;

use std::{io, process::ExitCode, time::Duration};

use clap::Parser;
use command_line::{Cli, Command, Database, Serve, receipt_key};
use server::{
    At, Checker, Config, Soundness, Tls,
    keeping::{Keeping, Shared},
};

/// How long what still reads when all else has ended may take.
const LAST_READS: Duration = Duration::from_secs(5);

/// An answer allocates some hundred times; the system's own allocator took a sixth of the office's processor time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failed = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let cli = Cli::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("YIBAN_SERVER_LOG").unwrap_or_else(|_| "info".into()),
        )
        .with_writer(io::stderr)
        .init();
    match in_runtime(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// A read that hangs on a dying disk does not keep the program from ending.
fn in_runtime(cli: Cli) -> Result<(), Failed> {
    let runtime = tokio::runtime::Runtime::new()?;
    let outcome = runtime.block_on(run(cli));
    runtime.shutdown_timeout(LAST_READS);
    outcome
}

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
        None => serve(cli.serve).await?,
    }
    Ok(())
}

fn tell(what: &str, sound: &Soundness) {
    println!(
        "the {what} is sound: {} receipts verify, {} documents ({} bytes) are there, {} audit rows up to {}",
        sound.receipts, sound.documents, sound.document_bytes, sound.audit_rows, sound.audit_head
    );
    if sound.unnamed > 0 {
        println!(
            "{} documents ({} bytes) are named by nothing; they do no harm",
            sound.unnamed, sound.unnamed_bytes
        );
    }
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
    let mut config = Config::new(options.data.dir()?, Checker::beside_this_program()?);
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

//! A PostgreSQL cluster that lives as long as a test, on a socket in a directory of its own; no port is taken.

use std::{
    env::consts::EXE_SUFFIX,
    fs::File,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;

/// A database of one's own.
pub struct Postgres {
    url: String,
    programs: PathBuf,
    owner: Owner,
    settings: Vec<String>,
    process: Child,
    dir: TempDir,
}

impl Postgres {
    /// Makes a cluster and starts it, with the settings that it has by default: what it acknowledges is on the disk.
    /// `None` where this machine has no PostgreSQL.
    #[must_use]
    pub fn start() -> Option<Self> {
        Self::start_with(&["shared_buffers=32MB", "max_connections=120"])
    }

    /// The same with these settings.
    #[must_use]
    pub fn start_with(settings: &[&str]) -> Option<Self> {
        let Some(programs) = programs() else {
            Self::left_out();
            return None;
        };
        let dir = tempfile::tempdir().expect("a directory");
        let owner = Owner::of_clusters();
        owner.takes(dir.path());
        let made = owner
            .runs(&programs.join("initdb"))
            .args(["--auth=trust", "--username=office", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"])
            .arg("--pgdata")
            .arg(dir.path().join("data"))
            .stdout(Stdio::null())
            .status()
            .expect("initdb runs");
        assert!(made.success(), "initdb ended with {made}");
        let settings: Vec<String> = settings.iter().map(ToString::to_string).collect();
        let process = launch(&programs, &owner, dir.path(), &settings);
        let url = format!("postgres:///postgres?user=office&host={}", dir.path().display());
        Some(Self { url, programs, owner, settings, process, dir })
    }

    /// Ends it as a power cut ends programs, and starts it again; it comes up with what it had acknowledged.
    pub fn crash(&mut self) {
        self.kill();
        self.start_again();
    }

    /// Ends it as a power cut ends programs: all its processes at once, with `kill -9`.
    pub fn kill(&mut self) {
        // All of it: a process that outlived the first one would hold the memory that the next start refuses to share. The
        // first one is held still meanwhile, or it would make another for whoever connects between the list and the end.
        let first = self.process.id().to_string();
        signal("-STOP", &[&first]);
        let children = told(Command::new("pgrep").args(["-P", &first]));
        let children: Vec<&str> = children.split_whitespace().collect();
        signal("-KILL", &children);
        self.process.kill().expect("it lives");
        self.process.wait().expect("it ends");
        // A signal is sent before it is felt. What is only still listed (`Z`) holds nothing any more.
        let living = || {
            let states = told(Command::new("ps").args(["-o", "stat=", "-p", &children.join(",")]));
            states.lines().any(|state| !state.trim_start().starts_with('Z'))
        };
        while !children.is_empty() && living() {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Starts it on what it left, at the same address.
    pub fn start_again(&mut self) {
        self.process = launch(&self.programs, &self.owner, self.dir.path(), &self.settings);
    }

    /// Says so where this machine has none.
    pub(super) fn left_out() {
        super::left_out("PostgreSQL", "initdb was not found");
    }

    /// How to connect.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The folder of its socket.
    #[must_use]
    pub fn socket(&self) -> &Path {
        self.dir.path()
    }

    /// One of the programs that came with it, such as `psql`.
    #[must_use]
    pub fn program(&self, name: &str) -> PathBuf {
        self.programs.join(name)
    }

    /// Its first process; all others are below it.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.process.id()
    }

    /// What the cluster wrote into its log.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // One that was killed has given its number back.
        if matches!(self.process.try_wait(), Ok(Some(_))) {
            return;
        }
        // An immediate shutdown: nothing of it is needed again. Its children go with it.
        let asked = Command::new("kill").args(["-QUIT", &self.process.id().to_string()]).status();
        if !asked.is_ok_and(|status| status.success()) {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

/// Starts the cluster in `dir` and waits until it takes connections.
fn launch(programs: &Path, owner: &Owner, dir: &Path, settings: &[String]) -> Child {
    let log = File::options().create(true).append(true).open(dir.join("log")).expect("a log");
    let mut process = owner
        .runs(&programs.join("postgres"))
        .args(["-c", "listen_addresses="])
        .args(settings.iter().flat_map(|setting| ["-c", setting]))
        .arg("-k")
        .arg(dir)
        .arg("-D")
        .arg(dir.join("data"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .expect("postgres starts");
    let ready = || {
        let asked = owner.runs(&programs.join("pg_isready")).arg("--quiet").arg("--host").arg(dir).status();
        asked.is_ok_and(|status| status.success())
    };
    match super::until("PostgreSQL", &mut process, ready) {
        Ok(()) => process,
        Err(status) => {
            let said = std::fs::read_to_string(dir.join("log")).unwrap_or_default();
            panic!("PostgreSQL ended with {status} instead of coming up: {said}")
        }
    }
}

/// Sends a signal; whoever has gone already does not mind.
fn signal(signal: &str, processes: &[&str]) {
    let _ = Command::new("kill").arg(signal).args(processes).stderr(Stdio::null()).status();
}

/// What a program prints.
fn told(program: &mut Command) -> String {
    String::from_utf8_lossy(&program.output().expect("runs").stdout).into_owned()
}

/// The folder of the newest PostgreSQL: where Debian keeps it, else on the path.
pub(super) fn programs() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort();
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let debian = versions.into_iter().rev().map(|(_, path)| path);
    debian.chain(std::env::split_paths(&paths)).find(|folder| {
        ["initdb", "postgres", "pg_isready"]
            .iter()
            .all(|name| folder.join(format!("{name}{EXE_SUFFIX}")).is_file())
    })
}

/// Whom a cluster belongs to: PostgreSQL refuses to run as root.
enum Owner {
    Caller,
    #[cfg(unix)]
    Other {
        uid: u32,
        gid: u32,
    },
}

impl Owner {
    /// The caller; for root the user that the package made, or nobody.
    fn of_clusters() -> Self {
        #[cfg(unix)]
        {
            let id = |arguments: &[&str]| -> Option<u32> {
                let told = Command::new("id").args(arguments).output().ok()?;
                String::from_utf8(told.stdout).ok()?.trim().parse().ok()
            };
            if id(&["-u"]) == Some(0) {
                for name in ["postgres", "nobody"] {
                    if let (Some(uid), Some(gid)) = (id(&["-u", name]), id(&["-g", name])) {
                        return Self::Other { uid, gid };
                    }
                }
            }
        }
        Self::Caller
    }

    fn takes(&self, folder: &Path) {
        #[cfg(unix)]
        if let Self::Other { uid, gid } = self {
            std::os::unix::fs::chown(folder, Some(*uid), Some(*gid)).expect("the folder changes hands");
        }
        #[cfg(not(unix))]
        let _ = folder;
    }

    fn runs(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        #[cfg(unix)]
        if let Self::Other { uid, gid } = self {
            std::os::unix::process::CommandExt::uid(&mut command, *uid);
            std::os::unix::process::CommandExt::gid(&mut command, *gid);
        }
        command.current_dir("/");
        command
    }
}

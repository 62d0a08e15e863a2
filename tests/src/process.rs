//! Child programs that never outlive a test, and what the tests need to know of running ones.

use std::{
    ffi::OsStr,
    fs,
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

/// A child that is killed, with everything it started, when it goes out of sight.
#[derive(Debug)]
pub struct Kept(Child);

impl Kept {
    /// Starts a program whose output goes to `log`.
    ///
    /// # Errors
    /// Where the program cannot be started.
    pub fn start(command: &mut Command, log: &Path) -> Result<Self> {
        let out = fs::File::create(log).with_context(|| format!("could not make {}", log.display()))?;
        command.stdin(Stdio::null()).stdout(out.try_clone()?).stderr(out);
        Self::spawn(command)
    }

    /// Starts a program whose streams the caller has chosen.
    ///
    /// # Errors
    /// Where the program cannot be started.
    pub fn spawn(command: &mut Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        Ok(Self(command.spawn().with_context(|| format!("could not start {name}"))?))
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// The child itself.
    pub fn child(&mut self) -> &mut Child {
        &mut self.0
    }

    /// Asks it to stop and waits for it; kills it after ten seconds.
    pub fn stop(mut self) {
        signal(self.0.id(), Signal::TERM);
        let patience = Instant::now() + Duration::from_secs(10);
        while Instant::now() < patience {
            if matches!(self.0.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(Some(_))) {
            return;
        }
        for process in descendants(self.0.id()) {
            signal(process, Signal::KILL);
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Sends a signal; a process that is already gone is fine.
pub fn signal(process: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(process).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, signal);
    }
}

/// `kill -9`, and waits until the kernel has taken back everything the process held: its locks, its sockets, its
/// names on the bus. A big process needs a moment for that.
///
/// # Errors
/// Where it is still there after ten seconds.
pub async fn kill(process: u32) -> Result<()> {
    signal(process, Signal::KILL);
    let until = Instant::now() + Duration::from_secs(10);
    // The first thread is a zombie before the others have gone; files and sockets are theirs together.
    let gone = || {
        let zombie = fs::read_to_string(format!("/proc/{process}/stat")).map_or(true, |stat| {
            stat.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with('Z'))
        });
        let threads = fs::read_dir(format!("/proc/{process}/task")).map_or(0, Iterator::count);
        zombie && threads <= 1
    };
    while !gone() {
        if Instant::now() > until {
            bail!("process {process} does not go away");
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

/// Every process below `ancestor`, from /proc.
#[must_use]
pub fn descendants(ancestor: u32) -> Vec<u32> {
    let parents: Vec<(u32, u32)> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let process: u32 = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            // The name in parentheses may hold blanks; the parent is the second word behind it.
            let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
            Some((process, parent))
        })
        .collect();
    let mut found = vec![ancestor];
    let mut next = 0;
    while let Some(&parent) = found.get(next) {
        found.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(process, _)| *process));
        next += 1;
    }
    found.split_off(1)
}

/// The descendant of `ancestor` that runs the program at `program`.
#[must_use]
pub fn descendant_running(ancestor: u32, program: &Path) -> Option<u32> {
    let wanted = fs::canonicalize(program).ok()?;
    descendants(ancestor)
        .into_iter()
        .find(|process| fs::read_link(format!("/proc/{process}/exe")).is_ok_and(|exe| exe == wanted))
}

/// A port of the loopback that was free a moment ago.
///
/// # Errors
/// Where none is left.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Waits until somebody listens.
///
/// # Errors
/// After `patience`.
pub async fn wait_for_port(port: u16, patience: Duration) -> Result<()> {
    let until = Instant::now() + patience;
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        if Instant::now() > until {
            bail!("nobody listens on port {port} after {patience:?}");
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    Ok(())
}

/// A program of this workspace, built beside the running test.
///
/// # Errors
/// Where it has not been built.
pub fn built(name: &str) -> Result<PathBuf> {
    let here = std::env::current_exe()?;
    let found = here.ancestors().skip(1).take(2).map(|dir| dir.join(name)).find(|path| path.is_file());
    found.with_context(|| format!("{name} is not built; `cargo xtask test` builds it first"))
}

/// The output of a short program.
///
/// # Errors
/// Where it cannot be started or fails.
pub fn output_of(
    program: impl AsRef<OsStr>,
    arguments: &[&str],
    environment: &[(String, String)],
) -> Result<String> {
    let output = Command::new(&program)
        .args(arguments)
        .envs(environment.iter().cloned())
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("could not start {}", program.as_ref().to_string_lossy()))?;
    if !output.status.success() {
        bail!(
            "{} {} ended with {}: {}",
            program.as_ref().to_string_lossy(),
            arguments.join(" "),
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

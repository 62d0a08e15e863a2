//! `cargo xtask run`: the intake server on its embedded defaults and the window; without a screen, the sample application.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::{
    page, program,
    shell::{self, check},
    steps::Steps,
    system::{self, Purpose},
};

/// Options of `run`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Keep the server's and the window's data below this folder instead of the user's data folders.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Where the server listens.
    #[arg(long, default_value = "127.0.0.1:8787", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Play the sample application in a virtual display even where there is a screen.
    #[arg(long)]
    sample: bool,
    /// Where the sample application's pictures go.
    #[arg(long, default_value = "artifacts/sample", value_name = "DIR")]
    artifacts: PathBuf,
}

/// Builds what changed, then runs it.
pub(crate) fn run(options: &Options) -> Result<()> {
    let on_screen = system::has_screen() && !options.sample;
    let purpose = if on_screen { Purpose::Window } else { Purpose::Drive };
    let mut steps = Steps::new(5);
    steps.step("System packages", || system::prepare(purpose))?;
    steps.step("Page: packages", page::install)?;
    steps.step("Page: build", page::build)?;
    steps.step("Program: build", program::build)?;
    if on_screen {
        steps.step("Run", || open_window(options))?;
    } else {
        if !options.sample {
            println!("\n   There is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set).");
        }
        println!("   Playing the sample application through the real program in a virtual display.");
        steps.step("Sample application", || play_sample(options))?;
    }
    steps.table();
    Ok(())
}

fn play_sample(options: &Options) -> Result<()> {
    check(shell::program(program::path("play-sample")).arg("--artifacts").arg(&options.artifacts))
}

fn open_window(options: &Options) -> Result<()> {
    let listen = free_or_other(options.listen)?;
    let data = match &options.data_dir {
        Some(dir) => dir.join("server"),
        None => user_data_dir()?.join("yiban").join("server"),
    };
    println!("   the server keeps its data in {}", data.display());
    let mut server = Kept(
        Command::new(program::path("yiban-server"))
            .args(["serve", "--listen", &listen.to_string(), "--data-dir"])
            .arg(&data)
            .spawn()
            .context("could not start yiban-server")?,
    );
    wait_until_healthy(listen, &mut server.0)?;
    println!("\n   review console: http://{listen}/console/   (the account was printed at the first start)");
    println!("   close the window to stop the server\n");
    let mut window = Command::new(program::path("yiban"));
    window.env("YIBAN_SERVER", format!("http://{listen}"));
    if let Some(dir) = &options.data_dir {
        window.env("YIBAN_DATA_DIR", absolute(&dir.join("desk"))?);
    }
    let status = window.status().context("could not open the window")?;
    if !status.success() {
        bail!("the window ended with {status}");
    }
    Ok(())
}

/// Where the wanted port is taken, another free one: a server of an earlier run may still be used by someone.
fn free_or_other(wanted: SocketAddr) -> Result<SocketAddr> {
    if TcpListener::bind(wanted).is_ok() {
        return Ok(wanted);
    }
    let other = TcpListener::bind((wanted.ip(), 0))
        .and_then(|listener| listener.local_addr())
        .context("no free port to listen on")?;
    println!("   {wanted} is taken; listening on {other} instead");
    Ok(other)
}

fn wait_until_healthy(address: SocketAddr, server: &mut Child) -> Result<()> {
    let patience = Instant::now() + Duration::from_secs(60);
    while Instant::now() < patience {
        if let Some(status) = server.try_wait()? {
            bail!("yiban-server ended with {status} before it was ready");
        }
        if is_healthy(address) {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(100));
    }
    bail!("yiban-server did not answer on {address} within a minute")
}

fn is_healthy(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        write!(stream, "GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

fn user_data_dir() -> Result<PathBuf> {
    let from = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let dir = if cfg!(windows) {
        from("APPDATA")
    } else if cfg!(target_os = "macos") {
        from("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        from("XDG_DATA_HOME").or_else(|| from("HOME").map(|home| home.join(".local/share")))
    };
    dir.context("no folder for the user's data is known here; name one with --data-dir")
}

fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).with_context(|| format!("{} is no path", path.display()))
}

/// A child that is stopped when it goes out of sight.
struct Kept(Child);

impl Drop for Kept {
    fn drop(&mut self) {
        // Politely first, so that it can finish what it is writing.
        if cfg!(unix) && shell::succeeds(Command::new("kill").args(["-TERM", &self.0.id().to_string()])) {
            for _ in 0..50 {
                if matches!(self.0.try_wait(), Ok(Some(_))) {
                    return;
                }
                thread::sleep(Duration::from_millis(100));
            }
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

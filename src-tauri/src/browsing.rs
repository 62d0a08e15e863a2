//! The system's browser: the window itself never leaves its own page.

use std::process::{Command, Stdio};

use desk::Explained;

/// Opens an address of the directory of channels. Handed over as one argument, never through a shell.
pub(crate) fn open(address: &str) -> Result<(), Explained> {
    let mut command = opener();
    let started =
        command.arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    match started {
        Ok(mut opener) => {
            // Waited for aside, so that it does not stay behind as a zombie.
            std::thread::spawn(move || opener.wait());
            Ok(())
        }
        Err(error) => {
            tracing::warn!(%error, "the browser did not open");
            Err(Explained::new("browser_unavailable", "浏览器没有打开。", "The browser did not open.").hint(
                format!("请自己打开浏览器，输入网址 {address}。"),
                format!("Please open a browser yourself and go to {address}."),
            ))
        }
    }
}

#[cfg(target_os = "linux")]
fn opener() -> Command {
    Command::new("xdg-open")
}

#[cfg(target_os = "macos")]
fn opener() -> Command {
    Command::new("open")
}

#[cfg(windows)]
fn opener() -> Command {
    let mut command = Command::new("rundll32");
    command.arg("url.dll,FileProtocolHandler");
    command
}

//! A private screen: virtual display, window manager, D-Bus session with an unlocked keyring, home and XDG folders.
//! Two of them never see each other; all of it goes away with the value.

use std::{
    fs::{self, Permissions},
    io::{BufRead, BufReader, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::process::{Kept, output_of};

/// Pixels of the virtual display: tall enough to photograph a whole page at once.
const SIZE: &str = "1440x3200x24";

/// A screen of one's own.
#[derive(Debug)]
pub struct Screen {
    // In the order in which they must end: programs first, the display last, the folder at the very end.
    _notifications: Kept,
    _keyring: Option<Kept>,
    _window_manager: Kept,
    _bus: Kept,
    _display: Kept,
    environment: Vec<(String, String)>,
    dir: TempDir,
}

/// Whether the desktop has a keyring (Secret Service) at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyring {
    /// An unlocked one, as after a login.
    Unlocked,
    /// None, as on a bare window manager.
    Absent,
}

impl Screen {
    /// Starts everything and waits until it works.
    ///
    /// # Errors
    /// Where a program is missing or does not come up.
    pub async fn start(keyring: Keyring) -> Result<Self> {
        let mut dir = tempfile::Builder::new().prefix("yiban-screen-").tempdir()?;
        // For looking at the logs and the data of a test that failed.
        dir.disable_cleanup(std::env::var_os("YIBAN_KEEP").is_some());
        let at = |name: &str| dir.path().join(name);
        for name in ["home", "runtime", "log", "data", "files"] {
            fs::create_dir(at(name))?;
        }
        fs::set_permissions(at("runtime"), Permissions::from_mode(0o700))?;

        let mut display = Kept::spawn(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", SIZE, "-nolisten", "tcp", "-noreset"])
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(fs::File::create(at("log").join("xvfb"))?),
        )
        .context("the virtual display (package xvfb)")?;
        let number = first_line(&mut display)?;

        let mut environment = vec![
            ("DISPLAY".to_owned(), format!(":{number}")),
            ("HOME".to_owned(), text(&at("home"))),
            ("XDG_RUNTIME_DIR".to_owned(), text(&at("runtime"))),
            ("LANG".to_owned(), "C.UTF-8".to_owned()),
            ("GDK_BACKEND".to_owned(), "x11".to_owned()),
            ("NO_AT_BRIDGE".to_owned(), "1".to_owned()),
            ("GTK_USE_PORTAL".to_owned(), "0".to_owned()),
            ("LIBGL_ALWAYS_SOFTWARE".to_owned(), "1".to_owned()),
        ];
        for name in
            ["WAYLAND_DISPLAY", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"]
        {
            environment.push((name.to_owned(), String::new()));
        }

        // Without the folders of services a bus starts nothing by itself, no keyring above all.
        let bare = at("bus.conf");
        fs::write(&bare, BARE_BUS)?;
        let kind = match keyring {
            Keyring::Unlocked => "--session".to_owned(),
            Keyring::Absent => format!("--config-file={}", bare.display()),
        };
        let mut bus = Kept::spawn(
            clean(Command::new("dbus-daemon").args([&kind, "--nofork", "--print-address=1"]), &environment)
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(fs::File::create(at("log").join("dbus"))?),
        )
        .context("the message bus (package dbus)")?;
        environment.push(("DBUS_SESSION_BUS_ADDRESS".to_owned(), first_line(&mut bus)?));

        let window_manager =
            Kept::start(clean(&mut Command::new("openbox"), &environment), &at("log").join("openbox"))
                .context("the window manager (package openbox)")?;
        // Desktop notifications are method calls on the bus: listening to it shows them without a desktop.
        let notifications = Kept::start(
            clean(Command::new("dbus-monitor").args(["--session", NOTIFY]), &environment),
            &at("log").join("notifications"),
        )?;
        let keyring = match keyring {
            Keyring::Unlocked => Some(unlock_keyring(&environment, &at("log").join("keyring")).await?),
            Keyring::Absent => None,
        };
        Ok(Self {
            _notifications: notifications,
            _keyring: keyring,
            _window_manager: window_manager,
            _bus: bus,
            _display: display,
            environment,
            dir,
        })
    }

    /// What a program needs to find this screen.
    #[must_use]
    pub fn environment(&self) -> &[(String, String)] {
        &self.environment
    }

    /// A program that runs on this screen.
    #[must_use]
    pub fn program(&self, name: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(name);
        clean(&mut command, &self.environment);
        command
    }

    /// A folder or file of this screen; `data`, `files`, `log` and `home` exist.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Puts a file where a person might keep it and answers its path.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn file(&self, name: &str, bytes: &[u8]) -> Result<PathBuf> {
        let path = self.path("files").join(name);
        fs::write(&path, bytes)?;
        Ok(path)
    }

    /// Everything that programs asked the desktop to notify.
    #[must_use]
    pub fn notifications(&self) -> String {
        fs::read_to_string(self.path("log").join("notifications")).unwrap_or_default()
    }
}

const BARE_BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;
const NOTIFY: &str = "type='method_call',interface='org.freedesktop.Notifications',member='Notify'";

fn clean<'a>(command: &'a mut Command, environment: &[(String, String)]) -> &'a mut Command {
    for (name, value) in environment {
        if value.is_empty() {
            command.env_remove(name);
        } else {
            command.env(name, value);
        }
    }
    if !environment.iter().any(|(name, _)| name == "DBUS_SESSION_BUS_ADDRESS") {
        command.env_remove("DBUS_SESSION_BUS_ADDRESS");
    }
    command
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The line by which a program says that it is ready.
fn first_line(process: &mut Kept) -> Result<String> {
    let out = process.child().stdout.take().context("its output was not kept")?;
    let mut line = String::new();
    BufReader::new(out).read_line(&mut line)?;
    if line.trim().is_empty() {
        bail!("it ended without a word");
    }
    Ok(line.trim().to_owned())
}

async fn unlock_keyring(environment: &[(String, String)], log: &Path) -> Result<Kept> {
    let log = fs::File::create(log)?;
    let mut keyring = Kept::spawn(
        clean(
            Command::new("gnome-keyring-daemon").args(["--foreground", "--unlock", "--components=secrets"]),
            environment,
        )
        .stdin(Stdio::piped())
        .stdout(log.try_clone()?)
        .stderr(log),
    )
    .context("the keyring (package gnome-keyring)")?;
    if let Some(mut input) = keyring.child().stdin.take() {
        input.write_all(b"only for this test")?;
    }
    let question = [
        "--session",
        "--print-reply=literal",
        "--dest=org.freedesktop.DBus",
        "/",
        "org.freedesktop.DBus.NameHasOwner",
        "string:org.freedesktop.secrets",
    ];
    let until = Instant::now() + Duration::from_secs(20);
    while !output_of("dbus-send", &question, environment).is_ok_and(|answer| answer.contains("true")) {
        if Instant::now() > until {
            bail!("the keyring did not come up within 20 s");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(keyring)
}

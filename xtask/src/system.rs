//! What the machine must have, and how it gets it: apt on Debian and Ubuntu, names to install by hand elsewhere.

use anyhow::{Result, bail};

use crate::shell::{output, program, root, succeeds};

/// What the machine is wanted for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Building, and opening the window on a screen.
    Window,
    /// The same without a screen: a virtual display and something to drive the window with.
    Drive,
}

/// To build the program and to show its window.
const WINDOW: &[&str] = &[
    "build-essential",
    "cmake",
    "fonts-noto-cjk",
    "libssl-dev",
    "libwebkit2gtk-4.1-dev",
    "nasm",
    "perl",
    "pkg-config",
];
/// To drive it where nobody looks.
const DRIVE: &[&str] = &[
    "dbus",
    "dbus-x11",
    "gnome-keyring",
    "openbox",
    "procps",
    "webkit2gtk-driver",
    "xauth",
    "xclip",
    "xdotool",
    "xvfb",
];

/// Sees to it that everything for `purpose` is there, or says exactly what to do.
pub(crate) fn prepare(purpose: Purpose) -> Result<()> {
    node()?;
    room();
    if cfg!(target_os = "linux") {
        linux(purpose)
    } else if cfg!(windows) {
        by_hand(
            &[
                "cl or clang-cl by Visual Studio Build Tools (“Desktop development with C++”)",
                "WebView2 runtime (part of Windows 11)",
            ],
            &[("cmake", "CMake"), ("nasm", "NASM"), ("perl", "Strawberry Perl")],
        )
    } else {
        by_hand(
            &["Xcode command line tools: xcode-select --install"],
            &[("cmake", "CMake"), ("nasm", "NASM"), ("perl", "Perl")],
        )
    }
}

/// What the page's build tools ask for (`engines` in ui/package.json).
const NODE: (u32, u32) = (20, 19);

fn node() -> Result<()> {
    let needed = format!("Node.js {}.{} or newer is needed to build the page", NODE.0, NODE.1);
    let Some(version) = output(program("node").arg("--version")) else {
        bail!("{needed}, and `node` was not found");
    };
    let mut parts = version.trim_start_matches('v').split('.').map(|part| part.parse().unwrap_or(0));
    if (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) < NODE {
        bail!("{needed}; this one is {version}");
    }
    println!("   node {version}");
    Ok(())
}

/// What everything takes that is compiled once, in gigabytes of 10⁹ bytes; what makes a second time quick as much again.
const ROOM: u64 = 10;

/// A linker on a full disk says "Bus error" and nothing else, so it is said here; there may be enough all the same,
/// where most is compiled already.
fn room() {
    if let Ok(free) = fs4::available_space(root()) {
        let free = free / 1_000_000_000;
        println!("   {free} GB free");
        if free < ROOM {
            println!(
                "   compiling everything takes {ROOM} GB, and as much again without CARGO_INCREMENTAL=0; \
                 `cargo clean` frees what earlier versions left"
            );
        }
    }
}

fn linux(purpose: Purpose) -> Result<()> {
    let mut wanted = WINDOW.to_vec();
    if purpose == Purpose::Drive {
        wanted.extend(DRIVE);
    }
    packages(&wanted)
}

/// Sees to it that these Debian packages are there, or says exactly what to do.
pub(crate) fn packages(wanted: &[&'static str]) -> Result<()> {
    if output(program("dpkg-query").arg("--version")).is_none() {
        println!(
            "   not a Debian: nothing is installed for you. Needed, by their Debian names: {}",
            wanted.join(" ")
        );
        return Ok(());
    }
    let missing = missing_packages(wanted);
    if missing.is_empty() {
        println!("   all {} packages are there", wanted.len());
        return Ok(());
    }
    println!("   missing: {}", missing.join(" "));
    install(&missing)
}

fn missing_packages(wanted: &[&'static str]) -> Vec<&'static str> {
    let installed = |name: &str| {
        output(program("dpkg-query").args(["-W", "-f", "${db:Status-Status}", name]))
            .is_some_and(|status| status == "installed")
    };
    wanted.iter().copied().filter(|name| !installed(name)).collect()
}

fn install(missing: &[&str]) -> Result<()> {
    let root = output(program("id").arg("-u")).is_some_and(|id| id == "0");
    if !root && !succeeds(program("sudo").args(["-n", "true"])) {
        bail!(
            "these packages must be installed by someone who may:\n\n    sudo apt-get update && sudo apt-get install --no-install-recommends {}\n",
            missing.join(" ")
        );
    }
    let apt = || {
        let mut command = if root { program("apt-get") } else { program("sudo") };
        if !root {
            command.args(["-n", "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        }
        command.env("DEBIAN_FRONTEND", "noninteractive").args(["-o", "DPkg::Lock::Timeout=600", "-qq"]);
        command
    };
    // An old list is better than none: a machine with a mirror out of reach may still have the packages cached.
    if !succeeds(apt().arg("update")) {
        println!("   apt-get update did not succeed; trying with the list as it is");
    }
    crate::shell::check(apt().args(["install", "-y", "--no-install-recommends"]).args(missing))
}

fn by_hand(told: &[&str], checked: &[(&str, &str)]) -> Result<()> {
    for line in told {
        println!("   needed: {line}");
    }
    let missing: Vec<&str> = checked
        .iter()
        .filter(|(name, _)| !succeeds(program(name).arg("--version")))
        .map(|(_, title)| *title)
        .collect();
    if !missing.is_empty() {
        bail!("please install and put on the PATH: {}", missing.join(", "));
    }
    Ok(())
}

/// Whether a window can be shown here.
pub(crate) fn has_screen() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

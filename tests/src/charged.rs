//! A network that is charged by volume: a real NetworkManager with a connection of its own, in namespaces of its own, so
//! that it has no say over the machine it runs on.

use std::{fs, path::PathBuf, process::Command, time::Duration};

use anyhow::Result;

use crate::{
    browser::eventually,
    process::{Kept, output_of},
    screen::Screen,
};

/// A system bus that lets everybody say everything.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=@BUS@</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/><allow user="*"/>
  </policy>
</busconfig>"#;

const MANAGER: &str = "[main]
plugins=keyfile
auth-polkit=false
no-auto-default=*
dns=none
rc-manager=unmanaged
[keyfile]
path=@DIR@/connections
unmanaged-devices=*,except:interface-name:veth0
";

/// With `/sys` to read only it does not wait for an udev that is not there.
const IN_ITS_OWN: &str = "mount -t sysfs -o ro sysfs /sys
ip link set lo up
ip link add veth1 type veth peer name veth0
ip link set veth1 up
exec NetworkManager --no-daemon --config \"$0/manager.conf\" --config-dir \"$0/none\" --state-file \"$0/state\" \
--pid-file \"$0/pid\"";

/// The manager, its bus, and one connection.
#[derive(Debug)]
pub struct ChargedNetwork {
    _manager: Kept,
    _bus: Kept,
    address: String,
}

impl ChargedNetwork {
    /// A network that costs money; `None`, and says why, where there is no NetworkManager or no right to namespaces.
    ///
    /// # Errors
    /// Where it is there and does not connect.
    pub async fn start(screen: &Screen) -> Result<Option<Self>> {
        let root = rustix::process::geteuid().is_root();
        if !root || output_of("NetworkManager", &["--version"], &[]).is_err() {
            println!(
                "LEFT OUT: a network that is charged by volume needs NetworkManager installed, and root"
            );
            return Ok(None);
        }
        let dir = screen.path("network");
        for folder in ["connections", "none"] {
            fs::create_dir_all(dir.join(folder))?;
        }
        let log = |name: &str| -> PathBuf { screen.path("log").join(name) };
        let (text, bus_file) = (dir.to_string_lossy(), dir.join("bus"));
        let address = format!("unix:path={}", bus_file.display());
        fs::write(dir.join("bus.conf"), BUS.replace("@BUS@", &bus_file.to_string_lossy()))?;
        fs::write(dir.join("manager.conf"), MANAGER.replace("@DIR@", &text))?;
        let mut bus = Command::new("dbus-daemon");
        bus.arg("--config-file").arg(dir.join("bus.conf")).args(["--nofork", "--nopidfile"]);
        let bus = Kept::start(&mut bus, &log("system-bus"))?;
        eventually("the bus", Duration::from_secs(10), async || Ok(bus_file.exists().then_some(()))).await?;
        let mut manager = Command::new("unshare");
        manager.args(["--net", "--mount", "sh", "-ec", IN_ITS_OWN]).arg(&dir);
        manager.env("DBUS_SYSTEM_BUS_ADDRESS", &address);
        let manager = Kept::start(&mut manager, &log("network-manager"))?;
        let this = Self { _manager: manager, _bus: bus, address };
        eventually("the network manager", Duration::from_secs(20), async || {
            this.tell(&["device", "show", "veth0"]).map(Some)
        })
        .await?;
        this.tell(&[
            "connection",
            "add",
            "type",
            "ethernet",
            "ifname",
            "veth0",
            "con-name",
            "line",
            "connection.metered",
            "yes",
            "ipv4.method",
            "manual",
            "ipv4.addresses",
            "192.0.2.2/24",
            "ipv4.gateway",
            "192.0.2.1",
            "ipv6.method",
            "disabled",
        ])?;
        eventually("the connection", Duration::from_secs(20), async || {
            this.tell(&["connection", "up", "line"]).map(Some)
        })
        .await?;
        Ok(Some(this))
    }

    /// What programs need to hear of it.
    #[must_use]
    pub fn environment(&self) -> (&str, &str) {
        ("DBUS_SYSTEM_BUS_ADDRESS", &self.address)
    }

    /// It costs nothing any more.
    ///
    /// # Errors
    /// Where the manager refuses.
    pub fn becomes_free(&self) -> Result<()> {
        self.tell(&["connection", "modify", "line", "connection.metered", "no"])?;
        self.tell(&["device", "reapply", "veth0"])
    }

    /// There is none any more.
    ///
    /// # Errors
    /// Where the manager refuses.
    pub fn goes_away(&self) -> Result<()> {
        self.tell(&["connection", "down", "line"])
    }

    fn tell(&self, words: &[&str]) -> Result<()> {
        let (name, address) = self.environment();
        output_of("nmcli", words, &[(name.to_owned(), address.to_owned())]).map(drop)
    }
}

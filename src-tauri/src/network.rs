//! What the system says of the network: whether there is one, and whether every megabyte costs the person money.
//! Linux says so through `GNetworkMonitor` (NetworkManager or the portal). Elsewhere nothing is said, and the network
//! counts as free.

use desk::Desk;

/// Tells the desk for as long as the program runs. To be called on the thread of the window.
#[cfg(target_os = "linux")]
pub(crate) fn watch(desk: &Desk) {
    use desk::Network;
    use gio::{NetworkMonitor, prelude::*};

    let tell = |desk: &Desk, monitor: &NetworkMonitor| {
        let network = match (monitor.is_network_available(), monitor.is_network_metered()) {
            (false, _) => Network::Absent,
            (true, true) => Network::Metered,
            (true, false) => Network::Free,
        };
        tracing::info!(?network, "the system says");
        desk.network_is(network);
    };
    let monitor = NetworkMonitor::default();
    tell(desk, &monitor);
    let watching = desk.clone();
    monitor.connect_network_changed(move |monitor, _| tell(&watching, monitor));
    let watching = desk.clone();
    monitor.connect_network_metered_notify(move |monitor| tell(&watching, monitor));
}

/// Nothing is said here.
#[cfg(not(target_os = "linux"))]
pub(crate) fn watch(_: &Desk) {}

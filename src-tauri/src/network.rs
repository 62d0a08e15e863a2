//! What the system says of the network: whether there is one, and whether every megabyte costs the person money.
//! Linux says both through `GNetworkMonitor` (NetworkManager or the portal). Windows is asked for the cost only: it takes
//! a network that leads to the office and not to the internet for none. Elsewhere nothing is said, and the network counts
//! as free.

use desk::Desk;

/// Tells the desk for as long as the program runs. To be called on the thread of the window.
#[cfg(target_os = "linux")]
pub(crate) fn watch(desk: &Desk) {
    use desk::Network;
    use gtk::{gio::NetworkMonitor, prelude::*};

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

/// Tells the desk for as long as the program runs.
#[cfg(windows)]
pub(crate) fn watch(desk: &Desk) {
    use windows::Networking::Connectivity::{NetworkInformation, NetworkStatusChangedEventHandler};

    let tell = |desk: &Desk| {
        // No profile is an error, too: nothing leads to the internet, and nothing costs.
        let network = cost().unwrap_or(desk::Network::Free);
        tracing::info!(?network, "the system says");
        desk.network_is(network);
    };
    tell(desk);
    let watching = desk.clone();
    let changed = NetworkStatusChangedEventHandler::new(move |_| {
        tell(&watching);
        Ok(())
    });
    if let Err(error) = NetworkInformation::NetworkStatusChanged(&changed) {
        tracing::warn!(%error, "changes of the network will not be told");
    }
}

/// What the network that leads to the internet costs.
#[cfg(windows)]
fn cost() -> windows::core::Result<desk::Network> {
    use desk::Network;
    use windows::Networking::Connectivity::{NetworkCostType, NetworkInformation};

    let cost = NetworkInformation::GetInternetConnectionProfile()?.GetConnectionCost()?;
    let metered = matches!(cost.NetworkCostType()?, NetworkCostType::Fixed | NetworkCostType::Variable);
    Ok(if metered || cost.Roaming()? { Network::Metered } else { Network::Free })
}

/// Nothing is said here.
#[cfg(not(any(target_os = "linux", windows)))]
pub(crate) fn watch(_: &Desk) {}

//! Coming up: log, configuration, desk, window, in this order. The vault is opened after the window is there, so
//! that a keychain may ask for its password meanwhile.

use std::sync::Arc;

use desk::{Configuration, Desk, SystemClock};
use store::keys::SystemKeychain;
use tauri::{App, Manager};

use crate::{
    choosing::Choosing, closing::Closing, configuration, dropping::Offered, logging, network, telling, window,
};

type Started = Result<(), Box<dyn std::error::Error>>;

pub(crate) fn start(app: &mut App) -> Started {
    let read = configuration::read(app.path())?;
    app.manage(logging::start(&read.log_dir)?);
    tracing::info!(version = env!("CARGO_PKG_VERSION"), server = %read.server.url, "starting");
    let desk = Desk::new(Configuration {
        data_dir: read.data_dir,
        server: read.server,
        keychain: Arc::new(SystemKeychain),
        clock: Arc::new(SystemClock),
    })?;
    app.manage(desk.clone());
    app.manage(Offered::default());
    app.manage(Choosing::default());
    app.manage(Closing::default());
    window::open(app)?;
    telling::tell(app.handle(), &desk);
    network::watch(&desk);
    tauri::async_runtime::spawn(async move {
        let vault = desk.vault().await;
        tracing::info!(state = ?vault.state, "vault");
    });
    Ok(())
}

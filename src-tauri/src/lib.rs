//! The shell around the desk: the window, what it may ask (`commands`), what it is told (`telling`), the system's
//! dialogs, notifications and log. The only crate that knows Tauri; no rule of the domain is here.

mod browsing;
mod choosing;
pub mod closing;
pub mod commands;
mod configuration;
pub mod dropping;
pub mod events;
mod logging;
mod network;
mod pasting;
mod starting;
mod telling;
mod window;

use std::process::ExitCode;

use desk::Desk;
use tauri::{Manager, RunEvent};
use tauri_plugin_window_state::StateFlags;

/// Runs the program until its window is closed.
#[must_use]
pub fn run() -> ExitCode {
    let remembered = StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED | StateFlags::FULLSCREEN;
    let built = tauri::Builder::default()
        // First of all: a second start hands over to the window that is there.
        .plugin(tauri_plugin_single_instance::init(|app, _, _| window::bring_forward(app)))
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_window_state::Builder::default().with_state_flags(remembered).build())
        .invoke_handler(commands::handler())
        .setup(|app| starting::start(app))
        .build(tauri::generate_context!());
    match built {
        Ok(app) => {
            app.run(|app, event| {
                if matches!(event, RunEvent::Exit) {
                    tauri::async_runtime::block_on(app.state::<Desk>().close());
                    tracing::info!("closed");
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            logging::last_words(&error);
            ExitCode::FAILURE
        }
    }
}

//! The window: opened once, stays on its own page, opens no other, passes dropped files on.

use tauri::{
    App, AppHandle, DragDropEvent, Emitter, Manager, PhysicalPosition, Url, WebviewWindow,
    WebviewWindowBuilder, WindowEvent, webview::NewWindowResponse,
};

use crate::{
    closing,
    dropping::Offered,
    events::{FilesDropped, FilesHovering},
};

/// Label of the window in `tauri.conf.json` and `capabilities/desk.json`.
pub(crate) const LABEL: &str = "desk";

pub(crate) fn open(app: &App) -> tauri::Result<()> {
    let configured = app.config().app.windows.iter().find(|window| window.label == LABEL);
    let Some(configured) = configured else { return Err(tauri::Error::WindowNotFound) };
    let window = WebviewWindowBuilder::from_config(app, configured)?
        .on_navigation(is_own_page)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    let told = window.clone();
    window.on_window_event(move |event| match event {
        WindowEvent::DragDrop(drag) => pass_on(&told, drag),
        WindowEvent::CloseRequested { api, .. } if closing::ask_page(&told) => api.prevent_close(),
        _ => {}
    });
    Ok(())
}

/// A second start, a click on a notification.
pub(crate) fn bring_forward(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(LABEL) {
        for step in [window.unminimize(), window.show(), window.set_focus()] {
            if let Err(error) = step {
                tracing::warn!(%error, "the window did not come forward");
            }
        }
    }
}

/// Our own page by its scheme on Linux and macOS, by its host on Windows; nothing else is ever shown.
fn is_own_page(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => true,
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        "about" => url.path() == "blank",
        _ => false,
    }
}

fn pass_on(window: &WebviewWindow, drag: &DragDropEvent) {
    let sent = match drag {
        DragDropEvent::Enter { position, .. } | DragDropEvent::Over { position } => {
            let (x, y) = part_of(window, *position);
            window.emit_to(LABEL, "files_hovering", Some(FilesHovering { x, y }))
        }
        DragDropEvent::Drop { paths, position } => {
            let paths = window.state::<Offered>().add(paths);
            let (x, y) = part_of(window, *position);
            window
                .emit_to(LABEL, "files_hovering", None::<FilesHovering>)
                .and_then(|()| window.emit_to(LABEL, "files_dropped", FilesDropped { paths, x, y }))
        }
        _ => window.emit_to(LABEL, "files_hovering", None::<FilesHovering>),
    };
    if let Err(error) = sent {
        tracing::warn!(%error, "a drop did not reach the page");
    }
}

fn part_of(window: &WebviewWindow, position: PhysicalPosition<f64>) -> (f64, f64) {
    let size = window.inner_size().unwrap_or_default();
    (position.x / f64::from(size.width.max(1)), position.y / f64::from(size.height.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_stays_on_its_own_page() {
        let shown = |url: &str| is_own_page(&url.parse().expect("a url"));
        assert!(shown("tauri://localhost/index.html"));
        assert!(shown("http://tauri.localhost/"));
        assert!(!shown("https://example.org/"));
        assert!(!shown("file:///etc/passwd"));
        assert!(!shown("data:text/html,x"));
        assert!(!shown("http://127.0.0.1:8787/console/"));
    }
}

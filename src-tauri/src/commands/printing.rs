//! 打印: the page as it stands, through the system's own dialog.

use desk::Explained;
use tauri::WebviewWindow;

/// Opens the system's print dialog for the page.
#[tauri::command]
pub fn print_page(window: WebviewWindow) -> Result<(), Explained> {
    window.print().map_err(|error| {
        tracing::warn!(%error, "the print dialog did not open");
        Explained::new("print_dialog_failed", "打印窗口没有打开。", "The print dialog did not open.").hint(
            "看看打印机是否接好，再点一次“打印”。编号也可以抄下来。",
            "See whether the printer is connected and press Print again. You can also write the number down.",
        )
    })
}

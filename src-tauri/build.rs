//! Names the commands of the window, so that capabilities grant each of them and refuse all others.

use std::{fs, path::Path};

/// Every command of `src/commands/`; `cargo xtask bindings` keeps the lists in step.
const COMMANDS: &[&str] = &[
    "list_services",
    "search_services",
    "get_service",
    "list_choices",
    "list_regions",
    "search_regions",
    "describe_region",
    "get_regions_vintage",
    "get_adviser",
    "advise",
    "list_help",
    "search_help",
    "find_help",
    "calculate_waiting_period",
    "list_channels",
    "open_channel",
    "start_application",
    "open_application",
    "set_answer",
    "record_consents",
    "remember_place",
    "discard_application",
    "restore_application",
    "choose_documents",
    "attach_files",
    "attach_bytes",
    "paste_documents",
    "cancel_attaching",
    "rotate_document",
    "remove_document",
    "restore_document",
    "accept_document",
    "render_document_page",
    "edit_document",
    "move_document",
    "render_original_page",
    "propose_crop",
    "bind_documents",
    "take_offer",
    "submit_application",
    "take_back_application",
    "send_again",
    "list_cases",
    "urge_application",
    "get_connection",
    "sync_now",
    "send_despite_cost",
    "get_settings",
    "save_settings",
    "get_vault",
    "create_passphrase",
    "unlock_vault",
    "make_recovery_code",
    "confirm_recovery_code",
    "print_page",
    "answer_closing",
    "close_window",
];

fn main() -> Result<(), String> {
    ensure_page();
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    let attributes = tauri_build::Attributes::new().app_manifest(manifest);
    tauri_build::try_build(attributes).map_err(|error| format!("{error:#}"))
}

/// A page that says how to build the page, so that a bare `cargo build` works before npm has run.
fn ensure_page() {
    let dist = Path::new("../ui/dist");
    if dist.join("index.html").exists() {
        return;
    }
    let note = "<!doctype html><meta charset=utf-8><title>易办医保</title>\
                <p>页面还没有生成：请运行 cargo xtask run。<p>The page is not built yet: cargo xtask run builds it.";
    if let Err(error) = fs::create_dir_all(dist).and_then(|()| fs::write(dist.join("index.html"), note)) {
        println!("cargo:warning=the placeholder page could not be written: {error}");
    }
}

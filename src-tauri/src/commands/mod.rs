//! What the window may ask: one file per use case, each command one to three lines. The rules are in `desk`.
//!
//! A new command stands in its file, in [`handler`], in `build.rs` and in `capabilities/desk.json`;
//! `cargo xtask bindings --check` says where it was forgotten.
#![expect(clippy::needless_pass_by_value, reason = "Tauri hands every argument over by value")]

pub mod asking;
pub mod attaching;
pub mod catalogue;
pub mod closing;
pub mod editing;
pub mod filling;
pub mod following;
pub mod printing;
pub mod settings;
pub mod submitting;
pub mod unlocking;

use tauri::ipc::Invoke;

/// Everything the window may ask, for `Builder::invoke_handler`.
pub fn handler() -> impl Fn(Invoke<tauri::Wry>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        catalogue::list_services,
        catalogue::search_services,
        catalogue::get_service,
        catalogue::list_choices,
        catalogue::list_regions,
        catalogue::search_regions,
        catalogue::describe_region,
        catalogue::get_regions_vintage,
        asking::get_adviser,
        asking::advise,
        asking::list_help,
        asking::search_help,
        asking::find_help,
        asking::calculate_waiting_period,
        asking::list_channels,
        asking::open_channel,
        filling::start_application,
        filling::open_application,
        filling::set_answer,
        filling::record_consents,
        filling::remember_place,
        filling::discard_application,
        filling::restore_application,
        attaching::choose_documents,
        attaching::attach_files,
        attaching::attach_bytes,
        attaching::paste_documents,
        attaching::cancel_attaching,
        attaching::rotate_document,
        attaching::remove_document,
        attaching::restore_document,
        attaching::accept_document,
        attaching::render_document_page,
        editing::edit_document,
        editing::move_document,
        editing::render_original_page,
        editing::propose_crop,
        editing::bind_documents,
        editing::take_offer,
        submitting::submit_application,
        submitting::take_back_application,
        submitting::send_again,
        following::list_cases,
        following::urge_application,
        following::get_connection,
        following::sync_now,
        following::send_despite_cost,
        settings::get_settings,
        settings::save_settings,
        unlocking::get_vault,
        unlocking::create_passphrase,
        unlocking::unlock_vault,
        unlocking::make_recovery_code,
        unlocking::confirm_recovery_code,
        printing::print_page,
        closing::answer_closing,
        closing::close_window,
    ]
}

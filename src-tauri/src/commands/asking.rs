//! 帮助、渠道和我适合哪种医保: what can be asked without an application.

use desk::{Desk, Explained, WaitingCalculation};
use forms::{Advice, Adviser, Answers, Channel, HelpEntry};
use tauri::State;

use crate::browsing;

/// The questions of the adviser and the kinds of insurance side by side.
#[tauri::command(async)]
pub fn get_adviser(desk: State<'_, Desk>) -> Adviser {
    desk.catalogue().adviser().clone()
}

/// What the answers come to; nothing of them is kept.
#[tauri::command(async)]
pub fn advise(desk: State<'_, Desk>, answers: Answers) -> Advice {
    desk.advise(&answers)
}

/// Every question with its answer, topic by topic.
#[tauri::command(async)]
pub fn list_help(desk: State<'_, Desk>) -> Vec<HelpEntry> {
    desk.catalogue().help().to_vec()
}

/// Questions by everyday words, pinyin or English; best first.
#[tauri::command(async)]
pub fn search_help(desk: State<'_, Desk>, query: String) -> Vec<HelpEntry> {
    desk.catalogue().search_help(&query)
}

/// What explains the code of a finding or failure; none where nothing does.
#[tauri::command(async)]
pub fn find_help(desk: State<'_, Desk>, code: String) -> Vec<HelpEntry> {
    desk.catalogue().help_for(&code)
}

/// The questions of the calculator, what is to be said of the answers, and how many months without benefits follow.
#[tauri::command(async)]
pub fn calculate_waiting_period(desk: State<'_, Desk>, answers: Answers) -> WaitingCalculation {
    desk.waiting_period(&answers)
}

/// The directory of official channels.
#[tauri::command(async)]
pub fn list_channels(desk: State<'_, Desk>) -> Vec<Channel> {
    desk.catalogue().channels().to_vec()
}

/// Opens the page of an official channel in the system's browser.
#[tauri::command(async)]
pub fn open_channel(desk: State<'_, Desk>, channel_id: String) -> Result<(), Explained> {
    browsing::open(&desk.channel_address(&channel_id)?)
}

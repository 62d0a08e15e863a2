//! 办事: what can be applied for, and the tables its forms choose from.

use desk::{Desk, Explained};
use forms::{Choice, Region, RegionPath, Service, ServiceSummary, Text};
use tauri::State;

/// Every service, in the order of the home page.
#[tauri::command(async)]
pub fn list_services(desk: State<'_, Desk>) -> Vec<ServiceSummary> {
    desk.catalogue().services()
}

/// Services by 汉字, pinyin, initials, English or everyday words; best first.
#[tauri::command(async)]
pub fn search_services(desk: State<'_, Desk>, query: String) -> Vec<ServiceSummary> {
    desk.catalogue().search(&query)
}

/// One service with its form; the newest version where none is named.
#[tauri::command(async)]
pub fn get_service(
    desk: State<'_, Desk>,
    service_id: String,
    version: Option<u32>,
) -> Result<Service, Explained> {
    desk.service(&service_id, version)
}

/// The rows of a code table, for example `ethnic_group`; none where there is no such table.
#[tauri::command(async)]
pub fn list_choices(desk: State<'_, Desk>, table: String) -> Vec<Choice> {
    desk.catalogue().choices(&table).to_vec()
}

/// The divisions below another, the provinces where none is named.
#[tauri::command(async)]
pub fn list_regions(desk: State<'_, Desk>, parent: Option<String>) -> Vec<Region> {
    desk.catalogue().regions(parent.as_deref())
}

/// Divisions by name, pinyin or initials, at most twenty.
#[tauri::command(async)]
pub fn search_regions(desk: State<'_, Desk>, query: String) -> Vec<RegionPath> {
    desk.catalogue().search_regions(&query, 20)
}

/// A division with those above it; `null` where the code is unknown.
#[tauri::command(async)]
pub fn describe_region(desk: State<'_, Desk>, code: String) -> Option<RegionPath> {
    desk.catalogue().region_path(&code)
}

/// Of when the divisions are, to be printed beside them.
#[tauri::command(async)]
pub fn get_regions_vintage(desk: State<'_, Desk>) -> Text {
    desk.catalogue().regions_vintage().clone()
}

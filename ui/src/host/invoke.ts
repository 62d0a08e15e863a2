// The one call by which the page asks the program. Only this folder knows Tauri.
export { invoke } from "@tauri-apps/api/core";

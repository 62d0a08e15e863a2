//! Papers by the fastest way that a person has: copied, and pasted into the row they belong to.

use anyhow::{Context, Result, ensure};
use base64::Engine;
use serde_json::json;
use testkit::papers;
use tests::{browser::Browser, pages::materials};

const PASTE: &str = "
const [slot, name] = arguments;
const bytes = Uint8Array.from(atob(window.__paper), (letter) => letter.charCodeAt(0));
const data = new DataTransfer();
data.items.add(new File([bytes], name, { type: 'image/jpeg' }));
const row = document.querySelector(`[data-slot='${slot}']`);
if (!row) return 'no such row';
row.querySelector('button')?.focus();
document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
return null;";

/// Puts a picture on the page's own clipboard, once for all services.
pub(crate) async fn bring(window: &Browser) -> Result<()> {
    let paper = base64::engine::general_purpose::STANDARD.encode(papers::portrait_jpeg());
    window.client().execute("window.__paper = arguments[0]", vec![json!(paper)]).await?;
    Ok(())
}

/// Pastes it into a slot and waits until it stands there.
pub(crate) async fn add(window: &Browser, slot: &str, index: u32) -> Result<()> {
    let name = format!("{slot}-{index}.jpg");
    let told = window.client().execute(PASTE, vec![json!(slot), json!(name)]).await?;
    ensure!(told.is_null(), "{slot}: {told}");
    materials::stands(window, slot, index).await.with_context(|| slot.to_owned())
}

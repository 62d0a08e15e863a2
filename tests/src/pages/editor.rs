//! 修改: the editor of a document, by keyboard as by mouse.

use anyhow::{Result, bail};
use fantoccini::key::Key;

use crate::browser::{Browser, PATIENCE, eventually};

/// Tab stops on a page with all its materials are fewer than this.
const STOPS: usize = 250;

/// Opens the editor of a document and waits until its page is drawn.
///
/// # Errors
/// Where it does not open.
pub async fn open(browser: &Browser, slot: &str, index: u32) -> Result<()> {
    browser.press(&format!("edit-{slot}-{index}")).await?;
    drawn(browser).await
}

/// Waits until the page that is edited is drawn.
///
/// # Errors
/// Where it is not.
pub async fn drawn(browser: &Browser) -> Result<()> {
    const DRAWN: &str = "
        const page = document.querySelector('[data-testid=editor-page]');
        if (!page || !page.width) return false;
        const { data } = page.getContext('2d').getImageData(page.width / 2, page.height / 2, 1, 1);
        return data[3] > 0;";
    eventually("the page in the editor", PATIENCE, async || {
        Ok((browser.script(DRAWN).await? == true).then_some(()))
    })
    .await
}

/// Whether all of what has this mark is seen without scrolling, and nothing lies above it.
///
/// # Errors
/// Where it is not there.
pub async fn is_seen(browser: &Browser, mark: &str) -> Result<bool> {
    const SEEN: &str = "
        const thing = document.querySelector(`[data-testid=${arguments[0]}]`);
        const { left, top, right, bottom } = thing.getBoundingClientRect();
        const [across, down] = [(left + right) / 2, (top + bottom) / 2];
        const met = [[left + 4, down], [right - 4, down], [across, top + 4], [across, bottom - 4]];
        return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight
          && met.every(([x, y]) => thing.contains(document.elementFromPoint(x, y)));";
    browser.find(mark).await?;
    Ok(browser.client().execute(SEEN, vec![mark.into()]).await? == true)
}

/// Where the editor's page and its 完成 stand in the window.
///
/// # Errors
/// Where the driver does not answer.
pub async fn standing(browser: &Browser) -> Result<String> {
    const WHERE: &str = "
        return ['editor-stage', 'editor-done'].map((mark) => {
          const { left, top, right, bottom } = document.querySelector(`[data-testid=${mark}]`).getBoundingClientRect();
          return [mark, left, top, right, bottom].map(String).join(' ');
        }).join(', ');";
    Ok(browser.script(WHERE).await?.as_str().unwrap_or_default().to_owned())
}

/// Presses 完成 and waits for the result, shown as it will be handed in; then closes that.
///
/// # Errors
/// Where the edit is not taken.
pub async fn finish(browser: &Browser) -> Result<()> {
    browser.press("editor-done").await?;
    see_result(browser).await
}

/// Waits for the result of an edit and closes its view.
///
/// # Errors
/// Where it does not come.
pub async fn see_result(browser: &Browser) -> Result<()> {
    browser.gone("editor").await?;
    browser.find("preview-page").await?;
    browser.press("close-dialog").await?;
    browser.gone("preview-page").await
}

/// Goes to a control with the Tab key alone.
///
/// # Errors
/// Where the focus never comes there.
pub async fn tab_to(browser: &Browser, mark: &str) -> Result<()> {
    for _ in 0..STOPS {
        if focused(browser).await? == mark {
            return Ok(());
        }
        keys(browser, &Key::Tab.to_string()).await?;
    }
    bail!("Tab never came to “{mark}”; the focus is on “{}”", focused(browser).await?)
}

/// The mark of what has the focus.
///
/// # Errors
/// Where the driver does not answer.
pub async fn focused(browser: &Browser) -> Result<String> {
    let mark = browser.script("return document.activeElement?.dataset?.testid ?? ''").await?;
    Ok(mark.as_str().unwrap_or_default().to_owned())
}

/// Types into whatever has the focus.
///
/// # Errors
/// Where the driver does not answer.
pub async fn keys(browser: &Browser, keys: &str) -> Result<()> {
    browser.client().active_element().await?.send_keys(keys).await?;
    Ok(())
}

/// What a screen reader says of a control.
///
/// # Errors
/// Where it is not there.
pub async fn label(browser: &Browser, mark: &str) -> Result<String> {
    Ok(browser.find(mark).await?.attr("aria-label").await?.unwrap_or_default())
}

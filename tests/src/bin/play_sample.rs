//! Plays the sample application through the real program in a virtual display: offline first, then online,
//! and photographs every page.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program speaks on its streams")]

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    let folder = std::env::args().skip_while(|argument| argument != "--artifacts").nth(1);
    let folder = std::path::PathBuf::from(folder.unwrap_or_else(|| "artifacts/sample".to_owned()));
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("play-sample: {error}");
            return std::process::ExitCode::FAILURE;
        }
    };
    let played = runtime.block_on(async {
        tokio::select! {
            played = playing::play(&folder) => played,
            _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("stopped by the keyboard")),
        }
    });
    match played {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("play-sample: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn main() -> std::process::ExitCode {
    eprintln!("The sample player needs Linux; here the window itself can be opened: cargo xtask run");
    std::process::ExitCode::FAILURE
}

#[cfg(target_os = "linux")]
mod playing {
    use std::{path::Path, time::Duration};

    use anyhow::{Context, Result};
    use tests::{
        album::Album,
        office::Office,
        pages::{cases, check, console, materials},
        sample,
        screen::{Keyring, Screen},
        window::Window,
    };

    /// From the first page to the approval.
    pub(crate) async fn play(folder: &Path) -> Result<()> {
        let screen = Screen::start(Keyring::Unlocked).await?;
        let mut office = Office::closed(&screen)?;
        let album = Album::new(folder)?;
        let window = Window::open(&screen, &office.url()).await?;
        say("the window is open; the office is still closed: this is an application made offline");

        window.ready("home").await?;
        album.take(&window, "home").await?;
        sample::start(&window).await?;
        sample::fill_person(&window).await?;
        album.take(&window, "form-person").await?;
        sample::fill_contact(&window).await?;
        album.take(&window, "form-contact").await?;
        sample::fill_enrolment(&window).await?;
        album.take(&window, "form-enrolment").await?;
        say("the form is filled; attaching a 12-megapixel photo, a PNG, a TIFF, a PDF and a portrait");
        sample::attach_all(&window, &screen).await?;
        album.take(&window, "materials").await?;
        for attachment in &sample::ATTACHMENTS {
            let row = materials::row(&window, attachment.slot, 0).await?;
            say(&format!("  {}: {}", attachment.name, row.split_whitespace().collect::<Vec<_>>().join(" ")));
        }
        window.press("continue").await?;
        window.ready("check").await?;
        album.take(&window, "check").await?;
        check::submit(&window).await?;
        album.take(&window, "receipt-offline").await?;
        say(&format!("handed in offline under the local number {}", check::number(&window).await?));
        cases::open_list(&window).await?;
        album.take(&window, "cases-offline").await?;
        let application = *cases::listed(&window).await?.first().context("the application is in the list")?;

        office.open().await?;
        say(&format!("the office is open at {}", office.url()));
        cases::open(&window, application).await?;
        cases::becomes(&window, "已提交", Duration::from_secs(60)).await?;
        album.take(&window, "case-submitted").await?;
        let reviewer = office.reviewer().await?;
        let case = reviewer.case(application).await?;
        let number = case["number"].as_str().context("the office gave a number")?.to_owned();
        say(&format!("the office has it; application number {number}"));
        for document in case["documents"].as_array().into_iter().flatten() {
            say(&format!(
                "  sent: {} {} bytes, sha256 {}",
                document["slot"].as_str().unwrap_or_default(),
                document["sizeBytes"],
                document["sha256"].as_str().unwrap_or_default()
            ));
        }

        let browser = console::log_in(&screen, &office).await?;
        album.take(&browser, "console-queue").await?;
        console::open(&browser, application).await?;
        album.take(&browser, "console-case").await?;
        console::approve(&browser).await?;
        console::shows(&browser, "审核通过").await?;
        cases::becomes(&window, "审核通过", Duration::from_secs(10)).await?;
        album.take(&window, "case-approved").await?;
        say("the reviewer has approved it, and the open window shows it");

        browser.close().await?;
        window.close().await?;
        office.close();
        println!();
        say(&format!("{} screenshots: {}", album.len(), album.dir().display()));
        say(&format!("application number: {number}"));
        Ok(())
    }

    fn say(line: &str) {
        println!("   {line}");
    }
}

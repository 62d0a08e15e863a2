//! Tells the window what happened at the desk, and the person, by a notification, where an application got on.
//! A notification names the service and nothing that is personal: it may be read over a shoulder.

use desk::{Desk, DeskEvent};
use forms::{Language, Text};
use protocol::{ApplicationId, Status};
use tauri::{AppHandle, Emitter};
use tauri_plugin_notification::NotificationExt;
use tokio::sync::broadcast::error::RecvError;

use crate::{
    events::{ApplicationChanged, CatalogueChanged},
    window::LABEL,
};

/// Listens to the desk for as long as the program runs.
pub(crate) fn tell(app: &AppHandle, desk: &Desk) {
    let mut events = desk.events().subscribe();
    let (app, desk) = (app.clone(), desk.clone());
    tauri::async_runtime::spawn(async move {
        loop {
            match events.recv().await {
                Ok(event) => pass_on(&app, &desk, event).await,
                Err(RecvError::Lagged(missed)) => {
                    tracing::warn!(missed, "the window fell behind");
                    for event in desk.everything().await {
                        pass_on(&app, &desk, event).await;
                    }
                }
                Err(RecvError::Closed) => return,
            }
        }
    });
}

async fn pass_on(app: &AppHandle, desk: &Desk, event: DeskEvent) {
    let sent = match event {
        DeskEvent::ApplicationChanged { application_id, status, previous } => {
            if status != previous
                && let Some(sentence) = sentence(status)
            {
                notify(app, desk, application_id, &sentence).await;
            }
            app.emit_to(LABEL, "application_changed", ApplicationChanged { application_id })
        }
        DeskEvent::SupplementDue { application_id, days_left } => {
            notify(app, desk, application_id, &reminder(days_left)).await;
            // The page counts the days anew.
            app.emit_to(LABEL, "application_changed", ApplicationChanged { application_id })
        }
        DeskEvent::ConnectionChanged(connection) => app.emit_to(LABEL, "connection_changed", connection),
        DeskEvent::CatalogueChanged { edition } => {
            app.emit_to(LABEL, "catalogue_changed", CatalogueChanged { edition })
        }
        DeskEvent::Attaching(progress) => app.emit_to(LABEL, "attaching_progress", progress),
    };
    if let Err(error) = sent {
        tracing::warn!(%error, "an event did not reach the page");
    }
}

async fn notify(app: &AppHandle, desk: &Desk, application: ApplicationId, sentence: &Text) {
    let Ok(service) = desk.service_title(application).await else { return };
    let language = desk.settings().await.map_or(Language::Zh, |settings| settings.language);
    // Some desktops show the program's file name only, so ours stands in the title.
    let title = match language {
        Language::Zh => format!("易办医保：{}", service.get(language)),
        Language::En => format!("Yiban: {}", service.get(language)),
    };
    let shown = app.notification().builder().title(title).body(sentence.get(language)).show();
    if let Err(error) = shown {
        tracing::warn!(%error, "no notification");
    }
}

/// Only what a person waits for or must act on.
fn sentence(status: Status) -> Option<Text> {
    let (zh, en) = match status {
        Status::Submitted => (
            "受理机构已经收到，编号在“我的办件”里。",
            "The office has received it; the number is in My applications.",
        ),
        Status::InReview => ("正在受理。", "The office is looking at it."),
        Status::SupplementNeeded => {
            ("需要补充材料，请打开看看要补什么。", "Something more is needed; please open it and see what.")
        }
        Status::Approved => ("审核通过。", "Approved."),
        Status::Rejected => {
            ("没有通过审核，请打开看看原因。", "It was rejected; please open it and see why.")
        }
        Status::SupplementExpired => (
            "补充材料的日期已经过了，请打开看看怎么办。",
            "The day for supplying more has passed; please open it and see what can be done.",
        ),
        Status::Quarantined => {
            ("没有交上去，需要您处理一下。", "It could not be handed in and needs your attention.")
        }
        Status::Draft | Status::AwaitingUpload | Status::Uploading | Status::Withdrawn => return None,
    };
    Some(Text::new(zh, en))
}

/// How long there is to supply what was asked for.
fn reminder(days_left: i32) -> Text {
    if days_left < 1 {
        return Text::new(
            "今天是补交材料的最后一天，请打开办件补交。",
            "Today is the last day for what the office asked for; please open it and supply it.",
        );
    }
    let days = if days_left == 1 { "day" } else { "days" };
    Text::new(
        format!("补交材料还剩 {days_left} 天，请打开办件补交。"),
        format!("{days_left} {days} left for what the office asked for; please open it and supply it."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reminder_names_the_days_and_nobody() {
        assert!(reminder(0).zh.contains("今天"));
        assert!(reminder(1).en.starts_with("1 day left"));
        assert!(reminder(3).zh.contains("3 天") && reminder(3).en.contains("3 days"));
    }
}

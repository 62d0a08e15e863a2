//! What stands around the questions: title and notice before them; guides, declaration and what is open after them.

use forms::{Evaluation, ReviewPromise, Service, Severity};
use jiff::civil::Date;

use super::sheet::Sheet;

/// Title, promise, notice, consents.
pub(super) fn head(sheet: &mut Sheet, service: &Service, evaluation: &Evaluation, day: Date) {
    let version = sheet.own(format!("第 {} 版", service.version), format!("version {}", service.version));
    sheet.line(0, format!("{}  [{} · {version}]", sheet.say(&service.title), service.id));
    sheet.line(0, sheet.say(&service.summary));
    let minutes =
        sheet.own(format!("大约 {} 分钟", service.minutes), format!("about {} minutes", service.minutes));
    sheet.line(0, format!("{} · {minutes} · {}", sheet.say(&service.group), promise(sheet, service)));
    sheet.line(0, sheet.own("带上：", "Bring: ") + sheet.say(&service.bring));
    sheet.line(0, sheet.own(format!("按 {day} 这一天看"), format!("As of {day}")));
    if let Some(region) = &evaluation.region {
        let rules = sheet.own("地区规则：", "Regional rules: ") + sheet.say(&region.name);
        sheet.line(0, format!("{rules} [{}] · {}", region.code, sheet.say(&region.source)));
    }

    let notice = &service.notice;
    sheet.heading(&sheet.own(
        format!("办理须知（第 {} 版）", notice.version),
        format!("Notice (version {})", notice.version),
    ));
    for (at, paragraph) in notice.paragraphs.iter().enumerate() {
        sheet.line(1, format!("{}. {}", at + 1, sheet.say(paragraph)));
    }
    for consent in &notice.consents {
        sheet.line(1, format!("☐ {}  [{}]", sheet.say(&consent.text), consent.id));
    }
}

fn promise(sheet: &Sheet, service: &Service) -> String {
    let promise = match service.review.promise {
        ReviewPromise::AtOnce => sheet.own("不用审核，马上算数", "no review, counts at once"),
        ReviewPromise::WorkingDays { min, max } => sheet.own(
            format!("{min} 至 {max} 个工作日审核"),
            format!("reviewed within {min} to {max} working days"),
        ),
        ReviewPromise::NotPromised => sheet.own("办理时间不承诺", "no time is promised"),
    };
    let days = service.review.supplement_working_days;
    let supplement =
        sheet.own(format!("补充材料 {days} 个工作日"), format!("{days} working days for a supplement"));
    format!("{promise} · {supplement}")
}

/// Guides, declaration, and what stands in the way.
pub(super) fn foot(sheet: &mut Sheet, service: &Service, evaluation: &Evaluation) {
    for guide in &service.guides {
        sheet.heading(&(sheet.own("办法：", "Way: ") + sheet.say(&guide.title)));
        for (at, step) in guide.steps.iter().enumerate() {
            sheet.line(1, format!("{}. {}", at + 1, sheet.say(step)));
        }
        if let Some(channel) = &guide.channel {
            sheet.line(1, sheet.own(format!("渠道：{channel}"), format!("channel: {channel}")));
        }
    }
    sheet.heading(&sheet.own("提交", "Submission"));
    sheet.line(1, format!("☐ {}", sheet.say(&service.declaration)));
    for finding in evaluation.blocking.iter().chain(&evaluation.warnings) {
        let mark = mark(finding.severity);
        sheet.line(1, format!("{mark} {}  [{}]", sheet.say(&finding.message), finding.code));
    }
    let left = evaluation.blocking.len();
    let end = if evaluation.ready {
        sheet.own("可以提交", "may be submitted")
    } else {
        sheet.own(format!("还不能提交：差 {left} 处"), format!("not ready: {left} to go"))
    };
    sheet.line(1, format!("→ {end}"));
}

/// The sign before a finding.
pub(super) fn mark(severity: Severity) -> &'static str {
    match severity {
        Severity::Wrong => "✗",
        Severity::Missing => "?",
        Severity::Doubtful => "!",
    }
}

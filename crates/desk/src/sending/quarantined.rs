//! Why an application is not being sent any more, and what a person can do about it.

use protocol::ProblemCode;
use serde_json::json;
use store::Quarantine;

use crate::Explained;

/// The sentence for an application in 需要处理.
#[must_use]
pub fn explain_quarantine(reason: &Quarantine) -> Explained {
    if let Some(own) = reason.own.as_deref() {
        return of_this_desk(own);
    }
    let mend = ("请按下面的提示改好，再提交一次。", "Please mend what is listed below and submit it again.");
    let call = (
        "请拨打 12393，说出暂存号和这一行字。",
        "Please call 12393 and read out the local number and this line.",
    );
    let (code, zh, en, hint) = match reason.code {
        ProblemCode::NotReady => (
            "office_found_faults",
            "受理机构核对时发现有几项要改，没有收下。",
            "The office found items to mend and did not take it.",
            mend,
        ),
        ProblemCode::UnfitDocument | ProblemCode::TooLarge => (
            "office_refused_document",
            "有一份材料受理机构打不开或不符合要求，没有收下。",
            "The office could not open one of the documents, or it is not as required.",
            (
                "请换一份清楚的照片或 PDF，再提交一次。",
                "Please replace it by a clear picture or PDF and submit it again.",
            ),
        ),
        ProblemCode::HashMismatch => (
            "document_damaged_on_the_way",
            "有一份材料两次在路上损坏，没有送到。",
            "One of the documents was damaged on its way twice and did not arrive.",
            ("请换一个网络，再点“重新发送”。", "Please use another network and choose Send again."),
        ),
        ProblemCode::UnknownService => (
            "office_does_not_know_service",
            "这家受理机构还不能办这个事项（或这个版本）。",
            "This office does not handle this service (or this version of it) yet.",
            (
                "请看看程序有没有新版本；也可以过几天点“重新发送”。",
                "Please look for a new version of the program, or choose Send again in a few days.",
            ),
        ),
        ProblemCode::SupplementExpired => (
            "supplement_came_too_late",
            "补充的材料送到时已经过了期限，受理机构没有收下。您填的都还在。",
            "What you supplied arrived after the last day, so the office did not take it. Nothing you filled in is lost.",
            (
                "请重新办理一次；着急的话，拨打 12393 说明情况。",
                "Please apply once more. If it is urgent, call 12393 and explain.",
            ),
        ),
        ProblemCode::Conflict | ProblemCode::StaleRevision => (
            "office_has_another_version",
            "受理机构那里已经有这个办件的另一个版本。",
            "The office already has another version of this application.",
            call,
        ),
        _ => (
            "office_refused",
            "受理机构没有收下这个办件。",
            "The office did not take this application.",
            call,
        ),
    };
    Explained::new(code, zh, en).hint(hint.0, hint.1).details(json!({
        "problem": reason.code,
        "status": reason.status,
        "document": reason.document,
        "findings": reason.findings,
    }))
}

fn of_this_desk(own: &str) -> Explained {
    match own {
        RECEIPT_UNPROVEN => Explained::new(
            own,
            "收到的回执证明不了它来自受理机构，所以没有算作已提交。您的内容都还在。",
            "The receipt does not prove that it comes from the office, so this does not count as submitted. Nothing is lost.",
        )
        .hint("请拨打 12393 核实，再点“重新发送”。", "Please call 12393 to check, then choose Send again."),
        _ => Explained::new(
            own,
            "这个办件有一部分在这台电脑上读不出来，没有发送。",
            "Part of this application cannot be read on this computer, so it was not sent.",
        )
        .hint(
            "请把读不出来的材料换一份，再提交一次；还是不行，请拨打 12393。",
            "Please replace the document that cannot be read and submit again. If that does not help, call 12393.",
        ),
    }
}

/// The receipt does not prove what was sent.
pub(super) const RECEIPT_UNPROVEN: &str = "receipt_unproven";
/// The revision or one of its files cannot be read.
pub(super) const UNREADABLE_HERE: &str = "unreadable_here";

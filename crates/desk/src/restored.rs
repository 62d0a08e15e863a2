//! What a person hears where the office came back from a backup and had lost something of theirs (docs/sync.md). The
//! receipts for what was lost are kept, and so are the numbers on them.

use protocol::{ApplicationNumber, Receipt, Status};
use store::{Store, StoreError};

use crate::Explained;

/// What the office lost of an application.
#[derive(Debug, Default)]
pub(crate) struct Restored {
    /// The receipts for it, oldest first.
    pub(crate) lost: Vec<Receipt>,
    /// It was closed and is lost; a closed case is not handed in again.
    pub(crate) forgotten: bool,
    /// It stands at an earlier step there than it once did.
    pub(crate) went_back: bool,
}

/// Where the application stands now.
pub(crate) struct Stands<'a> {
    pub(crate) status: Status,
    /// The revision of it that is on its way or stands in quarantine; 0 where none does.
    pub(crate) owed: u32,
    /// The newest revision has a receipt that the office knows.
    pub(crate) receipted: bool,
    pub(crate) number: Option<&'a ApplicationNumber>,
}

impl Restored {
    pub(crate) async fn of(store: &Store, id: protocol::ApplicationId) -> Result<Self, StoreError> {
        Ok(Self {
            lost: store.lost_receipts(id).await?,
            forgotten: store.is_forgotten(id).await?,
            went_back: store.went_back(id).await?,
        })
    }

    /// Numbers that the person may have on paper beside the one that counts now, oldest first.
    pub(crate) fn earlier_numbers(&self, now: Option<&ApplicationNumber>) -> Vec<ApplicationNumber> {
        let mut numbers: Vec<ApplicationNumber> = Vec::new();
        for receipt in &self.lost {
            let number = &receipt.body.number;
            if Some(number) != now && !numbers.contains(number) {
                numbers.push(number.clone());
            }
        }
        numbers
    }

    /// What happened and what becomes of it; `None` where nothing was lost.
    pub(crate) fn notice(&self, stands: &Stands<'_>) -> Option<Explained> {
        if self.forgotten {
            return Some(forgotten(stands.number));
        }
        let Some(last) = self.lost.last().map(|receipt| &receipt.body.number) else {
            return self.went_back.then(goes_on_earlier);
        };
        let again = self.lost.iter().any(|receipt| receipt.body.revision == stands.owed);
        Some(match stands.status {
            Status::Quarantined if again => stopped(last),
            _ if again => sending_again(last),
            status if stands.owed == 0 && !stands.receipted && !status.is_final() => waits(last),
            _ => arrived_again(stands.number, self.earlier_numbers(stands.number).last()),
        })
    }

    /// Still under way, so that the list of all cases says it, too.
    pub(crate) fn is_open(notice: &Explained) -> bool {
        notice.code != ARRIVED_AGAIN
    }
}

/// Everything is well again.
const ARRIVED_AGAIN: &str = "office_restored_arrived_again";

fn sending_again(number: &ApplicationNumber) -> Explained {
    Explained::new(
        "office_restored_sending_again",
        "受理机构的系统出了故障，已用备份恢复，但恢复后查不到您提交的这份内容了。程序会自动重新送出，您填的内容和材料都还在。",
        "The office's system failed and came back from a backup in which this is missing. It is being sent again by itself; what you filled in and your documents are all here.",
    )
    .hint(
        format!("您不用做什么。编号可能会变。原来的编号 {number} 和回执请留好，它们证明您已经提交过。"),
        format!(
            "You need do nothing. The number may change. Please keep the earlier number {number} and its receipt: they prove that you had handed it in."
        ),
    )
}

fn arrived_again(now: Option<&ApplicationNumber>, before: Option<&ApplicationNumber>) -> Explained {
    let explained = Explained::new(
        ARRIVED_AGAIN,
        "受理机构的系统出了故障，已用备份恢复。这份申请已经自动重新送到。",
        "The office's system failed and came back from a backup. This application has been sent again and has arrived.",
    );
    match (now, before) {
        (Some(now), Some(before)) => explained.hint(
            format!("现在的编号是 {now}，查询请用它。原来的编号 {before} 和回执也请留好，它们证明您更早就提交过。"),
            format!(
                "Its number is now {now}; please use it when you ask. Keep the earlier number {before} and its receipt, too: they prove that you had handed it in before."
            ),
        ),
        _ => explained.hint("编号没有变，您不用做什么。", "The number is the same. You need do nothing."),
    }
}

fn waits(number: &ApplicationNumber) -> Explained {
    Explained::new(
        "office_restored_supplement_waits",
        "受理机构的系统出了故障，已用备份恢复，但恢复后查不到您补充的材料了。受理机构再要求补充时，您补充过的会自动送出。",
        "The office's system failed and came back from a backup in which what you supplied is missing. As soon as the office asks for it again, it goes by itself.",
    )
    .hint(
        format!("您不用做什么。想问一问，可以拨打 12393，报编号 {number}。"),
        format!("You need do nothing. If you want to ask, call 12393 and quote the number {number}."),
    )
}

fn goes_on_earlier() -> Explained {
    Explained::new(
        "office_restored_goes_on_earlier",
        "受理机构的系统出了故障，已用备份恢复。这份申请回到了较早的一步，会从那里接着审核。",
        "The office's system failed and came back from a backup. This application is back at an earlier step and is reviewed from there.",
    )
    .hint(
        "您不用做什么。以前收到的结果和打印件请先留好；想问一问，可以拨打 12393。",
        "You need do nothing. Please keep what you were told or printed before; if you want to ask, call 12393.",
    )
}

fn stopped(number: &ApplicationNumber) -> Explained {
    Explained::new(
        "office_restored_not_taken_again",
        "受理机构的系统出了故障，已用备份恢复，但恢复后查不到您提交的这份内容了。程序重新送过，没有送成，原因写在这里。",
        "The office's system failed and came back from a backup in which this is missing. It was sent again and not taken; the reason stands here.",
    )
    .hint(
        format!("请按写的办。原来的编号 {number} 和回执证明您已经提交过，请留好；办不成的，拨打 12393，报这个编号。"),
        format!(
            "Please do what it says. The earlier number {number} and its receipt prove that you had handed it in: keep them, and if it does not help, call 12393 and quote that number."
        ),
    )
}

fn forgotten(number: Option<&ApplicationNumber>) -> Explained {
    let number = number.map_or_else(String::new, ToString::to_string);
    Explained::new(
        "office_restored_without_closed_case",
        "受理机构的系统出了故障，已用备份恢复，但恢复后查不到这份已经办结的申请了。这里写的是它以前告诉您的结果。",
        "The office's system failed and came back from a backup in which this closed application is missing. What stands here is what it told you before.",
    )
    .hint(
        format!("不会再送一次，免得重复办理。请留好编号 {number} 和打印件；结果有疑问的，拨打 12393。"),
        format!(
            "It is not sent again, so that nothing is done twice. Please keep the number {number} and a printed slip; if you doubt the result, call 12393."
        ),
    )
}

#[cfg(test)]
mod tests {
    use protocol::{ApplicationId, ContentHash, ReceiptBody};

    use super::*;

    fn number(sequence: u32) -> ApplicationNumber {
        ApplicationNumber::issue(jiff::civil::date(2026, 11, 21), sequence).expect("fits")
    }

    fn restored(numbers: &[u32]) -> Restored {
        let receipt = |sequence: &u32| Receipt {
            body: ReceiptBody {
                application: ApplicationId::new(),
                documents: vec![],
                due_on: None,
                manifest: ContentHash::of(b"manifest"),
                number: number(*sequence),
                received_at: jiff::Timestamp::UNIX_EPOCH,
                revision: 1,
            },
            key_id: String::new(),
            signature: String::new(),
        };
        Restored { lost: numbers.iter().map(receipt).collect(), ..Restored::default() }
    }

    fn told(restored: &Restored, status: Status, receipted: bool, now: u32) -> Option<(String, String)> {
        let on_its_way = matches!(status, Status::AwaitingUpload | Status::Quarantined);
        let owed = u32::from(on_its_way);
        let notice = restored.notice(&Stands { status, owed, receipted, number: Some(&number(now)) })?;
        Some((notice.code, notice.hint.zh))
    }

    #[test]
    fn where_nothing_was_lost_nothing_is_said() {
        assert_eq!(told(&restored(&[]), Status::Submitted, true, 1), None);
    }

    #[test]
    fn both_numbers_are_told_where_there_are_two_and_one_where_it_is_the_same() {
        let (code, hint) = told(&restored(&[1]), Status::Submitted, true, 2).expect("a notice");
        assert_eq!(code, ARRIVED_AGAIN);
        assert!(hint.contains(number(1).as_str()) && hint.contains(number(2).as_str()), "{hint}");
        let (_, hint) = told(&restored(&[1]), Status::InReview, true, 1).expect("a notice");
        assert!(hint.contains("编号没有变"), "{hint}");
        assert_eq!(restored(&[1, 1, 2]).earlier_numbers(Some(&number(2))), [number(1)]);
    }

    #[test]
    fn every_stage_says_what_becomes_of_it() {
        let code = |status, receipted| told(&restored(&[1]), status, receipted, 1).expect("a notice").0;
        assert_eq!(code(Status::AwaitingUpload, false), "office_restored_sending_again");
        assert_eq!(code(Status::Quarantined, false), "office_restored_not_taken_again");
        assert_eq!(code(Status::InReview, false), "office_restored_supplement_waits");
        let later = Stands { status: Status::AwaitingUpload, owed: 2, receipted: false, number: None };
        let notice = restored(&[1]).notice(&later).expect("a notice");
        assert_eq!(notice.code, ARRIVED_AGAIN, "what goes now was never lost");
        let earlier = Restored { went_back: true, ..Restored::default() };
        let (code, _) = told(&earlier, Status::InReview, true, 1).expect("a notice");
        assert_eq!(code, "office_restored_goes_on_earlier");
        let forgotten = Restored { forgotten: true, ..restored(&[]) };
        let (code, hint) = told(&forgotten, Status::Approved, true, 3).expect("a notice");
        assert_eq!(code, "office_restored_without_closed_case");
        assert!(hint.contains(number(3).as_str()));
    }
}

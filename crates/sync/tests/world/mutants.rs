//! Deliberate mistakes, one at a time: a suite that does not notice each of them proves nothing.

/// What is done wrongly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Broken {
    #[default]
    None,
    /// Takes an application out of the outbox when the answer is read, not when the receipt is kept.
    DeskForgetsWhenAnswered,
    /// Takes silence for refusal: freezes anew, under a key of its own.
    DeskSendsAnewAfterSilence,
    /// Moves the cursor, then keeps what it covers.
    DeskMovesCursorFirst,
    /// Keeps a receipt without proving it.
    DeskBelievesAnyReceipt,
    /// Leaves half of a write behind on a full disk.
    DeskWritesHalf,
    /// Shows only the oldest of what is owed to the machine.
    DeskQueuesBehindTheFirst,
    /// Writes down that it is sending and believes that after a start.
    DeskBelievesOldLeases,
    /// Does not write down why something is not sent any more.
    DeskDropsWhatIsRefused,
    /// Takes an answer for that to the question asked last.
    DeskTakesAnyAnswer,
    /// Says 已提交 once everything is sent.
    DeskClaimsTooEarly,
    /// Lets a person change what is on its way.
    DeskEditsDuringSend,
    /// Lets a person take back what may have left.
    DeskTakesBackWhatLeft,
    /// Reads its cases anew where the office came back from a backup, and nothing more.
    DeskBelievesOldReceipts,
    /// Takes the first page that it reads anew for all of them.
    DeskComparesTooEarly,
    /// Knows only in memory that it reads anew.
    DeskForgetsThatItRereads,
    /// Sends what the office lost as if it were something new.
    DeskResendsUnderAnotherKey,
    /// Asks again for the manifest where a beginning is not there.
    DeskAsksAgainForTheBeginning,
    /// Answers a receipt that only memory knows.
    OfficeAnswersBeforeItCommits,
    /// Gives a number to every request.
    OfficeNumbersEveryRequest,
    /// Does not wait for the files.
    OfficeCompletesWithoutFiles,
    /// Writes that a file is there before it is.
    OfficeWritesRowBeforeFile,
    /// Lets other content replace what is complete.
    OfficeOverwrites,
    /// Moves a case anywhere.
    OfficeTakesAnyStatus,
    /// Leaves half of a write behind on a full disk.
    OfficeWritesHalf,
}

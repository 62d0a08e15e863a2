//! What it costs and when benefits begin, with the working.

use forms::{Evaluation, FeeQuote, WaitingPeriod};

use super::sheet::Sheet;

/// Fee and waiting period, where the service has them.
pub(super) fn money(sheet: &mut Sheet, evaluation: &Evaluation) {
    if let Some(fee) = &evaluation.fee {
        quote(sheet, fee);
    }
    if let Some(waiting) = &evaluation.waiting {
        period(sheet, waiting);
    }
}

fn quote(sheet: &mut Sheet, fee: &FeeQuote) {
    sheet.heading(&sheet.own(format!("费用（{} 年度）", fee.year), format!("Cost ({})", fee.year)));
    for line in &fee.lines {
        let included = if line.included { sheet.own("（已含）", " (included)") } else { String::new() };
        let amount = yuan(line.amount_fen);
        let amount = sheet.own(format!("{amount} 元"), format!("{amount} yuan"));
        sheet.line(1, format!("{}: {amount}{included}", sheet.say(&line.label)));
    }
    if let Some(fen) = fee.personal_fen {
        let amount = yuan(fen);
        sheet.line(
            1,
            sheet.own(format!("个人应缴 {amount} 元"), format!("owed by the person: {amount} yuan")),
        );
    }
    for text in [&fee.note, &fee.source].into_iter().flatten() {
        sheet.line(1, sheet.say(text));
    }
}

fn period(sheet: &mut Sheet, waiting: &WaitingPeriod) {
    sheet.heading(&sheet.own(
        format!("待遇等待期：{} 个月", waiting.months),
        format!("Waiting period: {} months", waiting.months),
    ));
    for line in &waiting.lines {
        sheet.line(1, format!("{:+} {}", line.months, sheet.say(&line.label)));
    }
    sheet.line(1, sheet.say(&waiting.summary));
    sheet.line(1, sheet.say(&waiting.source));
}

fn yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let fen = fen.unsigned_abs();
    format!("{sign}{}.{:02}", fen / 100, fen % 100)
}

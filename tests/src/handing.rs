//! The sample person's enrolment filled in at a desk without a window.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use desk::Desk;
use forms::Answer;
use protocol::ApplicationId;
use testkit::enrolment;

/// Agrees, answers and attaches these papers (slot, file); what is left is to hand in.
///
/// # Errors
/// What the desk refuses.
pub async fn fill(desk: &Desk, id: ApplicationId, papers: &[(&str, PathBuf)]) -> Result<()> {
    let told = |explained: desk::Explained| anyhow::anyhow!("{explained:?}");
    desk.agree(id, &["notice".into(), "identity_documents".into()]).await.map_err(told)?;
    for (field, answer) in *enrolment::ANSWERS {
        desk.answer(id, field, Some(Answer::Text(answer.into()))).await.map_err(told)?;
    }
    for (slot, path) in papers {
        let outcome = desk.attach_files(id, slot, None, vec![path.clone()]).await.map_err(told)?;
        ensure!(outcome.refused.is_empty(), "{slot}: {:?}", outcome.refused);
    }
    Ok(())
}

//! A counter (办事窗口) that hands in without a window: the protocol of a desk, and its patience. A receipt counts only
//! when it verifies against the key that was pinned when the account was opened.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use protocol::{AccountId, ContentHash, OpenedAccount, Receipt, ReceiptKey, Submission, SubmissionReply};
use reqwest::{Client, Response, StatusCode};
use serde_json::json;
use testkit::handing::Papers;
use tokio::time::sleep;
use uuid::Uuid;

/// A counter with an account.
pub(crate) struct Counter {
    http: Client,
    token: String,
    /// What receipts are signed with, as pinned when the account was opened.
    pub(crate) key: ReceiptKey,
}

/// An application on its way, under the key that it keeps for ever.
pub(crate) struct HandIn {
    key: Uuid,
    pub(crate) papers: Papers,
    pub(crate) receipt: Option<Receipt>,
}

impl HandIn {
    pub(crate) fn new() -> Self {
        Self::of(Papers::small_resident(Timestamp::now()))
    }

    pub(crate) fn of(papers: Papers) -> Self {
        Self { key: Uuid::now_v7(), papers, receipt: None }
    }
}

/// What an attempt came to.
pub(crate) enum Attempt {
    Acked(Box<Receipt>),
    /// The office said no; it may be asked again.
    Refused(StatusCode),
}

impl Counter {
    /// Opens an account; asks again while nobody answers.
    pub(crate) async fn open(base: &str) -> Result<Self> {
        let http = client()?;
        let id = AccountId::new();
        let secret = ContentHash::of(id.0.as_bytes()).to_string();
        let body = json!({ "id": id, "secret": secret });
        for _ in 0..50 {
            if let Ok(answer) = http.post(format!("{base}/v1/accounts")).json(&body).send().await
                && answer.status().is_success()
            {
                let opened: OpenedAccount = answer.json().await?;
                return Ok(Self { http, token: format!("{id}.{secret}"), key: opened.receipt_key });
            }
            sleep(Duration::from_millis(200)).await;
        }
        bail!("the office opens no account")
    }

    /// Goes the whole way once.
    pub(crate) async fn attempt(&self, base: &str, it: &HandIn) -> Result<Attempt> {
        // The documents are sent after the first answer, so the second is the receipt; a third is a courtesy.
        for _ in 0..3 {
            let answer = self.post(base, it).await?;
            let status = answer.status();
            if !status.is_success() {
                return Ok(Attempt::Refused(status));
            }
            match answer.json().await? {
                SubmissionReply::Complete { receipt } => {
                    receipt
                        .verify(&self.key, &it.papers.manifest)
                        .context("a receipt that proves nothing")?;
                    return Ok(Attempt::Acked(receipt));
                }
                SubmissionReply::Missing { missing, .. } => {
                    for hash in missing {
                        let status = self.put(base, hash, it.papers.bytes_of(hash).to_vec()).await?;
                        if !status.is_success() {
                            return Ok(Attempt::Refused(status));
                        }
                    }
                }
            }
        }
        bail!("the office wants the same documents again and again")
    }

    /// Says what is to be handed in, and sends none of it.
    pub(crate) async fn declare(&self, base: &str, it: &HandIn) -> Result<()> {
        self.post(base, it).await?.error_for_status()?;
        Ok(())
    }

    pub(crate) async fn put(&self, base: &str, hash: ContentHash, bytes: Vec<u8>) -> Result<StatusCode> {
        let to = format!("{base}/v1/blobs/{hash}");
        Ok(self.http.put(to).bearer_auth(&self.token).body(bytes).send().await?.status())
    }

    /// The receipt that the office gives for this now, and what it answers; no receipt where it has none. An office
    /// that is busy has not said anything yet.
    pub(crate) async fn receipt_now(&self, base: &str, it: &HandIn) -> Result<(Option<Receipt>, StatusCode)> {
        for _ in 0..100 {
            let answer = match self.post(base, it).await {
                Ok(answer) if !matches!(answer.status().as_u16(), 429 | 503) => answer,
                // Busy, or a connection to the office that was killed: nothing is said yet.
                _ => {
                    sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            let status = answer.status();
            let receipt = match status {
                StatusCode::CREATED => match answer.json().await? {
                    SubmissionReply::Complete { receipt } => Some(*receipt),
                    SubmissionReply::Missing { .. } => None,
                },
                _ => None,
            };
            return Ok((receipt, status));
        }
        bail!("the office does not say what it has")
    }

    async fn post(&self, base: &str, it: &HandIn) -> Result<Response> {
        let request = self.http.post(format!("{base}/v1/applications")).bearer_auth(&self.token);
        let submission = Submission { manifest: it.papers.manifest.clone() };
        Ok(request.header("Idempotency-Key", it.key.to_string()).json(&submission).send().await?)
    }
}

pub(crate) fn client() -> Result<Client> {
    // A second installation is no error.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Ok(Client::builder().no_proxy().timeout(Duration::from_secs(20)).build()?)
}

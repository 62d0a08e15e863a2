//! The office over HTTP: one method a request, no decision about what to do next.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::stream;
use jiff::{SignedDuration, Timestamp};
use protocol::{
    CatalogueOffer, ContentHash, EARLIER_RECEIPT, EarlierReceipt, FeedPage, Manifest, NewAccount,
    OpenedAccount, PARTIAL_UPLOAD, Problem, Submission, SubmissionReply, UPLOAD_OFFSET,
};
use reqwest::{
    Body, Certificate, Client, RequestBuilder, Response, StatusCode,
    header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, RETRY_AFTER},
    redirect,
};
use serde::de::DeserializeOwned;
use store::OfficeAccount;
use url::Url;
use uuid::Uuid;

use super::{
    address::{AddressError, ServerAddress, is_loopback},
    trouble::Trouble,
};

/// Bytes handed to the network at a time, and the grain of the progress that is shown.
const CHUNK_BYTES: usize = 64 * 1024;
/// No answer of the office is larger; a feed page of a thousand cases is about 1 MiB, a catalogue at most 8 MiB.
const MAX_ANSWER_BYTES: usize = 16 * 1024 * 1024;
const CONNECT: Duration = Duration::from_secs(10);
const ANSWER: Duration = Duration::from_secs(60);
/// Slowest line that still counts as one: 2 MB take eight minutes.
const SLOWEST_BYTES_PER_SECOND: u64 = 4 * 1024;

/// The office.
#[derive(Debug, Clone)]
pub(super) struct Office {
    base: Url,
    client: Client,
}

impl Office {
    pub(super) fn at(address: &ServerAddress) -> Result<Self, AddressError> {
        let base = address.base()?;
        // An error means that the program has chosen its provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = Client::builder()
            .user_agent(concat!("yiban/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            .redirect(redirect::Policy::none());
        if is_loopback(&base) {
            builder = builder.no_proxy();
        }
        if let Some(pem) = &address.ca_pem {
            let certificates =
                Certificate::from_pem_bundle(pem.as_bytes()).map_err(|_| AddressError::Certificate)?;
            if certificates.is_empty() {
                return Err(AddressError::Certificate);
            }
            builder = builder.tls_certs_only(certificates);
        }
        let client = builder.build().map_err(|_| AddressError::Certificate)?;
        Ok(Self { base, client })
    }

    pub(super) async fn probe(&self) -> Result<(), Trouble> {
        let response = self.client.get(self.url("healthz")).timeout(CONNECT).send().await?;
        succeeded(response).await.map(drop)
    }

    pub(super) async fn open_account(&self, account: &OfficeAccount) -> Result<OpenedAccount, Trouble> {
        let new = NewAccount { id: account.id, secret: account.secret.to_string() };
        let response = self.client.post(self.url("v1/accounts")).json(&new).timeout(ANSWER).send().await?;
        read(response).await
    }

    pub(super) async fn post(
        &self,
        account: &OfficeAccount,
        key: Uuid,
        manifest: Manifest,
        earlier: Option<&EarlierReceipt>,
    ) -> Result<SubmissionReply, Trouble> {
        let mut request = self.client.post(self.url("v1/applications"));
        // Strings and dates: it has a JSON, and in visible ASCII.
        if let Some(Ok(earlier)) = earlier.map(serde_json::to_string) {
            request = request.header(EARLIER_RECEIPT, earlier);
        }
        let response = authorised(request, account)
            .header("Idempotency-Key", key.to_string())
            .json(&Submission { manifest })
            .timeout(ANSWER)
            .send()
            .await?;
        read(response).await
    }

    /// Sends what follows the first `from` bytes; `sent` hears of every chunk that went out.
    pub(super) async fn put(
        &self,
        account: &OfficeAccount,
        sha256: ContentHash,
        blob: Vec<u8>,
        from: u64,
        sent: impl Fn(u64) + Send + Sync + 'static,
    ) -> Result<(), Trouble> {
        let bytes = Bytes::from(blob);
        let skipped = usize::try_from(from).unwrap_or(usize::MAX);
        // More than there is to send was promised by nobody: then all of it goes.
        let (rest, resumed) = match bytes.get(skipped..) {
            Some(_) if skipped > 0 => (bytes.slice(skipped..), true),
            _ => (bytes, false),
        };
        let length = rest.len();
        let chunks = (0..length).step_by(CHUNK_BYTES).map(move |from| {
            let to = (from + CHUNK_BYTES).min(length);
            sent(u64::try_from(to - from).unwrap_or_default());
            Ok::<Bytes, std::io::Error>(rest.slice(from..to))
        });
        let patience = u64::try_from(length).unwrap_or_default() / SLOWEST_BYTES_PER_SECOND;
        let url = self.url(&format!("v1/blobs/{sha256}"));
        let request = if resumed {
            self.client.patch(url).header(CONTENT_TYPE, PARTIAL_UPLOAD).header(UPLOAD_OFFSET, from)
        } else {
            self.client.put(url).header(CONTENT_TYPE, "application/octet-stream")
        };
        let response = authorised(request, account)
            .header(CONTENT_LENGTH, length)
            .body(Body::wrap_stream(stream::iter(chunks)))
            .timeout(ANSWER + Duration::from_secs(patience))
            .send()
            .await?;
        succeeded(response).await.map(drop)
    }

    pub(super) async fn feed(&self, account: &OfficeAccount, wait_seconds: u32) -> Result<FeedPage, Trouble> {
        let mut url = self.url("v1/feed");
        url.query_pairs_mut()
            .append_pair("after", &account.cursor)
            .append_pair("wait", &wait_seconds.to_string());
        let patience = Duration::from_secs(u64::from(wait_seconds) + 15);
        let response = authorised(self.client.get(url), account).timeout(patience).send().await?;
        read(response).await
    }

    pub(super) async fn catalogue_offer(&self) -> Result<CatalogueOffer, Trouble> {
        let response = self.client.get(self.url("v1/catalogue")).timeout(ANSWER).send().await?;
        read(response).await
    }

    pub(super) async fn catalogue_bundle(&self, offer: &CatalogueOffer) -> Result<Bytes, Trouble> {
        let patience = Duration::from_secs(offer.size_bytes / SLOWEST_BYTES_PER_SECOND);
        let request = self.client.get(self.url(&format!("v1/catalogue/{}", offer.sha256)));
        succeeded(request.timeout(ANSWER + patience).send().await?).await
    }

    fn url(&self, path: &str) -> Url {
        // The base ends in a slash and `path` is ours, so joining cannot fail.
        self.base.join(path).unwrap_or_else(|_| self.base.clone())
    }
}

fn authorised(request: RequestBuilder, account: &OfficeAccount) -> RequestBuilder {
    let token = format!("Bearer {}.{}", account.id, account.secret.as_str());
    match HeaderValue::from_str(&token) {
        Ok(mut token) => {
            token.set_sensitive(true);
            request.header(AUTHORIZATION, token)
        }
        Err(_) => request,
    }
}

/// The answer's body, where the office said yes.
async fn succeeded(response: Response) -> Result<Bytes, Trouble> {
    let status = response.status();
    let retry_after_ms = retry_after(&response);
    let body = body(response).await?;
    if status.is_success() {
        return Ok(body);
    }
    match serde_json::from_slice::<Problem>(&body) {
        Ok(problem) => Err(Trouble::Refused { problem: Box::new(problem), retry_after_ms }),
        Err(_) => Err(without_words(status, retry_after_ms)),
    }
}

async fn read<T: DeserializeOwned>(response: Response) -> Result<T, Trouble> {
    let status = response.status();
    let body = succeeded(response).await?;
    serde_json::from_slice(&body)
        .map_err(|_| Trouble::Unreadable { status: status.as_u16(), retry_after_ms: None })
}

/// A server fault may come without our words (a crash handler, a proxy); anything else without them is not
/// the office speaking.
fn without_words(status: StatusCode, retry_after_ms: Option<u64>) -> Trouble {
    let code = match status.as_u16() {
        429 => protocol::ProblemCode::RateLimited,
        503 => protocol::ProblemCode::Busy,
        500 | 502 | 504 => protocol::ProblemCode::Internal,
        507 => protocol::ProblemCode::StorageFull,
        status => return Trouble::Unreadable { status, retry_after_ms },
    };
    let problem = Problem {
        code,
        status: status.as_u16(),
        title: String::new(),
        findings: vec![],
        document: None,
        hashes: vec![],
        within_ms: None,
    };
    Trouble::Refused { problem: Box::new(problem), retry_after_ms }
}

async fn body(mut response: Response) -> Result<Bytes, Trouble> {
    let status = response.status().as_u16();
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_ANSWER_BYTES {
            return Err(Trouble::Unreadable { status, retry_after_ms: None });
        }
    }
    Ok(body.freeze())
}

/// Seconds, or a date by the office's own clock where it gives one. At most an hour is believed.
fn retry_after(response: &Response) -> Option<u64> {
    let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match text.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let until = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
            let date = response.headers().get("date").and_then(|date| date.to_str().ok());
            let now = date.and_then(|date| jiff::fmt::rfc2822::parse(date).ok()).map(|date| date.timestamp());
            let wait: SignedDuration = until.duration_since(now.unwrap_or_else(Timestamp::now));
            Duration::try_from(wait).unwrap_or_default()
        }
    };
    u64::try_from(wait.min(Duration::from_secs(3600)).as_millis()).ok()
}

//! PocketBase: one program with SQLite inside, as our office is by default. It commits with `synchronous=NORMAL` and
//! flushes no file, so what it acknowledges a power cut may take back; it is not asked for more. It keeps no log of
//! requests here, which is the cheapest it can be.

use std::{path::Path, process::Command, time::Duration};

use anyhow::{Context, Result, ensure};
use protocol::ContentHash;
use reqwest::Client;
use serde_json::{Value, json};
use testkit::handing::Papers;
use uuid::Uuid;

use super::multipart::Multipart;
use crate::{
    counter::client,
    process::{Kept, free_port, output_of, wait_for_port},
};

const PATIENCE: Duration = Duration::from_secs(60);

/// A running one with a collection for applications.
pub(super) struct PocketBase {
    process: Kept,
    base: String,
    http: Client,
}

/// What was acknowledged.
pub(super) struct Record {
    id: String,
    files: Vec<String>,
    hashes: Vec<ContentHash>,
}

impl PocketBase {
    pub(super) async fn start(program: &Path, folder: &Path) -> Result<Self> {
        let (login, password) = ("bench@example.com", Uuid::new_v4().to_string());
        let data = folder.join("pocketbase");
        let dir = format!("--dir={}", data.display());
        output_of(program, &["superuser", "upsert", login, &password, &dir], &[])?;
        let port = free_port()?;
        let base = format!("http://127.0.0.1:{port}");
        let mut command = Command::new(program);
        command.args(["serve", "--http", &format!("127.0.0.1:{port}"), &dir]);
        let process = Kept::start(&mut command, &folder.join("pocketbase.log"))?;
        wait_for_port(port, PATIENCE).await?;
        let http = client()?;
        let this = Self { process, base, http };
        let who = json!({ "identity": login, "password": password });
        let opened = this.ask("/api/collections/_superusers/auth-with-password", None, &who).await?;
        let token = opened["token"].as_str().context("a token")?;
        let quiet = this.http.patch(format!("{}/api/settings", this.base)).header("Authorization", token);
        quiet.json(&json!({ "logs": { "maxDays": 0 } })).send().await?.error_for_status()?;
        let collection = json!({
            "name": "application", "type": "base", "createRule": "", "viewRule": "", "listRule": "",
            "fields": [
                { "name": "idem", "type": "text", "required": true },
                { "name": "body", "type": "json", "maxSize": 200_000 },
                { "name": "files", "type": "file", "maxSelect": 20, "maxSize": 2_097_152 },
            ],
            "indexes": ["CREATE UNIQUE INDEX idx_idem ON application (idem)"],
        });
        this.ask("/api/collections", Some(token), &collection).await?;
        Ok(this)
    }

    pub(super) fn process(&self) -> u32 {
        self.process.id()
    }

    pub(super) async fn submit(&self, papers: &Papers) -> Result<Record> {
        let mut body = Multipart::default();
        body.text("idem", &Uuid::now_v7().to_string());
        body.text("body", &serde_json::to_string(&papers.manifest)?);
        for (at, bytes) in papers.bytes.iter().enumerate() {
            body.file("files", &format!("{at}.jpg"), "image/jpeg", bytes);
        }
        let (content_type, bytes) = body.end();
        let request = self.http.post(format!("{}/api/collections/application/records", self.base));
        let answer = request.header("Content-Type", content_type).body(bytes).send().await?;
        let record: Value = answer.error_for_status()?.json().await?;
        let files = record["files"].as_array().context("files")?;
        Ok(Record {
            id: record["id"].as_str().context("an id")?.to_owned(),
            files: files.iter().filter_map(|name| Some(name.as_str()?.to_owned())).collect(),
            hashes: papers.bytes.iter().map(|bytes| ContentHash::of(bytes)).collect(),
        })
    }

    /// Compares what is there with what it acknowledged.
    pub(super) async fn compare(&self, acked: &[Record]) -> Result<()> {
        let list = format!("{}/api/collections/application/records?perPage=1", self.base);
        let list: Value = self.http.get(list).send().await?.json().await?;
        ensure!(
            list["totalItems"].as_u64() == Some(u64::try_from(acked.len())?),
            "PocketBase has {} records of {}",
            list["totalItems"],
            acked.len()
        );
        for record in acked {
            for (name, hash) in record.files.iter().zip(&record.hashes) {
                let file = format!("{}/api/files/application/{}/{name}", self.base, record.id);
                let bytes = self.http.get(file).send().await?.error_for_status()?.bytes().await?;
                ensure!(ContentHash::of(&bytes) == *hash, "PocketBase gives other bytes back");
            }
            ensure!(record.files.len() == record.hashes.len(), "PocketBase lost a file");
        }
        Ok(())
    }

    async fn ask(&self, path: &str, token: Option<&str>, body: &Value) -> Result<Value> {
        let mut request = self.http.post(format!("{}{path}", self.base)).json(body);
        if let Some(token) = token {
            request = request.header("Authorization", token);
        }
        Ok(request.send().await?.error_for_status()?.json().await?)
    }
}
